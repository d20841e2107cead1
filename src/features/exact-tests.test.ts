import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail, falseDiscoveryRates, hypergeometricTail, lnChoose, lnGamma } from './exact-tests.ts';

describe('exact tails', () => {
  it('knows the factorials', () => {
    expect(lnGamma(1)).toBeCloseTo(0, 12);
    expect(Math.exp(lnGamma(6))).toBeCloseTo(120, 8);
    expect(Math.exp(lnChoose(52, 5))).toBeCloseTo(2598960, 3);
  });

  it('sums binomial tails as by hand: 3 or more heads in 4 tosses is 5/16', () => {
    expect(binomialTail(3, 4, 0.5)).toBeCloseTo(5 / 16, 12);
    expect(binomialTail(0, 4, 0.5)).toBe(1);
    expect(binomialTail(5, 4, 0.5)).toBe(0);
  });

  it('gives the lady tasting tea her 1/70', () => {
    expect(hypergeometricTail(4, 4, 4, 8)).toBeCloseTo(1 / 70, 12);
    expect(hypergeometricTail(3, 4, 4, 8)).toBeCloseTo(17 / 70, 12);
  });

  it('has tails that fall with k and stay probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (n, p) => {
        let last = 1;
        for (let k = 0; k <= n; k += Math.max(1, n >> 4)) {
          const t = binomialTail(k, n, p);
          expect(t).toBeGreaterThanOrEqual(0);
          expect(t).toBeLessThanOrEqual(last + 1e-12);
          last = t;
        }
      }),
    );
  });

  it('orders q-values as p-values and never lowers them', () => {
    const p = [0.01, 0.04, 0.03, 0.5];
    expect(falseDiscoveryRates(p).map((x) => +x.toFixed(4))).toEqual([0.04, 0.0533, 0.0533, 0.5]);
  });
});
