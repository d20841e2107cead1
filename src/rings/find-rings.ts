import { ledIntoGroups, MAY_HAVE_LED } from '../detect/led-into-groups.ts';
import { binomialTail } from '../features/exact-tests.ts';
import { MEASURED } from '../features/steps.ts';
import type { Home } from '../model/home.ts';
import type { ProgressSink } from '../model/progress.ts';
import type { Reason } from '../model/reason.ts';
import type { Lineage } from '../model/ring.ts';
import { ROLES, type Layer, type Role } from '../model/role.ts';
import type { FactsStore } from '../store/facts.ts';
import { phoneSql } from '../normalise/cell-sql.ts';
import { raw, sql } from '../store/sql.ts';
import { associate, type Association, type LeadIn, type Suspicion } from './association.ts';
import {
  linksOf,
  splitIntoRings,
  STRONG,
  type CallTie,
  type JoinsAfterCalls,
  type Link,
  type SharedPeople,
} from './communities.ts';
import { joinByList, type Called } from './common-list.ts';
import { project } from './graph/projection.ts';
import { key, resolveIdentities } from './identity.ts';
import { readLayers, type Layers } from './layers.ts';
import { lineageOf, ringId } from './lineage.ts';
import { resolveMembers, type Member } from './members.ts';
import { reportingLines, type ReportingLine } from './reporting-lines.ts';
import { guessRole, type RoleGuess } from './roles.ts';
import { seatByDays, withSeats } from './paid-days.ts';
import { partAtSharedHands } from './shared-hands.ts';
import { tracesOf, type CallTrace, type Traces } from './traces.ts';

export interface FoundMember extends Member {
  guess: RoleGuess;
  traces: Traces;
  line: ReportingLine | null;
  /** Other rings this one is a member of, the one it is more closely tied to first. */
  alsoIn: string[];
  /** What ties somebody to this ring who belongs more closely to another; empty otherwise. */
  sharedBy: Reason[];
}

export interface FoundRing {
  id: string;
  members: FoundMember[];
  links: Link[];
  groups: string[];
  upstream: string[];
  lineage: Lineage | null;
  /** Layers in which no member of this ring was seen. */
  notSeen: Layer[];
}

export interface RingSearch {
  rings: FoundRing[];
  association: Association;
  layers: Layers;
  /** Private number -> accounts that its handset logged into. */
  handsetOf: Map<string, string[]>;
}

/** Fewer than this many people or numbers is an acquaintance, not a ring. */
const LEAST = 3;

/**
 * From suspicious numbers to rings with people in their places. Reads the layers, grows the circle (association), joins identities, splits by
 * communities, and gives everybody a role and a reporting line. Writes table `ring_numbers` (ring, member, number, work) for later steps.
 */
export async function findRings(
  facts: FactsStore,
  suspicion: Omit<Suspicion, 'numbers'>,
  follows: readonly (readonly [string, string])[],
  home: Home,
  progress: ProgressSink,
): Promise<RingSearch> {
  const tick = (done: number, zh: string, en: string): void =>
    progress({ step: 'rings', text: { zh, en }, done, total: 5, unit: 'steps' });
  tick(0, '读取关联层（账号、设备、座席、群、资金）', 'Reading layers (accounts, handsets, seats, groups, money)');
  await storeNumbers(facts, 'suspects', [...suspicion.flagged].sort());
  const layers = await readLayers(facts, home, follows);
  await storeJoins(facts, home);
  const numbers = await groupNumbers(facts, home);
  const leadIns = await leadInsOf(facts);

  tick(1, '扩展关联', 'Following associations');
  const association = associate(layers, { ...suspicion, numbers }, leadIns);
  const { same, handsetOf } = resolveIdentities(layers);
  const seated = await seatByDays(facts, association, same, home.zone);
  for (const s of seated) same.same(key('account', s.account), key('person', s.person));
  const members = resolveMembers(layers, association, same, handsetOf);

  tick(2, '划分团伙', 'Splitting into rings');
  await storeMembers(
    facts,
    members.map((member) => ({ member, ring: '' })),
  );
  const [ties, shared] = [await callTies(facts), await sharedPeople(facts)];
  const joins = await joinsAfterCalls(facts);
  const seen = linksOf(layers, association, members, ties, shared, joins);
  const byId = new Map(members.map((m) => [m.id, m]));
  const whole = joinByList(
    splitIntoRings(members, seen),
    seen,
    await peopleCalled(facts, members),
    new Set(members.filter((m) => m.kind === 'number').map((m) => m.id)),
  );
  const links = withTies(seen, whole.ties);
  const groups = whole.groups.flatMap((g) => partAtSharedHands(g, byId, links, layers, association, ties));

  tick(3, '推断角色与上下线', 'Inferring roles and reporting lines');
  const calls = await callTraces(facts, home.zone);
  const gangs = groups
    .map(({ members: ids, shared }) => ({ own: ids.map((id) => byId.get(id)!), shared }))
    .map(({ own, shared }) => ({ own, shared, work: [...new Set(own.flatMap((m) => m.workNumbers))].sort() }))
    .filter(
      ({ own, work }) => own.length >= LEAST && work.length >= LEAST && work.some((n) => suspicion.flagged.has(n)),
    );
  const named = lineageOf(
    await ringsBefore(facts),
    gangs.map(({ own, work }) => ({ own: ringId(work[0]!), parts: partsOf(own) })),
  );
  const rings: FoundRing[] = [];
  const ringsOf = new Map<string, string[]>();
  for (const mine of [true, false]) {
    gangs.forEach(({ own, shared }, i) => {
      for (const m of own) {
        if (shared.has(m.id) !== mine) ringsOf.set(m.id, [...(ringsOf.get(m.id) ?? []), named[i]!.id]);
      }
    });
  }
  for (const [i, { own, shared }] of gangs.entries()) {
    const inRing = new Set(own.map((m) => m.id));
    const ringLinks = links.filter((l) => inRing.has(l.from) && (l.hub !== null || inRing.has(l.to)));
    const ringGroups = new Set(ringLinks.filter((l) => l.hub === 'group' && l.layer !== 'guest').map((l) => l.to));
    const traces = tracesOf(layers, ringGroups, own, calls);
    const guesses = new Map(own.map((m) => [m.id, guessRole(traces.get(m.id)!)]));
    const roleOf = new Map<string, Role>([...guesses].map(([id, g]) => [id, g.role]));
    const lines = reportingLines(layers, own, roleOf, ringGroups);
    rings.push({
      ...named[i]!,
      members: own
        .map((m) => ({
          ...m,
          guess: withSeats(guesses.get(m.id)!, m, seated),
          traces: traces.get(m.id)!,
          line: lines.get(m.id) ?? null,
          alsoIn: ringsOf.get(m.id)!.filter((r) => r !== named[i]!.id),
          sharedBy: shared.get(m.id) ?? [],
        }))
        .sort((x, y) => ROLES.indexOf(x.guess.role) - ROLES.indexOf(y.guess.role) || (x.id < y.id ? -1 : 1)),
      links: ringLinks,
      groups: [...ringGroups].sort(),
      upstream: upstreamOf(layers, own, association),
      notSeen: layersNotSeen(layers),
    });
  }
  await storeMembers(
    facts,
    rings.flatMap((r) => r.members.map((member) => ({ member, ring: r.id }))),
  );
  tick(5, '团伙已划定', 'Rings found');
  return { rings, association, layers, handsetOf };
}

/** What makes a ring up, whichever way it was seen: numbers, accounts, and people by their handle. */
const partsOf = (
  members: readonly { id: string; workNumbers: string[]; privateNumbers: string[]; accounts: string[] }[],
) =>
  new Set(
    members.flatMap((m) => [
      ...[...m.workNumbers, ...m.privateNumbers].map((n) => key('number', n)),
      ...m.accounts.map((a) => key('account', a)),
      key('person', m.id),
    ]),
  );

/** Rings of the analysis that readers see now, with their parts. */
async function ringsBefore(facts: FactsStore): Promise<Map<string, Set<string>>> {
  const rows = await facts.query<{ ring: string; member: string; numbers: string[]; accounts: string[] }>(sql`
    SELECT ring, member, numbers, accounts FROM ring_members WHERE run = (SELECT argMax(run, at) FROM published)`);
  const out = new Map<string, Set<string>>();
  for (const r of rows) {
    const parts = partsOf([{ id: r.member, workNumbers: r.numbers, privateNumbers: [], accounts: r.accounts }]);
    const known = out.get(r.ring);
    if (known === undefined) out.set(r.ring, parts);
    else for (const p of parts) known.add(p);
  }
  return out;
}

function upstreamOf(layers: Layers, members: readonly Member[], a: Association): string[] {
  const handles = new Set(members.flatMap((m) => m.handles));
  const from = layers.payments.filter((p) => a.upstream.has(p.from) && handles.has(p.to)).map((p) => p.from);
  return [...new Set(from)].sort();
}

function layersNotSeen(l: Layers): Layer[] {
  const out: Layer[] = [];
  if (l.seats.length + l.placed.length === 0) out.push('dialler');
  if (l.loginDevices.length + l.loginAddresses.length + l.loginApps.length === 0) out.push('logins');
  if (l.reviews.length === 0) out.push('reviews');
  if (l.memberships.length === 0) out.push('groups');
  if (l.payments.length === 0) out.push('money');
  return out;
}

const BATCH = 10_000;

async function storeNumbers(facts: FactsStore, table: 'suspects', numbers: readonly string[]): Promise<void> {
  await facts.command(`CREATE OR REPLACE TABLE ${table} (number String) ENGINE = MergeTree ORDER BY number`);
  for (let i = 0; i < numbers.length; i += BATCH) {
    await facts.insert(
      table,
      numbers.slice(i, i + BATCH).map((number) => ({ number })),
    );
  }
}

async function storeMembers(facts: FactsStore, members: readonly { member: Member; ring: string }[]): Promise<void> {
  await facts.command(
    `CREATE OR REPLACE TABLE ring_numbers (ring String, member String, number String, work UInt8) ENGINE = MergeTree ORDER BY number`,
  );
  const rows = members.flatMap(({ member: { id, workNumbers, privateNumbers }, ring }) => [
    ...workNumbers.map((number) => ({ ring, member: id, number, work: 1 })),
    ...privateNumbers.map((number) => ({ ring, member: id, number, work: 0 })),
  ]);
  for (let i = 0; i < rows.length; i += BATCH) await facts.insert('ring_numbers', rows.slice(i, i + BATCH));
}

/** Table `group_joins`: who of those that were ever called got into which group (`ledIntoGroups`). */
async function storeJoins(facts: FactsStore, home: Home): Promise<void> {
  const led = ledIntoGroups(sql`1`, home);
  await facts.command(sql`
    CREATE OR REPLACE TABLE group_joins ENGINE = MergeTree ORDER BY member AS
    SELECT * FROM (${led}) WHERE member IN (SELECT DISTINCT callee FROM calls WHERE callee IN (SELECT member FROM (${led})))`);
}

/** Group members that are telephone numbers. */
async function groupNumbers(facts: FactsStore, home: Home): Promise<Set<string>> {
  const rows = await facts.query<{ member: string }>(sql`
    SELECT DISTINCT member, ${raw(phoneSql('member', home))} AS phone FROM memberships
    WHERE phone IN (SELECT id FROM numbers WHERE kind != 'opaque') OR phone IN (SELECT member FROM group_joins)`);
  return new Set(rows.map((r) => r.member));
}

/** For each group: telephone numbers that got into it, and how many of them a suspicious number had called before. */
async function leadInsOf(facts: FactsStore): Promise<Map<string, LeadIn>> {
  const rows = await facts.query<{ chat: string } & LeadIn>(sql`
    WITH after_call AS (
      SELECT j.chat AS chat, j.member AS led FROM calls AS c INNER JOIN group_joins AS j ON j.member = c.callee
      WHERE c.caller IN (SELECT number FROM suspects) AND ${MAY_HAVE_LED} GROUP BY chat, led)
    SELECT j.chat AS chat, count() AS joined, countIf(a.led != '') AS joinedAfterCall, sum(j.reported) AS reported, sumIf(j.reported, a.led != '') AS reportedAfterCall
    FROM group_joins AS j LEFT JOIN after_call AS a ON a.chat = j.chat AND a.led = j.member WHERE j.joined_first IS NOT NULL GROUP BY chat ORDER BY chat`);
  return new Map(rows.map((r) => [r.chat, r]));
}

/** Calls between two numbers of members, both ways together. Whom a work number calls at home may be a lead like any other, though of another ring: that says nothing. */
const callTies = (facts: FactsStore): Promise<CallTie[]> =>
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
async function joinsAfterCalls(facts: FactsStore): Promise<JoinsAfterCalls[]> {
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

/** Work numbers whose called people overlap beyond chance. */
async function sharedPeople(facts: FactsStore): Promise<SharedPeople[]> {
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

/** Links with those of `ties` that are not among them. */
function withTies(links: readonly Link[], ties: readonly Link[]): Link[] {
  const known = new Set(links.map((l) => `${l.layer}|${l.from}|${l.to}`));
  return [...links, ...ties.filter((l) => !known.has(`${l.layer}|${l.from}|${l.to}`))];
}

/** Whom the members' work numbers called, by person and province. */
async function peopleCalled(facts: FactsStore, members: readonly Member[]): Promise<Called> {
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
async function callTraces(facts: FactsStore, zone: string): Promise<Map<string, CallTrace>> {
  const rows = await facts.query<{ member: string } & CallTrace>(sql`
    SELECT r.member AS member, uniqExact(c.callee) AS people, count() AS calls, uniqExact(toDate(c.started_at, ${zone})) AS days
    FROM calls AS c INNER JOIN (SELECT number, member FROM ring_numbers WHERE work = 1) AS r ON r.number = c.caller
    GROUP BY member ORDER BY member`);
  return new Map(rows.map((r) => [r.member, { people: r.people, calls: r.calls, days: r.days }]));
}

/** Strong layers in which a ring's members are tied. */
export const strongLayers = (ring: FoundRing): string[] =>
  [...new Set(ring.links.filter((l) => STRONG.has(l.layer)).map((l) => l.layer))].sort();
