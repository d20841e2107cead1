import { describe, expect, it } from 'vitest';
import { associate, type Suspicion } from './association.ts';
import { chainsOf } from './layers.ts';
import { NO_LAYERS } from './testing.ts';

const suspicion = (more: Partial<Record<keyof Suspicion, string[]>>): Suspicion => ({
  flagged: new Set(more.flagged),
  suspects: new Set([...(more.flagged ?? []), ...(more.suspects ?? [])]),
  cleared: new Set(more.cleared),
  numbers: new Set(),
});

describe('chains of numbers', () => {
  it('are joined from pairs, in whatever order they come', () => {
    const pairs = [
      ['n1', 'n2'],
      ['n4', 'n3'],
      ['n2', 'n3'],
      ['m2', 'm1'],
      ['n2', 'n1'],
    ] as const;
    expect(chainsOf(pairs)).toEqual([
      ['m1', 'm2'],
      ['n1', 'n2', 'n3', 'n4'],
    ]);
    expect(chainsOf([...pairs].reverse())).toEqual(chainsOf(pairs));
    expect(chainsOf([])).toEqual([]);
  });

  const layers = { ...NO_LAYERS, chains: [['a', 'b', 'c', 'd']] };
  const ring = (s: Suspicion): string[] => [...associate(layers, s, new Map()).numbers].sort();

  it('bring in the suspects among them once half are the ring’s, and nobody else', () => {
    const s = { flagged: ['a', 'c'], suspects: ['b', 'other'] };
    expect(ring(suspicion(s))).toEqual(['a', 'b', 'c']);
    expect(associate(layers, suspicion(s), new Map()).via.get('n:b')).toBe('chain');
  });

  it('bring in nobody for one flagged number, nor whom something speaks for', () => {
    expect(ring(suspicion({ flagged: ['a'], suspects: ['b', 'c', 'd'] }))).toEqual(['a']);
    expect(ring(suspicion({ flagged: ['a', 'c'], suspects: ['b', 'd'], cleared: ['b'] }))).toEqual(['a', 'c', 'd']);
  });
});
