import { MEASURED } from '../features/steps.ts';
import type { BeyondChance, ChanceTrait } from '../model/ring.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { seededRandom } from '../model/random.ts';
import { overlapCounter, reachFrom } from './graph/overlap.ts';

/** Random groups for each ring: with 99 the ring can be one in a hundred. */
const DRAWS = 99;
/** Numbers of a ring that are compared; of a larger one, this many by lot. Pairs of people and numbers read: numbers x draws x people of each. */
const MOST_NUMBERS = 60;
/** Fewer callers of a size than this cannot stand in for a ring's: the next sizes are drawn from too. */
const ENOUGH_ALIKE = 40;
const MOST_ALIKE = 2000;
/** People of each number that are looked at, at most; by lot where there are more. Where few other callers reach as many, it is fewer for all. */
const MOST_PEOPLE = 256;
/** Callers of one size: doublings of the people reached, halved. */
const STEPS_TO_DOUBLE = 2;
const sizeOf = (people: number, cap: number): number =>
  Math.round(STEPS_TO_DOUBLE * Math.log2(Math.max(1, Math.min(people, cap))));

/**
 * Each ring beside random groups of callers who reach as many people, number by number, and belong to no ring: how many people are called from two or more of the group's numbers, how many
 * of the people reached reported a fraud, how many of its numbers share an account, device or address with another. What busy callers have in common by being busy, the random groups have
 * too. Chance is that of a random group standing out as much in all traits together, by nonparametric combination (Pesarin, Multivariate Permutation Tests, 2001: Fisher's sum of the traits'
 * own chances, ranked among the same groups), which needs no independence of the traits. Numbers of equal size are exchangeable under the hypothesis that the ring is no more than its
 * members' own conduct.
 *
 * @param rings work numbers of each, by id
 * @returns null for a ring where too few other callers are alike, or nothing could be measured
 */
export async function besideRandomGroups(
  facts: FactsStore,
  rings: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, BeyondChance | null>> {
  const compared = new Map([...rings].map(([id, numbers]) => [id, byLot([...numbers].sort(), MOST_NUMBERS, 1)]));
  const own = await peopleOf(facts, [...new Set([...compared.values()].flat())]);
  const cap = await capFor(
    facts,
    Math.max(ENOUGH_ALIKE, 2 * Math.max(0, ...[...compared.values()].map((n) => n.length))),
  );
  const pool = await callersAlike(facts, cap);
  const drawn = new Map<string, readonly (readonly number[])[]>();
  const out = new Map<string, BeyondChance | null>();
  let serial = 0;
  for (const [id, numbers] of compared) {
    const members = numbers.flatMap((n) => own.get(n) ?? []);
    const alike = members.map((m) => nearestPool(pool, sizeOf(m.people, cap)));
    out.set(id, null);
    if (members.length < 2 || alike.some((a) => a.length < Math.max(ENOUGH_ALIKE, 2 * members.length))) continue;
    const random = seededRandom(7 + serial++);
    drawn.set(id, [
      members.map((m) => m.id),
      ...Array.from({ length: DRAWS }, () => {
        const taken = new Set<number>();
        for (const from of alike) {
          let pick = from[Math.floor(random() * from.length)]!;
          while (taken.has(pick)) pick = from[Math.floor(random() * from.length)]!;
          taken.add(pick);
        }
        return [...taken];
      }),
    ]);
  }
  if (drawn.size === 0) return out;
  const traitsOf = await traitsFrom(facts, new Set([...drawn.values()].flat(2)), cap);
  for (const [id, groups] of drawn) out.set(id, combined(traitsOf(groups), groups[0]!.length));
  return out;
}

const POINTS = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

/** Ranks the ring (the first of each row) among the groups, trait by trait and in all together. */
export function combined(
  traits: readonly { trait: ChanceTrait['trait']; row: readonly number[] }[],
  numbers: number,
): BeyondChance {
  const groups = traits[0]!.row.length;
  const sum = new Float64Array(groups);
  for (const { row } of traits) {
    const sorted = [...row].sort((a, b) => a - b);
    row.forEach((x, i) => (sum[i]! -= Math.log(atLeast(sorted, x) / groups)));
  }
  // The same sum by another order of adding must count as the same.
  const chance = Array.from(sum).filter((s) => s >= sum[0]! - 1e-9).length / groups;
  return {
    groups: groups - 1,
    numbers,
    chance,
    traits: traits.map(({ trait, row }) => {
      const others = row.slice(1).sort((a, b) => a - b);
      return { trait, value: row[0]!, groups: POINTS.map((q) => others[Math.round(q * (others.length - 1))]!) };
    }),
  };
}

/** How many of the ascending values are no less than x. */
function atLeast(sorted: readonly number[], x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid]! < x) low = mid + 1;
    else high = mid;
  }
  return sorted.length - low;
}

function byLot<T>(items: readonly T[], most: number, seed: number): T[] {
  if (items.length <= most) return [...items];
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, lot: random() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, most)
    .map((x) => x.item);
}

/** Ids and people reached of a few numbers. */
async function peopleOf(
  facts: FactsStore,
  numbers: readonly string[],
): Promise<Map<string, { id: number; people: number }>> {
  const rows = await facts.query<{ number: string; id: number; people: number }>(sql`
    SELECT n.number AS number, n.id AS id, p.people AS people FROM (
      SELECT number AS id, count() AS people FROM ${MEASURED.pairs} WHERE call_out + text_out > 0
        AND number IN (SELECT id FROM ${MEASURED.numbers} WHERE number IN ${numbers}) GROUP BY number) AS p
    INNER JOIN (SELECT id, number FROM ${MEASURED.numbers} WHERE number IN ${numbers}) AS n ON n.id = p.id ORDER BY number`);
  return new Map(rows.map((r) => [r.number, { id: r.id, people: r.people }]));
}

const OUTSIDE = sql`SELECT number AS id, count() AS people FROM ${MEASURED.pairs} WHERE call_out + text_out > 0
  AND number NOT IN (SELECT id FROM ${MEASURED.numbers} WHERE number IN (SELECT number FROM ring_numbers WHERE ring != ''))
  GROUP BY number`;

/** The largest number of people that at least `callers` outside all rings reach, at most MOST_PEOPLE. */
async function capFor(facts: FactsStore, callers: number): Promise<number> {
  const rows = await facts.query<{ people: number }>(
    sql`SELECT people FROM (${OUTSIDE}) ORDER BY people DESC LIMIT 1 OFFSET ${callers - 1}`,
  );
  return Math.min(MOST_PEOPLE, rows[0]?.people ?? 1);
}

/** Ids of callers outside all rings, by size; people beyond the cap do not count. */
async function callersAlike(facts: FactsStore, cap: number): Promise<Map<number, number[]>> {
  const rows = await facts.query<{ size: number; ids: number[] }>(sql`
    SELECT toInt32(round(${STEPS_TO_DOUBLE} * log2(least(people, ${cap})))) AS size, groupArray(id) AS ids FROM (
      SELECT id, people FROM (${OUTSIDE}) ORDER BY cityHash64(id), id
      LIMIT ${MOST_ALIKE} BY toInt32(round(${STEPS_TO_DOUBLE} * log2(least(people, ${cap})))))
    GROUP BY size ORDER BY size`);
  return new Map(rows.map((r) => [r.size, r.ids.sort((a, b) => a - b)]));
}

/** Callers of a size; where they are few, those of the next sizes up and down too. */
function nearestPool(pool: ReadonlyMap<number, number[]>, size: number): number[] {
  const same = pool.get(size) ?? [];
  return same.length >= ENOUGH_ALIKE * 5
    ? same
    : [...same, ...(pool.get(size - 1) ?? []), ...(pool.get(size + 1) ?? [])];
}

const BATCH = 20_000;

interface TraitRow {
  trait: ChanceTrait['trait'];
  /** Of each group, in their order. */
  row: readonly number[];
}

/**
 * The traits that can be seen at all, of groups of these callers. Groups overlap a hundred times over, so what each caller reaches is read once and the groups are counted here: as a join it is
 * the largest of the whole analysis.
 */
async function traitsFrom(
  facts: FactsStore,
  callers: ReadonlySet<number>,
  cap: number,
): Promise<(groups: readonly (readonly number[])[]) => TraitRow[]> {
  await facts.command('CREATE OR REPLACE TABLE random_callers (id UInt32) ENGINE = MergeTree ORDER BY id');
  const ids = [...callers].map((id) => ({ id }));
  for (let i = 0; i < ids.length; i += BATCH) await facts.insert('random_callers', ids.slice(i, i + BATCH));
  const among = sql`number IN (SELECT id FROM random_callers)`;
  const people = await facts.columns(sql`
    SELECT number, contact FROM (
      SELECT number, contact FROM ${MEASURED.pairs} WHERE call_out + text_out > 0 AND ${among}
      ORDER BY number, cityHash64(contact), contact LIMIT ${cap} BY number) ORDER BY number, contact`);
  // Lines by place, not by their hash: those of one caller alone tie nobody.
  const lines = await facts.columns(sql`
    SELECT number, line FROM (
      SELECT toUInt32(rowNumberInAllBlocks()) AS line, numbers FROM (
        SELECT groupUniqArray(number) AS numbers FROM ${MEASURED.lines} WHERE ${among} GROUP BY kind, value HAVING length(numbers) > 1))
    ARRAY JOIN numbers AS number ORDER BY number, line`);
  const victims = await facts.columns(sql`SELECT id FROM ${MEASURED.victims} ORDER BY id`);
  const [seen] = await facts.query<{ lines: number }>(sql`SELECT count() AS lines FROM ${MEASURED.lines}`);
  const reached = reachFrom(people['number'] as Uint32Array, people['contact'] as Uint32Array);
  const used = reachFrom(lines['number'] as Uint32Array, lines['line'] as Uint32Array);
  const reported = new Set(victims['id'] as Uint32Array);
  const peopleOf = overlapCounter(
    reached,
    Uint8Array.from(reached.reached, (id) => Number(reported.has(id))),
  );
  const linesOf = overlapCounter(used, new Uint8Array(used.reached.length));
  return (groups) => {
    const overlaps = groups.map(peopleOf);
    return [
      { trait: 'shared_people', row: overlaps.map((o) => o.shared) },
      ...(reported.size > 0 ? [{ trait: 'victims_reached', row: overlaps.map((o) => o.marked) } as const] : []),
      ...(seen!.lines > 0
        ? [{ trait: 'numbers_on_shared_lines', row: groups.map((g) => linesOf(g).sharing) } as const]
        : []),
    ];
  };
}
