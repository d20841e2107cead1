import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FactsStore } from './facts.ts';
import type { RecordsStore } from './records.ts';
import { sql } from './sql.ts';

/** One numbered file of schema/clickhouse or schema/postgres. */
export interface Migration {
  number: number;
  name: string;
  sha256: string;
  text: string;
}

/** What a store has had applied, and what it lacks. */
export interface SchemaState {
  applied: string[];
  pending: string[];
}

const SCHEMA = join(import.meta.dirname, '..', '..', 'schema');

/** An applied migration that was changed, lost or overtaken: going on would leave a store that no file describes. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

/** Numbered migrations in order. `0001_facts.sql` has number 1. */
export function readMigrations(dir: string): Migration[] {
  const found = readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name): Migration => {
      const number = Number(/^(\d{4})_\w+\.sql$/.exec(name)?.[1] ?? Number.NaN);
      if (!Number.isInteger(number)) throw new MigrationError(`${join(dir, name)}: a migration is named 0001_what.sql`);
      const text = readFileSync(join(dir, name), 'utf8').replaceAll('\r\n', '\n');
      return { number, name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
  found.forEach((m, i) => {
    if (m.number !== i + 1)
      throw new MigrationError(`${join(dir, m.name)}: expected number ${i + 1}; numbers have no gaps or twins`);
  });
  return found;
}

/** How table templates are filled on this store. One node: plain MergeTree. A cluster needs only another of these. */
export interface Topology {
  engine: string;
  replacing: (version: string) => string;
  onCluster: string;
}

export const SINGLE_NODE: Topology = {
  engine: 'MergeTree',
  replacing: (version) => `ReplacingMergeTree(${version})`,
  onCluster: '',
};

/** Fills `{{engine}}`, `{{engine_replacing}}`, `{{engine_replacing:version}}` and `{{on_cluster}}`; an unknown template is an error. */
export function fillTemplates(text: string, topology: Topology = SINGLE_NODE): string {
  return text.replace(/\{\{(\w+)(?::(\w+))?\}\}/g, (whole, name: string, argument: string | undefined) => {
    if (name === 'engine') return topology.engine;
    if (name === 'engine_replacing') return topology.replacing(argument ?? '');
    if (name === 'on_cluster') return topology.onCluster;
    throw new MigrationError(
      `${whole} is not a template: engine, engine_replacing, engine_replacing:column and on_cluster are`,
    );
  });
}

/** Cuts a script at its semicolons, minding comments, quotes and Postgres's dollar quotes. */
export function splitStatements(script: string): string[] {
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`[^`]*`|(\$\w*\$)[\s\S]*?\1|;/g;
  const statements: string[] = [];
  let current = '';
  let at = 0;
  for (const match of script.matchAll(token)) {
    current += script.slice(at, match.index);
    at = match.index + match[0].length;
    if (match[0] === ';') {
      statements.push(current.trim());
      current = '';
    } else if (!match[0].startsWith('--') && !match[0].startsWith('/*')) current += match[0];
  }
  statements.push((current + script.slice(at)).trim());
  return statements.filter((s) => s !== '');
}

/** Applied against known; refuses when they disagree. */
function pendingOf(
  known: readonly Migration[],
  applied: ReadonlyMap<number, { name: string; sha256: string }>,
  store: string,
): Migration[] {
  for (const [number, was] of applied) {
    const now = known.find((m) => m.number === number);
    if (now === undefined) {
      throw new MigrationError(
        `the ${store} store has migration ${was.name}, which this version of Ringbreak does not know: it was written by a newer version. ` +
          'Use that version, or another data directory.',
      );
    }
    if (now.sha256 !== was.sha256) {
      throw new MigrationError(
        `migration ${now.name} was changed after it had been applied to the ${store} store ` +
          `(applied ${was.sha256.slice(0, 12)}, now ${now.sha256.slice(0, 12)}). ` +
          'Put the file back as it was and add a new numbered migration; in development, delete the data directory and import again.',
      );
    }
  }
  return known.filter((m) => !applied.has(m.number));
}

interface AppliedRow {
  number: number;
  name: string;
  sha256: string;
}
const byNumber = (rows: readonly AppliedRow[]) =>
  new Map(rows.map((r) => [Number(r.number), { name: r.name, sha256: r.sha256 }]));

export interface MigrateOptions {
  clock?: () => Date;
  /** Folder of the numbered files. */
  dir?: string;
  topology?: Topology;
}

/** What the facts store has and lacks, without changing it. */
export async function factsSchema(store: FactsStore, dir = join(SCHEMA, 'clickhouse')): Promise<SchemaState> {
  const has = await store.query(
    "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'",
  );
  const applied = has.length === 0 ? [] : await factsApplied(store);
  const pending = pendingOf(readMigrations(dir), byNumber(applied), 'facts');
  return { applied: applied.map((m) => m.name), pending: pending.map((m) => m.name) };
}

const factsApplied = (store: FactsStore) =>
  store.query<AppliedRow>('SELECT number, name, sha256 FROM schema_migrations FINAL ORDER BY number');

/**
 * Brings the facts store up to date and returns the names applied. ClickHouse has no transactions over DDL: a migration's statements
 * must bear being run again (IF NOT EXISTS), because one killed midway is not yet recorded and starts over.
 */
export async function migrateFacts(store: FactsStore, options: MigrateOptions = {}): Promise<string[]> {
  const clock = options.clock ?? (() => new Date());
  const topology = options.topology ?? SINGLE_NODE;
  await (store.cluster === undefined ? refuseSpread(store) : store.cluster.check());
  await store.command(
    fillTemplates(
      'CREATE TABLE IF NOT EXISTS schema_migrations {{on_cluster}} (number UInt32, name String, sha256 String, ' +
        "applied_at DateTime64(3, 'UTC')) ENGINE = {{engine_replacing}} ORDER BY number",
      topology,
    ),
  );
  const pending = pendingOf(
    readMigrations(options.dir ?? join(SCHEMA, 'clickhouse')),
    byNumber(await factsApplied(store)),
    'facts',
  );
  for (const m of pending) {
    for (const statement of splitStatements(fillTemplates(m.text, topology))) {
      await (store.cluster === undefined ? store.command(statement) : store.cluster.define(statement));
    }
    await store.command(sql`INSERT INTO schema_migrations SELECT ${m.number}, ${m.name}, ${m.sha256}, ${clock()}`);
  }
  return pending.map((m) => m.name);
}

/** A cluster's tables asked like those of one server would give wrong answers. */
async function refuseSpread(store: FactsStore): Promise<void> {
  if (store.engine === 'chdb') return;
  const there = await store.query(
    "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'cluster_shards'",
  );
  if (there.length > 0) {
    throw new MigrationError(
      'this database holds facts that are spread over a cluster: name the cluster in RINGBREAK_CLICKHOUSE_CLUSTER',
    );
  }
}

/** What the records store has and lacks, without changing it. */
export async function recordsSchema(
  store: Pick<RecordsStore, 'query'>,
  dir = join(SCHEMA, 'postgres'),
): Promise<SchemaState> {
  const has = await store.query<{ there: boolean }>("SELECT to_regclass('schema_migrations') IS NOT NULL AS there");
  const applied = has.rows[0]?.there === true ? await recordsApplied(store) : [];
  const pending = pendingOf(readMigrations(dir), byNumber(applied), 'records');
  return { applied: applied.map((m) => m.name), pending: pending.map((m) => m.name) };
}

const recordsApplied = async (store: Pick<RecordsStore, 'query'>) =>
  (await store.query<AppliedRow>('SELECT number, name, sha256 FROM schema_migrations ORDER BY number')).rows;

/** Any number all copies of the program agree on: while one migrates, others wait. */
const MIGRATION_LOCK = 7_264_001;

/** Brings the records store up to date and returns the names applied; all of it or nothing. */
export function migrateRecords(store: RecordsStore, options: MigrateOptions = {}): Promise<string[]> {
  const clock = options.clock ?? (() => new Date());
  return store.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await tx.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, ' +
        'applied_at timestamptz NOT NULL)',
    );
    const pending = pendingOf(
      readMigrations(options.dir ?? join(SCHEMA, 'postgres')),
      byNumber(await recordsApplied(tx)),
      'records',
    );
    for (const m of pending) {
      for (const statement of splitStatements(m.text)) await tx.query(statement);
      await tx.query('INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)', [
        m.number,
        m.name,
        m.sha256,
        clock(),
      ]);
    }
    return pending.map((m) => m.name);
  });
}
