import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lessons, type Teachable } from './teach.ts';

const n = (number: string, more: Partial<Teachable> = {}): Teachable => ({
  number,
  score: 0.02,
  detectors: ['shift-work'],
  ring: '',
  lawful: false,
  people: 40,
  ...more,
});

describe('numbers whose judgement would teach most', () => {
  const sureRing = Array.from({ length: 30 }, (_, i) =>
    n(`r${i}`, { score: 0.999, ring: 'R1', detectors: ['many-faces', 'rotation'], people: 300 }),
  );
  const courier = n('courier', { score: 0.52, detectors: ['mass-dialling-to-strangers'] });
  const bank = n('bank', { score: 0.001, lawful: true, people: 9000 });

  it('are those in doubt first, and of thirty alike only one', () => {
    const judged = [
      ...sureRing.slice(0, 12).map((of) => ({ of, ring: true })),
      ...Array.from({ length: 12 }, (_, i) => ({ of: n(`l${i}`), ring: false })),
    ];
    const chosen = lessons([...sureRing.slice(12), courier, bank], judged, 3);
    expect(chosen[0]!.number).toBe('courier');
    expect(chosen[0]!.why.en).toMatch(/could be either/);
    expect(chosen[1]!.number).toBe('bank');
    expect(chosen[1]!.why.en).toMatch(/unlike any/);
  });

  it('are of both classes while nothing was judged', () => {
    const chosen = lessons([...sureRing, courier, bank, n('quiet')], [], 4).map((c) => c.number);
    expect(chosen).toContain('bank');
    expect(chosen.some((c) => c.startsWith('r'))).toBe(true);
    expect(chosen.filter((c) => c.startsWith('r')).length).toBeLessThan(3);
    // Twenty at a time bring as many of either as are lacking.
    const many = Array.from({ length: 30 }, (_, i) => n(`q${i}`, { people: 2 ** (i % 9), lawful: i % 2 === 0 }));
    const twenty = lessons([...sureRing, ...many], [], 20).map((c) => c.number);
    expect(twenty.filter((c) => c.startsWith('r')).length).toBeGreaterThanOrEqual(8);
    expect(twenty.filter((c) => c.startsWith('q')).length).toBeGreaterThanOrEqual(8);
  });

  it('are never named twice, never more than there are, and the same every time', () => {
    const any = fc.array(
      fc.record({
        number: fc.string({ minLength: 1, maxLength: 3 }),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        detectors: fc.subarray(['a', 'b', 'c']),
        ring: fc.constantFrom('', 'R1'),
        lawful: fc.boolean(),
        people: fc.nat(1000),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(any, (all) => {
        const unique = [...new Map(all.map((c) => [c.number, c])).values()];
        const chosen = lessons(unique, [], 20);
        expect(new Set(chosen.map((c) => c.number)).size).toBe(Math.min(20, unique.length));
        expect(lessons([...unique].reverse(), [], 20)).toEqual(chosen);
      }),
    );
  });
});
