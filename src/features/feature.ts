import type { Bilingual } from '../model/reason.ts';
import type { NumberState } from './fold.ts';

/** Spans a measure is taken over: everything, ISO weeks, or days of the home zone. */
export const WINDOWS = ['all', 'week', 'day'] as const;
export type Window = (typeof WINDOWS)[number];

/**
 * The prepared SELECTs (relations.ts) that a measure's SQL reads; w is the window.
 * - `seen`: one row per (number, w), with an array per column of its calls and messages: a_out, a_sms, a_t (wall clock, ms), a_ms, a_answered,
 *   a_origin, and a_when (times in order). Expressions over arrays (`count`, `sumOf`, `list`, `timesOf`): dozens of counts per number cost far less than dozens of aggregates.
 * The others are aggregated by (number, w):
 * - `pairs`: a number and one of its contacts: call_out, call_in, text_out, text_in, call_ms, first_out, last_out, first_in, last_in ...
 * - `reached`: a number and one person it reached: popularity (numbers that reach them), province
 * - `conversations`: a number and one of its contacts they exchange texts with
 * - `places`: a number and one cell it was binned to; `weeks`: its cells week by week
 * - `lines`: an account, device or address the number was used on; `logins`: log-ins to its accounts
 * - `victims`, `dealings`, `identity`: reported victims reached; past dealings of the people reached; what the number is
 * - `derived`: an expression over columns of this catalogue
 */
export const RELATIONS = [
  'seen',
  'pairs',
  'reached',
  'conversations',
  'places',
  'weeks',
  'lines',
  'logins',
  'victims',
  'dealings',
  'identity',
] as const;
export type Relation = (typeof RELATIONS)[number] | 'derived';

/** A measure of one number over a window, defined once: for the batch in SQL, for the stream as a value of the folded state. */
export interface Feature {
  /** Column of table `measures`. */
  name: string;
  unit: string;
  meaning: Bilingual;
  /** Where the definition comes from: `bandicoot`, or ours. */
  source: string;
  relation: Relation;
  /** Aggregate expression over the relation's rows; NULL means not seen. */
  sql: string;
  /** Value of a number that has no row in the relation (SQL); NULL, not seen, unless told. */
  absent?: string;
  /** Measures that need the whole country around a number exist for 'all' only. */
  windows: readonly Window[];
  /** Stream side: read from the state that `step` folds calls into. Absent where other facts than the number's own calls are needed. */
  value?: (state: NumberState) => number | null;
  /** Other spellings under which `ringbreak measures` shows the same value (bandicoot's own flat keys). */
  also?: readonly string[];
}

export const ALL_WINDOWS: readonly Window[] = WINDOWS;
export const WHOLE: readonly Window[] = ['all'];

/** bandicoot's kinds of interaction. `callandtext` is the broadest. */
export const CLASSES = ['callandtext', 'call', 'text'] as const;
export type InteractionClass = (typeof CLASSES)[number];

/** Condition on an interaction of `seen`. */
export const seenIs: Record<InteractionClass, string> = { callandtext: '1', call: 'NOT sms', text: 'sms' };

/** Number of interactions in a row of `pairs`. */
export const pairCount: Record<InteractionClass, string> = {
  callandtext: '(call_out + call_in + text_out + text_in)',
  call: '(call_out + call_in)',
  text: '(text_out + text_in)',
};
export const pairOut: Record<InteractionClass, string> = {
  callandtext: '(call_out + text_out)',
  call: 'call_out',
  text: 'text_out',
};

/** Population standard deviation from exact integer sums: count, sum, sum of squares. */
export const exactStd = (n: string, sum: string, squares: string): string =>
  `sqrt(toFloat64(toInt256(${n}) * toInt256(${squares}) - toInt256(${sum}) * toInt256(${sum}))) / ${n}`;

/** a / b, NULL when b is 0. */
export const ratio = (a: string, b: string): string => `if(${b} = 0, NULL, ${a} / ${b})`;

export const share = (a: number, b: number): number | null => (b === 0 ? null : a / b);

// ---------------------------------------------------------------- expressions over the arrays of `seen`

export const SEEN_COLUMNS = ['out', 'sms', 'answered', 'origin', 't', 'ms'] as const;

function over(fn: string, expression: string, first: readonly string[] = []): string {
  const used = SEEN_COLUMNS.filter((c) => !first.includes(c) && new RegExp(`\\b${c}\\b`).test(expression));
  const names = [...first, ...used];
  return `${fn}((${names.join(', ')}) -> ${expression}, ${names.map((c) => `a_${c}`).join(', ')})`;
}

/** How many interactions meet a condition on out, sms, answered, origin, t, ms. */
export const count = (condition: string): string =>
  condition === '1' ? 'length(a_t)' : over('arrayCount', `(${condition})`);

/** Sum of an integer expression over the interactions that meet the condition. */
export const sumOf = (expression: string, condition: string): string =>
  over('arraySum', `if(${condition}, toInt64(${expression}), 0)`);

/** Values of one column of the interactions that meet the condition. */
export const list = (column: (typeof SEEN_COLUMNS)[number], condition: string): string =>
  condition === '1' ? `a_${column}` : over('arrayFilter', `(${condition})`, [column]);

/**
 * Times in their order, each with its kind in the two lowest bits: what is told from gaps, hours and days needs one sort instead of one for each kind of interaction, and
 * neighbours that are equal instead of a hash table for each number.
 */
export const WHEN = 'arraySort(groupArray(t * 4 + sms * 2 + out)) AS a_when';
const WHEN_IS = {
  any: '',
  call: 'bitAnd(x, 2) = 0',
  text: 'bitAnd(x, 2) = 2',
  out: 'bitAnd(x, 1) = 1',
  callOut: 'bitAnd(x, 3) = 1',
};

/** Times of interactions of a kind, ascending. */
export const timesOf = (kind: keyof typeof WHEN_IS): string => {
  const kept = WHEN_IS[kind] === '' ? 'a_when' : `arrayFilter(x -> ${WHEN_IS[kind]}, a_when)`;
  return `arrayMap(x -> bitShiftRight(x, 2), ${kept})`;
};

/** Days or hours in which there was anything of a kind, ascending; `unit` is an expression of t that never falls as t rises. */
export const spellsOf = (unit: string, kind: keyof typeof WHEN_IS): string =>
  `arrayCompact(arrayMap(t -> ${unit}, ${timesOf(kind)}))`;

/** Population standard deviation of an array around its mean. The array's order must not depend on chance: sums of decimals do. */
export const arrayStd = (values: string, mean: string): string =>
  `sqrt(arraySum((x, m) -> (x - m) * (x - m), ${values}, arrayWithConstant(length(${values}), toFloat64(${mean}))) / length(${values}))`;
