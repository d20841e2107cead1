import type { Home } from '../../model/home.ts';
import { raw, sql, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Lane, RingMember, RingTimeline } from '../contract.ts';
import { dayMs, ms } from './results.ts';
import { ringMembers } from './rings.ts';

const HOUR = 3_600_000;
type LaneEvent = Lane['events'][number];

/**
 * Swim lanes: every member's calls by hour and what else happened to them, and the ring's days. null when there is no such ring.
 * A call belongs to the member who holds its account, else to the one who holds the displayed number.
 */
export async function ringTimeline(facts: FactsStore, home: Home, ring: string): Promise<RingTimeline | null> {
  const members = await ringMembers(facts, ring);
  if (members.length === 0) return null;
  const keys = membersByKey(members);
  const accounts = [...new Set(members.flatMap((m) => m.accounts))];
  const every = [...keys.keys()];
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
  const times = [...lanes.values()].flatMap((l) => [...l.calls.map((c) => c.from), ...l.events.map((e) => e.at)]);
  const last = [...lanes.values()].flatMap((l) => [...l.calls.map((c) => c.to), ...l.events.map((e) => e.at)]);
  return { from: least(times), to: most(last), lanes: [...lanes.values()], daily };
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
  every: readonly string[],
  accounts: readonly string[],
  numbers: Sql,
): Promise<(LaneEvent & { who: string })[]> {
  return facts.query(sql`
    SELECT who, at, kind, text FROM (
      SELECT account AS who, ${raw(ms('min(at)'))} AS at, 'login' AS kind, any(concat(country, ' ', city, ' ', ip)) AS text
      FROM (SELECT * FROM logins WHERE account IN ${accounts} ORDER BY account, at)
      GROUP BY who, ${raw(dayMs('at', home.zone))}
      UNION ALL
      SELECT \`to\`, ${raw(ms('at'))}, 'pay', concat(toString(amount), ' ', currency, ' ', channel)
      FROM payments WHERE \`to\` IN ${every} AND \`from\` IN ${every}
      UNION ALL
      SELECT member, ${raw(ms('assumeNotNull(joined_at)'))}, 'joined', concat(\`group\`, ' ', role)
      FROM memberships WHERE member IN ${every} AND joined_at IS NOT NULL
      UNION ALL
      SELECT reviewer, ${raw(ms('min(at)'))}, 'review', concat(toString(count()), ' × ', any(verdict))
      FROM (SELECT * FROM reviews WHERE reviewer IN ${every} ORDER BY reviewer, at)
      GROUP BY reviewer, ${raw(dayMs('at', home.zone))}
      UNION ALL
      SELECT caller, ${raw(ms('min(reported_at)'))}, 'report', case_id
      FROM (SELECT DISTINCT caller, callee FROM calls WHERE caller IN ${numbers}) AS c
      INNER JOIN cases ON cases.victim = c.callee GROUP BY caller, case_id
    ) ORDER BY at, who, kind, text LIMIT 50000`);
}

function ringDays(
  facts: FactsStore,
  home: Home,
  placed: Sql,
  every: readonly string[],
): Promise<RingTimeline['daily']> {
  return facts.query(sql`
    WITH
      mine AS (SELECT callee, started_at FROM calls WHERE ${placed}),
      reached AS (SELECT DISTINCT callee FROM mine),
      our_groups AS (SELECT DISTINCT \`group\` FROM memberships WHERE member IN ${every} AND role IN ('owner', 'admin'))
    SELECT day, sum(calls) AS calls, sum(reached) AS reached, sum(joined) AS joined, sum(reports) AS reports FROM (
      SELECT ${raw(dayMs('started_at', home.zone))} AS day, count() AS calls, uniqExact(callee) AS reached, 0 AS joined, 0 AS reports
      FROM mine GROUP BY day
      UNION ALL
      SELECT ${raw(dayMs('assumeNotNull(joined_at)', home.zone))} AS day, 0, 0, uniqExact(member), 0
      FROM memberships WHERE joined_at IS NOT NULL AND \`group\` IN our_groups AND member NOT IN ${every} GROUP BY day
      UNION ALL
      SELECT ${raw(dayMs('reported_at', home.zone))} AS day, 0, 0, 0, uniqExact(case_id)
      FROM cases WHERE victim IN reached GROUP BY day
    ) GROUP BY day ORDER BY day`);
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), values[0] ?? 0);
