import type { Home } from '../model/home.ts';
import type { Bilingual, Reason } from '../model/reason.ts';
import type { NamedStep } from '../store/step.ts';

/**
 * What kind of observation a detector makes. Two observations of the same family say much the same thing twice, so the combination
 * caps each family; suspicion needs more than one of them.
 */
export const FAMILIES = ['conduct', 'identity', 'harm', 'list', 'schedule', 'script', 'block'] as const;
export type Family = (typeof FAMILIES)[number];

export interface Threshold {
  value: number;
  unit: string;
  min: number;
  max: number;
}

export type Thresholds<K extends string> = Readonly<Record<K, Threshold>>;

/** Values of the thresholds in force, by name. */
export type InForce<K extends string> = Readonly<Record<K, number>>;

/** A row of a detector's last step: the number, and the measures it is judged by. */
export type DetectorRow = { number: string } & Record<string, number | string | null | string[]>;

/** What a page, the settings or the docs say of a kind of finding. */
export interface DetectorInfo {
  id: string;
  title: Bilingual;
  family: Family;
  /** What it sees. */
  sees: Bilingual;
  /** The innocent things that look the same. */
  looksTheSame: Bilingual;
  /** What tells them apart. */
  tellsApart: Bilingual;
  source: string;
  /** Log-odds it adds at full strength. Set from how rarely lawful callers show the trait, not fitted to any one world. */
  weight: number;
  thresholds: Thresholds<string>;
}

export interface Detector<K extends string = string, R extends DetectorRow = DetectorRow> extends DetectorInfo {
  /** Tables that must hold rows; without them the detector says "not seen" instead of nothing. */
  needs: readonly string[];
  /** Tables of which one must hold rows. */
  needsOneOf?: readonly string[];
  thresholds: Thresholds<K>;
  /**
   * Named SELECTs, each reading the tables and the steps before it by name. The last one yields the rows. `analyse --explain` prints
   * each step's first rows. A step that several others read names a `table` to be kept in: the engine would compute it for each of them.
   */
  steps: (t: InForce<K>, home: Home) => NamedStep[];
  /** 0..1: 0.5 at the threshold. Rows with 0 make no finding. */
  score: (row: R, t: InForce<K>) => number;
  reasons: (row: R, t: InForce<K>) => Reason[];
  /** Another number in the same hands, where the row shows one: such pairs make chains, by which a ring takes in what took over from its numbers. */
  follows?: (row: R, t: InForce<K>) => string | null;
  /** The innocent explanation, where something in the row speaks for it. */
  innocent: (row: R, t: InForce<K>) => Bilingual | null;
  /**
   * Column of the last step's rows holding record ids, if it carries any; otherwise records come from `recordsOf`.
   * `recordsOf` selects (number, records Array(String)) for the numbers in table `candidates`.
   */
  recordsOf?: (home: Home) => NamedStep;
}

/** Typed identity: gives a detector file its checks without annotations. */
export const detector = <K extends string, R extends DetectorRow>(d: Detector<K, R>): Detector =>
  d as unknown as Detector;

/** The thresholds of a detector with what people set (by `detector.name`) in the place of the defaults. */
export const inForce = (
  d: Pick<DetectorInfo, 'id' | 'thresholds'>,
  settings: Readonly<Record<string, number>> = {},
): Record<string, number> =>
  Object.fromEntries(Object.entries(d.thresholds).map(([k, t]) => [k, settings[`${d.id}.${k}`] ?? t.value]));

/** 0 below `from`, 0.5 at `threshold`, 1 at `full`, on a logarithmic scale between: twice as much is one step, wherever it starts. */
export function strength(value: number, from: number, threshold: number, full: number): number {
  if (!(value > from)) return 0;
  if (value >= full) return 1;
  const at = (x: number): number => Math.log(Math.max(x, 1e-12));
  return value < threshold
    ? (0.5 * (at(value) - at(from))) / (at(threshold) - at(from))
    : 0.5 + (0.5 * (at(value) - at(threshold))) / (at(full) - at(threshold));
}

/** A share above its threshold: 0.5 at the threshold, 1 at `full`, linear; 0 below. */
export const shareStrength = (value: number, threshold: number, full = 1): number =>
  value < threshold ? 0 : value >= full ? 1 : 0.5 + (0.5 * (value - threshold)) / (full - threshold);

/** Evidence of a p-value: 0.5 at `threshold`, 1 at `threshold` to the third power; 0 above. */
export const chanceStrength = (p: number, threshold: number): number =>
  p > threshold ? 0 : Math.min(1, 0.5 + 0.25 * (Math.log(Math.max(p, 1e-300)) / Math.log(threshold) - 1));

export const reason = (
  measure: string,
  value: number,
  unit: string,
  threshold: number | null,
  text: Bilingual,
  innocent?: Bilingual,
): Reason => ({ measure, value, unit, threshold, text, ...(innocent === undefined ? {} : { innocent }) });

export const pct = (x: number): string => `${(100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0)} %`;
export const int = (x: number): string => Math.round(x).toLocaleString('en-US');
/** 0.00012 -> "1/8,333", 3e-9 -> "1/3×10⁸": a chance as people say it, one digit where it is very small. */
export function oneIn(p: number): string {
  if (p <= 1e-12) return '< 1/10¹²';
  if (p > 1e-6) return `1/${int(1 / p)}`;
  const [digit = '', power = ''] = (1 / p).toExponential(0).split('e+');
  return `1/${digit === '1' ? '' : `${digit}×`}10${[...power].map((d) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(d)]).join('')}`;
}
