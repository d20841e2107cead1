import type { Finding, Reason } from '../model/reason.ts';
import type { Bilingual } from '../model/reason.ts';
import type { Weighing } from '../model/weighing.ts';
import type { FactsStore } from '../store/facts.ts';

/** One number's place in the results of a run, as stored in `scores`. */
export interface NumberScore {
  number: string;
  score: number;
  flagged: boolean;
  detectors: string[];
  topReason: Reason | null;
  innocent: Bilingual[];
  /** Why it is held to be lawful; '' when nothing says so. */
  lawful: string;
  ring: string;
  member: string;
  role: string;
  roleScore: number;
  weighing: Weighing;
}

const BATCH = 5000;

async function insertAll<T>(
  facts: FactsStore,
  table: string,
  items: readonly T[],
  row: (item: T) => object,
): Promise<void> {
  for (let i = 0; i < items.length; i += BATCH) await facts.insert(table, items.slice(i, i + BATCH).map(row));
}

/** Appends findings to the run's partition. */
export const writeFindings = (facts: FactsStore, run: string, findings: readonly Finding[]): Promise<void> =>
  insertAll(facts, 'findings', findings, (f) => ({
    run,
    number: f.number,
    detector: f.detector,
    score: f.score,
    reasons: JSON.stringify(f.reasons),
    innocent: f.innocent === null ? '' : JSON.stringify(f.innocent),
    records: f.records,
  }));

/** Appends the scores of all numbers that were looked at. */
export const writeScores = (facts: FactsStore, run: string, scores: readonly NumberScore[]): Promise<void> =>
  insertAll(facts, 'scores', scores, (s) => ({
    run,
    number: s.number,
    score: s.score,
    flagged: s.flagged ? 1 : 0,
    detectors: s.detectors,
    top_reason: s.topReason === null ? '' : JSON.stringify(s.topReason),
    innocent: s.innocent.length === 0 ? '' : JSON.stringify(s.innocent),
    lawful: s.lawful,
    ring: s.ring,
    member: s.member,
    role: s.role,
    role_score: s.roleScore,
    weighing: JSON.stringify(s.weighing),
  }));
