import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';

/** A way a number was used on, and the share of its calls with a known one that came that way. */
export interface Tie {
  kind: 'account' | 'device' | 'address' | 'trunk';
  value: string;
  share: number;
}

/** The life of one number a ring called under. */
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
/** A line with a smaller share of a number's calls is somebody else's, or a detour. */
const LEAST_SHARE = 0.1;
const KINDS = [
  ['account', 'account'],
  ['device', 'imei'],
  ['address', 'origin_ip'],
  ['trunk', 'trunk'],
] as const;

/** The lives of each ring's work numbers (table `ring_numbers`), ring by ring, in a fixed order. */
export async function readLives(facts: FactsStore, zone: string): Promise<Life[][]> {
  const rings = await facts.query<{ number: string; ring: string }>(
    sql`SELECT number, min(r.ring) AS ring FROM ring_numbers AS r WHERE r.work = 1 AND r.ring != '' GROUP BY number ORDER BY number`,
  );
  const rows = await facts.query<Omit<Life, 'ties'>>(sql`
    SELECT caller AS number, toUnixTimestamp64Milli(min(started_at)) AS first, toUnixTimestamp64Milli(max(started_at)) AS last, count() AS calls,
      uniqExact(toDate(started_at, ${zone})) AS days, max(toString(caller_country)) AS country,
      arrayMap(h -> countEqual(groupArray(toHour(started_at, ${zone})) AS all_hours, h), range(24)) AS hours,
      arraySlice(arraySort(groupUniqArray(toUInt32(cityHash64(callee) % 4294967291))), 1, ${MOST_PEOPLE}) AS people
    FROM calls WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1) GROUP BY number ORDER BY number`);
  const ties = new Map<string, Tie[]>();
  for (const [kind, column] of KINDS) {
    const used = await facts.query<{ number: string; value: string; share: number }>(sql`
      SELECT number, value, calls / sum(calls) OVER (PARTITION BY number) AS share FROM (
        SELECT caller AS number, ${raw(column)} AS value, count() AS calls FROM calls
        WHERE value != '' AND caller IN (SELECT number FROM ring_numbers WHERE work = 1) GROUP BY number, value)
      ORDER BY number, value`);
    for (const { number, value, share } of used) {
      if (share < LEAST_SHARE) continue;
      const tie = { kind, value, share };
      const list = ties.get(number);
      if (list === undefined) ties.set(number, [tie]);
      else list.push(tie);
    }
  }
  const ringOf = new Map(rings.map((r) => [r.number, r.ring]));
  const out = new Map<string, Life[]>();
  for (const row of rows) {
    const ring = ringOf.get(row.number);
    if (ring === undefined) continue;
    const life = { ...row, ties: ties.get(row.number) ?? [] };
    const list = out.get(ring);
    if (list === undefined) out.set(ring, [life]);
    else list.push(life);
  }
  return [...out].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, lives]) => lives);
}
