import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsThings, scaleOf, STEPS } from './scale.ts';

const RANGES = [
  { min: 0, max: 1, default: 0.5 },
  { min: 1, max: 24, default: 3 },
  { min: 1, max: 1000, default: 12 },
  { min: 1e-12, max: 0.5, default: 0.001 },
  { min: 0.5, max: 30, default: 3 },
];

describe('the slider of a threshold', () => {
  it('reaches both ends exactly, never leaves the range, and never runs backwards', () => {
    const step = fc.integer({ min: 0, max: STEPS });
    fc.assert(
      fc.property(fc.constantFrom(...RANGES), step, step, (r, x, y) => {
        const s = scaleOf(r.min, r.max, countsThings(r));
        expect([s.value(0), s.value(STEPS)]).toEqual([r.min, r.max]);
        const [low, high] = [s.value(Math.min(x, y)), s.value(Math.max(x, y))];
        expect(low).toBeLessThanOrEqual(high);
        for (const v of [low, high]) expect(v >= r.min && v <= r.max).toBe(true);
        if (countsThings(r)) expect(Number.isInteger(low)).toBe(true);
      }),
    );
  });

  it('stands where the value is, and moves by factors over wide ranges', () => {
    for (const r of RANGES) {
      const s = scaleOf(r.min, r.max, countsThings(r));
      expect(s.at(r.min)).toBe(0);
      expect(s.at(r.max)).toBe(STEPS);
      expect(s.at(r.max * 10)).toBe(STEPS);
    }
    const people = scaleOf(1, 1000, true);
    // 10 is a third of the way from 1 to 1000 by factors.
    expect(people.at(10)).toBe(Math.round(STEPS / 3));
    expect(scaleOf(0, 1, false).at(0.25)).toBe(STEPS / 4);
  });
});
