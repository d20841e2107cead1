import { FRAUD_CASES } from '../features/reports.ts';
import type { Home } from '../model/home.ts';
import type { Bilingual } from '../model/reason.ts';
import {
  headcount,
  type BeyondChance,
  type Funnel,
  type PlaceCount,
  type RingMember,
  type RingReport,
  type RingTurn,
} from '../model/ring.ts';
import { ROLES, type Role } from '../model/role.ts';
import { provinceOfCity } from '../normalise/place.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { alternativesOf } from './alternatives.ts';
import { strongLayers, type FoundMember, type FoundRing } from './find-rings.ts';
import type { Layers } from './layers.ts';
import { chanceReasons, ringReasons, type RingStats } from './ring-reasons.ts';

/** A ring as it is stored and shown: the report, and one document a member. */
export interface DescribedRing {
  report: RingReport;
  members: RingMember[];
}

interface MemberStats {
  member: string;
  calls: number;
  people: number;
  victims: number;
  first: number;
  last: number;
}

const STRIP = 60;

/** Describes every ring from table `ring_numbers` and the facts, in a handful of grouped queries for all rings at once. */
export async function describeRings(
  facts: FactsStore,
  rings: readonly FoundRing[],
  layers: Layers,
  flaggedScore: ReadonlyMap<string, number>,
  chance: ReadonlyMap<string, BeyondChance | null>,
  turns: ReadonlyMap<string, RingTurn[]>,
  home: Home,
): Promise<DescribedRing[]> {
  if (rings.length === 0) return [];
  const members = keyed(
    await facts.query<MemberStats>(sql`
      SELECT r.member AS member, count() AS calls, uniqExact(c.callee) AS people,
        uniqExactIf(c.callee, c.callee IN (SELECT victim FROM ${FRAUD_CASES})) AS victims,
        toUnixTimestamp64Milli(min(c.started_at)) AS first, toUnixTimestamp64Milli(max(c.started_at)) AS last
      FROM calls AS c INNER JOIN (SELECT DISTINCT number, member FROM ring_numbers WHERE work = 1) AS r ON r.number = c.caller
      GROUP BY member`),
    (r) => r.member,
  );
  const totals = keyed(
    await facts.query<RingStats>(sql`
      SELECT r.ring AS ring, uniqExact(c.callee) AS called, uniqExactIf(c.callee, c.answered = 1) AS talked, count() AS calls,
        toUnixTimestamp64Milli(min(c.started_at)) AS first, toUnixTimestamp64Milli(max(c.started_at)) AS last,
        uniqExact(c.caller) AS numbers, uniqExactIf(c.caller, c.caller_country NOT IN ('', ${home.country})) AS abroad
      FROM calls AS c INNER JOIN (SELECT DISTINCT number, ring FROM ring_numbers WHERE work = 1) AS r ON r.number = c.caller
      GROUP BY ring`),
    (r) => r.ring,
  );
  const days = await facts.query<{ ring: string; day: number; n: number }>(sql`
    SELECT r.ring AS ring, toInt32(toDate(c.started_at, ${home.zone})) AS day, count() AS n
    FROM calls AS c INNER JOIN (SELECT DISTINCT number, ring FROM ring_numbers WHERE work = 1) AS r ON r.number = c.caller
    GROUP BY ring, day ORDER BY ring, day`);
  const lost = keyed(
    await facts.query<{ ring: string; lost: number; loss: string }>(sql`
      SELECT ring, uniqExact(victim) AS lost, toString(sum(loss)) AS loss FROM (
        SELECT DISTINCT r.ring AS ring, v.victim AS victim, v.lost AS loss
        FROM calls AS c
        INNER JOIN (SELECT DISTINCT number, ring FROM ring_numbers WHERE work = 1) AS r ON r.number = c.caller
        INNER JOIN (SELECT victim, max(reported_at) AS last_report, sum(ifNull(loss, 0)) AS lost FROM ${FRAUD_CASES} GROUP BY victim) AS v
          ON v.victim = c.callee
        WHERE c.started_at <= v.last_report AND c.started_at >= v.last_report - INTERVAL 60 DAY)
      GROUP BY ring`),
    (r) => r.ring,
  );
  const groupOwner = rings.flatMap((r) => r.groups.map((g) => ({ ring: r.id, group: g })));
  const joined = await joinedPeople(facts, groupOwner);
  const cityOf = await accountCities(facts, [...new Set(rings.flatMap((r) => r.members.flatMap((m) => m.accounts)))]);
  const pay = paidTo(layers);

  return rings.map((ring) => {
    const t = totals.get(ring.id);
    const documents = ring.members.map((m) => memberDocument(m, members.get(m.id), cityOf, pay));
    const { people, accounts } = headcount(documents);
    const reach: Funnel = {
      called: t?.called ?? 0,
      talked: t?.talked ?? 0,
      joined: joined.get(ring.id) ?? (layers.memberships.length === 0 ? null : 0),
      lost: lost.get(ring.id)?.lost ?? 0,
      lossAmount: lost.get(ring.id)?.loss ?? '0',
      currency: 'CNY',
    };
    const own = days.filter((d) => d.ring === ring.id);
    const work = [...new Set(ring.members.flatMap((m) => m.workNumbers))];
    const reasons = ringReasons(ring, t, reach);
    const compared = chance.get(ring.id) ?? null;
    if (compared !== null) reasons.push(...chanceReasons(compared));
    const alternatives = alternativesOf({
      layers: new Set(ring.links.map((l) => l.layer)),
      agents: people.filter((m) => m.role === 'agent').length,
      numbers: work.length,
      abroad: t?.abroad ?? 0,
      called: reach.called,
      lost: reach.lost,
    });
    const believed = work.reduce((s, n) => s + (flaggedScore.get(n) ?? 0), 0) / Math.max(1, work.length);
    // Confidence that this is a ring at all: members' own evidence, each further layer that ties them takes its part of the doubt that is left, and what a random group of such
    // callers has in common as well is taken off.
    const layersTied = strongLayers(ring).length + (reach.lost > 0 ? 1 : 0);
    const score =
      Math.round(1e4 * (1 - (1 - 0.9 * believed) * 0.6 ** layersTied) * (1 - (compared?.chance ?? 0))) / 1e4;
    const byRole = Object.fromEntries(ROLES.map((r) => [r, 0])) as Record<Role, number>;
    for (const m of people) byRole[m.role]++;
    return {
      members: documents,
      report: {
        card: {
          id: ring.id,
          name: nameOfRing(ring, t),
          score,
          size: people.length,
          byRole,
          accounts: accounts.length,
          numbers: work.length,
          firstSeen: t?.first ?? 0,
          lastSeen: t?.last ?? 0,
          strip: strip(own),
          reach,
          provinces: provinces(documents),
          topReason: reasons[0]!,
          alternative: alternatives[0]!,
          state: 'new',
        },
        teams: teamsOf(documents),
        reasons,
        alternatives,
        beyondChance: compared,
        lineage: ring.lineage,
        turns: turns.get(ring.id) ?? [],
        notSeen: ring.notSeen,
        cities: cities(documents),
        upstream: ring.upstream,
      },
    };
  });
}

const keyed = <T>(rows: readonly T[], of: (row: T) => string): Map<string, T> => new Map(rows.map((r) => [of(r), r]));

function memberDocument(
  m: FoundMember,
  s: MemberStats | undefined,
  cityOf: ReadonlyMap<string, string>,
  pay: ReadonlyMap<string, number>,
): RingMember {
  const city = m.accounts.map((a) => cityOf.get(a)).find((c) => c !== undefined && c !== '') ?? '';
  const paid = m.handles.reduce((n, h) => n + (pay.get(h) ?? 0), 0);
  return {
    id: m.id,
    kind: m.kind,
    numbers: [...m.workNumbers, ...m.privateNumbers],
    accounts: m.accounts,
    role: m.guess.role,
    roleScore: m.guess.scores[m.guess.role],
    roleScores: m.guess.scores,
    reasons: m.guess.reasons,
    notSeen: m.guess.notSeen,
    innocent: m.guess.innocent,
    team: m.teams[0] ?? null,
    reportsTo: m.line?.to ?? null,
    lineReasons: m.line?.reasons ?? [],
    province: city === '' ? '' : provinceOfCity(city),
    city,
    calls: s?.calls ?? 0,
    people: s?.people ?? 0,
    victims: s?.victims ?? 0,
    pay: paid === 0 ? null : paid.toFixed(2),
    firstSeen: s?.first ?? null,
    lastSeen: s?.last ?? null,
    alsoIn: m.alsoIn,
    sharedBy: m.sharedBy,
  };
}

function paidTo(layers: Layers): Map<string, number> {
  const out = new Map<string, number>();
  for (const p of layers.payments) if (p.crypto < p.payments) out.set(p.to, (out.get(p.to) ?? 0) + p.total);
  return out;
}

/** People a ring called who got into one of its groups: they stand in the list of its members, or their report names it (table `group_joins`). */
async function joinedPeople(
  facts: FactsStore,
  groups: readonly { ring: string; group: string }[],
): Promise<Map<string, number>> {
  if (groups.length === 0) return new Map();
  const rows = await facts.query<{ ring: string; n: number }>(sql`
    WITH arrayJoin(arrayZip(${groups.map((g) => g.group)}, ${groups.map((g) => g.ring)})) AS pair
    SELECT r.ring AS ring, uniqExact(j.member) AS n FROM group_joins AS j
    INNER JOIN (SELECT pair.1 AS chat, pair.2 AS ring) AS r ON r.chat = j.chat
    WHERE (ring, j.member) IN (
      SELECT n.ring, c.callee FROM calls AS c INNER JOIN (SELECT number, ring FROM ring_numbers WHERE work = 1) AS n ON n.number = c.caller)
    GROUP BY ring`);
  return new Map(rows.map((r) => [r.ring, r.n]));
}

/** The city an account most often logged in from. */
async function accountCities(facts: FactsStore, accounts: readonly string[]): Promise<Map<string, string>> {
  if (accounts.length === 0) return new Map();
  const rows = await facts.query<{ account: string; top: string }>(sql`
    SELECT account, argMax(city, (n, city)) AS top FROM (
      SELECT account, city, count() AS n FROM logins WHERE city != '' AND account IN ${accounts} GROUP BY account, city)
    GROUP BY account`);
  return new Map(rows.map((r) => [r.account, r.top]));
}

function strip(days: readonly { day: number; n: number }[]): number[] {
  const [first, last] = [days[0]?.day, days[days.length - 1]?.day];
  if (first === undefined || last === undefined) return [];
  const width = Math.max(1, Math.ceil((last - first + 1) / STRIP));
  const out = new Array<number>(Math.ceil((last - first + 1) / width)).fill(0);
  for (const d of days) out[Math.floor((d.day - first) / width)]! += d.n;
  return out;
}

function tally(values: readonly string[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const v of values) if (v !== '') out.set(v, (out.get(v) ?? 0) + 1);
  return out;
}

const provinces = (members: readonly RingMember[]): PlaceCount[] =>
  [...tally(members.map((m) => m.province))]
    .map(([province, n]) => ({ province, n }))
    .sort((a, b) => b.n - a.n || (a.province < b.province ? -1 : 1));

const cities = (members: readonly RingMember[]): RingReport['cities'] =>
  [...tally(members.map((m) => (m.city === '' ? '' : `${m.province}|${m.city}`)))]
    .map(([k, n]) => ({ province: k.split('|')[0] ?? '', city: k.split('|')[1] ?? '', n }))
    .sort((a, b) => b.n - a.n || (a.city < b.city ? -1 : 1));

/** Teams: everybody under one leader, or in one team of the dialler where no leader is known. */
function teamsOf(members: readonly RingMember[]): RingReport['teams'] {
  const leaders = new Set(members.filter((m) => m.role === 'leader').map((m) => m.id));
  const teams = new Map<string, { leader: string | null; members: string[]; label: string }>();
  for (const m of members) {
    const leader = leaders.has(m.id) ? m.id : m.reportsTo !== null && leaders.has(m.reportsTo) ? m.reportsTo : null;
    const id = leader ?? m.team;
    if (id === null || (m.role !== 'agent' && m.role !== 'leader')) continue;
    const team = teams.get(id) ?? { leader, members: [], label: m.team ?? '' };
    team.members.push(m.id);
    if (team.label === '') team.label = m.team ?? '';
    teams.set(id, team);
  }
  return [...teams]
    .sort(([, a], [, b]) => b.members.length - a.members.length || (a.members[0]! < b.members[0]! ? -1 : 1))
    .map(([id, t], i) => ({
      id,
      name: {
        zh: `第 ${i + 1} 组${t.label === '' ? '' : `（${t.label}）`}`,
        en: `Team ${i + 1}${t.label === '' ? '' : ` (${t.label})`}`,
      },
      leader: t.leader,
      members: t.members,
    }));
}

function nameOfRing(ring: FoundRing, t: RingStats | undefined): Bilingual {
  const abroad = t !== undefined && t.abroad > t.numbers / 2;
  return abroad
    ? { zh: `${ring.id} · 外显境外`, en: `${ring.id} · shown as foreign` }
    : { zh: `${ring.id} · 境内号码`, en: `${ring.id} · domestic numbers` };
}
