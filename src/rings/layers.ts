import type { Home } from '../model/home.ts';
import { phoneSql } from '../normalise/cell-sql.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';

/** (account, number): calls the account placed that showed the number. */
export interface Placed {
  account: string;
  number: string;
  calls: number;
}
/** (account, value): logins of an account from a handset or an address. */
export interface LoggedIn {
  account: string;
  value: string;
  logins: number;
}
export interface Seat {
  seat: string;
  account: string;
  team: string;
  person: string;
  number: string;
}
/**
 * What tells one seat from another: two diallers number their seats alike (8001, 8002 ...), so the seat's own name is not enough.
 */
export const seatKey = (s: Pick<Seat, 'seat' | 'team'>): string => (s.team === '' ? s.seat : `${s.team}/${s.seat}`);

/** Seat as a listening log names it -> the seats it may be. */
export function seatsNamed(seats: readonly Seat[]): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>();
  for (const s of seats) {
    const keys = out.get(s.seat);
    if (keys === undefined) out.set(s.seat, new Set([seatKey(s)]));
    else keys.add(seatKey(s));
  }
  return out;
}

export interface Reviewed {
  reviewer: string;
  seat: string;
  reviews: number;
  days: number;
}
export interface Membership {
  group: string;
  member: string;
  role: string;
  joinedAt: number | null;
}
/** All payments of one direction between two parties, summed. Amounts in units of the currency, as numbers: they are compared, not booked. */
export interface Paid {
  from: string;
  to: string;
  payments: number;
  days: number;
  total: number;
  median: number;
  /** Coefficient of variation of the amounts: 0 for a flat wage. */
  variation: number;
  crypto: number;
  /** Median hour of the day, home zone. */
  hour: number;
}
export interface Admin {
  account: string;
  app: string;
  logins: number;
}
/** A handset that placed calls under a number outside any dialler account. */
export interface Handset {
  imei: string;
  number: string;
  calls: number;
}

/** A way into the network (SIM-box slot, trunk, address that calls came from) and a number that placed calls through it. */
export interface Line {
  kind: 'device' | 'trunk' | 'address';
  value: string;
  number: string;
  calls: number;
}

export const lineKey = (l: Pick<Line, 'kind' | 'value'>): string => `${l.kind}:${l.value}`;

/** A person's name in payments, groups, seats or reviews that is a telephone number, and that number in E.164. */
export interface Phone {
  handle: string;
  number: string;
}

/**
 * Everything that ties numbers, accounts, handsets, addresses, seats, groups and purses together, one summed row a pair. Read once per
 * analysis; bulk rows never leave the engine.
 */
export interface Layers {
  placed: Placed[];
  /** Lines that suspicious numbers were used on, with every number used on them. */
  lines: Line[];
  /** Numbers that followed each other with the same people, one silent when the next began; ascending, two or more. */
  chains: string[][];
  handsets: Handset[];
  loginDevices: LoggedIn[];
  loginAddresses: LoggedIn[];
  loginApps: Admin[];
  seats: Seat[];
  reviews: Reviewed[];
  memberships: Membership[];
  payments: Paid[];
  /** Only such as are of a known kind of number. */
  phones: Phone[];
}

/** Reads the layers; table `suspects` holds the flagged numbers. Tables without rows give empty layers, which later say "not seen". Every list is in a fixed order. */
export async function readLayers(
  facts: FactsStore,
  home: Home,
  follows: readonly (readonly [string, string])[] = [],
): Promise<Layers> {
  const { zone } = home;
  const placed = await facts.query<Placed>(sql`
    SELECT account, caller AS number, count() AS calls FROM calls WHERE account != '' GROUP BY account, number ORDER BY account, number`);
  const lines = [
    ...(await linesOf(facts, 'device', 'imei')),
    ...(await linesOf(facts, 'trunk', 'trunk')),
    ...(await linesOf(facts, 'address', 'origin_ip')),
  ];
  const loginDevices = await facts.query<LoggedIn>(sql`
    SELECT account, imei AS value, count() AS logins FROM logins WHERE imei != '' GROUP BY account, value ORDER BY account, value`);
  const handsets = await facts.query<Handset>(sql`
    SELECT imei, caller AS number, count() AS calls FROM calls
    WHERE imei != '' AND account = '' AND imei IN (SELECT imei FROM logins WHERE imei != '')
    GROUP BY imei, number ORDER BY imei, number`);
  const loginAddresses = await facts.query<LoggedIn>(sql`
    SELECT account, ip AS value, count() AS logins FROM logins WHERE ip != '' GROUP BY account, value ORDER BY account, value`);
  const loginApps = await facts.query<Admin>(sql`
    SELECT account, app, count() AS logins FROM logins WHERE app != '' GROUP BY account, app ORDER BY account, app`);
  const seats = await facts.query<Seat>(sql`
    SELECT DISTINCT seat, account, team, person, number FROM seats ORDER BY seat, account, person, number, team`);
  const reviews = await facts.query<Reviewed>(sql`
    SELECT reviewer, seat, count() AS reviews, uniqExact(toDate(at, ${zone})) AS days FROM reviews GROUP BY reviewer, seat ORDER BY reviewer, seat`);
  const memberships = await facts.query<Omit<Membership, 'role'> & { topRole: string }>(sql`
    SELECT \`group\` AS \`group\`, member, argMax(role, (role = 'owner') * 2 + (role = 'admin')) AS topRole,
      toUnixTimestamp64Milli(min(joined_at)) AS joinedAt
    FROM memberships GROUP BY \`group\`, member ORDER BY \`group\`, member`);
  const payments = await facts.query<Paid>(sql`
    SELECT p.from AS \`from\`, p.to AS \`to\`, count() AS payments, uniqExact(toDate(at, ${zone})) AS days,
      toFloat64(sum(amount)) AS total, toFloat64(quantileExact(0.5)(amount)) AS median,
      toFloat64(sum(amount)) / count() AS mean,
      sqrt(greatest(0, arraySum(arrayMap(x -> x * x, arraySort(groupArray(toFloat64(amount))))) / count() - mean * mean)) / greatest(mean, 1e-9) AS variation,
      countIf(channel = 'crypto') AS crypto, quantileExact(0.5)(toHour(at, ${zone})) AS hour
    FROM payments AS p GROUP BY \`from\`, \`to\` ORDER BY \`from\`, \`to\``);
  const phones = await facts.query<Phone>(sql`
    SELECT handle, ${raw(phoneSql('handle', home))} AS number FROM (
      SELECT member AS handle FROM memberships UNION DISTINCT SELECT p.from FROM payments AS p UNION DISTINCT SELECT p.to FROM payments AS p
      UNION DISTINCT SELECT person FROM seats UNION DISTINCT SELECT reviewer FROM reviews
    ) WHERE number IN (SELECT id FROM numbers WHERE kind != 'opaque') ORDER BY number, handle`);
  return {
    placed,
    lines,
    chains: chainsOf(follows),
    handsets,
    loginDevices,
    loginAddresses,
    loginApps,
    seats: [...seats, ...seatsOfAccounts(seats, reviews, placed)],
    reviews,
    memberships: memberships.map(({ topRole, ...m }) => ({ ...m, role: topRole })),
    payments,
    phones,
  };
}

/** A listening log may name accounts instead of seats: each such account is a seat of its own. */
function seatsOfAccounts(seats: readonly Seat[], reviews: readonly Reviewed[], placed: readonly Placed[]): Seat[] {
  const known = new Set(seats.map((s) => s.seat));
  const accounts = new Set(placed.map((p) => p.account));
  const named = new Set(reviews.flatMap((r) => (!known.has(r.seat) && accounts.has(r.seat) ? [r.seat] : [])));
  return [...named].map((account) => ({ seat: account, account, team: '', person: '', number: '' }));
}

/** Everybody named in groups, payments, seats and reviews. */
export const namesOf = (layers: Layers): Set<string> =>
  new Set([
    ...layers.memberships.map((m) => m.member),
    ...layers.payments.flatMap((p) => [p.from, p.to]),
    ...layers.seats.flatMap((s) => (s.person === '' ? [] : [s.person])),
    ...layers.reviews.map((r) => r.reviewer),
  ]);

/** Pairs that follow each other, joined into chains; in a fixed order. */
export function chainsOf(follows: readonly (readonly [string, string])[]): string[][] {
  const of = new Map<string, string[]>();
  for (const pair of follows) {
    const [a, b] = pair.map((n) => of.get(n) ?? [n]) as [string[], string[]];
    if (a === b) continue;
    const joined = [...a, ...b];
    for (const n of joined) of.set(n, joined);
  }
  return [...new Set(of.values())].map((chain) => chain.sort()).sort((x, y) => (x[0]! < y[0]! ? -1 : 1));
}

const linesOf = (facts: FactsStore, kind: Line['kind'], column: 'imei' | 'trunk' | 'origin_ip'): Promise<Line[]> =>
  facts.query<Line>(sql`
    SELECT ${kind} AS kind, ${raw(column)} AS value, caller AS number, count() AS calls FROM calls
    WHERE ${raw(column)} IN (SELECT ${raw(column)} FROM calls WHERE ${raw(column)} != '' AND caller IN (SELECT number FROM suspects))
    GROUP BY value, number ORDER BY value, number`);
