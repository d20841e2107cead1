import { sql, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Reason, RingSuccession, Succession } from '../contract.ts';
import { MAY_CHANGE_HANDS } from '../../rings/lives.ts';
import { PUBLISHED } from './results.ts';

export interface Row {
  from_number: string;
  to_number: string;
  at: number;
  score: number;
  reasons: string;
}

const read = async (facts: FactsStore, only: Sql): Promise<Row[]> =>
  facts.query<Row>(sql`
    SELECT from_number, to_number, toUnixTimestamp64Milli(at) AS at, score, reasons FROM succession WHERE run = ${PUBLISHED} ${only}
    ORDER BY score DESC, from_number, to_number`);

/** Successions of the published run, surest first; of one number or one ring only when it is named. Numbers without a successor are not among them. */
export async function successions(
  facts: FactsStore,
  of: { number?: string; ring?: string } = {},
): Promise<Succession[]> {
  const { number, ring } = of;
  const only =
    number !== undefined
      ? sql`AND (from_number = ${number} OR to_number = ${number})`
      : ring !== undefined
        ? sql`AND from_number IN (SELECT number FROM ring_numbers WHERE ring = ${ring})`
        : sql``;
  return withChains(await read(facts, sql`AND to_number != '' ${only}`));
}

/** A ring's chains of numbers with their lives, and the numbers nobody took over from, with why. null: no such ring. */
export async function ringSuccession(facts: FactsStore, ring: string): Promise<RingSuccession | null> {
  const inRing = sql`(SELECT number FROM ring_numbers WHERE ring = ${ring} AND work = 1)`;
  const [lives, rows] = await Promise.all([
    facts.query<RingSuccession['lives'][number]>(sql`
      SELECT number, at[1] AS first, at[-1] AS last, length(at) AS calls,
        arrayMap(s -> [s[1], s[-1]], arraySplit((t, before) -> t - before > ${MAY_CHANGE_HANDS}, at, arrayPushFront(arrayPopBack(at), at[1]))) AS stretches
      FROM (
        SELECT caller AS number, arraySort(groupArray(toUnixTimestamp64Milli(started_at))) AS at FROM calls
        WHERE caller IN ${inRing} GROUP BY number)
      ORDER BY first, number`),
    read(facts, sql`AND from_number IN ${inRing}`),
  ]);
  if (lives.length === 0) return null;
  const pairs = withChains(rows.filter((r) => r.to_number !== ''));
  const ended = rows.filter((r) => r.to_number === '');
  return {
    lives,
    pairs,
    ended: ended.map((r) => ({ number: r.from_number, reason: (JSON.parse(r.reasons) as Reason[])[0]! })),
  };
}

/**
 * Pairs in a row are one chain, named by its first number. A number that was given to another seat stands in two of them: what was handed on last before a hand-over, and not handed on since, is
 * the one before it.
 */
export function withChains(rows: readonly Row[]): Succession[] {
  const into = groupBy(rows, (r) => r.to_number);
  const outOf = groupBy(rows, (r) => r.from_number);
  const before = (r: Row): Row | undefined => {
    const last = latest((into.get(r.from_number) ?? []).filter((p) => p.at < r.at));
    const gone = outOf.get(r.from_number)!.some((q) => last !== undefined && q.at > last.at && q.at < r.at);
    return gone ? undefined : last;
  };
  const heads = new Map<Row, string>();
  const taken = new Map<string, number>();
  for (const r of [...rows].sort((x, y) => x.at - y.at)) {
    if (before(r) !== undefined) continue;
    const n = (taken.get(r.from_number) ?? 0) + 1;
    taken.set(r.from_number, n);
    heads.set(r, n === 1 ? r.from_number : `${r.from_number}/${n}`);
  }
  return rows.map((r) => {
    let [first, position] = [r, 1];
    // A hand-over is later than the one before it, so there is no going round.
    for (let b = before(first); b !== undefined; b = before(first)) {
      first = b;
      position++;
    }
    return {
      from: r.from_number,
      to: r.to_number,
      at: r.at,
      score: r.score,
      chain: heads.get(first)!,
      position,
      reasons: JSON.parse(r.reasons) as Reason[],
    };
  });
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const item of items) {
    const list = out.get(key(item));
    if (list === undefined) out.set(key(item), [item]);
    else list.push(item);
  }
  return out;
}

const latest = (rows: readonly Row[]): Row | undefined =>
  rows.reduce<Row | undefined>((l, r) => (l === undefined || r.at > l.at ? r : l), undefined);
