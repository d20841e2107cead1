import { sharedByPair } from './graph/overlap.ts';
import { logGamma } from './graph/projection.ts';
import type { Life } from './lives.ts';

/** People called by two numbers of a ring, and how many any two have in common that cannot have followed each other. */
export interface SharedContacts {
  /** People that both called. */
  of: (a: number, b: number) => number;
  /** How many of them chance explains. */
  expected: (a: number, b: number) => number;
  /** How much more likely that many are if `b` took over from `a` than if it did not; natural logarithm. */
  weight: (a: number, b: number) => number;
}

/** A successor goes on with these shares of the people of the smaller of the two; each is as likely as another. */
const GOES_ON_WITH = [0.03, 0.06, 0.12, 0.25, 0.5];
/** Successors that begin with new people only. */
const BEGINS_ANEW = 0.25;
/** Pairs that say nothing yet: as if this many people had been expected in common, and had been found. */
const PRIOR_EXPECTED = 1;
const [LEAST_SHAPE, MOST_SHAPE] = [0.3, 50];

/**
 * Counts for every pair of numbers the people both called. What is usual is told by pairs that were in use side by side for more than `apart` and so did not follow
 * each other: colleagues work on one list, and leads of somebody who left are dealt out. Their counts spread more than chance alone would have it, so they are
 * taken as negative binomial, its shape by moments (Anscombe, Biometrika 37, 1950).
 *
 * @param lives people as ascending digests
 * @param apart ms of common use from which two numbers are no succession
 */
export function sharedContacts(lives: readonly Life[], apart: number): SharedContacts {
  const { shared, reached: people } = sharedByPair(lives.map((l) => l.people));
  const n = lives.length;
  const key = (a: number, b: number): number => (a < b ? a * n + b : b * n + a);
  // Without any pair to learn from: as if each had called people of the ring at random.
  let [found, drawn] = [PRIOR_EXPECTED, PRIOR_EXPECTED * Math.max(1, people)];
  const beside: [number, number][] = [];
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const [x, y] = [lives[a]!, lives[b]!];
      if (Math.min(x.last, y.last) - Math.max(x.first, y.first) <= apart) continue;
      const product = x.people.length * y.people.length;
      beside.push([shared.get(key(a, b)) ?? 0, product]);
      found += beside.at(-1)![0];
      drawn += product;
    }
  }
  const rate = found / drawn;
  const shape = shapeOf(beside.map(([s, product]) => [s, rate * product]));
  const expected = (a: number, b: number): number =>
    Math.max(1e-9, rate * lives[a]!.people.length * lives[b]!.people.length);
  return {
    of: (a, b) => shared.get(key(a, b)) ?? 0,
    expected,
    weight: (a, b) => {
      const s = shared.get(key(a, b)) ?? 0;
      const mean = expected(a, b);
      const usual = negativeBinomial(s, mean, shape);
      const smaller = Math.min(lives[a]!.people.length, lives[b]!.people.length);
      const went = GOES_ON_WITH.map((q) => poisson(s, mean + q * smaller) - usual);
      const top = Math.max(0, ...went);
      const sum = went.reduce((t, w) => t + ((1 - BEGINS_ANEW) / went.length) * Math.exp(w - top), 0);
      return top + Math.log(sum + BEGINS_ANEW * Math.exp(-top));
    },
  };
}

/** Shape of a negative binomial from counts and their means, by moments. */
function shapeOf(pairs: readonly (readonly [number, number])[]): number {
  let [squares, excess] = [0, 0];
  for (const [count, mean] of pairs) {
    squares += mean * mean;
    excess += (count - mean) ** 2 - mean;
  }
  return excess <= 0 ? MOST_SHAPE : Math.min(MOST_SHAPE, Math.max(LEAST_SHAPE, squares / excess));
}

const poisson = (count: number, mean: number): number => count * Math.log(mean) - mean - logGamma(count + 1);

const negativeBinomial = (count: number, mean: number, shape: number): number =>
  logGamma(count + shape) -
  logGamma(shape) -
  logGamma(count + 1) +
  shape * Math.log(shape / (shape + mean)) +
  count * Math.log(mean / (shape + mean));
