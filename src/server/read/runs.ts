import { sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import type { RunDetail, RunSummary } from '../contract.ts';

interface RunRow {
  id: string;
  started_at: Date | string;
  ended_at: Date | string | null;
  state: RunSummary['state'];
  code_version: string;
  input_hash: string;
  parameters: Record<string, unknown>;
  result_hash: string;
  steps: RunDetail['steps'];
  error: string;
}

const COLUMNS = 'id, started_at, ended_at, state, code_version, input_hash, parameters, result_hash, steps, error';
const instant = (v: Date | string): number => new Date(v).getTime();

/** Analysis runs, newest first. */
export async function listRuns(facts: FactsStore, records: RecordsStore, limit = 100): Promise<RunSummary[]> {
  const { rows } = await records.query<RunRow>(`SELECT ${COLUMNS} FROM runs ORDER BY started_at DESC, id LIMIT $1`, [
    limit,
  ]);
  const counts = await countsOf(
    facts,
    rows.map((r) => r.id),
  );
  return rows.map((r) => summary(r, counts));
}

/** One run with its steps and inputs; null when there is none such. */
export async function runDetail(facts: FactsStore, records: RecordsStore, id: string): Promise<RunDetail | null> {
  const { rows } = await records.query<RunRow>(`SELECT ${COLUMNS} FROM runs WHERE id = $1`, [id]);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    ...summary(row, await countsOf(facts, [id])),
    codeVersion: row.code_version,
    inputHash: row.input_hash,
    parameters: row.parameters,
    steps: row.steps,
    error: row.error,
  };
}

type Counts = Map<string, { numbers: number; flagged: number; rings: number }>;

async function countsOf(facts: FactsStore, ids: readonly string[]): Promise<Counts> {
  if (ids.length === 0) return new Map();
  const rows = await facts.query<{ id: string; numbers: number; flagged: number; rings: number }>(sql`
    SELECT run AS id, sum(n) AS numbers, sum(f) AS flagged, sum(r) AS rings FROM (
      SELECT run, (SELECT count() FROM measures) AS n, countIf(flagged = 1) AS f, 0 AS r FROM scores WHERE run IN ${ids} GROUP BY run
      UNION ALL
      SELECT run, 0, 0, count() FROM rings WHERE run IN ${ids} GROUP BY run
    ) GROUP BY run`);
  return new Map(rows.map((r) => [r.id, r]));
}

function summary(r: RunRow, counts: Counts): RunSummary {
  const c = counts.get(r.id);
  return {
    id: r.id,
    startedAt: instant(r.started_at),
    endedAt: r.ended_at === null ? null : instant(r.ended_at),
    state: r.state,
    resultHash: r.result_hash,
    numbers: c?.numbers ?? 0,
    flagged: c?.flagged ?? 0,
    rings: c?.rings ?? 0,
  };
}
