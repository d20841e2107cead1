import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random, streamsOf, trait, Weighted } from './random.ts';

it('gives the same stream for the same seed and name, whatever was drawn elsewhere', () => {
  const a = streamsOf(7);
  const b = streamsOf(7);
  b('another').bits();
  const [x, y] = [a('social'), b('social')];
  expect(Array.from({ length: 50 }, () => x.bits())).toEqual(Array.from({ length: 50 }, () => y.bits()));
  expect(streamsOf(8)('social').bits()).not.toBe(streamsOf(7)('social').bits());
  expect(a('social').bits()).not.toBe(a('lawful').bits());
});

it('keeps its promises about ranges', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, n) => {
      const random = new Random(seed);
      for (let i = 0; i < 20; i++) {
        const [u, k, b] = [random.unit(), random.below(n), random.between(-n, n)];
        if (!(u >= 0 && u < 1 && k >= 0 && k < n && b >= -n && b <= n)) return false;
      }
      return true;
    }),
  );
});

it('has the means it claims', () => {
  const random = new Random(1);
  const mean = (draw: () => number): number => Array.from({ length: 20_000 }, draw).reduce((s, x) => s + x, 0) / 20_000;
  expect(mean(() => random.unit())).toBeCloseTo(0.5, 1);
  expect(mean(() => random.poisson(3))).toBeCloseTo(3, 1);
  expect(mean(() => random.poisson(80)) / 80).toBeCloseTo(1, 1);
  expect(mean(() => random.exponential(10)) / 10).toBeCloseTo(1, 1);
  expect(Math.abs(mean(() => random.normal()))).toBeLessThan(0.03);
});

it('draws by weight', () => {
  const random = new Random(5);
  const draw = new Weighted([1, 0, 3]);
  const counts = [0, 0, 0];
  for (let i = 0; i < 40_000; i++) counts[draw.draw(random)]!++;
  expect(counts[1]).toBe(0);
  expect(counts[2]! / counts[0]!).toBeCloseTo(3, 0);
});

it('derives a trait from who and which alone', () => {
  expect(trait(12, 3)).toBe(trait(12, 3));
  expect(trait(12, 3)).not.toBe(trait(13, 3));
});
