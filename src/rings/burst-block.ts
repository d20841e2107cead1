import { bipartite, densestBlock, type Bipartite } from './graph/dense-block.ts';
import { seededRandom, shuffle, type Random } from '../model/random.ts';

/**
 * A ring in a bare call graph: nothing but caller, callee, start and duration. Finds groups of callers who reach the same group of people
 * collectively, in the whole record or only within a stretch of time, at certain hours of the day, at certain durations, or in repeated calls.
 *
 * Each of these views is searched for its densest block (`graph/dense-block.ts`); a block counts when it stands out from the same search on
 * graphs in which every number keeps how many others it reaches and is reached by, but the pairs are drawn anew.
 *
 * Looks the same: an office or a family (people call back: see `calledBack`), a hotline's callers. Does not see: a ring whose people share no victims.
 */
export interface CallColumns {
  /** Numbers 0..n-1; callers and callees share the numbering. */
  caller: Uint32Array;
  callee: Uint32Array;
  /** Epoch milliseconds. */
  at: Float64Array;
  durationMs: Uint32Array;
}

export interface CallBlock {
  callers: Uint32Array;
  callees: Uint32Array;
  /** Distinct pairs within the block, and calls between its members, in the view it was found in. */
  pairs: number;
  calls: number;
  /** Pairs that the members' other calls would lead one to expect. */
  expectedPairs: number;
  /** In which calls it shows. */
  view: View;
  /** Nats by which the block shortens the description of the view; see DenseBlock. */
  score: number;
  /** Chance that the same search finds such a score without a ring (extreme-value fit to the redrawn graphs). */
  pValue: number;
  /** Share of the block's pairs in which the callee also called the caller, and got through: near 0 for a ring, high for an office. */
  calledBack: number;
  /** Middle 90 % of the block's calls. */
  duration: [fromMs: number, toMs: number];
  time: [fromMs: number, toMs: number];
}

/** A part of the calls. Ranges include their ends; null: not restricted. */
export interface View {
  time: [number, number] | null;
  /** Milliseconds of the day (UTC); `from > to` passes midnight. */
  hours: [number, number] | null;
  duration: [number, number] | null;
  /** Only pairs with at least this many calls. */
  repeats: number;
}

export interface BlockOptions {
  seed?: number;
  /** Highest accepted chance of finding such a block by accident. Default 0.01. */
  alpha?: number;
  /** Redrawn graphs. Default 3; their scores are extrapolated. */
  redraws?: number;
  maxBlocks?: number;
}

/** @returns blocks by descending score; none when nothing stands out. Deterministic for a seed. */
export function callBlocks(n: number, calls: CallColumns, options: BlockOptions = {}): CallBlock[] {
  const { caller, callee, at, durationMs } = calls;
  if (callee.length !== caller.length || at.length !== caller.length || durationMs.length !== caller.length) {
    throw new Error(
      `Call columns differ in length: caller ${caller.length}, callee ${callee.length}, at ${at.length}, duration ${durationMs.length}.`,
    );
  }
  const random = seededRandom(options.seed ?? 1);
  const alpha = options.alpha ?? 0.01;
  let record = sortByPair(n, calls);
  const views = viewsOf(record);
  const accidents: number[] = [];
  const found: CallBlock[] = [];
  let ofViews = views.map((view) => blockIn(record, view, views.length));
  while (found.length < (options.maxBlocks ?? 8)) {
    const best = fitted(record, views.length, strongest(ofViews));
    if (best === null) break;
    // Redrawing is the costly part: done once, and only when there is something to judge.
    if (accidents.length === 0) {
      for (let i = 0; i < (options.redraws ?? 3); i++) {
        const drawn = redraw(record, random);
        const byChance = strongest(views.map((view) => blockIn(drawn, view, views.length)));
        accidents.push(fitted(drawn, views.length, byChance)?.score ?? 0);
      }
    }
    const pValue = chanceOf(best.score, accidents);
    if (pValue > alpha) break;
    found.push({ ...best, pValue });
    record = without(record, best);
    // What a view shows elsewhere stands; only where the block was is there something else to see now.
    ofViews = ofViews.map((b, v) => (b !== null && meets(b, best) ? blockIn(record, views[v]!, views.length) : b));
  }
  return found;
}

/** Calls in order of caller, callee, time. `pairStart` has one entry more than there are pairs. */
interface CallRecord extends CallColumns {
  n: number;
  pairStart: Uint32Array;
  /** The pair of each call, and all calls in order of time and of duration, so that a window costs what it holds. */
  pairOf: Uint32Array;
  byTime: Uint32Array;
  byDuration: Uint32Array;
}

function sortByPair(n: number, calls: CallColumns): CallRecord {
  const size = calls.caller.length;
  for (let i = 0; i < size; i++) {
    if (calls.caller[i]! >= n || calls.callee[i]! >= n) {
      throw new Error(`Call ${i} is from ${calls.caller[i]} to ${calls.callee[i]}, but there are numbers 0..${n - 1}.`);
    }
  }
  const order = new Uint32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  const { caller, callee, at } = calls;
  order.sort((i, j) => caller[i]! - caller[j]! || callee[i]! - callee[j]! || at[i]! - at[j]! || i - j);
  return pairUp(n, {
    caller: order.map((i) => caller[i]!),
    callee: order.map((i) => callee[i]!),
    at: Float64Array.from(order, (i) => at[i]!),
    durationMs: order.map((i) => calls.durationMs[i]!),
  });
}

function orderBy(values: Float64Array | Uint32Array): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((i, j) => values[i]! - values[j]! || i - j);
}

/** First place in `order` whose value is not below `bound`. */
function firstNotBelow(order: Uint32Array, values: Float64Array | Uint32Array, bound: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[order[middle]!]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The calls a view can hold: a run of the calls in order of time or duration, to be filtered by `inView`. */
function callsNear(view: View, record: CallRecord): Uint32Array {
  const { at, durationMs, byTime, byDuration } = record;
  if (view.duration !== null) {
    const [from, to] = view.duration;
    return byDuration.subarray(
      firstNotBelow(byDuration, durationMs, from),
      firstNotBelow(byDuration, durationMs, to + 1),
    );
  }
  if (view.time === null) return byTime;
  return byTime.subarray(firstNotBelow(byTime, at, view.time[0]), firstNotBelow(byTime, at, view.time[1] + 1));
}

function pairUp(n: number, sorted: CallColumns): CallRecord {
  const { caller, callee } = sorted;
  const starts: number[] = [];
  for (let i = 0; i < caller.length; i++) {
    if (i === 0 || caller[i] !== caller[i - 1] || callee[i] !== callee[i - 1]) starts.push(i);
  }
  starts.push(caller.length);
  const pairOf = new Uint32Array(caller.length);
  for (let p = 0; p + 1 < starts.length; p++) pairOf.fill(p, starts[p], starts[p + 1]);
  return {
    ...sorted,
    n,
    pairStart: Uint32Array.from(starts),
    pairOf,
    byTime: orderBy(sorted.at),
    byDuration: orderBy(sorted.durationMs),
  };
}

/** The same pairs with their calls, but each now leads to a callee drawn from all pairs: degrees on both sides are kept (up to chance repeats). */
function redraw(record: CallRecord, random: Random): CallRecord {
  const pairs = record.pairStart.length - 1;
  const drawn = new Uint32Array(pairs);
  for (let p = 0; p < pairs; p++) drawn[p] = record.callee[record.pairStart[p]!]!;
  shuffle(drawn, random);
  const callee = new Uint32Array(record.callee.length);
  for (let p = 0; p < pairs; p++) callee.fill(drawn[p]!, record.pairStart[p], record.pairStart[p + 1]);
  return sortByPair(record.n, { ...record, callee });
}

function without(record: CallRecord, block: { callers: Uint32Array; callees: Uint32Array }): CallRecord {
  const isCaller = flags(record.n, block.callers);
  const isCallee = flags(record.n, block.callees);
  const keep: number[] = [];
  for (let i = 0; i < record.caller.length; i++)
    if (!(isCaller[record.caller[i]!] && isCallee[record.callee[i]!])) keep.push(i);
  return pairUp(record.n, {
    caller: Uint32Array.from(keep, (i) => record.caller[i]!),
    callee: Uint32Array.from(keep, (i) => record.callee[i]!),
    at: Float64Array.from(keep, (i) => record.at[i]!),
    durationMs: Uint32Array.from(keep, (i) => record.durationMs[i]!),
  });
}

const EVERYTHING: View = { time: null, hours: null, duration: null, repeats: 1 };
const DAY = 86_400_000;

/** Half-overlapping windows of 1/2, 1/4 ... of the whole, in time, hour of day and duration (by rank), and coarse ones of time and duration together. */
function viewsOf(record: CallRecord): View[] {
  const size = record.at.length;
  if (size === 0) return [];
  const times = record.at.slice().sort();
  const durations = record.durationMs.slice().sort();
  const timeWindows = (levels: number) =>
    halving(levels, (share) => times[0]! + share * (times[size - 1]! - times[0]!));
  const durationWindows = (levels: number) => halving(levels, (share) => durations[Math.floor(share * (size - 1))]!);
  const views: View[] = [EVERYTHING, ...[2, 3, 5].map((repeats) => ({ ...EVERYTHING, repeats }))];
  for (const time of timeWindows(4)) views.push({ ...EVERYTHING, time });
  for (const duration of durationWindows(3)) views.push({ ...EVERYTHING, duration });
  for (const time of timeWindows(2))
    for (const duration of durationWindows(2)) views.push({ ...EVERYTHING, time, duration });
  if (times[size - 1]! - times[0]! >= 2 * DAY) {
    for (const width of [8, 4, 2]) {
      for (let h = 0; h < 24; h += width / 2)
        views.push({ ...EVERYTHING, hours: [(h * DAY) / 24, (((h + width) % 24) * DAY) / 24 - 1] });
    }
  }
  return views;
}

function halving(levels: number, at: (share: number) => number): [number, number][] {
  const windows: [number, number][] = [];
  for (let level = 1; level <= levels; level++) {
    const width = 1 / 2 ** level;
    for (let i = 0; i * width * 0.5 + width <= 1; i++) windows.push([at((i * width) / 2), at((i * width) / 2 + width)]);
  }
  return windows;
}

function inView(view: View, record: CallRecord, i: number): boolean {
  const { time, hours, duration } = view;
  if (time !== null && (record.at[i]! < time[0] || record.at[i]! > time[1])) return false;
  if (duration !== null && (record.durationMs[i]! < duration[0] || record.durationMs[i]! > duration[1])) return false;
  if (hours === null) return true;
  const ofDay = ((record.at[i]! % DAY) + DAY) % DAY;
  return hours[0] <= hours[1] ? ofDay >= hours[0] && ofDay <= hours[1] : ofDay >= hours[0] || ofDay <= hours[1];
}

type Candidate = Omit<CallBlock, 'pValue'>;

/** The densest block of a view, less the code for naming the view; null when there is none worth its description. */
function blockIn(record: CallRecord, view: View, views: number): Candidate | null {
  const graph = graphOf(record, view);
  if (graph === null) return null;
  const whole = view === EVERYTHING;
  const block = densestBlock(graph.pairs, whole);
  if (block === null) return null;
  // Half of the code for the whole record, the other half shared by all parts of it: a part has to be worth naming.
  const score = block.score - (whole ? Math.log(2) : Math.log(2 * views));
  if (score <= 0) return null;
  return describe(record, view, {
    callers: block.lefts.map((a) => graph.callers[a]!),
    callees: block.rights.map((b) => graph.callees[b]!),
    expectedPairs: block.expected,
    score,
  });
}

/** The first of the highest score. */
const strongest = (blocks: readonly (Candidate | null)[]): Candidate | null =>
  blocks.reduce((best, b) => (b !== null && b.score > (best?.score ?? 0) ? b : best), null);

/** The block again in windows fitted to its own calls, instead of those of the grid, as long as that makes it stronger. */
function fitted(record: CallRecord, views: number, block: Candidate | null): Candidate | null {
  let best = block;
  for (let i = 0; i < 3 && best !== null; i++) {
    const { time, duration, view } = best;
    const windows = [
      { ...view, duration },
      { ...view, time },
      { ...view, time, duration },
    ];
    const better = strongest([best, ...windows.map((window) => blockIn(record, window, views))]);
    if (better === best) break;
    best = better;
  }
  return best;
}

/** Two blocks with a caller and a callee in common. */
function meets(a: { callers: Uint32Array; callees: Uint32Array }, b: { callers: Uint32Array; callees: Uint32Array }) {
  const [callers, callees] = [new Set(b.callers), new Set(b.callees)];
  return a.callers.some((x) => callers.has(x)) && a.callees.some((x) => callees.has(x));
}

/** The view's distinct pairs, with numbers compacted to those that occur. */
function graphOf(
  record: CallRecord,
  view: View,
): { pairs: Bipartite; callers: Uint32Array; callees: Uint32Array } | null {
  const { pairStart, pairOf } = record;
  const counts = new Uint32Array(pairStart.length);
  const included: number[] = [];
  for (const i of callsNear(view, record)) {
    if (inView(view, record, i) && ++counts[pairOf[i]!]! === view.repeats) included.push(pairOf[i]!);
  }
  if (included.length === 0) return null;
  const left = Uint32Array.from(included).sort();
  const right = left.map((p) => record.callee[pairStart[p]!]!);
  for (let i = 0; i < left.length; i++) left[i] = record.caller[pairStart[left[i]!]!]!;
  const callers = compact(left, record.n);
  const callees = compact(right, record.n);
  return { pairs: bipartite(left, right, callers.length, callees.length), callers, callees };
}

/** Renumbers the values in place to 0, 1, ... in ascending order; returns what each number stands for. */
function compact(values: Uint32Array, n: number): Uint32Array {
  const sorted = values.slice().sort();
  const number = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    number[sorted[i]!] = count;
    sorted[count++] = sorted[i]!;
  }
  for (let i = 0; i < values.length; i++) values[i] = number[values[i]!]!;
  return sorted.slice(0, count);
}

function describe(
  record: CallRecord,
  view: View,
  block: { callers: Uint32Array; callees: Uint32Array; expectedPairs: number; score: number },
): Candidate {
  const isCaller = flags(record.n, block.callers);
  const isCallee = flags(record.n, block.callees);
  const durations: number[] = [];
  const times: number[] = [];
  const there = new Set<number>();
  const back = new Set<number>();
  for (let i = 0; i < record.caller.length; i++) {
    const a = record.caller[i]!;
    const b = record.callee[i]!;
    if (isCallee[a] && isCaller[b] && record.durationMs[i]! > 0) back.add(b * record.n + a);
    if (!(isCaller[a] && isCallee[b]) || !inView(view, record, i)) continue;
    there.add(a * record.n + b);
    durations.push(record.durationMs[i]!);
    times.push(record.at[i]!);
  }
  let returned = 0;
  for (const pair of there) if (back.has(pair)) returned++;
  return {
    ...block,
    view,
    pairs: there.size,
    calls: times.length,
    calledBack: there.size === 0 ? 0 : returned / there.size,
    duration: middle(durations),
    time: middle(times),
  };
}

function middle(values: number[]): [number, number] {
  values.sort((a, b) => a - b);
  const last = Math.max(0, values.length - 1);
  return [values[Math.floor(0.05 * last)] ?? 0, values[Math.ceil(0.95 * last)] ?? 0];
}

function flags(n: number, of: Uint32Array): Uint8Array {
  const flag = new Uint8Array(n);
  for (const v of of) flag[v] = 1;
  return flag;
}

/**
 * Chance that the best accidental score reaches `score`: a Gumbel distribution with the mean and spread of the redrawn scores (Abrams, Kulldorff & Kleinman,
 * "Gumbel based p-value approximations for spatial scan statistics", Int. J. Health Geogr. 9:61, 2010). Scores are nats of a description length, whose
 * tail is at least exponential with scale 1, so the spread is never taken to be smaller than that of such a tail.
 */
function chanceOf(score: number, accidents: readonly number[]): number {
  if (accidents.length === 0) return Math.exp(-score);
  const mean = accidents.reduce((a, b) => a + b, 0) / accidents.length;
  const variance = accidents.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, accidents.length - 1);
  const scale = Math.max(1, (Math.sqrt(variance) * Math.sqrt(6)) / Math.PI);
  const location = mean - 0.5772156649 * scale;
  return -Math.expm1(-Math.exp(-(score - location) / scale));
}
