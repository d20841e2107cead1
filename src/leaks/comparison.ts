import type { Home } from '../model/home.ts';
import type { LeakWindow } from '../model/leak.ts';
import { MEASURED } from '../features/steps.ts';
import { ledIntoGroups } from '../detect/led-into-groups.ts';
import { FRAUD_CASES } from '../features/reports.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql, type Sql } from '../store/sql.ts';
import { DEALS, LAYERS, strataOf, type Customers, type Layer } from './layers.ts';
import type { KnownSource, OrganisationCounts, RingComparison } from './sources.ts';
import { windowOf, type DayOfCustomers } from './window.ts';

/** What is known of all rings' called people together. */
export interface Frame {
  /** Names by id; ids are places in the list. */
  organisations: { name: string; sector: string }[];
  provinces: string[];
  /** Latest known dealing, epoch ms; 0 when no date is known. */
  lastDealing: number;
  /** By ring: people called, and when the first, and a quarter, a half, three quarters of them had been called first, epoch ms. */
  called: ReadonlyMap<string, { people: number; starts: number[] }>;
}

const IN_RINGS = sql`(SELECT DISTINCT number, ring FROM ring_numbers)`;
/** Hashes of those of whom a dealing is known. Often far fewer than all who were ever called: the rest need not be joined. */
const DEALT = sql`SELECT sipHash64(person) FROM dealings WHERE person != ''`;
const WORK = sql`(SELECT DISTINCT number, ring FROM ring_numbers WHERE work = 1)`;

/**
 * Tables that every ring is compared on: `leak_people`, one row for each person with a known dealing (organisations, first dates (0: unknown), province, how many
 * others they are seen in contact with; joined by hashes, since millions of names would not fit in memory twice); `leak_called`, one for each ring and person it called (first call, answered, joined, reported).
 */
export async function prepareFrame(
  facts: FactsStore,
  home: Home,
  groups: readonly { ring: string; group: string }[],
): Promise<Frame> {
  const organisations = await facts.query<{ name: string; sector: string }>(sql`
    SELECT organisation AS name, max(toString(sector)) AS sector FROM dealings WHERE organisation != '' GROUP BY name ORDER BY name`);
  await facts.command(
    'CREATE OR REPLACE TABLE leak_organisations (name String, id UInt32) ENGINE = MergeTree ORDER BY name',
  );
  for (let i = 0; i < organisations.length; i += BATCH) {
    await facts.insert(
      'leak_organisations',
      organisations.slice(i, i + BATCH).map((o, j) => ({ name: o.name, id: i + j })),
    );
  }
  const provinces = (
    await facts.query<{ province: string }>(
      sql`SELECT DISTINCT toString(province) AS province FROM numbers ORDER BY province LIMIT ${AREAS}`,
    )
  ).map((r) => r.province);
  await facts.command(sql`
    CREATE OR REPLACE TABLE leak_people ENGINE = MergeTree ORDER BY number AS
    SELECT d.number AS number, arrayMap(x -> x.1, d.firsts) AS organisations, arrayMap(x -> if(x.2 = ${UNDATED}, 0, x.2), d.firsts) AS dates,
      toUInt8(indexOf(${provinces}, n.province)) AS area, x.others AS others
    FROM (
      SELECT person AS number, sipHash64(person) AS h, arraySort(groupArray((o.id, dealt))) AS every,
        arrayFilter((x, before) -> x.1 != before, every, arrayPushFront(arrayMap(x -> x.1, arrayPopBack(every)), ${organisations.length})) AS firsts
      FROM (
        SELECT person, organisation, if(at IS NULL, ${UNDATED}, greatest(toInt64(1), assumeNotNull(toUnixTimestamp64Milli(at)))) AS dealt
        FROM dealings WHERE person != '') AS e
      INNER JOIN leak_organisations AS o ON o.name = e.organisation
      GROUP BY person) AS d
    LEFT JOIN (SELECT sipHash64(id) AS h, any(toString(province)) AS province FROM numbers WHERE h IN (${DEALT}) GROUP BY id) AS n ON n.h = d.h
    LEFT JOIN (
      SELECT sipHash64(i.number) AS h, toUInt32(p.others) AS others FROM (
        SELECT number AS id, count() AS others FROM ${MEASURED.pairs}
        WHERE number IN (SELECT id FROM ${MEASURED.numbers} WHERE sipHash64(number) IN (${DEALT}))
          AND contact NOT IN (SELECT id FROM ${MEASURED.numbers} WHERE number IN (SELECT number FROM ring_numbers)) GROUP BY id) AS p
      INNER JOIN ${MEASURED.numbers} AS i ON i.id = p.id) AS x ON x.h = d.h`);
  await facts.command(
    'CREATE OR REPLACE TABLE leak_groups (ring String, chat String) ENGINE = MergeTree ORDER BY ring',
  );
  for (let i = 0; i < groups.length; i += BATCH) {
    await facts.insert(
      'leak_groups',
      groups.slice(i, i + BATCH).map((g) => ({ ring: g.ring, chat: g.group })),
    );
  }
  await facts.command(sql`
    CREATE OR REPLACE TABLE leak_called ENGINE = MergeTree ORDER BY (ring, number) AS
    SELECT c.ring AS ring, c.number AS number, c.first AS first, c.talked AS talked, j.member != '' AS joined, v.last_report >= c.first AS reported
    FROM (
      SELECT r.ring AS ring, k.callee AS number, toUnixTimestamp64Milli(min(k.first)) AS first, toUInt8(max(k.talked)) AS talked
      FROM (
        SELECT caller, callee, min(started_at) AS first, max(answered) AS talked FROM calls
        WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1) GROUP BY caller, callee) AS k
      INNER JOIN ${WORK} AS r ON r.number = k.caller
      WHERE (k.callee, r.ring) NOT IN ${IN_RINGS}
      GROUP BY ring, number) AS c
    LEFT JOIN (SELECT DISTINCT g.ring AS ring, m.member AS member FROM leak_groups AS g
      INNER JOIN (${ledIntoGroups(sql`\`group\` IN (SELECT chat FROM leak_groups)`, home)}) AS m ON m.chat = g.chat) AS j ON j.ring = c.ring AND j.member = c.number
    LEFT JOIN (SELECT victim, toUnixTimestamp64Milli(max(reported_at)) AS last_report FROM ${FRAUD_CASES} GROUP BY victim) AS v ON v.victim = c.number`);
  const [last] = await facts.query<{ at: number }>(sql`SELECT max(arrayMax(dates)) AS at FROM leak_people`);
  const called = await facts.query<{ ring: string; people: number; starts: number[] }>(sql`
    SELECT ring, count() AS people, quantilesExactLow(0, 0.25, 0.5, 0.75)(first) AS starts FROM leak_called GROUP BY ring ORDER BY ring`);
  return {
    organisations,
    provinces,
    lastDealing: last?.at ?? 0,
    called: new Map(called.map(({ ring, ...calls }) => [ring, calls])),
  };
}

const BATCH = 10_000;
/** Sorts behind every date. */
const UNDATED = Number.MAX_SAFE_INTEGER;
/** Layers by province need no more than this many. */
const AREAS = 60;
/** Stretches into which a ring's calls are cut where people went on dealing while it called. */
const STRETCHES = 4;

export interface RingFrame extends RingComparison {
  known: number;
  people: number;
  /** By organisation: its customers among the people compared, and how many of the called ones answered, joined and reported. */
  stages(): Promise<Map<string, { customers: number; talked: number; joined: number; reported: number }>>;
  /** Record ids of dealings of called customers, and of the calls to them. */
  records(organisation: string): Promise<string[]>;
}

/**
 * Table `leak_at_risk` for one ring: people who could be called in a stretch of its calls (not called before it), with the dealings they had before the stretch
 * began. A dealing after a call cannot have caused it, and whoever was not called is held to the same date as whoever was: the two are comparable. Where no dealing
 * is later than the ring's first call, one stretch says all.
 *
 * Layers: stretch, province of the number, how many organisations the person is known to deal with, how many others they are seen in contact with. So big customers,
 * people who are called by many, and regions the ring works in are held against their like.
 */
export async function compareRing(facts: FactsStore, home: Home, frame: Frame, ring: string): Promise<RingFrame> {
  const all = frame.called.get(ring)?.starts ?? [0];
  const starts = frame.lastDealing < all[0]! ? all.slice(0, 1) : all.slice(0, STRETCHES);
  await facts.command(sql`
    CREATE OR REPLACE TABLE leak_at_risk ENGINE = MergeTree ORDER BY number AS
    SELECT number, stretch, toUInt8(call_stretch = stretch) AS hit, toUInt8(call_stretch > 0) AS called, last, talked, joined, reported,
      arrayFilter((o, e) -> e <= stretch, all_organisations, entered) AS organisations,
      arrayFilter((d, e) -> e <= stretch, all_dates, entered) AS dates,
      toUInt64(((stretch * 8 + multiIf(others = 0, 0, others < 4, 1, others < 16, 2, others < 64, 3, 4)) * 64 + area) * ${DEALS}
        + multiIf(length(organisations) < 4, length(organisations), length(organisations) < 7, 4, 5)) AS layer
    FROM (
      SELECT p.number AS number, p.organisations AS all_organisations, p.dates AS all_dates, p.area AS area, p.others AS others,
        c.talked AS talked, c.joined AS joined, c.reported AS reported,
        arrayCount(s -> s <= c.first, ${starts}) AS call_stretch,
        arrayMap(d -> arrayCount(s -> s <= d, ${starts}) + 1, p.dates) AS entered,
        toUInt8(if(call_stretch = 0, ${starts.length}, call_stretch)) AS stretches,
        arrayJoin(range(1, stretches + 1)) AS stretch, toUInt8(stretch = stretches) AS last
      FROM leak_people AS p
      LEFT JOIN (SELECT * FROM leak_called WHERE ring = ${ring}) AS c ON c.number = p.number
      WHERE p.number NOT IN (SELECT number FROM ring_numbers WHERE ring = ${ring}))
    WHERE notEmpty(organisations)`);
  const [size] = await facts.query<{ known: number; people: number }>(
    sql`SELECT sum(hit) AS known, sum(last) AS people FROM leak_at_risk`,
  );
  const idOf = new Map(frame.organisations.map((o, i) => [o.name, i]));
  const id = (name: string): number => idOf.get(name)!;
  // Halfway through where people went on dealing meanwhile: everybody compared then had the same time left to be called.
  const landmark = starts.length === 1 ? 1 : 1 + Math.floor(starts.length / 2);
  const hits = (organisation: string): Sql =>
    sql`leak_at_risk WHERE hit = 1 AND has(organisations, ${id(organisation)})`;
  return {
    known: size?.known ?? 0,
    people: size?.people ?? 0,
    count: (sources) => countLayers(facts, frame, sources, id),
    window: (organisation) => windowIn(facts, home, id(organisation), landmark),
    stages: async () => {
      const rows = await facts.query<{
        o: number;
        customers: number;
        talked: number;
        joined: number;
        reported: number;
      }>(sql`
        SELECT o, sum(last) AS customers, sum(hit * talked) AS talked, sum(hit * joined) AS joined, sum(hit * reported) AS reported
        FROM (SELECT arrayJoin(organisations) AS o, hit, last, talked, joined, reported FROM leak_at_risk) GROUP BY o ORDER BY o`);
      return new Map(rows.map(({ o, ...stages }) => [frame.organisations[o]!.name, stages]));
    },
    records: async (organisation) => {
      const rows = await facts.query<{ dealing: string; call: string }>(sql`
        WITH chosen AS (SELECT number FROM ${hits(organisation)} ORDER BY number LIMIT 8)
        SELECT d.record AS dealing, c.record AS call FROM (
          SELECT person, min(concat(substring(file_sha256, 1, 12), ':', toString(row))) AS record FROM dealings
          WHERE organisation = ${organisation} AND person IN (SELECT number FROM chosen) GROUP BY person) AS d
        INNER JOIN (
          SELECT callee, argMin(concat(substring(file_sha256, 1, 12), ':', toString(row)), (started_at, row)) AS record FROM calls
          WHERE callee IN (SELECT number FROM chosen) AND caller IN (SELECT number FROM ring_numbers WHERE work = 1 AND ring = ${ring})
          GROUP BY callee) AS c ON c.callee = d.person ORDER BY d.person`);
      return rows.flatMap((r) => [r.dealing, r.call]);
    },
  };
}

/** Counts by organisation and layer; each source splits every layer into its customers within the window, outside it, and the others. */
async function countLayers(
  facts: FactsStore,
  frame: Frame,
  sources: readonly KnownSource[],
  id: (name: string) => number,
): Promise<OrganisationCounts[]> {
  let status: Sql = sql`toUInt64(0)`;
  for (const s of sources) {
    const at = sql`dates[indexOf(organisations, ${id(s.organisation)})]`;
    const inside = sql`(${at} = 0 OR (${at} >= ${s.since ?? 0} AND ${at} < ${s.until ?? Number.MAX_SAFE_INTEGER}))`;
    status = sql`${status} * 3 + if(has(organisations, ${id(s.organisation)}), if(${inside}, 1, 2), 0)`;
  }
  const persons = sql`SELECT organisations, hit, toUInt64(${status}) AS status, layer + status * ${LAYERS} AS own FROM leak_at_risk`;
  const l = await facts.columns(sql`
    SELECT toFloat64(own) AS own, toUInt32(count()) AS people, toUInt32(sum(hit)) AS called FROM (${persons}) GROUP BY own ORDER BY own`);
  const layers: Layer[] = Array.from(l['own'] as Float64Array, (own, i) => ({
    own,
    people: (l['people'] as Uint32Array)[i]!,
    called: (l['called'] as Uint32Array)[i]!,
  }));
  const c = await facts.columns(sql`
    SELECT toUInt32(o) AS organisation, toFloat64(own) AS own, toUInt32(count()) AS customers, toUInt32(sum(hit)) AS victims
    FROM (SELECT arrayJoin(organisations) AS o, own, hit FROM (${persons})) GROUP BY o, own ORDER BY o, own`);
  const own = c['own'] as Float64Array;
  const [organisation, customers, victims] = (['organisation', 'customers', 'victims'] as const).map(
    (name) => c[name] as Uint32Array,
  ) as [Uint32Array, Uint32Array, Uint32Array];
  const out: OrganisationCounts[] = [];
  for (let i = 0; i < own.length;) {
    const o = organisation[i]!;
    const theirs = new Map<number, Customers>();
    for (; i < own.length && organisation[i] === o; i++) {
      theirs.set(own[i]!, { customers: customers[i]!, victims: victims[i]! });
    }
    if ([...theirs.values()].some((t) => t.victims > 0)) {
      out.push({ organisation: frame.organisations[o]!.name, strata: strataOf(layers, theirs) });
    }
  }
  return out;
}

async function windowIn(facts: FactsStore, home: Home, organisation: number, stretch: number): Promise<LeakWindow> {
  const midnight = sql`toStartOfDay(toTimeZone(fromUnixTimestamp64Milli(at), ${home.zone}))`;
  const days = await facts.query<DayOfCustomers>(sql`
    SELECT toInt64(toUnixTimestamp(day)) * 1000 AS \`from\`, toInt64(toUnixTimestamp(addDays(day, 1))) * 1000 AS \`to\`, customers, called FROM (
      SELECT ${midnight} AS day, count() AS customers, sum(called) AS called FROM (
        SELECT toInt64(dates[indexOf(organisations, ${organisation})]) AS at, called FROM leak_at_risk
        WHERE stretch = ${stretch} AND has(organisations, ${organisation}))
      WHERE at > 0 GROUP BY day)
    ORDER BY day`);
  return windowOf(days);
}
