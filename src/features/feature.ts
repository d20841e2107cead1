import type { Bilingual } from '../model/reason.ts';
import type { NumberState } from './fold.ts';

/** Spans a measure is taken over: everything, ISO weeks, or days of the home zone. */
export const WINDOWS = ['all', 'week', 'day'] as const;
export type Window = (typeof WINDOWS)[number];

/**
 * The prepared SELECTs (relations.ts) that a measure's SQL reads; w is the window.
 * - `seen`: one row per (number, w), with its calls and messages as arrays (SEEN_ARRAYS). Expressions over these (`count`, `durationOf`, `timesOf` ...): dozens of counts per number cost
 *   far less than dozens of aggregates.
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

/** What kind of interaction: of what is not named, any. `origin`: the country it came from is known, or is home. */
export interface Kind {
  out?: boolean;
  sms?: boolean;
  answered?: boolean;
  origin?: 'known' | 'home';
}

/** The interactions of `seen` that are of a class. */
export const seenIs: Record<InteractionClass, Kind> = { callandtext: {}, call: { sms: false }, text: { sms: true } };

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

/** Bits of an interaction's kind. */
const BIT = { out: 1, sms: 2, answered: 4, home: 8, abroad: 16 } as const;
const BITS = 5;
const KIND = `out + ${BIT.sms} * sms + ${BIT.answered} * answered + ${BIT.home} * origin`;

/**
 * What is kept of a number's interactions: a_kind and a_ms (duration), as the records come; and a_when, their times in order, each with its kind in the lowest bits. What is told from gaps,
 * hours and days needs one sort for all kinds, and neighbours that are equal instead of a hash table for each number; and one array of bytes is read where five columns were.
 */
export const SEEN_ARRAYS = `groupArray(toUInt8(${KIND})) AS a_kind, groupArray(ms) AS a_ms, arraySort(groupArray(t * ${1 << BITS} + ${KIND})) AS a_when`;

/** True of every kind. */
const EVERY = '1';

/** Whether `x`, which holds a kind in its lowest bits, is of this one. */
function isOf({ out, sms, answered, origin }: Kind, x: string): string {
  const named = Object.entries({ out, sms, answered }).filter(([, is]) => is !== undefined);
  if (origin === 'home') named.push(['home', true]);
  const mask = named.reduce((bits, [name]) => bits + BIT[name as keyof typeof BIT], 0);
  const value = named.reduce((bits, [name, is]) => bits + (is === true ? BIT[name as keyof typeof BIT] : 0), 0);
  const tests = [
    ...(mask === 0 ? [] : [`bitAnd(${x}, ${mask}) = ${value}`]),
    ...(origin === 'known' ? [`bitAnd(${x}, ${BIT.home + BIT.abroad}) != 0`] : []),
  ];
  return tests.length === 0 ? EVERY : tests.join(' AND ');
}

const EVERY_TIME = `arrayMap(x -> bitShiftRight(x, ${BITS}), a_when)`;

/** How many interactions are of a kind. */
export const count = (kind: Kind): string =>
  isOf(kind, 'k') === EVERY ? 'length(a_kind)' : `arrayCount(k -> ${isOf(kind, 'k')}, a_kind)`;

/** How many of them took such a time; a condition on ms. */
export const countByDuration = (kind: Kind, condition: string): string =>
  `arrayCount((k, ms) -> ${isOf(kind, 'k')} AND (${condition}), a_kind, a_ms)`;

/** How many of them were at such a time; a condition on t. */
export const countByTime = (kind: Kind, condition: string): string =>
  `arrayCount((x, t) -> ${isOf(kind, 'x')} AND (${condition}), a_when, ${EVERY_TIME})`;

/** Their time in all, ms. */
export const durationOf = (kind: Kind): string =>
  `arraySum((k, ms) -> if(${isOf(kind, 'k')}, toInt64(ms), 0), a_kind, a_ms)`;

/** How long each of them took, ms. */
export const durationsOf = (kind: Kind): string => `arrayFilter((ms, k) -> ${isOf(kind, 'k')}, a_ms, a_kind)`;

/** Times of interactions of a kind, ascending. */
export const timesOf = (kind: Kind): string =>
  isOf(kind, 'x') === EVERY
    ? EVERY_TIME
    : `arrayMap(x -> bitShiftRight(x, ${BITS}), arrayFilter(x -> ${isOf(kind, 'x')}, a_when))`;

/** First and last time of all. */
export const FIRST_TIME = `bitShiftRight(a_when[1], ${BITS})`;
export const LAST_TIME = `bitShiftRight(a_when[-1], ${BITS})`;

/** Days or hours in which there was anything of a kind, ascending; `unit` is an expression of t that never falls as t rises. */
export const spellsOf = (unit: string, kind: Kind): string => `arrayCompact(arrayMap(t -> ${unit}, ${timesOf(kind)}))`;

/** Population standard deviation of an array around its mean. The array's order must not depend on chance: sums of decimals do. */
export const arrayStd = (values: string, mean: string): string =>
  `sqrt(arraySum((x, m) -> (x - m) * (x - m), ${values}, arrayWithConstant(length(${values}), toFloat64(${mean}))) / length(${values}))`;
