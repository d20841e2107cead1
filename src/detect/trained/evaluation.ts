import { auc, averagePrecision, bootstrap, calibrationError, confusionOf, macroF1, recallAtFpr } from './metrics.ts';

/** How good a model is on labelled rows. Intervals are 95 %, by bootstrap over rows. */
export interface Evaluation {
  rows: number;
  classes: string[];
  /** Of several classes: the mean of each against the rest. */
  auc: number;
  macroF1: number;
  accuracy: number;
  /** Of two classes only, else empty: recall at the lowest threshold that flags no more than 1 % and 0.1 % of the others. */
  recallAtFpr: Record<string, number>;
  averagePrecision: number | null;
  calibrationError: number | null;
  /** confusion[real][said] */
  confusion: number[][];
  threshold: number | null;
  intervals: Record<string, [number, number]>;
}

const RATES = { '0.01': 0.01, '0.001': 0.001 } as const;

/** Class said of each row: of two, the second from the threshold on; of several, the likeliest. */
export function saidBy(scores: Float64Array, classes: number, threshold: number): Uint8Array {
  if (classes === 2) return Uint8Array.from(scores, (s) => Number(s >= threshold));
  return Uint8Array.from({ length: scores.length / classes }, (_, i) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (scores[i * classes + k]! > scores[i * classes + best]!) best = k;
    return best;
  });
}

/** @param y class of each row; @param scores row-major, of two classes the second's; @param threshold null: no intervals, 0.5 */
export function evaluation(
  y: Uint8Array,
  scores: Float64Array,
  classes: readonly string[],
  threshold: number | null,
): Evaluation {
  const n = y.length;
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const said = saidBy(scores, classes.length, threshold ?? 0.5);
  const measure = (rows: Uint32Array): Record<string, number> => {
    const matrix = confusionOf(
      Array.from(rows, (i) => y[i]!),
      Array.from(rows, (i) => said[i]!),
      classes.length,
    );
    const right = matrix.reduce((s, r, k) => s + r[k]!, 0);
    const out: Record<string, number> = {
      auc: aucOf(y, scores, classes.length, rows),
      macroF1: macroF1(matrix),
      accuracy: right / rows.length,
    };
    if (classes.length === 2) {
      const scored = Array.from(rows, (i) => ({ score: scores[i]!, positive: y[i] === 1 }));
      for (const [name, rate] of Object.entries(RATES)) out[`recallAtFpr ${name}`] = recallAtFpr(scored, rate);
    }
    return out;
  };
  const whole = measure(all);
  const binary = classes.length === 2;
  const scored = binary ? Array.from(all, (i) => ({ score: scores[i]!, positive: y[i] === 1 })) : [];
  return {
    rows: n,
    classes: [...classes],
    auc: six(whole['auc']!),
    macroF1: six(whole['macroF1']!),
    accuracy: six(whole['accuracy']!),
    recallAtFpr: binary ? Object.fromEntries(Object.keys(RATES).map((r) => [r, six(whole[`recallAtFpr ${r}`]!)])) : {},
    averagePrecision: binary ? six(averagePrecision(scored)) : null,
    calibrationError: binary ? six(calibrationError(scored)) : null,
    confusion: confusionOf(y, said, classes.length),
    threshold,
    intervals:
      threshold === null
        ? {}
        : Object.fromEntries(
            Object.entries(bootstrap(n, measure)).map(([k, [low, high]]) => [
              k,
              [six(low), six(high)] as [number, number],
            ]),
          ),
  };
}

function aucOf(y: Uint8Array, scores: Float64Array, classes: number, rows: Uint32Array): number {
  if (classes === 2) return auc(Array.from(rows, (i) => ({ score: scores[i]!, positive: y[i] === 1 })));
  const each = Array.from({ length: classes }, (_, k) =>
    auc(Array.from(rows, (i) => ({ score: scores[i * classes + k]!, positive: y[i] === k }))),
  ).filter(Number.isFinite);
  return each.reduce((a, b) => a + b, 0) / each.length;
}

evaluation.macroF1At = (y: Uint8Array, scores: Float64Array, threshold: number): number =>
  macroF1(confusionOf(y, saidBy(scores, 2, threshold), 2));

const six = (x: number): number => Math.round(x * 1e6) / 1e6;
