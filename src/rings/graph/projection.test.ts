import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma, poissonTail, project } from './projection.ts';
import { seededRandom } from '../../model/random.ts';

const pairs = fc.array(fc.tuple(fc.nat(9), fc.nat(14)), { maxLength: 80 });
const columns = (list: [number, number][]) =>
  [Uint32Array.from(list, (p) => p[0]), Uint32Array.from(list, (p) => p[1])] as const;

describe('one-mode projection', () => {
  it('lists exactly the pairs, shared counts and weights of the plain definition', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 10 }), (list, minShared, cap) => {
        const reached = Array.from({ length: 10 }, () => new Set<number>());
        const popularity = new Map<number, Set<number>>();
        for (const [a, i] of list) {
          reached[a]!.add(i);
          popularity.set(i, (popularity.get(i) ?? new Set()).add(a));
        }
        const expected: [number, number, number, number][] = [];
        for (let a = 0; a < 10; a++) {
          for (let b = a + 1; b < 10; b++) {
            const shared = [...reached[a]!].filter((i) => reached[b]!.has(i) && popularity.get(i)!.size <= cap);
            if (shared.length < minShared) continue;
            const weight = shared.reduce((s, i) => s + 1 / (popularity.get(i)!.size - 1), 0);
            expected.push([a, b, shared.length, Math.round(weight * 1e9)]);
          }
        }
        const [left, right] = columns(list);
        const p = project(left, right, 10, 15, { minShared, popularityCap: cap, correction: 'none' });
        const found = Array.from(p.from, (a, i) => [a, p.to[i]!, p.shared[i]!, Math.round(p.weight[i]! * 1e9)]);
        expect(found).toEqual(expected);
      }),
    );
  });

  it('links callers who work one list, and not callers who only share popular numbers', () => {
    const random = seededRandom(4);
    const list: [number, number][] = [];
    // 200 people who each call 20 of 3,000 numbers at random, and most of them the same 10 popular ones.
    for (let a = 0; a < 200; a++) {
      for (let i = 0; i < 20; i++) list.push([a, 10 + Math.floor(random() * 2990)]);
      for (let i = 0; i < 10; i++) if (random() < 0.6) list.push([a, i]);
    }
    // 8 callers who draw 30 each from a leaked list of 80 private numbers.
    for (let a = 200; a < 208; a++) for (let i = 0; i < 30; i++) list.push([a, 3000 + Math.floor(random() * 80)]);
    const [left, right] = columns(list);
    const p = project(left, right, 208, 3080);
    const within = Array.from(p.from, (a, i) => a >= 200 && p.to[i]! >= 200).filter(Boolean).length;
    expect(within).toBeGreaterThanOrEqual(24); // of 28 pairs
    expect(p.from.length - within).toBeLessThanOrEqual(2); // false discoveries
    const loose = project(left, right, 208, 3080, { correction: 'none' });
    expect(loose.from.length).toBeGreaterThan(10_000); // what the validation took away
    const strict = project(left, right, 208, 3080, { correction: 'bonferroni' });
    expect(strict.from.length).toBeLessThanOrEqual(p.from.length);
  });

  it('leaves out hubs and keeps within its budget', () => {
    const list: [number, number][] = [];
    for (let a = 0; a < 100; a++) list.push([a, 0], [a, 1 + (a >> 1)]);
    const [left, right] = columns(list);
    const p = project(left, right, 100, 51, { minShared: 1, budget: 60, correction: 'none' });
    expect(p).toMatchObject({ popularityCap: 99, skipped: 1 });
    expect(p.from).toHaveLength(50);
  });

  it('refuses columns that do not fit', () => {
    expect(() => project(new Uint32Array(2), new Uint32Array(1), 1, 1)).toThrow(/differ in length/);
    expect(() => project(Uint32Array.of(3), Uint32Array.of(0), 3, 1)).toThrow(/left is below 3/);
  });
});

describe('Poisson tail', () => {
  it('equals the sum of its terms', () => {
    for (const lambda of [0.01, 0.5, 3, 20, 80]) {
      let below = 0;
      for (let x = 1; x < 100; x++) {
        below += Math.exp((x - 1) * Math.log(lambda) - lambda - logGamma(x));
        expect(poissonTail(x, lambda)).toBeCloseTo(1 - below, 9);
      }
    }
  });
});
