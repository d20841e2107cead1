import type { Bilingual } from '../model/reason.ts';
import { silent, type ProgressSink } from '../model/progress.ts';
import { FactsError, type FactsStore } from './facts.ts';
import { raw, sql, type Sql } from './sql.ts';

/**
 * One named SELECT of an analysis. With `table` its rows are kept under that name; without, it is a common table expression that the
 * following steps may read by `name`.
 */
export interface NamedStep {
  name: string;
  table?: string;
  /** Sort key of the table: reading in this order makes grouping by a prefix of it cheap. */
  orderBy?: string;
  sql: Sql;
  /** Set where `sql` at once would need more memory than there is, or be slower than piece by piece: the rows come slice by slice instead. */
  sliced?: {
    /** The table that is cut, at ranges of its leading key (whole numbers from 1), and about how many of its rows make a slice. */
    by: string;
    key: string;
    rowsAtOnce: number;
    /** Rows that come of keys from the first to the last; all slices together are the rows of `sql`. */
    slice: (first: number, last: number) => Sql;
  };
}

/** What a step did: how long it took, how many rows it left (null when it was not kept), and its first rows when they were asked for. */
export interface StepReport {
  name: string;
  ms: number;
  rows: number | null;
  sample: Record<string, unknown>[];
}

export interface RunStepsOptions {
  /** Collect the first rows of every step (10 unless told). */
  explain?: boolean | number;
  progress?: ProgressSink;
  /** Shown while the steps run. */
  text?: Bilingual;
  clock?: () => number;
  /** Keep the tables in memory: for a handful of rows that are dropped again at once. */
  inMemory?: boolean;
}

/**
 * Runs steps in order and reports time and rows of each. Tables are replaced in one stroke, so a reader sees the old rows or the new
 * ones. Throws FactsError naming the step that broke.
 */
export async function runSteps(
  facts: FactsStore,
  steps: readonly NamedStep[],
  options: RunStepsOptions = {},
): Promise<StepReport[]> {
  const { progress = silent, clock = Date.now } = options;
  const sample = options.explain === true ? 10 : typeof options.explain === 'number' ? options.explain : 0;
  const reports: StepReport[] = [];
  const loose: NamedStep[] = [];
  for (const [i, step] of steps.entries()) {
    const text = options.text ?? { zh: `计算：${step.name}`, en: `Computing: ${step.name}` };
    progress({ step: step.name, text, done: i, total: steps.length, unit: 'steps' });
    const started = clock();
    const report: StepReport = { name: step.name, ms: 0, rows: null, sample: [] };
    try {
      if (step.table === undefined) {
        loose.push(step);
        if (sample > 0)
          report.sample = await facts.query(
            sql`${withSteps(loose)} SELECT * FROM ${raw(step.name)} LIMIT ${raw(String(sample))}`,
          );
      } else {
        const table = raw(step.table);
        await fill(facts, step, step.table, loose, options.inMemory === true);
        report.rows = await count(facts, step.table);
        if (sample > 0) report.sample = await facts.query(sql`SELECT * FROM ${table} LIMIT ${raw(String(sample))}`);
      }
    } catch (error) {
      if (error instanceof FactsError)
        throw new FactsError(`Step "${step.name}" failed: ${error.message}`, error.sql, { cause: error });
      throw error;
    }
    report.ms = clock() - started;
    reports.push(report);
    progress({ step: step.name, text, done: i + 1, total: steps.length, unit: 'steps' });
  }
  return reports;
}

/** These tables are replaced at the next run: merging their parts in the background would only take a core from the steps that follow. */
const UNMERGED = 'SETTINGS max_bytes_to_merge_at_max_space_in_pool = 1';

async function fill(
  facts: FactsStore,
  step: NamedStep,
  table: string,
  loose: readonly NamedStep[],
  inMemory: boolean,
): Promise<void> {
  const engine = raw(inMemory ? 'Memory' : `MergeTree ORDER BY (${step.orderBy ?? 'tuple()'}) ${UNMERGED}`);
  const select = (rows: Sql): Sql => sql`${withSteps(loose)} SELECT * FROM (${rows})`;
  const ends = step.sliced === undefined ? [] : await endsOf(facts, step.sliced);
  if (step.sliced === undefined || ends.length <= 1) {
    await facts.command(sql`CREATE OR REPLACE TABLE ${raw(table)} ENGINE = ${engine} AS ${select(step.sql)}`);
    return;
  }
  const next = raw(`${table}_next`);
  let first = 1;
  for (const [i, last] of ends.entries()) {
    const part = select(step.sliced.slice(first, last));
    await facts.command(
      i === 0 ? sql`CREATE OR REPLACE TABLE ${next} ENGINE = ${engine} AS ${part}` : sql`INSERT INTO ${next} ${part}`,
    );
    first = last + 1;
  }
  await facts.command(sql`CREATE TABLE IF NOT EXISTS ${raw(table)} AS ${next}`);
  await facts.command(sql`EXCHANGE TABLES ${raw(table)} AND ${next}`);
  await facts.command(sql`DROP TABLE ${next}`);
}

/** Last keys of slices of about equal rows. They are estimates: where a slice ends changes how fast it goes, and nothing else. */
async function endsOf(facts: FactsStore, { by, key, rowsAtOnce }: NonNullable<NamedStep['sliced']>): Promise<number[]> {
  const slices = Math.ceil((await count(facts, by)) / rowsAtOnce);
  if (slices <= 1) return [];
  const levels = Array.from({ length: slices - 1 }, (_, i) => ((i + 1) / slices).toFixed(6)).join(', ');
  const [row] = await facts.query<{ cuts: number[]; last: number }>(
    sql`SELECT quantiles(${raw(levels)})(${raw(key)}) AS cuts, max(${raw(key)}) AS last FROM ${raw(by)}`,
  );
  return [...new Set([...row!.cuts.map(Math.floor), row!.last])].filter((end) => end >= 1).sort((a, b) => a - b);
}

const count = async (facts: FactsStore, table: string): Promise<number> =>
  (await facts.query<{ n: number }>(sql`SELECT count() AS n FROM ${raw(table)}`))[0]?.n ?? 0;

/** The steps that keep no table, as one WITH clause ('' for none). */
export function withSteps(steps: readonly NamedStep[]): Sql {
  return steps.reduce<Sql>(
    (all, step, i) => sql`${all}${raw(i === 0 ? 'WITH ' : ', ')}${raw(step.name)} AS (${step.sql})`,
    { text: '', params: {} },
  );
}
