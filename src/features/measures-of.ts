import type { Home } from '../model/home.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';
import { runSteps } from '../store/step.ts';
import { featuresFor } from './catalogue.ts';
import type { Feature, Window } from './feature.ts';
import { spread } from './fold.ts';
import { AGGREGATED_AT_ONCE, stepsFor, SWITCHBOARD } from './steps.ts';
import { DAY } from './wall-clock.ts';

/** One measure of one number. */
export interface Measured {
  /** Null: not seen. Over weeks or days, the mean of the windows that have a value. */
  value: number | null;
  unit: string;
  /** Over weeks or days: population standard deviation of the windows' values. */
  std?: number | null;
  /** Over weeks or days: the windows that have a value; `start` is the Monday, or the day, by the wall clock of the home zone. */
  windows?: { start: string; value: number }[];
}

let serial = 0;

/**
 * Every measure of one number by name, computed from the facts as they are now: the same SQL as for all numbers, reading only what this
 * number needs. Null when no call names the number. Measures that need the rest of the country exist for window 'all' only.
 *
 * @example
 * (await measuresOf(facts, home, '+8613800001234'))?.['out_degree'] // { value: 212, unit: 'contacts' }
 */
export async function measuresOf(
  facts: FactsStore,
  home: Home,
  number: string,
  window: Window = 'all',
): Promise<Record<string, Measured> | null> {
  const prefix = `measure_${process.pid}_${++serial}_`;
  const table = `${prefix}wide`;
  const steps = stepsFor({ home, window, prefix, number, switchboard: SWITCHBOARD, atOnce: AGGREGATED_AT_ONCE }, table);
  let rows: Record<string, number | null>[];
  try {
    await runSteps(facts, steps, { inMemory: true });
    rows = await facts.query(
      sql`SELECT * FROM ${raw(table)} WHERE number = ${number} ORDER BY ${raw(window === 'all' ? 'number' : 'w')}`,
    );
  } finally {
    for (const { table: kept } of steps)
      if (kept !== undefined) await facts.command(sql`DROP TABLE IF EXISTS ${raw(kept)}`);
  }
  if (rows.length === 0) return null;
  const measured: Record<string, Measured> = {};
  for (const f of featuresFor(home)) {
    if (!f.windows.includes(window) && f.relation !== 'weeks') continue;
    const value = window === 'all' || f.relation === 'weeks' ? oneOf(f, rows[0]!) : overWindows(f, rows);
    for (const name of [f.name, ...(f.also ?? [])]) measured[name] = value;
  }
  return measured;
}

const oneOf = (f: Feature, row: Record<string, number | null>): Measured => ({
  value: row[f.name] ?? null,
  unit: f.unit,
});

/** As bandicoot summarises windows: those without a value are left out. */
function overWindows(f: Feature, rows: readonly Record<string, number | null>[]): Measured {
  const windows = rows.flatMap((row) => {
    const value = row[f.name];
    return value === null || value === undefined ? [] : [{ start: dayName(row['w'] ?? 0), value }];
  });
  const [mean, std] = spread(windows.map((w) => w.value)) ?? [null, null];
  return { value: mean, unit: f.unit, std, windows };
}

const dayName = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
