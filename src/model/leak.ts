import type { Bilingual, Reason } from './reason.ts';

/**
 * What a comparison says of one organisation: `source`, its customers are called beyond chance and beyond what stronger sources explain;
 * `shadow`, beyond chance only because its customers are also customers of a source; `none`, no more than chance would give.
 */
export type LeakVerdict = 'source' | 'shadow' | 'none';

/** How the list ends in time: `ended`, later customers are hardly called; `open`, no end is seen before the calls; `unknown`, too few dates. */
export type LeakWindowState = 'ended' | 'open' | 'unknown';

/** Customers of one organisation by the time of their first dealing. Instants are epoch ms; ends are exclusive. */
export interface LeakWindow {
  state: LeakWindowState;
  /** Customers until then are on the list; null unless `ended`. */
  until: number | null;
  /** 95 % confidence interval of `until`. */
  untilLow: number | null;
  untilHigh: number | null;
  /** Customers since then are on the list; null when the list reaches back to the first known dealing. */
  since: number | null;
  /** Customers with a known date that the window rests on. */
  dated: number;
  /** Share of them called within the window and outside it; null when nobody is there. */
  calledWithin: number | null;
  calledOutside: number | null;
  /** Customers by time of first dealing, and how many of them were called. */
  bins: { from: number; to: number; customers: number; called: number }[];
}

/** One organisation held against the people a ring called. */
export interface Leak {
  ring: string;
  organisation: string;
  sector: string;
  verdict: LeakVerdict;
  /** Called people who had dealt with it before they were called. */
  victims: number;
  /** As many of them as comparable people not called would give, given the stronger sources. */
  expected: number;
  /** victims / expected. */
  lift: number;
  /** Odds of being called as its customer against comparable people who are not; null where it cannot be computed. */
  oddsRatio: number | null;
  /** One-sided, exact; never below 1e-300, and 1 where no more than expected were called. */
  pValue: number;
  qValue: number;
  /** Its customers known among the people compared. */
  customers: number;
  /** Of the victims: answered a call, joined a group of the ring (null: no groups seen), reported a crime. */
  talked: number;
  joined: number | null;
  reported: number;
  /** Only of sources. */
  window: LeakWindow | null;
  /** Of a shadow: the source whose customers it shares most. Of a source: null. */
  explainedBy: string | null;
  /** Sources: other organisations whose customers fit nearly as well, so that the records cannot tell which of them it was. */
  alternatives: string[];
  reasons: Reason[];
  innocent: Bilingual[];
}

/**
 * How a search ended: `found`; `none`, nothing beyond chance; `no-dealings`, no past dealings were imported; `too-few`, hardly any called
 * person has a known dealing; `no-comparison`, only one organisation's customers are known, so everybody compared is its customer.
 */
export type LeakOutcome = 'found' | 'none' | 'no-dealings' | 'too-few' | 'no-comparison';

/** What was compared for one ring. */
export interface LeakSearch {
  ring: string;
  outcome: LeakOutcome;
  /** People the ring called; of them with a known dealing before; people with a known dealing in all. */
  called: number;
  known: number;
  people: number;
  /** Organisations compared. */
  organisations: number;
  text: Bilingual;
}
