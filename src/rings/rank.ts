import type { Reason } from '../model/reason.ts';

/**
 * Who ranks above whom in a group, from who wrote to (or called) whom and when, and nothing else. Learnt from nobody's hierarchy: fixed, equal weights.
 *
 * - Standing: PageRank over messages with several recipients, from sender to recipients. People who are kept informed by the well-informed rank high; chatter
 *   between two people says little about rank. Social scores of this kind: Rowe et al., "Automated social hierarchy detection through email network
 *   analysis", WebKDD 2007; PageRank among the measures of Nurek & Michalski, Appl. Sci. 10, 1699 (2020). Where no message has several recipients
 *   (telephone calls), all messages count.
 * - Closeness of a person to another: the mean of two shares, the days they were in touch among all the person's contact days, and the messages both
 *   received together among all that the person received with others (a manager and a team are written to together), each message shared out over its
 *   other recipients. Half of what is reached through a third person is added, since some managers never write to their people themselves.
 * - Manager: closeness x standing, as a share of all candidates. Shares are not symmetric: a person depends on the manager more than the manager on
 *   any one of them (Emerson, "Power-dependence relations", Am. Sociol. Rev. 27, 1962).
 * - Score: PageRank over everybody's three likeliest managers (the rest is diffuse), so that being chosen by people who are chosen themselves counts for more.
 *
 * Does not see: superiors who leave no trace in this channel; informal influence looks the same as rank.
 */
export interface Messages {
  from: Uint32Array;
  to: Uint32Array;
  /** Epoch milliseconds; rows with the same sender and time are one message to several people. */
  at: Float64Array;
}

export interface ManagerCandidate {
  person: number;
  /** Share of the person's likelihood over all candidates, 0..1. */
  score: number;
  reasons: Reason[];
}

export interface Ranking {
  /** Higher ranks above; sums to 1. */
  score: Float64Array;
  /** Best candidates for each person's manager, most likely first; empty for people without a trace. */
  managerOf: ManagerCandidate[][];
}

const MOST_PEOPLE = 4000;
const CHOICES = 3;

/**
 * @param zone IANA zone in which days begin; default UTC
 * @param candidates how many to list for each person
 * @throws Error when columns differ in length, a person is outside 0..n-1, or the group has more than 4,000 people (rank a ring, not a country)
 */
export function rankFromMessages(messages: Messages, n: number, zone = 'UTC', candidates = 3): Ranking {
  const { from, to, at } = messages;
  if (to.length !== from.length || at.length !== from.length) {
    throw new Error(`Message columns differ in length: from ${from.length}, to ${to.length}, at ${at.length}.`);
  }
  if (n > MOST_PEOPLE)
    throw new Error(
      `Ranking compares everybody with everybody: ${n} people are more than ${MOST_PEOPLE}. Rank one group at a time.`,
    );
  for (let i = 0; i < from.length; i++) {
    if (from[i]! >= n || to[i]! >= n)
      throw new Error(`Message ${i} is from ${from[i]} to ${to[i]}, but there are people 0..${n - 1}.`);
  }
  const { together, toMany, toAny } = audiences(messages, n);
  const days = contactDays(messages, n, zone);
  const standing = pageRank(toMany.some((w) => w > 0) ? toMany : toAny, n);

  const inTouch = rowShares(days, n);
  const addressed = rowShares(together, n);
  const direct = new Float64Array(n * n);
  for (let i = 0; i < direct.length; i++) direct[i] = (inTouch[i]! + addressed[i]!) / 2;
  const closeness = withThirdPersons(direct, n);
  const likely = rowShares(weighted(closeness, standing, n), n);

  const place = placesOf(standing);
  const managerOf = Array.from({ length: n }, (_, a) => {
    const row = likely.subarray(a * n, (a + 1) * n);
    const order = Array.from({ length: n }, (_, b) => b).filter((b) => row[b]! > 0);
    order.sort((b, c) => row[c]! - row[b]! || b - c);
    return order.slice(0, Math.max(candidates, CHOICES)).map((person): ManagerCandidate => {
      const touch = inTouch[a * n + person]!;
      const shared = addressed[a * n + person]!;
      return { person, score: row[person]!, reasons: reasonsFor(touch, shared, place[person]!, n) };
    });
  });
  const chosen = new Float64Array(n * n);
  managerOf.forEach((list, a) => list.slice(0, CHOICES).forEach((c) => (chosen[a * n + c.person] = c.score)));
  return { score: pageRank(chosen, n), managerOf: managerOf.map((list) => list.slice(0, candidates)) };
}

/** Messages to each recipient, those with several recipients and all; and how often two people were written to together. */
function audiences({ from, to, at }: Messages, n: number): Record<'together' | 'toMany' | 'toAny', Float64Array> {
  const together = new Float64Array(n * n);
  const toMany = new Float64Array(n * n);
  const toAny = new Float64Array(n * n);
  const order = new Uint32Array(from.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((i, j) => from[i]! - from[j]! || at[i]! - at[j]! || to[i]! - to[j]!);
  for (let i = 0; i < order.length;) {
    const sender = from[order[i]!]!;
    const sent = at[order[i]!]!;
    const recipients: number[] = [];
    for (; i < order.length && from[order[i]!] === sender && at[order[i]!] === sent; i++) {
      const b = to[order[i]!]!;
      if (b !== sender && recipients.at(-1) !== b) recipients.push(b);
    }
    for (const b of recipients) {
      toAny[sender * n + b]!++;
      if (recipients.length < 2) continue;
      toMany[sender * n + b]!++;
      for (const c of recipients) if (c !== b) together[b * n + c]! += 1 / (recipients.length - 1);
    }
  }
  return { together, toMany, toAny };
}

/** On how many days two people were in touch, either way. */
function contactDays({ from, to, at }: Messages, n: number, zone: string): Float64Array {
  const dayOf = localDays(zone);
  const days = Float64Array.from(at, dayOf);
  const order = new Uint32Array(from.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((i, j) => days[i]! - days[j]!);
  const counts = new Float64Array(n * n);
  const last = new Float64Array(n * n).fill(-Infinity);
  for (const i of order) {
    const a = from[i]!;
    const b = to[i]!;
    const pair = Math.min(a, b) * n + Math.max(a, b);
    if (a === b || last[pair] === days[i]) continue;
    last[pair] = days[i]!;
    counts[a * n + b]!++;
    counts[b * n + a]!++;
  }
  return counts;
}

/** Number of the local day of an instant. Zones change their offset on quarter hours at the finest, so each quarter hour is asked for once. */
function localDays(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const known = new Map<number, number>();
  return (at) => {
    const slot = Math.floor(at / 900_000);
    let day = known.get(slot);
    if (day === undefined) {
      day = Date.parse(format.format(slot * 900_000)) / 86_400_000;
      known.set(slot, day);
    }
    return day;
  };
}

function rowShares(matrix: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    let sum = 0;
    for (let b = 0; b < n; b++) if (b !== a) sum += matrix[a * n + b]!;
    if (sum > 0) for (let b = 0; b < n; b++) if (b !== a) out[a * n + b] = matrix[a * n + b]! / sum;
  }
  return out;
}

function withThirdPersons(direct: Float64Array, n: number): Float64Array {
  const out = direct.slice();
  for (let a = 0; a < n; a++) {
    for (let via = 0; via < n; via++) {
      const first = direct[a * n + via]! / 2;
      if (first > 0) for (let b = 0; b < n; b++) if (b !== a) out[a * n + b]! += first * direct[via * n + b]!;
    }
  }
  return out;
}

function weighted(matrix: Float64Array, weight: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < out.length; i++) out[i] = matrix[i]! * weight[i % n]!;
  return out;
}

/** PageRank with damping 0.85; people who point at nobody give to all alike. */
function pageRank(matrix: Float64Array, n: number): Float64Array {
  const shares = rowShares(matrix, n);
  const silent = Array.from({ length: n }, (_, a) => !shares.subarray(a * n, (a + 1) * n).some((w) => w > 0));
  let rank = new Float64Array(n).fill(1 / n);
  for (let round = 0; round < 100; round++) {
    const next = new Float64Array(n);
    let spread = 0.15;
    for (let a = 0; a < n; a++) {
      if (silent[a]) spread += 0.85 * rank[a]!;
      else for (let b = 0; b < n; b++) next[b]! += 0.85 * rank[a]! * shares[a * n + b]!;
    }
    let change = 0;
    for (let b = 0; b < n; b++) {
      next[b]! += spread / n;
      change += Math.abs(next[b]! - rank[b]!);
    }
    rank = next;
    if (change < 1e-12) break;
  }
  return rank;
}

/** Place of each person by descending value, from 1. */
function placesOf(values: Float64Array): Uint32Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[j]! - values[i]! || i - j);
  const place = new Uint32Array(values.length);
  order.forEach((person, i) => (place[person] = i + 1));
  return place;
}

function reasonsFor(touch: number, shared: number, place: number, n: number): Reason[] {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const colleagues = {
    zh: '关系密切的同事之间也会如此；上级通常同时与多名下属保持联系。',
    en: 'Close colleagues do the same; a superior keeps in touch with several people of a team.',
  };
  return [
    {
      measure: 'contact_days_share',
      value: touch,
      unit: 'share of contact days',
      threshold: null,
      text: {
        zh: `其联系日中有 ${percent(touch)} 与此人有往来`,
        en: `${percent(touch)} of the person's contact days were with this one`,
      },
      innocent: colleagues,
    },
    {
      measure: 'shared_audience_share',
      value: shared,
      unit: 'share of messages received with others',
      threshold: null,
      text: {
        zh: `其收到的群发消息中，按收件人分摊有 ${percent(shared)} 与此人同收`,
        en: `${percent(shared)} of what the person received together with others was shared with this one`,
      },
      innocent: colleagues,
    },
    {
      measure: 'standing',
      value: place,
      unit: 'place',
      threshold: null,
      text: {
        zh: `在 ${n} 人中信息地位排第 ${place}`,
        en: `number ${place} of ${n} by standing among those kept informed`,
      },
    },
  ];
}
