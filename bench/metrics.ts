import { f1 } from '../src/detect/trained/metrics.ts';

/** Measures of quality that benches and scenario tests share. Each says what it is for nothing to measure: NaN. */

/** Share of the positives that score above all but `rate` of the negatives. */
export function recallAtRate(positives: readonly number[], negatives: readonly number[], rate: number): number {
  if (positives.length === 0) return NaN;
  const allowed = Math.floor(rate * negatives.length);
  const bar = [...negatives].sort((a, b) => b - a)[allowed] ?? -Infinity;
  return positives.filter((s) => s > bar).length / positives.length;
}

const pairs = (n: number): number => (n * (n - 1)) / 2;

/** How often each combination of a found and a true group occurs; '' is nobody's group and pairs with nothing. */
function contingency(groups: readonly (readonly [found: string, real: string])[]) {
  const [cells, found, real] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (m: Map<string, number>, k: string): void => void m.set(k, (m.get(k) ?? 0) + 1);
  for (const [f, r] of groups) {
    if (f !== '') add(found, f);
    if (r !== '') add(real, r);
    if (f !== '' && r !== '') add(cells, `${f}\t${r}`);
  }
  const of = (m: Map<string, number>): number => [...m.values()].reduce((s, n) => s + pairs(n), 0);
  return { together: of(cells), found: of(found), real: of(real) };
}

/** Pair F1 of a grouping: of every two things put together, and of every two that belong together. '' is no group. */
export function pairF1(groups: readonly (readonly [found: string, real: string])[]): number {
  const { together, found, real } = contingency(groups);
  return real === 0 ? NaN : f1(together, found - together, real - together);
}

/** Adjusted Rand index (Hubert & Arabie, J. Classif. 2, 1985): 1 is the same grouping, 0 what chance gives. '' is a group too: those of none. */
export function adjustedRand(groups: readonly (readonly [found: string, real: string])[]): number {
  const { together, found, real } = contingency(groups.map(([f, r]) => [`in ${f}`, `in ${r}`] as const));
  const all = pairs(groups.length);
  if (all === 0) return NaN;
  const expected = (found * real) / all;
  const most = (found + real) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

/** Mean and the half width of its 95 % interval (Student's t); NaN values are left out. */
export function meanWithInterval(values: readonly number[]): { mean: number; half: number; n: number } {
  const seen = values.filter(Number.isFinite);
  const n = seen.length;
  if (n === 0) return { mean: NaN, half: NaN, n };
  const mean = seen.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean, half: NaN, n };
  const variance = seen.reduce((s, x) => s + (x - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentT(n - 1) * Math.sqrt(variance / n), n };
}

/** Two-sided 95 % point of Student's t; between the tabled degrees of freedom the one below, so that intervals err on the wide side. */
function studentT(freedom: number): number {
  const table: readonly (readonly [number, number])[] = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [6, 2.447],
    [7, 2.365],
    [8, 2.306],
    [9, 2.262],
    [10, 2.228],
    [12, 2.179],
    [15, 2.131],
    [19, 2.093],
    [24, 2.064],
    [29, 2.045],
    [60, 2.0],
    [120, 1.98],
  ];
  return [...table].reverse().find(([f]) => f <= freedom)?.[1] ?? 12.706;
}
