import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../model/random.ts';
import { seatedByDays, type DaysOf } from './paid-days.ts';

const DAYS = 28;
/** A team of `n`, each with a first and a last day and days off between; paid on the days they work, `lag` days later. */
function team(n: number, seed: number, lag: number): { worked: DaysOf; paid: DaysOf } {
  const random = seededRandom(seed);
  const worked = new Map<string, number[]>();
  const paid = new Map<string, number[]>();
  for (let i = 0; i < n; i++) {
    const from = Math.floor(random() * 8);
    const days = Array.from({ length: DAYS - from - Math.floor(random() * 8) }, (_, d) => from + d).filter(
      () => random() > 0.15,
    );
    worked.set(`acc${i}`, days);
    paid.set(
      `p${i}`,
      days.map((d) => d + lag),
    );
  }
  return { worked, paid };
}

describe('whose account it is, by the days', () => {
  it.each([0, 1])('is told where people keep their own days, paid %i days later', (lag) => {
    const { worked, paid } = team(12, 3, lag);
    const seated = seatedByDays(worked, paid, DAYS);
    expect(seated.length).toBeGreaterThanOrEqual(10);
    for (const s of seated) {
      expect(s.account).toBe(s.person.replace('p', 'acc'));
      expect(s.both).toBe(lag === 0 ? s.worked : s.both);
    }
  });

  it('names nobody in a team that works and rests together', () => {
    const together = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
    const worked = new Map(['a', 'b', 'c'].map((id) => [id, together]));
    const paid = new Map(['x', 'y', 'z'].map((id) => [id, together]));
    expect(seatedByDays(worked, paid, DAYS)).toEqual([]);
  });

  it('names nobody for somebody paid by the week, nor for a few days alike', () => {
    const { worked } = team(6, 4, 0);
    expect(seatedByDays(worked, new Map([['inspector', [4, 11, 18, 25]]]), DAYS)).toEqual([]);
    expect(seatedByDays(new Map([['a', [1, 2, 3]]]), new Map([['x', [1, 2, 3]]]), DAYS)).toEqual([]);
    expect(seatedByDays(new Map(), new Map(), 0)).toEqual([]);
  });

  it('gives each account to one person and each person one account, whatever the days', () => {
    const days = fc.uniqueArray(fc.nat(DAYS - 1), { maxLength: DAYS });
    const of = (name: string) =>
      fc.array(days, { maxLength: 6 }).map((all) => new Map(all.map((d, i) => [`${name}${i}`, d])));
    fc.assert(
      fc.property(of('a'), of('p'), (worked, paid) => {
        const seated = seatedByDays(worked, paid, DAYS);
        expect(new Set(seated.map((s) => s.account)).size).toBe(seated.length);
        expect(new Set(seated.map((s) => s.person)).size).toBe(seated.length);
      }),
    );
  });
});
