import type { FactKindName } from '../model/fact-kinds.ts';
import { FACT_KIND_NAMES, FACT_KINDS } from '../model/fact-kinds.ts';
import type { FileBalance } from '../model/import-balance.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';

export type FileState = 'loading' | 'done' | 'failed';

/** One file of one import, as the table `files` keeps it. Times are epoch milliseconds. */
export interface LedgerEntry extends FileBalance {
  bytes: number;
  profile: string;
  state: FileState;
  error: string;
  startedAt: number;
  endedAt: number | null;
  importId: string;
  /** SHA-256 of the file as it was brought in: the archive's where it came in one. */
  original: string;
  /** Its name in the archive, and the table in it; '' for none. */
  member: string;
  part: string;
  /** Who brought it in, and under which authority. */
  by: string;
  authority: string;
}

let lastVersion = 0;

/** Writes the newest state of a file. The write is acknowledged before this returns: what follows may be killed at any moment. */
export async function record(facts: FactsStore, entry: LedgerEntry, now: number): Promise<void> {
  // Later states need higher versions even within one millisecond.
  lastVersion = Math.max(lastVersion + 1, now * 1000);
  await facts.insert('files', [
    {
      file_sha256: entry.sha256,
      kind: entry.kind,
      path: entry.path,
      bytes: entry.bytes,
      profile: entry.profile,
      state: entry.state,
      error: entry.error,
      rows: entry.rows,
      facts: entry.facts,
      duplicates: entry.duplicates,
      quarantined: entry.quarantined,
      started_at: new Date(entry.startedAt).toISOString(),
      ended_at: entry.endedAt === null ? null : new Date(entry.endedAt).toISOString(),
      import_id: entry.importId,
      original: entry.original,
      member: entry.member,
      part: entry.part,
      imported_by: entry.by,
      authority: entry.authority,
      version: lastVersion,
    },
  ]);
}

interface FilesRow extends Pick<LedgerEntry, 'original' | 'member' | 'part' | 'by' | 'authority'> {
  sha256: string;
  kind: FactKindName;
  path: string;
  bytes: number;
  profile: string;
  state: FileState;
  error: string;
  rows: number;
  facts: number;
  duplicates: number;
  quarantined: number;
  startedAt: number;
  endedAt: number | null;
  importId: string;
}

/** Everything that was ever imported or tried, newest first. */
export const listImports = (facts: FactsStore): Promise<LedgerEntry[]> => entries(facts, '1');

const entries = (facts: FactsStore, where: string): Promise<FilesRow[]> =>
  facts.query<FilesRow>(sql`
    SELECT file_sha256 AS sha256, toString(kind) AS kind, path, bytes, toString(profile) AS profile, toString(state) AS state, error,
      rows, facts, duplicates, quarantined, toUnixTimestamp64Milli(started_at) AS startedAt,
      toUnixTimestamp64Milli(ended_at) AS endedAt, import_id AS importId, original, member, part, imported_by AS by, authority
    FROM files FINAL WHERE ${raw(where)} ORDER BY files.started_at DESC, path, importId`);

/** The completed import of these bytes as this kind, if there was one. */
export async function completed(facts: FactsStore, sha256: string, kind: FactKindName): Promise<LedgerEntry | null> {
  const rows = await entries(facts, `file_sha256 = '${hex(sha256)}' AND kind = '${kind}' AND state = 'done'`);
  // The first completed one holds the file's real balance; later ones found duplicates only.
  return rows.at(-1) ?? null;
}

/**
 * Takes back what an import that was killed left behind: its facts, quarantined rows and staging tables. Its files are marked failed, and
 * importing them again starts from nothing. Call it before reading facts after a crash; importPaths does so itself.
 *
 * On a shared ClickHouse server another process may be loading right now, so only loads that are `olderThan` (or of `sha256`) are taken back.
 * @returns the files taken back
 */
export async function recoverImports(
  facts: FactsStore,
  now: number,
  only?: { sha256: string },
): Promise<LedgerEntry[]> {
  const stale = (await entries(facts, "state = 'loading'")).filter(
    (e) => facts.engine === 'chdb' || e.sha256 === only?.sha256 || e.startedAt < now - ABANDONED_MS,
  );
  for (const entry of stale) {
    await takeBack(facts, entry);
    await record(facts, { ...entry, state: 'failed', error: 'interrupted', endedAt: now }, now);
  }
  if (facts.engine === 'chdb') await dropStages(facts, '');
  return stale;
}

const ABANDONED_MS = 12 * 3_600_000;

/** Removes the facts and quarantined rows of one load that did not come to its end. */
export async function takeBack(
  facts: FactsStore,
  entry: { sha256: string; kind: FactKindName; importId: string },
): Promise<void> {
  const { table } = FACT_KINDS[entry.kind];
  const own = `file_sha256 = '${hex(entry.sha256)}'`;
  // Rows of an earlier, completed import of the same bytes are not this load's.
  const earlier = await completed(facts, entry.sha256, entry.kind);
  if (earlier === null) await removeRows(facts, table, own);
  await removeRows(
    facts,
    'quarantine',
    `${own} AND kind = '${entry.kind}' AND import_id = '${importIdText(entry.importId)}'`,
  );
  await dropStages(facts, stageName(entry.sha256, entry.kind));
}

/** Deletes rows, with `listed` only those whose `column` is in a table of that one column, and waits until they are gone. */
export async function removeRows(
  facts: FactsStore,
  table: string,
  where: string,
  listed?: { column: string; from: string },
): Promise<void> {
  const these = listed === undefined ? where : `${where} AND ${listed.column} IN (SELECT * FROM ${listed.from})`;
  const [there] = await facts.query<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE ${these}`);
  if ((there?.n ?? 0) === 0) return;
  if (facts.cluster?.holds(table) === true) return facts.cluster.deleteRows(table, where, listed);
  await facts.command(`DELETE FROM ${table} WHERE ${these} SETTINGS lightweight_deletes_sync = 2`);
}

/** Staging tables of a file begin with this. */
export const stageName = (sha256: string, kind: FactKindName): string => `stage_${kind}_${hex(sha256).slice(0, 16)}`;

/** Drops staging tables whose name begins with `prefix`; '' stands for all of them. */
export async function dropStages(facts: FactsStore, prefix: string): Promise<void> {
  const kinds = FACT_KIND_NAMES.join('|');
  const tables = await facts.query<{ name: string }>(
    sql`SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, ${prefix})
      AND match(name, ${`^stage_(${kinds})_[0-9a-f]{16}`})`,
  );
  for (const { name } of tables) await facts.command(`DROP TABLE IF EXISTS ${name}`);
}

/** Guards text that is pasted into SQL. */
export function hex(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new TypeError(`${JSON.stringify(text)} is not a SHA-256`);
  return text;
}

export function importIdText(text: string): string {
  if (!/^[\w:.-]+$/.test(text)) throw new TypeError(`${JSON.stringify(text)} is not the id of an import`);
  return text;
}
