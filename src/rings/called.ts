/** What is read of the members' calls once it is known who they are: whom they called and whom they led into groups (tables `ring_numbers`, `group_joins` of find-rings.ts). */
import { MAY_HAVE_LED } from '../detect/led-into-groups.ts';
import { binomialTail } from '../features/exact-tests.ts';
import { MEASURED } from '../features/steps.ts';
import type { Home } from '../model/home.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import type { Bills } from './bills.ts';
import type { Called } from './common-list.ts';
import type { CallTie, JoinsAfterCalls, SharedPeople } from './communities.ts';
import { project } from './graph/projection.ts';
import type { Led } from './led-by.ts';
import type { Member } from './members.ts';
import type { CallTrace } from './traces.ts';

/** Calls between two numbers of members, both ways together. Whom a work number calls at home may be a lead like any other, though of another ring: that says nothing. */
export const callTies = (facts: FactsStore): Promise<CallTie[]> =>
  facts.query<CallTie>(sql`
    SELECT least(caller, callee) AS a, greatest(caller, callee) AS b, count() AS calls FROM calls
    WHERE caller IN (SELECT number FROM ring_numbers) AND callee IN (SELECT number FROM ring_numbers)
      AND (caller NOT IN (SELECT number FROM ring_numbers WHERE work = 1) OR callee IN (SELECT number FROM ring_numbers WHERE work = 1))
    GROUP BY a, b ORDER BY a, b`);

/** A number's people who reported a group without naming the number: so few by chance. */
const BY_CHANCE = 0.01;

/**
 * For each work number and group: people who joined it soon after its call, or named both in a report, which says it twice. Whoever reported the group and another number, or none, was called by many: they count where the
 * number's people among them are more than chance picks from everybody the ring's numbers called.
 */
export async function joinsAfterCalls(facts: FactsStore): Promise<JoinsAfterCalls[]> {
  const rows = await facts.query<{ number: string; chat: string; direct: number; reported: number; all: number }>(sql`
    SELECT c.caller AS number, j.chat AS chat,
      uniqExactIf(j.member, j.joining = 1 OR has(j.named, c.caller)) + uniqExactIf(j.member, has(j.named, c.caller)) AS direct,
      uniqExact(j.member) AS reported, any(g.everybody) AS all
    FROM calls AS c INNER JOIN group_joins AS j ON j.member = c.callee
      INNER JOIN (SELECT chat, count() AS everybody FROM group_joins GROUP BY chat) AS g ON g.chat = j.chat
    WHERE c.caller IN (SELECT number FROM ring_numbers WHERE work = 1) AND ${MAY_HAVE_LED}
    GROUP BY number, chat ORDER BY number, chat`);
  const called = await facts.query<{ number: string; people: number }>(sql`
    SELECT caller AS number, uniqExact(callee) AS people FROM calls WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1) GROUP BY caller`);
  const [{ n: everybody } = { n: 1 }] = await facts.query<{ n: number }>(sql`
    SELECT uniqExact(callee) AS n FROM calls WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1)`);
  const people = new Map(called.map((c) => [c.number, c.people]));
  return rows.map(({ number, chat, direct, reported, all }) => {
    const beyond = binomialTail(reported, people.get(number)!, Math.min(1, all / everybody)) < BY_CHANCE;
    return { number, chat, joined: beyond ? Math.max(direct, reported) : direct };
  });
}

/** Of everybody who got into a group: the members' work numbers that called them before. */
export const ledBy = (facts: FactsStore): Promise<Led[]> =>
  facts.query<Led>(sql`
    SELECT j.chat AS chat, j.member AS member, arraySort(groupUniqArray(c.caller)) AS numbers, any(j.named) AS named
    FROM calls AS c INNER JOIN group_joins AS j ON j.member = c.callee
    WHERE c.caller IN (SELECT number FROM ring_numbers WHERE work = 1) AND ${MAY_HAVE_LED}
    GROUP BY chat, member ORDER BY chat, member`);

/** Work numbers whose called people overlap beyond chance. */
export async function sharedPeople(facts: FactsStore): Promise<SharedPeople[]> {
  const c = await facts.columns(sql`
    SELECT DISTINCT caller, callee FROM calls WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1) ORDER BY caller, callee`);
  const callers = c['caller'] as string[];
  const callees = c['callee'] as string[];
  const left = numbered(callers);
  const right = numbered(callees);
  if (left.names.length < 2) return [];
  const limits = { popularityCap: 50, budget: 50_000_000 };
  const validated = project(left.ids, right.ids, left.names.length, right.names.length, limits);
  // A small group that calls nobody but the same few people is its own background: nothing in it stands out against itself. The numbers are
  // suspicious for other reasons already, so plain overlap may tie them.
  const p =
    validated.from.length > 0
      ? validated
      : project(left.ids, right.ids, left.names.length, right.names.length, {
          ...limits,
          correction: 'none',
          minShared: 3,
        });
  return Array.from(p.from, (from, i) => ({
    a: left.names[from]!,
    b: left.names[p.to[i]!]!,
    shared: p.shared[i]!,
    weight: p.weight[i]!,
  }));
}

/** Whether the records are the bills of a few people (detect/shown.ts). */
export async function ofAFew(facts: FactsStore): Promise<boolean> {
  const [scope] = await facts.query<{ chosen: number }>(sql`SELECT any(chosen) AS chosen FROM ${MEASURED.scope}`);
  return scope?.chosen === 1;
}

/** Whom the members' work numbers called, by person and province. */
export async function peopleCalled(facts: FactsStore, members: readonly Member[]): Promise<Called> {
  const areas = await facts.query<{ province: string; people: number }>(sql`
    SELECT province, pow(sum(popularity), 2) / sum(toFloat64(popularity) * popularity) AS people FROM ${MEASURED.contacts}
    WHERE popularity > 0 GROUP BY province ORDER BY province`);
  const c = await facts.columns(sql`
    SELECT n.number AS number, p.contact AS contact, k.province AS province
    FROM (SELECT number, contact FROM ${MEASURED.pairs} WHERE call_out + text_out > 0
      AND number IN (SELECT id FROM ${MEASURED.numbers} WHERE number IN (SELECT number FROM ring_numbers WHERE work = 1))) AS p
    INNER JOIN (SELECT id, number FROM ${MEASURED.numbers} WHERE number IN (SELECT number FROM ring_numbers WHERE work = 1)) AS n ON n.id = p.number
    INNER JOIN (SELECT id, province FROM ${MEASURED.contacts} WHERE popularity > 0) AS k ON k.id = p.contact ORDER BY number, contact`);
  const [numbers, contacts, provinces] = [
    c['number'] as string[],
    c['contact'] as Uint32Array,
    c['province'] as string[],
  ];
  const place = new Map<number, number>();
  const area: number[] = [];
  const areaOf = new Map(areas.map((a, i) => [a.province, i]));
  const byNumber = new Map<string, number[]>();
  numbers.forEach((number, i) => {
    let at = place.get(contacts[i]!);
    if (at === undefined) {
      place.set(contacts[i]!, (at = area.length));
      area.push(areaOf.get(provinces[i]!)!);
    }
    const list = byNumber.get(number);
    if (list === undefined) byNumber.set(number, [at]);
    else list.push(at);
  });
  return {
    of: new Map(
      members.map((m) => [m.id, Uint32Array.from(new Set(m.workNumbers.flatMap((n) => byNumber.get(n) ?? []))).sort()]),
    ),
    area: Uint16Array.from(area),
    people: Float64Array.from(areas, (a) => a.people),
  };
}

function numbered(names: readonly string[]): { ids: Uint32Array; names: string[] } {
  const index = new Map<string, number>();
  const ids = new Uint32Array(names.length);
  names.forEach((name, i) => {
    let id = index.get(name);
    if (id === undefined) index.set(name, (id = index.size));
    ids[i] = id;
  });
  return { ids, names: [...index.keys()] };
}

/** Dialling of each member's work numbers: distinct people, calls, active days. */
export async function callTraces(facts: FactsStore, zone: string): Promise<Map<string, CallTrace>> {
  const rows = await facts.query<{ member: string } & CallTrace>(sql`
    SELECT r.member AS member, uniqExact(c.callee) AS people, count() AS calls, uniqExact(toDate(c.started_at, ${zone})) AS days
    FROM calls AS c INNER JOIN (SELECT number, member FROM ring_numbers WHERE work = 1) AS r ON r.number = c.caller
    GROUP BY member ORDER BY member`);
  return new Map(rows.map((r) => [r.member, { people: r.people, calls: r.calls, days: r.days }]));
}

/** The victims in whose bills the members' work numbers and those of `others` stand (of numbers with findings, table `candidates`), the groups they were led into, and which of the numbers show a foreign country. */
export async function billsOf(
  facts: FactsStore,
  members: readonly Member[],
  others: ReadonlySet<string>,
  home: Home,
): Promise<Bills & { abroad: ReadonlySet<string> }> {
  const rows = await facts.query<{ number: string; victims: string[]; abroad: number }>(sql`
    SELECT caller AS number, arraySort(groupUniqArray(callee)) AS victims, max(caller_country NOT IN ('', ${home.country})) AS abroad FROM calls
    WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1 UNION ALL SELECT number FROM candidates) AND callee IN (SELECT number FROM ${MEASURED.billed})
    GROUP BY number ORDER BY number`);
  const led = await facts.query<{ member: string; chats: string[] }>(sql`
    SELECT member, arraySort(groupUniqArray(chat)) AS chats FROM group_joins GROUP BY member ORDER BY member`);
  const of = new Map(rows.map((r) => [r.number, r.victims]));
  return {
    victimsOf: new Map([
      ...members.map((m) => [m.id, new Set(m.workNumbers.flatMap((n) => of.get(n) ?? []))] as const),
      ...[...others].sort().map((n) => [n, new Set(of.get(n))] as const),
    ]),
    ledInto: new Map(led.map((r) => [r.member, r.chats])),
    abroad: new Set(rows.flatMap((r) => (r.abroad === 1 ? [r.number] : []))),
  };
}
