import { describe, expect, it } from 'vitest';
import { withChains, type Row } from './succession.ts';

const row = (from: string, to: string, at: number): Row => ({
  from_number: from,
  to_number: to,
  at,
  score: 0.9,
  reasons: '[]',
});
const chains = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(withChains(rows).map((s) => [`${s.from}>${s.to}`, `${s.chain} #${s.position}`]));

describe('chains of numbers', () => {
  it('run from the first number to the last, in whatever order the pairs come', () => {
    expect(chains([row('b', 'c', 2), row('x', 'y', 9), row('a', 'b', 1)])).toEqual({
      'a>b': 'a #1',
      'b>c': 'a #2',
      'x>y': 'x #1',
    });
  });

  it('part where a number was given to another seat', () => {
    // b was handed on to c, then given to the seat that had y, and from it to d.
    expect(chains([row('a', 'b', 1), row('b', 'c', 2), row('y', 'b', 5), row('b', 'd', 7)])).toEqual({
      'a>b': 'a #1',
      'b>c': 'a #2',
      'y>b': 'y #1',
      'b>d': 'y #2',
    });
    // Nobody knows what the second seat had before.
    expect(chains([row('a', 'b', 1), row('b', 'c', 2), row('b', 'd', 7), row('d', 'e', 9)])).toEqual({
      'a>b': 'a #1',
      'b>c': 'a #2',
      'b>d': 'b #1',
      'd>e': 'b #2',
    });
    expect(chains([row('b', 'c', 2), row('b', 'd', 7)])).toEqual({ 'b>c': 'b #1', 'b>d': 'b/2 #1' });
  });
});
