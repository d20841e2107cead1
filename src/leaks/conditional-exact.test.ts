import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hypergeometricTail, lnChoose } from '../features/exact-tests.ts';
import { conditionalTest, type Stratum } from './conditional-exact.ts';

const stratum = (most: number): fc.Arbitrary<Stratum> =>
  fc.integer({ min: 1, max: most }).chain((people) =>
    fc.record({
      people: fc.constant(people),
      called: fc.integer({ min: 0, max: people }),
      customers: fc.integer({ min: 0, max: people }),
    }),
  );
const strata = fc.array(stratum(12), { minLength: 1, maxLength: 4 });
const most = (list: readonly Stratum[]): number => list.reduce((n, s) => n + Math.min(s.called, s.customers), 0);

/** The sum's distribution by plain enumeration. */
function enumerated(list: readonly Stratum[]): number[] {
  let all = [1];
  for (const { people, called, customers } of list) {
    const own = Array.from({ length: Math.min(called, customers) + 1 }, (_, x) =>
      called - x > people - customers
        ? 0
        : Math.exp(lnChoose(customers, x) + lnChoose(people - customers, called - x) - lnChoose(people, called)),
    );
    const next = new Array<number>(all.length + own.length - 1).fill(0);
    all.forEach((a, i) => own.forEach((b, j) => (next[i + j]! += a * b)));
    all = next;
  }
  return all;
}

describe('the exact test over layers', () => {
  it('agrees with a sum done by hand', () => {
    // Two of four called, two of four customers: 0, 1, 2 called customers with chances 1/6, 4/6, 1/6. Of two such layers: four with 1/36, three with 8/36.
    const twice = [
      { people: 4, called: 2, customers: 2 },
      { people: 4, called: 2, customers: 2 },
    ];
    expect(Math.exp(conditionalTest(twice, 4).lnP)).toBeCloseTo(1 / 36, 12);
    expect(Math.exp(conditionalTest(twice, 3).lnP)).toBeCloseTo(1 / 4, 12);
    expect(conditionalTest(twice, 3).expected).toBe(2);
    expect(conditionalTest(twice, 0).lnP).toBe(0);
    expect(conditionalTest(twice, 4).oddsRatio).toBeNull();
  });

  it('gives the odds ratio of the lady tasting tea', () => {
    // Mean 3 with weights C(4, x)^2 w^x: w^4 - 36 w^2 - 32 w - 3 = 0, about 6.4083 as in R's fisher.test; one-sided p = 17/70.
    const tea = conditionalTest([{ people: 8, called: 4, customers: 4 }], 3);
    const w = tea.oddsRatio!;
    expect(w).toBeCloseTo(6.4083, 4);
    expect(w ** 4 - 36 * w ** 2 - 32 * w - 3).toBeCloseTo(0, 5);
    expect(Math.exp(tea.lnP)).toBeCloseTo(17 / 70, 12);
  });

  it('is Fisher’s test where there is one layer', () => {
    fc.assert(
      fc.property(stratum(200), fc.nat({ max: 200 }), (s, k) => {
        const observed = Math.min(k, Math.min(s.called, s.customers));
        const p = Math.exp(conditionalTest([s], observed).lnP);
        expect(p).toBeCloseTo(hypergeometricTail(observed, s.called, s.customers, s.people), 9);
      }),
    );
  });

  it('is the enumerated sum where there are several, in whatever order they come', () => {
    fc.assert(
      fc.property(strata, fc.nat({ max: 40 }), (list, k) => {
        const observed = Math.min(k, most(list));
        const tail = enumerated(list).reduce((sum, p, x) => (x >= observed ? sum + p : sum), 0);
        const { lnP } = conditionalTest(list, observed);
        expect(Math.exp(lnP)).toBeCloseTo(tail, 9);
        expect(conditionalTest([...list].reverse(), observed).lnP).toBeCloseTo(lnP, 9);
      }),
    );
  });

  it('is never too sure: by chance alone, p below any level comes no more often than the level says', () => {
    fc.assert(
      fc.property(strata, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (list, level) => {
        const often = enumerated(list).reduce(
          (sum, p, x) => (Math.exp(conditionalTest(list, x).lnP) <= level ? sum + p : sum),
          0,
        );
        expect(often).toBeLessThanOrEqual(level + 1e-9);
      }),
    );
  });

  it('keeps its digits far out in the tail, where a double has long become zero', () => {
    // All 30,000 called are customers: one way of drawing them, ln P = ln C(50000, 30000) - ln C(2000000, 30000).
    const { lnP } = conditionalTest([{ people: 2_000_000, called: 30_000, customers: 50_000 }], 30_000);
    const exact = lnChoose(50_000, 30_000) - lnChoose(2_000_000, 30_000);
    expect(exact).toBeLessThan(-100_000);
    expect(Math.abs(lnP / exact - 1)).toBeLessThan(1e-9);
  });

  it('splits what it adds up: a layer that cannot vary changes nothing', () => {
    const one = { people: 50, called: 10, customers: 20 };
    const all = { people: 7, called: 7, customers: 3 };
    expect(conditionalTest([one, all], 11).lnP).toBeCloseTo(conditionalTest([one], 8).lnP, 12);
    expect(conditionalTest([one, all], 11).expected).toBe(7);
  });
});
