import { seededRandom } from '../../model/random.ts';

// How good scores and labels are. Each is NaN where there is nothing to measure.

/** F1 from true positives, false positives and false negatives. */
export const f1 = (tp: number, fp: number, fn: number): number => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));

/** One scored thing: how suspicious, and whether it is what is looked for. */
export interface Scored {
  score: number;
  positive: boolean;
}

/** Average precision: the area under precision over recall. Equal scores are taken together, so that their order says nothing. */
export function averagePrecision(scored: readonly Scored[]): number {
  const all = scored.reduce((n, s) => n + Number(s.positive), 0);
  if (all === 0) return NaN;
  const sorted = [...scored].sort((a, b) => b.score - a.score);
  let [seen, hits, area] = [0, 0, 0];
  for (let i = 0; i < sorted.length;) {
    const before = hits;
    const { score } = sorted[i]!;
    for (; i < sorted.length && sorted[i]!.score === score; i++) {
      seen++;
      hits += Number(sorted[i]!.positive);
    }
    area += ((hits - before) / all) * (hits / seen);
  }
  return area;
}

/** Expected calibration error: mean distance of score and truth over ten bins of scores, weighed by what is in them (Naeini et al., AAAI 2015). */
export function calibrationError(scored: readonly Scored[]): number {
  if (scored.length === 0) return NaN;
  return reliability(scored).reduce(
    (sum, b) => sum + (b.count / scored.length) * Math.abs(b.meanScore - b.positives),
    0,
  );
}

/** Reliability by ten bins of scores: mean score and share of positives of each that holds anything. */
export function reliability(scored: readonly Scored[]): { count: number; meanScore: number; positives: number }[] {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, meanScore: 0, positives: 0 }));
  for (const s of scored) {
    const b = bins[Math.min(9, Math.floor(s.score * 10))]!;
    b.count++;
    b.meanScore += s.score;
    b.positives += Number(s.positive);
  }
  return bins
    .filter((b) => b.count > 0)
    .map((b) => ({ count: b.count, meanScore: b.meanScore / b.count, positives: b.positives / b.count }));
}

/** Area under the ROC curve: the chance that a positive scores above a negative, equal scores counting half (Mann & Whitney 1947). */
export function auc(scored: readonly Scored[]): number {
  const sorted = [...scored].sort((a, b) => a.score - b.score);
  const positives = sorted.reduce((n, s) => n + Number(s.positive), 0);
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return NaN;
  let ranks = 0;
  for (let i = 0; i < sorted.length;) {
    let to = i;
    while (to < sorted.length && sorted[to]!.score === sorted[i]!.score) to++;
    for (let k = i; k < to; k++) if (sorted[k]!.positive) ranks += (i + to + 1) / 2;
    i = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Share of the positives found at the lowest threshold that flags no more than `rate` of the negatives. */
export function recallAtFpr(scored: readonly Scored[], rate: number): number {
  const positives = scored.filter((s) => s.positive).map((s) => s.score);
  const negatives = scored.filter((s) => !s.positive).map((s) => s.score);
  if (positives.length === 0 || negatives.length === 0) return NaN;
  const bar = negatives.sort((a, b) => b - a)[Math.floor(rate * negatives.length)] ?? -Infinity;
  return positives.filter((s) => s > bar).length / positives.length;
}

/** How often class `real` was called `said`: matrix[real][said]. */
export function confusionOf(real: ArrayLike<number>, said: ArrayLike<number>, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < real.length; i++) matrix[real[i]!]![said[i]!]!++;
  return matrix;
}

/** Mean F1 of the classes that occur, really or as said. */
export function macroF1(matrix: readonly (readonly number[])[]): number {
  const own: number[] = [];
  matrix.forEach((row, k) => {
    const tp = row[k]!;
    const fn = row.reduce((a, b) => a + b, 0) - tp;
    const fp = matrix.reduce((sum, r) => sum + r[k]!, 0) - tp;
    if (tp + fn + fp > 0) own.push(f1(tp, fp, fn));
  });
  return own.length === 0 ? NaN : own.reduce((a, b) => a + b, 0) / own.length;
}

/**
 * 95 % intervals of what `measure` says of `n` things: the middle of what it says of 400 draws of as many with replacement (Efron 1979). The same draws every time.
 */
export function bootstrap<K extends string>(
  n: number,
  measure: (rows: Uint32Array) => Record<K, number>,
  rounds = 400,
): Record<K, [number, number]> {
  const random = seededRandom(20_241);
  const values = new Map<K, number[]>();
  for (let r = 0; r < rounds; r++) {
    const said = measure(Uint32Array.from({ length: n }, () => Math.floor(random() * n)));
    for (const k of Object.keys(said) as K[]) (values.get(k) ?? values.set(k, []).get(k)!).push(said[k]);
  }
  const out = {} as Record<K, [number, number]>;
  for (const [k, all] of values) {
    const sorted = all.filter(Number.isFinite).sort((a, b) => a - b);
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
    out[k] = [at(0.025), at(0.975)];
  }
  return out;
}
