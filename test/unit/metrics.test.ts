import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision, calibrationError } from '../../src/detect/trained/metrics.ts';
import { adjustedRand, meanWithInterval, pairF1, recallAtRate } from '../../bench/metrics.ts';

const scored = (text: string) => text.split(' ').map((t) => ({ score: parseFloat(t), positive: t.endsWith('+') }));

describe('measures of quality', () => {
  it('average precision, by hand', () => {
    // Right, wrong, right: 1/2 x 1 + 1/2 x 2/3.
    expect(averagePrecision(scored('0.9+ 0.8 0.7+'))).toBeCloseTo(5 / 6, 12);
    // All alike: the share of positives, whatever their order.
    expect(averagePrecision(scored('0.5+ 0.5 0.5 0.5'))).toBeCloseTo(0.25, 12);
    expect(averagePrecision(scored('0.5 0.5'))).toBeNaN();
  });

  it('recall at a rate of lawful ones flagged, by hand', () => {
    expect(recallAtRate([0.9, 0.8, 0.3], [0.5, 0.1], 0)).toBeCloseTo(2 / 3, 12);
    expect(recallAtRate([0.9, 0.8, 0.3], [0.5, 0.1], 0.5)).toBe(1);
    // As high as a lawful one is not above it.
    expect(recallAtRate([0.5], [0.5], 0)).toBe(0);
    expect(recallAtRate([], [0.5], 0)).toBeNaN();
  });

  it('calibration error, by hand', () => {
    expect(calibrationError(scored('0.95+ 0.95+ 0.05 0.05'))).toBeCloseTo(0.05, 12);
    expect(calibrationError(scored('0.95 0.95'))).toBeCloseTo(0.95, 12);
  });

  it('groupings: one ring split in two, and two rings in one', () => {
    const split = [...'aabb'].map((f) => [f, 'R'] as const);
    expect(pairF1(split)).toBeCloseTo((2 * 2) / (2 * 2 + 0 + 4), 12);
    const merged = [...'RRSS'].map((r) => ['a', r] as const);
    expect(pairF1(merged)).toBeCloseTo(0.5, 12);
    expect(adjustedRand(merged)).toBeCloseTo(0, 12);
  });

  it('a grouping is itself, by whatever names and in whatever order', () => {
    const groups = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(groups, (names) => {
        const same = names.map((n) => [`found ${n}`, n] as const);
        if (new Set(names).size < names.length) expect(pairF1(same)).toBe(1);
        expect(adjustedRand(same)).toBeCloseTo(1, 12);
        const other = names.map((n, i) => [names[names.length - 1 - i]!, n] as const);
        expect(adjustedRand([...other].reverse())).toBeCloseTo(adjustedRand(other), 12);
      }),
    );
  });

  it('an interval, by hand', () => {
    const { mean, half, n } = meanWithInterval([1, 2, 3, NaN]);
    expect([mean, n]).toEqual([2, 3]);
    expect(half).toBeCloseTo((4.303 * 1) / Math.sqrt(3), 6);
    expect(meanWithInterval([5]).half).toBeNaN();
  });
});
