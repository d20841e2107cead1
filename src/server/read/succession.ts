import { sql, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Reason, RingSuccession, Succession } from '../contract.ts';
import { PUBLISHED } from './results.ts';

interface Row {
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
    facts.query<{ number: string; first: number; last: number; calls: number }>(sql`
      SELECT caller AS number, toUnixTimestamp64Milli(min(started_at)) AS first, toUnixTimestamp64Milli(max(started_at)) AS last, count() AS calls
      FROM calls WHERE caller IN ${inRing} GROUP BY number ORDER BY first, number`),
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

/** Pairs in a row are one chain, named by its first number. */
function withChains(rows: readonly Row[]): Succession[] {
  const before = new Map(rows.map((r) => [r.to_number, r.from_number]));
  const place = (number: string): { chain: string; position: number } => {
    let [at, position] = [number, 1];
    // A hand-over is later than the one before it, so there is no going round.
    for (let b = before.get(at); b !== undefined && position <= rows.length; b = before.get(at)) {
      at = b;
      position++;
    }
    return { chain: at, position };
  };
  return rows.map((r) => ({
    from: r.from_number,
    to: r.to_number,
    at: r.at,
    score: r.score,
    ...place(r.from_number),
    reasons: JSON.parse(r.reasons) as Reason[],
  }));
}
