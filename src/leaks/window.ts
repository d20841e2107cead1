import type { LeakWindow } from '../model/leak.ts';

/** Customers of one organisation whose first dealing was on one day, and how many of them were called afterwards. `to` is the next midnight. */
export interface DayOfCustomers {
  from: number;
  to: number;
  customers: number;
  called: number;
}

/** Below this many customers with a date, or called ones among them, nothing is said of the window. */
const LEAST_DATED = 30;
const LEAST_CALLED = 5;
/** ln 40: a random walk of log-likelihoods rises above x with probability at most e^-x (Wald); there is one on each side of the true day. */
const INTERVAL_DROP = Math.log(40);
const BINS = 36;

/**
 * When the list was carried off: customers within [since, until) are called at one rate, the others at a lower one. Maximum likelihood over the days
 * of first dealings; an end (and a beginning) is believed only when it gains more than the modified BIC for change points asks, 3/2 ln n each
 * (Zhang & Siegmund 2007). The interval holds every day whose likelihood is within ln 40 of the best (Siegmund 1988): 95 % or more.
 * `days` in order of time; `last` is when the calls began: no end is seen when the window reaches it.
 */
export function windowOf(days: readonly DayOfCustomers[]): LeakWindow {
  const dated = days.reduce((n, d) => n + d.customers, 0);
  const called = days.reduce((n, d) => n + d.called, 0);
  const bins = binned(days);
  const nothing = { until: null, untilLow: null, untilHigh: null, since: null, dated, bins };
  if (dated < LEAST_DATED || called < LEAST_CALLED) {
    return { state: 'unknown', ...nothing, calledWithin: null, calledOutside: null };
  }
  const customersTo = cumulated(days.map((d) => d.customers));
  const calledTo = cumulated(days.map((d) => d.called));
  /** Log-likelihood with days s <= day < t in the window; -Infinity when the rate within is not the higher one. */
  const likelihood = (s: number, t: number): number => {
    const n = customersTo[t]! - customersTo[s]!;
    const k = calledTo[t]! - calledTo[s]!;
    const [restN, restK] = [dated - n, called - k];
    if (restN > 0 && k * restN < restK * n) return -Infinity;
    return lnBernoulli(k, n) + lnBernoulli(restK, restN);
  };
  const end = days.length;
  const bestEnd = (s: number): number => best(s + 1, end, (t) => likelihood(s, t));
  const bestBegin = (t: number): number => best(0, t - 1, (s) => likelihood(s, t));
  const needed = 1.5 * Math.log(dated);
  const whole = likelihood(0, end);

  // Each end in its turn, then both again: two one-dimensional searches instead of one over all pairs.
  let t = bestEnd(0);
  let s = bestBegin(t);
  t = bestEnd(s);
  s = bestBegin(t);
  if (likelihood(s, t) - likelihood(0, bestEnd(0)) < needed) {
    s = 0;
    t = bestEnd(0);
  }
  const endSeen = t < end && likelihood(s, t) - likelihood(s, end) >= needed;
  if (!endSeen) {
    t = end;
    s = bestBegin(end);
    if (likelihood(s, end) - whole < needed) s = 0;
  }
  const peak = likelihood(s, t);
  const inside = Array.from({ length: end - s }, (_, i) => s + 1 + i).filter(
    (x) => likelihood(s, x) >= peak - INTERVAL_DROP,
  );
  const n = customersTo[t]! - customersTo[s]!;
  const k = calledTo[t]! - calledTo[s]!;
  return {
    state: endSeen ? 'ended' : 'open',
    until: endSeen ? days[t - 1]!.to : null,
    untilLow: endSeen ? days[inside[0]! - 1]!.to : null,
    untilHigh: endSeen ? days[inside.at(-1)! - 1]!.to : null,
    since: s === 0 ? null : days[s]!.from,
    dated,
    calledWithin: share(k, n),
    calledOutside: share(called - k, dated - n),
    bins,
  };
}

const share = (k: number, n: number): number | null => (n === 0 ? null : Math.round((1e6 * k) / n) / 1e6);

/** ln likelihood of k among n at their own rate. */
function lnBernoulli(k: number, n: number): number {
  if (k === 0 || k === n) return 0;
  return k * Math.log(k / n) + (n - k) * Math.log((n - k) / n);
}

function cumulated(list: readonly number[]): number[] {
  const out = [0];
  for (const x of list) out.push(out.at(-1)! + x);
  return out;
}

/** The first place in from..to with the largest value. */
function best(from: number, to: number, value: (x: number) => number): number {
  let [at, top] = [from, -Infinity];
  for (let x = from; x <= to; x++) {
    const v = value(x);
    if (v > top) [at, top] = [x, v];
  }
  return at;
}

/** At most 36 stretches of equally many days with customers, for a picture. */
function binned(days: readonly DayOfCustomers[]): LeakWindow['bins'] {
  const first = days[0]?.from ?? 0;
  const width = Math.max(1, ((days.at(-1)?.to ?? 0) - first) / BINS);
  const out: LeakWindow['bins'] = [];
  for (const d of days) {
    const i = Math.min(BINS - 1, Math.floor((d.from - first) / width));
    const bin = (out[i] ??= { from: d.from, to: d.to, customers: 0, called: 0 });
    bin.to = d.to;
    bin.customers += d.customers;
    bin.called += d.called;
  }
  return out.filter((b) => b !== undefined);
}
