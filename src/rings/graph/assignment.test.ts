import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from './assignment.ts';

type Pair = { row: number; column: number; worth: number };

/** The greatest total worth by trying everything. */
function best(rows: number, pairs: readonly Pair[], row = 0, taken: ReadonlySet<number> = new Set()): number {
  if (row === rows) return 0;
  let most = best(rows, pairs, row + 1, taken);
  for (const p of pairs) {
    if (p.row !== row || taken.has(p.column) || p.worth <= 0) continue;
    most = Math.max(most, p.worth + best(rows, pairs, row + 1, new Set([...taken, p.column])));
  }
  return most;
}

describe('assignment', () => {
  it('gives up a good pair for two that are better together', () => {
    const pairs = [
      { row: 0, column: 0, worth: 5 },
      { row: 0, column: 1, worth: 4 },
      { row: 1, column: 0, worth: 4 },
    ];
    expect([...assign(2, 2, pairs)]).toEqual([1, 0]);
    expect([...assign(3, 2, pairs)]).toEqual([1, 0, -1]);
  });

  it('leaves somebody alone where no pair is worth anything', () => {
    expect([...assign(2, 2, [{ row: 0, column: 1, worth: -1 }])]).toEqual([-1, -1]);
    expect([...assign(0, 0, [])]).toEqual([]);
  });

  it('is worth as much as the best of all there are, and gives nobody two partners', () => {
    const worth = fc.integer({ min: -3, max: 20 });
    const pairs = fc.array(fc.record({ row: fc.nat(5), column: fc.nat(5), worth }), { maxLength: 18 });
    fc.assert(
      fc.property(pairs, (all) => {
        const found = assign(6, 6, all);
        const chosen = [...found].filter((c) => c >= 0);
        expect(new Set(chosen).size).toBe(chosen.length);
        const total = [...found].reduce((sum, column, row) => {
          const own = all.filter((p) => p.row === row && p.column === column).map((p) => p.worth);
          return column < 0 ? sum : sum + Math.max(...own);
        }, 0);
        expect(total).toBe(best(6, all));
      }),
      { numRuns: 300 },
    );
  });
});
