import { BASE_SCORE } from '../../pipeline.ts';
import { sql, raw, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Finding, Weighed } from '../contract.ts';
import { parsedOrNull, PUBLISHED } from './results.ts';
import { weighed } from './why-not.ts';

interface FindingRow {
  number: string;
  detector: string;
  score: number;
  reasons: string;
  innocent: string;
  records: string[];
}

const finding = (r: FindingRow): Finding => ({
  detector: r.detector,
  number: r.number as Finding['number'],
  score: r.score,
  reasons: parsedOrNull<Finding['reasons']>(r.reasons) ?? [],
  innocent: parsedOrNull(r.innocent),
  records: r.records,
});

/** What the detectors say of the numbers that `where` selects (a condition on `number`), strongest first. */
export async function findingsOf(facts: FactsStore, where: Sql): Promise<Map<string, Finding[]>> {
  const rows = await facts.query<FindingRow>(sql`
    SELECT number, detector, score, reasons, innocent, records FROM findings
    WHERE run = ${PUBLISHED} AND (${where}) ORDER BY number, score DESC, detector`);
  const of = new Map<string, Finding[]>();
  for (const row of rows) of.set(row.number, [...(of.get(row.number) ?? []), finding(row)]);
  return of;
}

/** One number as `ringbreak numbers --json` prints it. */
export interface ScoredNumber {
  number: string;
  score: number;
  flagged: boolean;
  findings: Pick<Finding, 'detector' | 'score' | 'reasons' | 'records'>[];
  ring: string | null;
  /** How its score adds up, and why it is not flagged; of one number only. */
  weighed: Weighed | null;
}

/** Flagged numbers, every number (`all`), or one number, highest score first. */
export async function scoredNumbers(
  facts: FactsStore,
  choose: { number?: string; all?: boolean },
): Promise<ScoredNumber[]> {
  // Numbers that no detector spoke of have no row in `scores`.
  const condition =
    choose.number !== undefined
      ? sql`m.number = ${choose.number}`
      : raw(choose.all === true ? '1' : "s.number != '' AND s.flagged = 1");
  const chosen = sql`
    FROM (SELECT number FROM measures UNION DISTINCT SELECT number FROM scores WHERE run = ${PUBLISHED}) AS m
    LEFT JOIN (SELECT * FROM scores WHERE run = ${PUBLISHED}) AS s ON s.number = m.number WHERE ${condition}`;
  const rows = await facts.query<{ number: string; score: number; flagged: number; ring: string }>(sql`
    SELECT m.number AS number, if(s.number = '', ${BASE_SCORE}, s.score) AS score, s.flagged AS flagged, s.ring AS ring ${chosen}
    ORDER BY score DESC, number`);
  const found = await findingsOf(facts, sql`number IN (SELECT m.number ${chosen})`);
  const sum = choose.number === undefined ? null : await weighed(facts, choose.number);
  return rows.map((r) => ({
    number: r.number,
    score: r.score,
    flagged: r.flagged === 1,
    findings: (found.get(r.number) ?? []).map(({ detector, score, reasons, records }) => ({
      detector,
      score,
      reasons,
      records,
    })),
    ring: r.ring === '' ? null : r.ring,
    weighed: sum,
  }));
}
