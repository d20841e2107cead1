import { ledIntoGroups, MAY_HAVE_LED } from '../detect/led-into-groups.ts';
import type { Home } from '../model/home.ts';
import type { ProgressSink } from '../model/progress.ts';
import type { Reason } from '../model/reason.ts';
import type { Lineage } from '../model/ring.ts';
import { ROLES, type Layer, type Role } from '../model/role.ts';
import type { FactsStore } from '../store/facts.ts';
import { phoneSql } from '../normalise/cell-sql.ts';
import { raw, sql } from '../store/sql.ts';
import { associate, type Association, type LeadIn, type Suspicion } from './association.ts';
import { joinByBills } from './bills.ts';
import { billsOf, callTies, callTraces, joinsAfterCalls, ledBy, ofAFew, peopleCalled, sharedPeople } from './called.ts';
import { LED, LED_OF_FEW, linksOf, splitIntoRings, STRONG, type Link } from './communities.ts';
import { joinByList } from './common-list.ts';
import { key, resolveIdentities } from './identity.ts';
import { readLayers, type Layers } from './layers.ts';
import { joinByLed } from './led-by.ts';
import { lineageOf, ringId } from './lineage.ts';
import { bareNumber, resolveMembers, type Member } from './members.ts';
import { reportingLines, type ReportingLine } from './reporting-lines.ts';
import { guessRole, type RoleGuess } from './roles.ts';
import { seatByDays, withSeats } from './paid-days.ts';
import { partAtSharedHands } from './shared-hands.ts';
import { tracesOf, type Traces } from './traces.ts';

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

/** Victims of a ring in whose bills a number stands that was not flagged: a firm abroad has two among its customers. */
const VICTIMS = 3;
/** Share of a ring's numbers that show the same, home or abroad, for the others to be strange among them. */
const USUAL = 0.8;

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
  const few = await ofAFew(facts);
  const seen = linksOf(layers, association, members, ties, shared, joins, few ? LED_OF_FEW : LED);
  const byId = new Map(members.map((m) => [m.id, m]));
  const bare = new Set(members.filter((m) => m.kind === 'number').map((m) => m.id));
  const nameless = new Set(members.filter((m) => m.kind !== 'person').map((m) => m.id));
  const listed = joinByList(splitIntoRings(members, seen), seen, await peopleCalled(facts, members), bare, nameless);
  const whole = few
    ? await placedByBills(facts, listed.groups, members, seen, association, suspicion, home)
    : { ...listed, ties: [], added: [] };
  for (const m of whole.added) {
    byId.set(m.id, m);
    association.numbers.add(m.id);
    association.via.set(key('number', m.id), 'bills');
  }
  const workOf = new Map([...byId.values()].map((m) => [m.id, m.workNumbers] as const));
  const led = joinByLed(whole.groups, workOf, seen, await ledBy(facts), LEAST);
  const links = withTies(seen, [...listed.ties, ...whole.ties, ...led.ties]);
  const groups = led.groups.flatMap((g) => partAtSharedHands(g, byId, links, layers, association, ties));

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

/** In records that are the bills of a few: numbers that nothing else places, and those that were nearly flagged, by whose victims they called. */
async function placedByBills(
  facts: FactsStore,
  groups: readonly string[][],
  members: readonly Member[],
  links: readonly Link[],
  association: Association,
  { almost, cleared }: Omit<Suspicion, 'numbers'>,
  home: Home,
): Promise<{ groups: string[][]; ties: Link[]; added: Member[] }> {
  const own = new Set(members.flatMap((m) => [m.id, ...m.privateNumbers]));
  const nearly = new Set([...almost].filter((n) => !association.numbers.has(n) && !own.has(n) && !cleared.has(n)));
  const bills = await billsOf(facts, members, nearly, home);
  const others = [...nearly].filter((n) => (bills.victimsOf.get(n)?.size ?? 0) >= VICTIMS).sort();
  const bare = new Set([...members.filter((m) => m.kind === 'number').map((m) => m.id), ...others]);
  const isOther = new Set(others);
  const found = joinByBills([...groups, ...others.map((n) => [n])], bare, links, bills, isOther);
  const kept = found.groups
    .filter((g) => g.some((id) => !isOther.has(id)))
    .map((g) => {
      const own = g.filter((id) => bare.has(id) && !isOther.has(id));
      const abroad = own.filter((id) => bills.abroad.has(id)).length / Math.max(1, own.length);
      // A ring that shows foreign numbers shows foreign numbers.
      const strange = (id: string): boolean => (bills.abroad.has(id) ? abroad < 1 - USUAL : abroad >= USUAL);
      return g.filter((id) => !isOther.has(id) || !strange(id));
    });
  return {
    groups: kept,
    ties: found.ties,
    added: kept
      .flat()
      .filter((id) => isOther.has(id))
      .map(bareNumber),
  };
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

/** Links with those of `ties` that are not among them. */
function withTies(links: readonly Link[], ties: readonly Link[]): Link[] {
  const known = new Set(links.map((l) => `${l.layer}|${l.from}|${l.to}`));
  return [...links, ...ties.filter((l) => !known.has(`${l.layer}|${l.from}|${l.to}`))];
}

/** Strong layers in which a ring's members are tied. */
export const strongLayers = (ring: FoundRing): string[] =>
  [...new Set(ring.links.filter((l) => STRONG.has(l.layer)).map((l) => l.layer))].sort();
