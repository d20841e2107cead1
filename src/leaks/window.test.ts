import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowOf, type DayOfCustomers } from './window.ts';

const DAY = 86_400_000;
const START = Date.parse('2022-01-01T00:00:00+08:00');
const days = (rates: readonly { customers: number; called: number }[]): DayOfCustomers[] =>
  rates.map((r, i) => ({ from: START + i * DAY, to: START + (i + 1) * DAY, ...r }));
const stretch = (n: number, customers: number, called: number): { customers: number; called: number }[] =>
  Array.from({ length: n }, () => ({ customers, called }));

/** Numbers in [0, 1) from a seed: mulberry32. */
function unit(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const drawn = (n: number, customers: number, rate: (day: number) => number, seed: number): DayOfCustomers[] => {
  const random = unit(seed);
  return days(
    Array.from({ length: n }, (_, i) => ({
      customers,
      called: Array.from({ length: customers }, random).filter((u) => u < rate(i)).length,
    })),
  );
};

describe('until when customers are on the list', () => {
  it('finds the day after which nobody is called', () => {
    const w = windowOf(days([...stretch(60, 4, 3), ...stretch(20, 4, 0)]));
    expect(w).toMatchObject({ state: 'ended', since: null, dated: 320, calledWithin: 0.75, calledOutside: 0 });
    expect(w.until).toBe(START + 60 * DAY);
    expect([w.untilLow, w.untilHigh]).toEqual([w.until, w.until]);
  });

  it('finds a beginning too, where the list is of recent customers only', () => {
    const w = windowOf(days([...stretch(40, 5, 0), ...stretch(30, 5, 4), ...stretch(20, 5, 0)]));
    expect(w).toMatchObject({ state: 'ended', since: START + 40 * DAY, until: START + 70 * DAY });
  });

  it('sees no end where all customers up to the calls are called alike', () => {
    const w = windowOf(days(stretch(80, 5, 2)));
    expect(w).toMatchObject({ state: 'open', until: null, untilLow: null, since: null, calledWithin: 0.4 });
    expect(w.calledOutside).toBeNull();
  });

  it('sees no end but a beginning, where the newest customers are handed on day by day', () => {
    const w = windowOf(days([...stretch(60, 5, 0), ...stretch(20, 5, 4)]));
    expect(w).toMatchObject({ state: 'open', until: null, since: START + 60 * DAY });
  });

  it('says nothing of a handful of dates', () => {
    expect(windowOf([])).toMatchObject({ state: 'unknown', dated: 0, until: null, bins: [] });
    expect(windowOf(days([...stretch(5, 1, 1), ...stretch(5, 1, 0)]))).toMatchObject({ state: 'unknown', dated: 10 });
  });

  it('makes up no end from chance', () => {
    const ended = Array.from({ length: 200 }, (_, seed) => windowOf(drawn(100, 5, () => 0.3, seed + 1)));
    expect(ended.filter((w) => w.state === 'ended').length).toBeLessThanOrEqual(6);
  });

  it('holds the true day in its interval at least 95 times in 100, and the interval is short', () => {
    const tried = Array.from({ length: 200 }, (_, seed) =>
      windowOf(drawn(300, 3, (d) => (d < 210 ? 0.6 : 0.15), 1000 + seed)),
    );
    expect(tried.every((w) => w.state === 'ended')).toBe(true);
    const truth = START + 210 * DAY;
    expect(tried.filter((w) => w.untilLow! <= truth && truth <= w.untilHigh!).length).toBeGreaterThanOrEqual(190);
    const widths = tried.map((w) => (w.untilHigh! - w.untilLow!) / DAY).sort((a, b) => a - b);
    expect(widths[100]).toBeLessThan(25);
  });

  it('loses nobody on the way to the picture, and keeps its interval around the estimate', () => {
    const day = fc
      .record({ customers: fc.integer({ min: 1, max: 9 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ customers, share }) => ({ customers, called: Math.floor(customers * share) }));
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 120 }), (list) => {
        const w = windowOf(days(list));
        expect(w.bins.reduce((n, b) => n + b.customers, 0)).toBe(list.reduce((n, d) => n + d.customers, 0));
        expect(w.bins.reduce((n, b) => n + b.called, 0)).toBe(list.reduce((n, d) => n + d.called, 0));
        if (w.until !== null) {
          expect(w.untilLow).toBeLessThanOrEqual(w.until);
          expect(w.untilHigh).toBeGreaterThanOrEqual(w.until);
          expect(w.calledWithin!).toBeGreaterThan(w.calledOutside!);
        }
      }),
    );
  });
});
