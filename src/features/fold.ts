import type { Home } from '../model/home.ts';
import type { InteractionClass } from './feature.ts';
import { addToBin, addToWeek, noBins, type Bins, type WeekBins } from './places.ts';
import { DAY, HOUR, dayOf, hourOfDay, isNight, isOfficeHour, wallClock, weekdayOf } from './wall-clock.ts';

/** A call or message as the stream hands it over. */
export interface Call {
  /** Epoch milliseconds. */
  startedAt: number;
  caller: string;
  callee: string;
  durationMs: number;
  answered: boolean;
  sms: boolean;
  /** Where it entered the network, '' when not known. */
  originCountry: string;
  cell: string;
  /** True when the record was written at the called end (its cell is the called party's). */
  writtenAtCallee: boolean;
}

/** The same, seen from one of its ends. */
export interface Seen {
  contact: string;
  out: boolean;
  sms: boolean;
  /** Wall-clock milliseconds. */
  t: number;
  ms: number;
  answered: boolean;
  /** 0 not known, 1 home, 2 abroad; outgoing only. */
  origin: 0 | 1 | 2;
  /** The cell of this end; undefined when the record was written at the other end. */
  cell: string | undefined;
}

/** Turns a call into what `number` saw of it; null when the number took no part. */
export function seenBy(home: Home): (call: Call, number: string) => Seen | null {
  const clock = wallClock(home.zone);
  return (call, number) => {
    const self = call.caller === call.callee;
    if (number !== call.caller && number !== call.callee) return null;
    const out = self ? !call.writtenAtCallee : number === call.caller;
    const here = out !== call.writtenAtCallee;
    return {
      contact: out ? call.callee : call.caller,
      out,
      sms: call.sms,
      t: clock(call.startedAt),
      ms: call.durationMs,
      answered: call.answered,
      origin: !out || call.originCountry === '' ? 0 : call.originCountry === home.country ? 1 : 2,
      cell: here ? call.cell : undefined,
    };
  };
}

/** Running mean and sum of squared deviations (Welford): exact enough for 1e-9 without keeping the values. */
export interface Running {
  n: number;
  mean: number;
  m2: number;
}

const running = (): Running => ({ n: 0, mean: 0, m2: 0 });

function add(r: Running, x: number): void {
  r.n += 1;
  const d = x - r.mean;
  r.mean += d / r.n;
  r.m2 += d * (x - r.mean);
}

export const stdOf = (r: Running): number => (r.n === 0 ? 0 : Math.sqrt(r.m2 / r.n));

export interface ContactCount {
  n: number;
  out: number;
  /** Talk time. */
  ms: number;
}

/** Counts over one kind of interaction. */
export interface ClassState {
  n: number;
  out: number;
  night: number;
  last: number;
  gaps: Running;
  contacts: Map<string, ContactCount>;
}

/** What is remembered of one contact. */
export interface ContactState {
  outs: number;
  ins: number;
  firstOut: number;
  /** When it was last reached; `lastOut` says whether that was the last there was between the two. */
  lastOutAt: number;
  firstIn: number;
  lastIn: number;
  last: number;
  lastWasText: boolean;
  lastOut: boolean;
  /** The text conversation in course began with an incoming text, and has not been answered. */
  unanswered: boolean;
}

export interface NumberState extends Record<InteractionClass, ClassState> {
  days: Set<number>;
  durations: Running;
  totalMs: number;
  contactStates: Map<string, ContactState>;
  texts: { begun: number; initiated: number; received: number; responded: number; delays: Running };
  /** Some record at this number's own end named a cell. */
  placed: boolean;
  bins: Bins;
  nightBins: Bins;
  weekBins: WeekBins;
  cells: Set<string>;
  first: number;
  lastSeen: number;
  /** Outgoing side. */
  outDays: Set<number>;
  outHours: Set<number>;
  byHour: number[];
  officeOut: number;
  weekendOut: number;
  answeredOut: number;
  /** Calls received that somebody picked up. */
  answeredIn: number;
  shortOut: number;
  answeredMs: number;
  origins: [number, number, number];
}

const noClass = (): ClassState => ({ n: 0, out: 0, night: 0, last: 0, gaps: running(), contacts: new Map() });

/** The state of a number nothing has been seen of. */
export const init = (): NumberState => ({
  callandtext: noClass(),
  call: noClass(),
  text: noClass(),
  days: new Set(),
  durations: running(),
  totalMs: 0,
  contactStates: new Map(),
  texts: { begun: 0, initiated: 0, received: 0, responded: 0, delays: running() },
  placed: false,
  bins: noBins(),
  nightBins: noBins(),
  weekBins: new Map(),
  cells: new Set(),
  first: Infinity,
  lastSeen: -Infinity,
  outDays: new Set(),
  outHours: new Set(),
  byHour: new Array<number>(24).fill(0),
  officeOut: 0,
  weekendOut: 0,
  answeredOut: 0,
  answeredIn: 0,
  shortOut: 0,
  answeredMs: 0,
  origins: [0, 0, 0],
});

/** Answered calls shorter than this are "short". */
export const SHORT_CALL_MS = 10_000;
const CONVERSATION_MS = HOUR;

/**
 * Takes one more call into a number's state and returns it. Calls must come in the order of their times: that is what a stream is.
 * One state serves every measure of the catalogue; a feature's `value` reads it.
 */
export function step(state: NumberState, seen: Seen): NumberState {
  countClass(state.callandtext, seen);
  countClass(seen.sms ? state.text : state.call, seen);
  const contact = contactOf(state, seen.contact);
  converse(state, contact, seen);
  if (seen.out) {
    contact.outs += 1;
    contact.firstOut = Math.min(contact.firstOut, seen.t);
    contact.lastOutAt = Math.max(contact.lastOutAt, seen.t);
    placeCall(state, seen);
  } else {
    contact.ins += 1;
    contact.firstIn = Math.min(contact.firstIn, seen.t);
    contact.lastIn = Math.max(contact.lastIn, seen.t);
    if (!seen.sms && seen.answered) state.answeredIn += 1;
  }
  state.days.add(dayOf(seen.t));
  state.first = Math.min(state.first, seen.t);
  state.lastSeen = Math.max(state.lastSeen, seen.t);
  if (!seen.sms) {
    add(state.durations, seen.ms / 1000);
    state.totalMs += seen.ms;
  }
  if (seen.cell !== undefined) {
    if (seen.cell !== '') {
      state.placed = true;
      state.cells.add(seen.cell);
    }
    addToBin(state.bins, seen.t, seen.cell);
    addToWeek(state.weekBins, seen.t, seen.cell);
    if (isNight(seen.t)) addToBin(state.nightBins, seen.t, seen.cell);
  }
  return state;
}

function countClass(c: ClassState, seen: Seen): void {
  if (c.n > 0) add(c.gaps, (seen.t - c.last) / 1000);
  c.last = seen.t;
  c.n += 1;
  c.out += Number(seen.out);
  c.night += Number(isNight(seen.t));
  let contact = c.contacts.get(seen.contact);
  if (contact === undefined) c.contacts.set(seen.contact, (contact = { n: 0, out: 0, ms: 0 }));
  contact.n += 1;
  contact.out += Number(seen.out);
  if (!seen.sms) contact.ms += seen.ms;
}

function contactOf(state: NumberState, id: string): ContactState {
  let contact = state.contactStates.get(id);
  if (contact === undefined) {
    contact = {
      outs: 0,
      ins: 0,
      firstOut: Infinity,
      lastOutAt: -Infinity,
      firstIn: Infinity,
      lastIn: -Infinity,
      last: -Infinity,
      lastWasText: false,
      lastOut: false,
      unanswered: false,
    };
    state.contactStates.set(id, contact);
  }
  return contact;
}

/** bandicoot's conversations: texts less than an hour apart; a call ends one. */
function converse(state: NumberState, c: ContactState, seen: Seen): void {
  if (seen.sms) {
    const begins = !c.lastWasText || seen.t - c.last >= CONVERSATION_MS;
    if (begins) {
      state.texts.begun += 1;
      if (seen.out) state.texts.initiated += 1;
      else state.texts.received += 1;
      c.unanswered = !seen.out;
    } else if (seen.out) {
      if (!c.lastOut && seen.t > c.last) add(state.texts.delays, (seen.t - c.last) / 1000);
      if (c.unanswered) {
        state.texts.responded += 1;
        c.unanswered = false;
      }
    }
  }
  c.last = seen.t;
  c.lastWasText = seen.sms;
  c.lastOut = seen.out;
}

function placeCall(state: NumberState, seen: Seen): void {
  state.outDays.add(dayOf(seen.t));
  state.origins[seen.origin] += 1;
  if (seen.sms) return;
  state.outHours.add(Math.floor(seen.t / HOUR));
  state.byHour[hourOfDay(seen.t)]! += 1;
  state.officeOut += Number(isOfficeHour(seen.t));
  state.weekendOut += Number(weekdayOf(seen.t) >= 5);
  if (!seen.answered) return;
  state.answeredOut += 1;
  state.answeredMs += seen.ms;
  state.shortOut += Number(seen.ms < SHORT_CALL_MS);
}

// ---------------------------------------------------------------- what values are made of

export const contactCounts = (c: ClassState): number[] => [...c.contacts.values()].map((x) => x.n);

/** Shannon entropy in nats of counts. */
export function entropy(counts: readonly number[]): number {
  const n = counts.reduce((a, b) => a + b, 0);
  return Math.max(0, -counts.reduce((sum, c) => sum + (c / n) * Math.log(c / n), 0));
}

/** How many of the largest amounts reach the goal; all of them when even all fall short, none when the goal is 0. */
export function pareto(amounts: readonly number[], goal: number): number {
  const sorted = [...amounts].sort((a, b) => b - a);
  let taken = 0;
  for (let left = goal; left > 0 && taken < sorted.length; taken++) left -= sorted[taken]!;
  return taken;
}

/** Mean and population standard deviation; null for nothing. */
export function spread(values: readonly number[]): [number, number] | null {
  if (values.length === 0) return null;
  const r = running();
  for (const x of values) add(r, x);
  return [r.mean, stdOf(r)];
}

/** Outgoing interactions with each contact over all interactions. */
export function balanceStats(c: ClassState): [number, number] {
  return spread([...c.contacts.values()].map((x) => x.out / c.n)) ?? [0, 0];
}

/** Calls of the busiest run of `hours` neighbouring hours of the day, midnight included. */
export function busiest(byHour: readonly number[], hours: number): number {
  return Math.max(
    ...byHour.map((_, i) => Array.from({ length: hours }, (_h, j) => byHour[(i + j) % 24]!).reduce((a, b) => a + b, 0)),
  );
}

/** Longest run of neighbouring values. */
export function longestRun(values: Iterable<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  let [best, run] = [0, 0];
  sorted.forEach((x, i) => {
    run = i > 0 && x === sorted[i - 1]! + 1 ? run + 1 : 1;
    best = Math.max(best, run);
  });
  return best;
}

export const spanDays = (s: NumberState): number | null => (s.lastSeen < s.first ? null : (s.lastSeen - s.first) / DAY);
