import type { EdgeColumns } from './csr.ts';

/**
 * From "who reached whom" to "who shares whom": a bipartite graph (left: callers, right: called people) becomes links between left nodes
 * that share right nodes more often than their own activity and the popularity of what they share explain.
 *
 * - Right nodes above a popularity cap (95588, a courier's hotline) say nothing about who belongs together and are left out.
 * - Weight: sum over the shared nodes of 1 / (degree - 1) (Newman, "Scientific collaboration networks II", Phys. Rev. E 64, 016132, 2001): a number
 *   only these two reached adds 1, one reached by a hundred adds 0.01.
 * - Validation (Tumminello et al., "Statistically validated networks in bipartite complex systems", PLoS ONE 6(3) e17994, 2011): a p-value
 *   for each pair, corrected for all pairs of left nodes, by false discovery rate (Benjamini & Hochberg) or Bonferroni. Because right nodes differ
 *   in popularity, the null is the sparse bipartite configuration model rather than one hypergeometric urn (as in Saracco et al., New J. Phys.
 *   19, 053022, 2017): node i is shared by a and b with probability k_a k_b d_i (d_i - 1) / M^2. The weighted sum of these Poisson counts
 *   has mean mu and variance v, both proportional to k_a k_b, and is compared with a Poisson of the same two moments, scaled by v / mu (Bohm & Zech,
 *   Nucl. Instrum. Meth. A 748, 2014). So two shared private numbers count for more than two shared popular ones.
 */
export interface ProjectionOptions {
  /** Right nodes reached by more left nodes than this are left out. Default 200. */
  popularityCap?: number;
  /** Pairs that share fewer are not listed. Default 2: one shared number is chance more often than not. */
  minShared?: number;
  /** Level of the correction. Default 0.01. */
  alpha?: number;
  /** Default `fdr`; `none` lists every pair with `minShared`. */
  correction?: 'fdr' | 'bonferroni' | 'none';
  /** Upper bound of pair look-ups, i.e. of the sum of squared popularity. The cap is lowered until it fits. Default 400 million. */
  budget?: number;
}

/** Links `from[i] < to[i]` in ascending order. */
export interface Projection extends EdgeColumns {
  weight: Float64Array;
  /** How many right nodes the two share. */
  shared: Uint32Array;
  /** Chance of sharing this much under the null. */
  pValue: Float64Array;
  /** The cap in force, and how many right nodes were left out by it: part of the explanation of what was not found. */
  popularityCap: number;
  skipped: number;
  /** Listed pairs before the correction. */
  tested: number;
}

/**
 * @param left,right columns of equal length; repeated pairs count once
 * @throws Error when the columns differ in length or a node is outside its range
 */
export function project(
  left: Uint32Array,
  right: Uint32Array,
  leftCount: number,
  rightCount: number,
  options: ProjectionOptions = {},
): Projection {
  if (left.length !== right.length) {
    throw new Error(`Projection columns differ in length: left ${left.length}, right ${right.length}.`);
  }
  const byLeft = distinctRows(left, right, leftCount, rightCount);
  return projectRows(byLeft, transpose(byLeft, rightCount), options);
}

/** The same from rows that are already distinct, ascending, and present from both sides. */
export function projectRows(byLeft: Rows, byRight: Rows, options: ProjectionOptions = {}): Projection {
  const leftCount = byLeft.offsets.length - 1;
  const rightCount = byRight.offsets.length - 1;
  const minShared = Math.max(1, options.minShared ?? 2);
  const alpha = options.alpha ?? 0.01;
  const cap = capWithin(byRight.offsets, options.popularityCap ?? 200, options.budget ?? 4e8);

  // Weight of each right node; 0 where it is left out. Sums of the null: mu = k_a k_b s1, v = k_a k_b s2.
  const weightOf = new Float64Array(rightCount);
  let skipped = 0;
  let kept = 0;
  let s1 = 0;
  let s2 = 0;
  for (let i = 0; i < rightCount; i++) {
    const d = byRight.offsets[i + 1]! - byRight.offsets[i]!;
    if (d > cap) {
      skipped++;
      continue;
    }
    kept += d;
    if (d < 2) continue;
    const w = 1 / (d - 1);
    weightOf[i] = w;
    s1 += d * (d - 1) * w;
    s2 += d * (d - 1) * w * w;
  }
  s1 /= kept * kept;
  s2 /= kept * kept;
  const activity = new Uint32Array(leftCount);
  for (let a = 0; a < leftCount; a++) {
    for (let p = byLeft.offsets[a]!; p < byLeft.offsets[a + 1]!; p++) {
      const i = byLeft.items[p]!;
      if (byRight.offsets[i + 1]! - byRight.offsets[i]! <= cap) activity[a]!++;
    }
  }

  const out = new Pairs();
  const sum = new Float64Array(leftCount);
  const count = new Uint32Array(leftCount);
  const touched = new Uint32Array(leftCount);
  for (let a = 0; a < leftCount; a++) {
    let found = 0;
    for (let p = byLeft.offsets[a]!; p < byLeft.offsets[a + 1]!; p++) {
      const i = byLeft.items[p]!;
      const w = weightOf[i]!;
      if (w === 0) continue;
      // Rows are ascending: walk down from the end to those above a, so that each pair is seen once.
      for (let q = byRight.offsets[i + 1]! - 1; byRight.items[q]! > a; q--) {
        const b = byRight.items[q]!;
        if (count[b]!++ === 0) touched[found++] = b;
        sum[b]! += w;
      }
    }
    const partners = touched.subarray(0, found).sort();
    for (let j = 0; j < found; j++) {
      const b = partners[j]!;
      if (count[b]! >= minShared) {
        const expected = activity[a]! * activity[b]!;
        const p = poissonTail((sum[b]! * s1) / s2, (expected * s1 * s1) / s2);
        out.push(a, b, sum[b]!, count[b]!, p);
      }
      count[b] = 0;
      sum[b] = 0;
    }
  }
  const columns = out.columns();
  const tested = columns.from.length;
  const limit = pValueLimit(columns.pValue, (leftCount * (leftCount - 1)) / 2, alpha, options.correction ?? 'fdr');
  return { ...keep(columns, limit), popularityCap: cap, skipped, tested };
}

/**
 * P(X >= x) of a Poisson with mean lambda, continued to real x > 0: the regularised lower incomplete gamma function P(x, lambda)
 * (series and continued fraction as in Abramowitz & Stegun 6.5.29 and 6.5.31).
 */
export function poissonTail(x: number, lambda: number): number {
  if (x <= 0) return 1;
  if (lambda <= 0) return 0;
  const front = Math.exp(x * Math.log(lambda) - lambda - logGamma(x));
  if (lambda < x + 1) {
    let term = 1 / x;
    let sum = term;
    for (let k = 1; k < 10_000; k++) {
      term *= lambda / (x + k);
      sum += term;
      if (term < sum * 1e-15) break;
    }
    return Math.min(1, front * sum);
  }
  const tiny = 1e-300;
  let b = lambda + 1 - x;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 10_000; k++) {
    const an = -k * (k - x);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-15) break;
  }
  return Math.max(0, 1 - front * h);
}

/** ln Gamma(x) for x > 0 (Lanczos, g = 7, n = 9; 15 digits). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum = 0.99999999999980993;
  for (let i = 0; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i + 1);
  const t = z + LANCZOS.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

export interface Rows {
  offsets: Uint32Array;
  items: Uint32Array;
}

/** Rows of distinct right nodes for each left node, ascending. */
function distinctRows(left: Uint32Array, right: Uint32Array, leftCount: number, rightCount: number): Rows {
  const offsets = new Uint32Array(leftCount + 1);
  for (let i = 0; i < left.length; i++) {
    if (left[i]! >= leftCount || right[i]! >= rightCount) {
      throw new Error(`Pair ${i} is (${left[i]}, ${right[i]}); left is below ${leftCount}, right below ${rightCount}.`);
    }
    offsets[left[i]! + 1]!++;
  }
  for (let a = 0; a < leftCount; a++) offsets[a + 1]! += offsets[a]!;
  const items = new Uint32Array(left.length);
  const next = offsets.slice(0, leftCount);
  for (let i = 0; i < left.length; i++) items[next[left[i]!]!++] = right[i]!;
  let write = 0;
  let start = 0;
  for (let a = 0; a < leftCount; a++) {
    const end = offsets[a + 1]!;
    items.subarray(start, end).sort();
    const rowStart = write;
    for (let p = start; p < end; p++) {
      if (write === rowStart || items[write - 1] !== items[p]) items[write++] = items[p]!;
    }
    start = end;
    offsets[a + 1] = write;
  }
  return { offsets, items: items.subarray(0, write) };
}

function transpose(rows: Rows, count: number): Rows {
  const offsets = new Uint32Array(count + 1);
  for (const i of rows.items) offsets[i + 1]!++;
  for (let i = 0; i < count; i++) offsets[i + 1]! += offsets[i]!;
  const items = new Uint32Array(rows.items.length);
  const next = offsets.slice(0, count);
  for (let a = 0; a + 1 < rows.offsets.length; a++) {
    for (let p = rows.offsets[a]!; p < rows.offsets[a + 1]!; p++) items[next[rows.items[p]!]!++] = a;
  }
  return { offsets, items };
}

/** The largest cap up to the one asked for with which the sum of squared popularity stays within the budget. */
function capWithin(offsets: Uint32Array, asked: number, budget: number): number {
  const cap = Math.max(2, Math.floor(asked));
  const nodes = new Float64Array(cap + 1);
  for (let i = 0; i + 1 < offsets.length; i++) {
    const d = offsets[i + 1]! - offsets[i]!;
    if (d <= cap) nodes[d]!++;
  }
  let spent = 0;
  for (let d = 2; d <= cap; d++) {
    spent += (nodes[d]! * d * (d - 1)) / 2;
    if (spent > budget) return d - 1;
  }
  return cap;
}

interface PairColumns {
  from: Uint32Array;
  to: Uint32Array;
  weight: Float64Array;
  shared: Uint32Array;
  pValue: Float64Array;
}

/** Columns that grow by doubling: 28 bytes a pair. */
class Pairs {
  private size = 0;
  private room: PairColumns = pairColumns(1024);
  push(from: number, to: number, weight: number, shared: number, pValue: number): void {
    if (this.size === this.room.from.length) {
      const larger = pairColumns(this.size * 2);
      larger.from.set(this.room.from);
      larger.to.set(this.room.to);
      larger.weight.set(this.room.weight);
      larger.shared.set(this.room.shared);
      larger.pValue.set(this.room.pValue);
      this.room = larger;
    }
    const i = this.size++;
    this.room.from[i] = from;
    this.room.to[i] = to;
    this.room.weight[i] = weight;
    this.room.shared[i] = shared;
    this.room.pValue[i] = pValue;
  }
  columns(): PairColumns {
    const { from, to, weight, shared, pValue } = this.room;
    const n = this.size;
    return {
      from: from.subarray(0, n),
      to: to.subarray(0, n),
      weight: weight.subarray(0, n),
      shared: shared.subarray(0, n),
      pValue: pValue.subarray(0, n),
    };
  }
}

const pairColumns = (size: number): PairColumns => ({
  from: new Uint32Array(size),
  to: new Uint32Array(size),
  weight: new Float64Array(size),
  shared: new Uint32Array(size),
  pValue: new Float64Array(size),
});

/** The largest p-value that is still significant among `tests` tests, the unlisted of which are taken to have p = 1. -1: none is. */
function pValueLimit(p: Float64Array, tests: number, alpha: number, correction: 'fdr' | 'bonferroni' | 'none'): number {
  if (correction === 'none') return 1;
  if (correction === 'bonferroni') return alpha / tests;
  const sorted = p.slice().sort();
  for (let i = sorted.length - 1; i >= 0; i--) if (sorted[i]! <= (alpha * (i + 1)) / tests) return sorted[i]!;
  return -1;
}

function keep(columns: PairColumns, limit: number): PairColumns {
  let kept = 0;
  for (const p of columns.pValue) if (p <= limit) kept++;
  const out = pairColumns(kept);
  let j = 0;
  for (let i = 0; i < columns.from.length; i++) {
    if (columns.pValue[i]! > limit) continue;
    out.from[j] = columns.from[i]!;
    out.to[j] = columns.to[i]!;
    out.weight[j] = columns.weight[i]!;
    out.shared[j] = columns.shared[i]!;
    out.pValue[j] = columns.pValue[i]!;
    j++;
  }
  return out;
}
