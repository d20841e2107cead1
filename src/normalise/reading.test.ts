import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunningBalance } from '../model/progress.ts';
import { rowsReckoned, whileWatched } from './reading.ts';

const balance = (rows: number): RunningBalance => ({
  rows,
  facts: rows,
  duplicates: 0,
  quarantined: 0,
  waiting: 0,
});

describe('whileWatched', () => {
  it('says how far the work is, and nothing once it has ended', async () => {
    let [done, looks] = [0, 0];
    const said: number[] = [];
    const result = await whileWatched(
      async () => {
        for (; looks < 4; done += 10) await new Promise((resolve) => setTimeout(resolve, 2));
        return 'done';
      },
      () => {
        looks++;
        // The second look finds the tables gone, the third nothing to tell.
        if (looks === 2) return Promise.reject(new Error('no such table'));
        return Promise.resolve(looks === 3 ? null : balance(done));
      },
      (b) => said.push(b.rows),
      1,
    );
    expect(result).toBe('done');
    expect(said.length).toBeGreaterThan(0);
    expect(said).toEqual([...said].sort((a, b) => a - b));
    const before = said.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said).toHaveLength(before);
  });

  it('passes on what broke the work', async () => {
    const broken = whileWatched(
      () => Promise.reject(new Error('disk full')),
      () => Promise.resolve(balance(1)),
      () => undefined,
      1,
    );
    await expect(broken).rejects.toThrow('disk full');
  });
});

describe('rowsReckoned', () => {
  it('is exact where rows are of one length, and silent where the head shows no row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 300 }), fc.integer({ min: 1, max: 80 }), (rows, width) => {
        const text = `header\n${`${'x'.repeat(width)}\n`.repeat(rows)}`;
        const head = Buffer.from(text.slice(0, 7 + (width + 1) * 2));
        expect(rowsReckoned(head, text.length)).toBe(rows);
      }),
    );
    expect(rowsReckoned(Buffer.from('one line'), 5000)).toBeNull();
    expect(rowsReckoned(Buffer.from('header\nhalf a row'), 5000)).toBeNull();
  });
});
