import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';

/** A way a number was used on, and the share of its calls with a known one that came that way: of all, of its first hours, and of its last. */
export interface Tie {
  kind: 'account' | 'device' | 'address' | 'trunk';
  value: string;
  share: number;
  opens: number;
  closes: number;
}

/** The life of one number a ring called under, or a stretch of it between two silences: a number that was given up may be given to another seat. */
export interface Life {
  number: string;
  /** First and last call placed, epoch ms; calls, and days with any. */
  first: number;
  last: number;
  calls: number;
  days: number;
  country: string;
  /** Calls by hour of the day, home zone. */
  hours: number[];
  /** People it called, by digests, ascending; a part of them where there are very many. */
  people: number[];
  ties: Tie[];
}

const MOST_PEOPLE = 5000;
/** A box is changed while its cards stay: what a number began and ended on is what it was used on in so many hours. */
const ENDS = 6 * 3_600_000;
/** A line with a smaller share of a number's calls is somebody else's, or a detour. */
const LEAST_SHARE = 0.1;
const BY_RING = sql`caller IN (SELECT number FROM ring_numbers WHERE work = 1)`;
/** Calls of work numbers, each with where its number's stretches start. */
const CALLS = sql`(SELECT * FROM calls WHERE ${BY_RING}) AS c INNER JOIN (SELECT number, starts FROM ring_stretches) AS s ON s.number = c.caller`;
const STRETCH = sql`arrayCount(start -> start <= toUnixTimestamp64Milli(started_at), starts)`;
const KINDS = [
  ['account', 'account'],
  ['device', 'imei'],
  ['address', 'origin_ip'],
  ['trunk', 'trunk'],
] as const;

/** Silent for longer than this, a number may have been given to another seat. */
export const MAY_CHANGE_HANDS = 24 * 3_600_000;

/** The lives of each ring's work numbers (table `ring_numbers`), ring by ring, number by number and stretch by stretch, in a fixed order. */
export async function readLives(facts: FactsStore, zone: string): Promise<Life[][]> {
  const rings = await facts.query<{ number: string; ring: string }>(
    sql`SELECT number, min(r.ring) AS ring FROM ring_numbers AS r WHERE r.work = 1 AND r.ring != '' GROUP BY number ORDER BY number`,
  );
  await facts.command(sql`
    CREATE OR REPLACE TABLE ring_stretches ENGINE = MergeTree ORDER BY number AS
    SELECT number, arrayFilter((t, before) -> t - before > ${MAY_CHANGE_HANDS}, at, arrayPushFront(arrayPopBack(at), at[1])) AS starts
    FROM (SELECT caller AS number, arraySort(groupArray(toUnixTimestamp64Milli(started_at))) AS at FROM calls WHERE ${BY_RING} GROUP BY number)`);
  const rows = await facts.query<Omit<Life, 'ties'> & { stretch: number }>(sql`
    SELECT number, ${STRETCH} AS stretch, toUnixTimestamp64Milli(min(started_at)) AS first, toUnixTimestamp64Milli(max(started_at)) AS last, count() AS calls,
      uniqExact(toDate(started_at, ${zone})) AS days, max(toString(caller_country)) AS country,
      arrayMap(h -> countEqual(groupArray(toHour(started_at, ${zone})) AS all_hours, h), range(24)) AS hours,
      arraySlice(arraySort(groupUniqArray(toUInt32(cityHash64(callee) % 4294967291))), 1, ${MOST_PEOPLE}) AS people
    FROM ${CALLS} GROUP BY number, stretch ORDER BY number, stretch`);
  const ties = new Map<string, Tie[]>();
  for (const [kind, column] of KINDS) {
    const used = await facts.query<{ number: string; stretch: number } & Omit<Tie, 'kind'>>(sql`
      SELECT number, stretch, value, calls / sum(calls) OVER whole AS share, early / sum(early) OVER whole AS opens, late / sum(late) OVER whole AS closes FROM (
        SELECT number, stretch, value, count() AS calls, countIf(at <= first + ${ENDS}) AS early, countIf(at >= last - ${ENDS}) AS late FROM (
          SELECT number, ${STRETCH} AS stretch, ${raw(column)} AS value, toUnixTimestamp64Milli(started_at) AS at,
            min(at) OVER (PARTITION BY number, stretch) AS first, max(at) OVER (PARTITION BY number, stretch) AS last
          FROM ${CALLS} WHERE value != ''
        ) GROUP BY number, stretch, value
      ) WINDOW whole AS (PARTITION BY number, stretch) ORDER BY number, stretch, value`);
    for (const { number, stretch, ...line } of used) {
      if (Math.max(line.share, line.opens, line.closes) < LEAST_SHARE) continue;
      const tie = { kind, ...line };
      const list = ties.get(`${number} ${stretch}`);
      if (list === undefined) ties.set(`${number} ${stretch}`, [tie]);
      else list.push(tie);
    }
  }
  const ringOf = new Map(rings.map((r) => [r.number, r.ring]));
  const out = new Map<string, Life[]>();
  for (const { stretch, ...row } of rows) {
    const ring = ringOf.get(row.number);
    if (ring === undefined) continue;
    const life = { ...row, ties: ties.get(`${row.number} ${stretch}`) ?? [] };
    const list = out.get(ring);
    if (list === undefined) out.set(ring, [life]);
    else list.push(life);
  }
  return [...out].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, lives]) => lives);
}
