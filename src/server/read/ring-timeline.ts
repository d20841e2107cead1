import { FRAUD_CASES } from '../../features/reports.ts';
import type { Home } from '../../model/home.ts';
import { raw, sql, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Lane, RingMember, RingTimeline } from '../contract.ts';
import { dayMs, ms, PUBLISHED } from './results.ts';
import { ringMembers } from './rings.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
type LaneEvent = Lane['events'][number];

/**
 * Swim lanes: every member's calls by hour and what else happened to them, and the ring's days. null when there is no such ring.
 * A call belongs to the member who holds its account, else to the one who holds the displayed number.
 */
export async function ringTimeline(facts: FactsStore, home: Home, ring: string): Promise<RingTimeline | null> {
  const members = await ringMembers(facts, ring);
  if (members.length === 0) return null;
  const keys = membersByKey(members);
  // Hundreds of names would make the statement longer than an engine reads: it looks them up itself.
  const own = sql`ring_members WHERE run = ${PUBLISHED} AND ring = ${ring}`;
  const accounts = sql`(SELECT arrayJoin(accounts) FROM ${own})`;
  const every = sql`(SELECT arrayJoin(arrayConcat([member], accounts, numbers)) FROM ${own})`;
  const numbers = sql`(SELECT number FROM ring_numbers WHERE work = 1 AND ring = ${ring})`;
  const placed = sql`caller IN ${numbers}`;

  const [hours, events, daily] = await Promise.all([
    facts.query<{ caller: string; account: string; hour: number; n: number }>(sql`
      SELECT caller, account, ${raw(ms("toStartOfHour(started_at, 'UTC')::DateTime64(3)"))} AS hour, count() AS n
      FROM calls WHERE ${placed} GROUP BY caller, account, hour ORDER BY hour, caller, account`),
    laneEvents(facts, home, every, accounts, numbers),
    ringDays(facts, home, placed, every),
  ]);

  const lanes = new Map<string, Lane>(
    members.map((m) => [m.id, { member: m.id, role: m.role, team: m.team, calls: [], events: [] }]),
  );
  for (const h of hours) addHour(lanes.get(keys.get(h.account) ?? keys.get(h.caller) ?? ''), h.hour, h.n);
  for (const e of events) lanes.get(keys.get(e.who) ?? '')?.events.push({ at: e.at, kind: e.kind, text: e.text });
  // People join chat groups years before: the picture begins with the ring's first call, or its first event when no call was seen.
  const calls = [...lanes.values()].flatMap((l) => l.calls);
  const moments = [...lanes.values()].flatMap((l) => l.events.map((e) => e.at));
  const from = least(calls.length > 0 ? calls.map((c) => c.from) : moments);
  const to = Math.max(most(calls.map((c) => c.to)), most(moments));
  for (const lane of lanes.values()) lane.events = lane.events.filter((e) => e.at >= from - DAY);
  return { from, to, lanes: [...lanes.values()], daily: daily.filter((d) => d.day > from - DAY) };
}

/** Person handle, numbers and accounts of every member -> the member. Accounts win over numbers that several people showed. */
function membersByKey(members: readonly RingMember[]): Map<string, string> {
  const keys = new Map<string, string>();
  for (const m of members) for (const number of m.numbers) if (!keys.has(number)) keys.set(number, m.id);
  for (const m of members) for (const account of m.accounts) keys.set(account, m.id);
  for (const m of members) keys.set(m.id, m.id);
  keys.delete('');
  return keys;
}

/** Extends the last interval when this hour follows it. */
function addHour(lane: Lane | undefined, hour: number, n: number): void {
  if (lane === undefined) return;
  const last = lane.calls.at(-1);
  if (last !== undefined && hour <= last.to) {
    last.to = Math.max(last.to, hour + HOUR);
    last.n += n;
  } else lane.calls.push({ from: hour, to: hour + HOUR, n });
}

/** At most one login a day and member; every payment, group and review; every report by somebody the member called. */
function laneEvents(
  facts: FactsStore,
  home: Home,
  every: Sql,
  accounts: Sql,
  numbers: Sql,
): Promise<(LaneEvent & { who: string })[]> {
  return facts.query(sql`
    SELECT who, moment AS at, what AS kind, words AS text FROM (
      SELECT account AS who, ${raw(ms('min(at)'))} AS moment, 'login' AS what, min(concat(country, ' ', city, ' ', ip)) AS words
      FROM logins WHERE account IN ${accounts} GROUP BY who, ${raw(dayMs('at', home.zone))}
      UNION ALL
      SELECT \`to\`, ${raw(ms('at'))}, 'pay', concat(toString(amount), ' ', currency, ' ', channel)
      FROM payments WHERE \`to\` IN ${every} AND \`from\` IN ${every}
      UNION ALL
      SELECT member, ${raw(ms('assumeNotNull(joined_at)'))}, 'joined', concat(\`group\`, ' ', role)
      FROM memberships WHERE member IN ${every} AND joined_at IS NOT NULL
      UNION ALL
      SELECT reviewer, ${raw(ms('min(at)'))}, 'review', trim(concat(toString(count()), ' ', min(toString(verdict))))
      FROM reviews WHERE reviewer IN ${every} GROUP BY reviewer, ${raw(dayMs('at', home.zone))}
      UNION ALL
      SELECT c.caller, ${raw(ms('min(cases.reported_at)'))}, 'report', cases.case_id
      FROM (SELECT DISTINCT caller, callee FROM calls WHERE caller IN ${numbers}) AS c
      INNER JOIN cases ON cases.victim = c.callee GROUP BY c.caller, cases.case_id
    ) ORDER BY moment, who, what, words LIMIT 50000`);
}

function ringDays(facts: FactsStore, home: Home, placed: Sql, every: Sql): Promise<RingTimeline['daily']> {
  return facts.query(sql`
    WITH
      mine AS (SELECT callee, started_at FROM calls WHERE ${placed}),
      people AS (SELECT DISTINCT callee FROM mine),
      our_groups AS (SELECT DISTINCT \`group\` FROM memberships WHERE member IN ${every} AND role IN ('owner', 'admin'))
    SELECT day, sum(c) AS calls, sum(r) AS reached, sum(j) AS joined, sum(p) AS reports FROM (
      SELECT ${raw(dayMs('started_at', home.zone))} AS day, count() AS c, uniqExact(callee) AS r, 0 AS j, 0 AS p
      FROM mine GROUP BY day
      UNION ALL
      SELECT ${raw(dayMs('assumeNotNull(joined_at)', home.zone))} AS day, 0, 0, uniqExact(member), 0
      FROM memberships WHERE joined_at IS NOT NULL AND \`group\` IN our_groups AND member NOT IN ${every} GROUP BY day
      UNION ALL
      SELECT ${raw(dayMs('reported_at', home.zone))} AS day, 0, 0, 0, uniqExact(case_id)
      FROM ${FRAUD_CASES} WHERE victim IN people GROUP BY day
    ) GROUP BY day ORDER BY day`);
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), values[0] ?? 0);
