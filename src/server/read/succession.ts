import { sql, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Reason } from '../contract.ts';
import { PUBLISHED } from './results.ts';

/** A number that fell silent and the one that took over. */
export interface Succession {
  from: string;
  to: string;
  score: number;
  reasons: Reason[];
}

/** Successions of the published run, surest first; of one number only when it is named. */
export async function successions(facts: FactsStore, number?: string): Promise<Succession[]> {
  const only: Sql = number === undefined ? sql`` : sql`AND (from_number = ${number} OR to_number = ${number})`;
  const rows = await facts.query<{ from_number: string; to_number: string; score: number; reasons: string }>(sql`
    SELECT from_number, to_number, score, reasons FROM succession WHERE run = ${PUBLISHED} ${only}
    ORDER BY score DESC, from_number, to_number`);
  return rows.map((r) => ({
    from: r.from_number,
    to: r.to_number,
    score: r.score,
    reasons: JSON.parse(r.reasons) as Reason[],
  }));
}
