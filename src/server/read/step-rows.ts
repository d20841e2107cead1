import { explainSteps } from '../../detect/run-detectors.ts';
import type { Home } from '../../model/home.ts';
import { raw, sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { StepRows } from '../contract.ts';

/** Rows of a step that are shown. */
const FIRST = 20;

/**
 * The first rows of a named step of the analysis: a step of a detector (`many-faces.candidates`), or a table that a step keeps
 * (`measures`, `feature_pairs`). null when there is no such step.
 */
export async function stepRows(facts: FactsStore, home: Home, name: string): Promise<StepRows | null> {
  const step = explainSteps(home).find((s) => s.name === name);
  if (step !== undefined) return shown(name, await facts.query(sql`SELECT * FROM (${step.sql}) LIMIT ${FIRST}`));
  for (const table of [name, `feature_${name}`]) {
    if (!/^[a-z][a-z0-9_]{0,60}$/.test(table)) continue;
    const [there] = await facts.query<{ n: number }>(
      sql`SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = ${table}`,
    );
    if ((there?.n ?? 0) > 0) return shown(name, await facts.query(sql`SELECT * FROM ${raw(table)} LIMIT ${FIRST}`));
  }
  return null;
}

const shown = (name: string, rows: Record<string, unknown>[]): StepRows => ({
  name,
  columns: Object.keys(rows[0] ?? {}),
  rows: rows.map((r) =>
    Object.values(r).map((v) => (typeof v === 'object' && v !== null ? JSON.stringify(v) : String(v ?? ''))),
  ),
});
