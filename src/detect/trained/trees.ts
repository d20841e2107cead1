import { seededRandom } from '../../model/random.ts';

/**
 * Gradient-boosted decision trees over binned features (Friedman, Ann. Statist. 29, 2001; second-order gains and shrunken leaves as Chen & Guestrin, KDD 2016; histograms
 * as Ke et al., NeurIPS 2017). Values that are missing go the way that suited the training rows. The same rows, settings and seed give the same trees.
 */
export interface TreeSettings {
  trees: number;
  shrinkage: number;
  leaves: number;
  /** Rows on each side of a split, at least. */
  leastRows: number;
  /** Shares of the rows and of the features that each tree is grown from. */
  rowShare: number;
  featureShare: number;
  /** Added to the curvature of each leaf. */
  lambda: number;
  seed: number;
}

export const SETTINGS: TreeSettings = {
  trees: 400,
  shrinkage: 0.05,
  leaves: 24,
  leastRows: 10,
  rowShare: 0.7,
  featureShare: 0.4,
  lambda: 3,
  seed: 1,
};

/** Rows as columns of numbers; NaN is missing. */
export interface Matrix {
  rows: number;
  columns: readonly Float64Array[];
}

/** Nodes in order of making; a leaf has left -1. */
export interface Tree {
  feature: number[];
  /** Up to and including this value to the left. */
  threshold: number[];
  missingLeft: number[];
  left: number[];
  right: number[];
  /** What the node would say if it were a leaf, already shrunken. */
  value: number[];
}

export interface Forest {
  /** Log-odds (or, of several classes, one score each) before any tree. */
  base: number[];
  /** Rounds of one tree for each class. */
  rounds: Tree[][];
}

const MOST_BINS = 254;

interface Binned {
  bins: Uint8Array[];
  /** Upper ends of bins 1, 2, ...; bin 0 is missing. */
  cuts: Float64Array[];
}

/** Cut points between neighbouring values, as many rows to each bin as can be. */
function binned({ rows, columns }: Matrix): Binned {
  const cuts = columns.map((c) => {
    const sorted = c.filter((x) => !Number.isNaN(x)).sort();
    const ends: number[] = [];
    for (let i = 0; i + 1 < sorted.length; i++) {
      if (sorted[i] === sorted[i + 1]) continue;
      const due = ((ends.length + 1) * sorted.length) / MOST_BINS;
      if (i + 1 >= due || distinctFit(sorted)) ends.push(between(sorted[i]!, sorted[i + 1]!));
    }
    return Float64Array.from(ends.slice(0, MOST_BINS - 1));
  });
  const bins = columns.map((c, f) => {
    const out = new Uint8Array(rows);
    for (let i = 0; i < rows; i++) out[i] = Number.isNaN(c[i]!) ? 0 : binOf(cuts[f]!, c[i]!);
    return out;
  });
  return { bins, cuts };
}

const between = (a: number, b: number): number => (a + (b - a) / 2 < b ? a + (b - a) / 2 : a);

const fits = new WeakMap<Float64Array, boolean>();
function distinctFit(sorted: Float64Array): boolean {
  let known = fits.get(sorted);
  if (known === undefined) {
    let distinct = 1;
    for (let i = 1; i < sorted.length && distinct <= MOST_BINS; i++) distinct += Number(sorted[i] !== sorted[i - 1]);
    fits.set(sorted, (known = distinct <= MOST_BINS));
  }
  return known;
}

function binOf(cuts: Float64Array, x: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (x <= cuts[mid]!) high = mid;
    else low = mid + 1;
  }
  return low + 1;
}

/**
 * @param classes class of each row, 0 .. `count` - 1
 * @param watch called after each round with the scores of every row of `aside` (row-major by class); returning true stops
 * @throws Error when a class has no row
 */
export function grow(
  data: Matrix,
  classes: Uint8Array,
  count: number,
  settings: TreeSettings,
  aside?: { data: Matrix; watch: (scores: Float64Array, round: number) => boolean },
): Forest {
  const n = data.rows;
  const { bins, cuts } = binned(data);
  const outputs = count === 2 ? 1 : count;
  const share = new Float64Array(count);
  for (const c of classes) share[c]! += 1 / n;
  if (share.some((s) => s === 0)) throw new Error('Every class needs at least one row to learn from.');
  const base = count === 2 ? [Math.log(share[1]! / share[0]!)] : Array.from(share, Math.log);
  const scores = new Float64Array(n * outputs);
  for (let i = 0; i < scores.length; i++) scores[i] = base[i % outputs]!;
  const watched = new Float64Array((aside?.data.rows ?? 0) * outputs);
  for (let i = 0; i < watched.length; i++) watched[i] = base[i % outputs]!;
  const random = seededRandom(settings.seed);
  const gradient = new Float64Array(n);
  const curvature = new Float64Array(n);
  const grower = new Grower(bins, cuts, settings);
  const rounds: Tree[][] = [];
  const chance = new Float64Array(n * outputs);
  for (let round = 0; round < settings.trees; round++) {
    chances(scores, outputs, chance);
    const rows = drawn(n, settings.rowShare, random);
    const features = drawn(bins.length, settings.featureShare, random);
    const trees: Tree[] = [];
    for (let k = 0; k < outputs; k++) {
      for (let i = 0; i < n; i++) {
        const p = chance[i * outputs + k]!;
        gradient[i] = p - Number(classes[i] === (count === 2 ? 1 : k));
        curvature[i] = Math.max(1e-6, p * (1 - p));
      }
      const tree = grower.tree(rows, features, gradient, curvature);
      trees.push(tree);
      for (let i = 0; i < n; i++) scores[i * outputs + k]! += grower.valueAt(tree, i);
      if (aside !== undefined) addTree(tree, aside.data, watched, outputs, k);
    }
    rounds.push(trees);
    if (aside?.watch(watched, round) === true) break;
  }
  return { base, rounds };
}

/** Probabilities from scores: logistic for one output, softmax for several. */
function chances(scores: Float64Array, outputs: number, out: Float64Array): void {
  if (outputs === 1) {
    for (let i = 0; i < scores.length; i++) out[i] = 1 / (1 + Math.exp(-scores[i]!));
    return;
  }
  for (let i = 0; i < scores.length; i += outputs) {
    let top = -Infinity;
    for (let k = 0; k < outputs; k++) top = Math.max(top, scores[i + k]!);
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += out[i + k] = Math.exp(scores[i + k]! - top);
    for (let k = 0; k < outputs; k++) out[i + k]! /= sum;
  }
}

/** A share of 0 .. n-1 by lot, in order; at least one. */
function drawn(n: number, share: number, random: () => number): Uint32Array {
  if (share >= 1) return Uint32Array.from({ length: n }, (_, i) => i);
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const take = Math.max(1, Math.round(n * share));
  for (let i = 0; i < take; i++) {
    const j = i + Math.floor(random() * (n - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, take).sort();
}

interface Split {
  gain: number;
  feature: number;
  bin: number;
  missingLeft: boolean;
}

interface Growing {
  node: number;
  rows: Uint32Array;
  /** Of each feature drawn for the tree and each bin: sum of gradients, of curvatures, count of rows. Null where it will not be split. */
  sums: Float64Array | null;
  split: Split | null;
}

/** Places in `sums` for one bin. */
const SUMS = 3;

/** Grows single trees, best leaf first; holds the working memory that every tree needs. */
class Grower {
  readonly #bins: readonly Uint8Array[];
  readonly #cuts: readonly Float64Array[];
  readonly #settings: TreeSettings;
  readonly #spare: Float64Array[] = [];
  /** Of the tree grown last: the last bin that goes left at each node. */
  #splitBin: number[] = [];

  constructor(bins: readonly Uint8Array[], cuts: readonly Float64Array[], settings: TreeSettings) {
    this.#bins = bins;
    this.#cuts = cuts;
    this.#settings = settings;
  }

  tree(rows: Uint32Array, drawnFeatures: Uint32Array, gradient: Float64Array, curvature: Float64Array): Tree {
    const t: Tree = { feature: [], threshold: [], missingLeft: [], left: [], right: [], value: [] };
    this.#splitBin = [];
    const { lambda, shrinkage, leaves, leastRows } = this.#settings;
    const features = drawnFeatures.filter((f) => this.#cuts[f]!.length > 0 || hasMissing(this.#bins[f]!, rows));
    const starts = new Uint32Array(features.length + 1);
    features.forEach((f, i) => (starts[i + 1] = starts[i]! + SUMS * (this.#cuts[f]!.length + 2)));
    const leaf = (own: Uint32Array, sums: Float64Array | null): Growing => {
      let [g, h] = [0, 0];
      for (const i of own) {
        g += gradient[i]!;
        h += curvature[i]!;
      }
      t.feature.push(-1);
      t.threshold.push(0);
      t.missingLeft.push(0);
      t.left.push(-1);
      t.right.push(-1);
      t.value.push((-shrinkage * g) / (h + lambda));
      this.#splitBin.push(0);
      const split = sums === null ? null : this.#best(own.length, features, starts, sums, g, h);
      return { node: t.value.length - 1, rows: own, sums, split };
    };
    const size = starts[features.length]!;
    const open = [leaf(rows, this.#sumsOf(rows, features, starts, size, gradient, curvature))];
    for (let count = 1; count < leaves; count++) {
      let at = -1;
      open.forEach((o, i) => {
        if (o.split !== null && (at < 0 || o.split.gain > open[at]!.split!.gain)) at = i;
      });
      if (at < 0) break;
      const { node, rows: own, sums, split } = open.splice(at, 1)[0]!;
      const { feature, bin, missingLeft } = split!;
      const column = this.#bins[feature]!;
      const left = new Uint32Array(own.length);
      const right = new Uint32Array(own.length);
      let [l, r] = [0, 0];
      for (const i of own) {
        const b = column[i]!;
        if (b === 0 ? missingLeft : b <= bin) left[l++] = i;
        else right[r++] = i;
      }
      t.feature[node] = feature;
      // The last bin has no upper end, and a file of JSON no infinity.
      t.threshold[node] = this.#cuts[feature]![bin - 1] ?? Number.MAX_VALUE;
      t.missingLeft[node] = Number(missingLeft);
      this.#splitBin[node] = bin;
      const [leftRows, rightRows] = [left.subarray(0, l), right.subarray(0, r)];
      let [leftSums, rightSums]: [Float64Array | null, Float64Array | null] = [null, null];
      if (count + 1 < leaves && Math.max(l, r) >= 2 * leastRows) {
        // The smaller side is counted; the larger is what remains of the whole.
        const smaller = this.#sumsOf(l <= r ? leftRows : rightRows, features, starts, size, gradient, curvature);
        for (let i = 0; i < size; i++) sums![i]! -= smaller[i]!;
        [leftSums, rightSums] = l <= r ? [smaller, sums] : [sums, smaller];
      } else this.#spare.push(sums!);
      for (const child of [leaf(leftRows, leftSums), leaf(rightRows, rightSums)]) {
        if (t.left[node] === -1) t.left[node] = child.node;
        else t.right[node] = child.node;
        if (child.split !== null) open.push(child);
        else if (child.sums !== null) this.#spare.push(child.sums);
      }
    }
    for (const o of open) if (o.sums !== null) this.#spare.push(o.sums);
    return t;
  }

  /** What the tree grown last says of a training row. */
  valueAt(t: Tree, row: number): number {
    let node = 0;
    while (t.left[node]! >= 0) {
      const b = this.#bins[t.feature[node]!]![row]!;
      const toLeft = b === 0 ? t.missingLeft[node] === 1 : b <= this.#splitBin[node]!;
      node = toLeft ? t.left[node]! : t.right[node]!;
    }
    return t.value[node]!;
  }

  #sumsOf(
    rows: Uint32Array,
    features: Uint32Array,
    starts: Uint32Array,
    size: number,
    gradient: Float64Array,
    curvature: Float64Array,
  ): Float64Array {
    let sums = this.#spare.pop();
    if (sums === undefined || sums.length < size) sums = new Float64Array(size);
    else sums.fill(0, 0, size);
    for (let f = 0; f < features.length; f++) {
      const column = this.#bins[features[f]!]!;
      const start = starts[f]!;
      for (let k = 0; k < rows.length; k++) {
        const i = rows[k]!;
        const at = start + SUMS * column[i]!;
        sums[at]! += gradient[i]!;
        sums[at + 1]! += curvature[i]!;
        sums[at + 2]!++;
      }
    }
    return sums;
  }

  #best(
    rows: number,
    features: Uint32Array,
    starts: Uint32Array,
    sums: Float64Array,
    g: number,
    h: number,
  ): Split | null {
    const { leastRows, lambda } = this.#settings;
    if (rows < 2 * leastRows) return null;
    const whole = (g * g) / (h + lambda);
    let [bestGain, bestFeature, bestBin, bestLeft] = [1e-9, -1, 0, false];
    for (let f = 0; f < features.length; f++) {
      const start = starts[f]!;
      const last = this.#cuts[features[f]!]!.length + 1;
      const [g0, h0, c0] = [sums[start]!, sums[start + 1]!, sums[start + 2]!];
      let [gl, hl, cl] = [0, 0, 0];
      for (let b = 1; b <= last; b++) {
        const at = start + SUMS * b;
        gl += sums[at]!;
        hl += sums[at + 1]!;
        cl += sums[at + 2]!;
        if (b === last && c0 === 0) break;
        // Missing to the left, then to the right.
        for (let way = c0 === 0 ? 1 : 0; way < 2; way++) {
          const cc = way === 0 ? cl + c0 : cl;
          if (cc < leastRows || rows - cc < leastRows) continue;
          const gg = way === 0 ? gl + g0 : gl;
          const hh = way === 0 ? hl + h0 : hl;
          const gain = (gg * gg) / (hh + lambda) + ((g - gg) * (g - gg)) / (h - hh + lambda) - whole;
          if (gain > bestGain) {
            bestGain = gain;
            bestFeature = features[f]!;
            bestBin = b;
            bestLeft = way === 0;
          }
        }
      }
    }
    return bestFeature < 0 ? null : { gain: bestGain, feature: bestFeature, bin: bestBin, missingLeft: bestLeft };
  }
}

function hasMissing(column: Uint8Array, rows: Uint32Array): boolean {
  for (const i of rows) if (column[i] === 0) return true;
  return false;
}

const goesLeft = (t: Tree, node: number, x: number): boolean =>
  Number.isNaN(x) ? t.missingLeft[node] === 1 : x <= t.threshold[node]!;

function addTree(t: Tree, data: Matrix, scores: Float64Array, outputs: number, k: number): void {
  for (let i = 0; i < data.rows; i++) {
    let node = 0;
    while (t.left[node]! >= 0)
      node = goesLeft(t, node, data.columns[t.feature[node]!]![i]!) ? t.left[node]! : t.right[node]!;
    scores[i * outputs + k]! += t.value[node]!;
  }
}

/** Probabilities of each class, row-major; of two classes that of the second. */
export function predict(forest: Forest, data: Matrix): Float64Array {
  const outputs = forest.base.length;
  const scores = new Float64Array(data.rows * outputs);
  for (let i = 0; i < scores.length; i++) scores[i] = forest.base[i % outputs]!;
  for (const trees of forest.rounds) trees.forEach((t, k) => addTree(t, data, scores, outputs, k));
  const out = new Float64Array(scores.length);
  chances(scores, outputs, out);
  return out;
}

/**
 * How much each feature moved a row's score for class `k` (log-odds): along each tree's path, the change from node to node goes to the feature asked there (Saabas 2014). They add
 * up to the score less what every row starts from.
 */
export function contributions(forest: Forest, data: Matrix, row: number, k: number): Float64Array {
  const out = new Float64Array(data.columns.length);
  for (const trees of forest.rounds) {
    const t = trees[k]!;
    for (let node = 0; t.left[node]! >= 0;) {
      const f = t.feature[node]!;
      const next = goesLeft(t, node, data.columns[f]![row]!) ? t.left[node]! : t.right[node]!;
      out[f]! += t.value[next]! - t.value[node]!;
      node = next;
    }
  }
  return out;
}
