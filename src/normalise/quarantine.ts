import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import { silent, type ProgressSink } from '../model/progress.ts';
import { DelimitedReader, quotedLine, readHeader } from '../sources/delimited.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';
import { importPaths, type ImportOptions, type ImportReport } from './import-files.ts';
import { QUARANTINE_COLUMNS } from './mapping.ts';
import { ImportRefusal } from './refusal.ts';

/** A row that could not become a fact. `raw` is the row as it was: column -> cell; under '' its text when it could not be cut into cells. */
export interface QuarantineEntry {
  /** Also the record id: `<first 12 of sha256>:<row>`. */
  id: string;
  kind: FactKindName;
  file: string;
  path: string;
  row: number;
  column: string;
  reason: string;
  value: string;
  raw: Record<string, string>;
  /** `retried`: a corrected row that was refused again; the row it came from is still open. */
  state: 'open' | 'corrected' | 'retried';
}

export interface QuarantineFilter {
  /** SHA-256 of a file, or its beginning. */
  file?: string;
  kind?: FactKindName;
  ids?: readonly string[];
  /** Corrected rows too. */
  all?: boolean;
  limit?: number;
  offset?: number;
}

const where = (filter: QuarantineFilter) => sql`1 ${raw(filter.all === true ? '' : "AND state = 'open'")}
  ${filter.file === undefined ? raw('') : sql`AND startsWith(toString(file_sha256), ${filter.file})`}
  ${filter.kind === undefined ? raw('') : sql`AND kind = ${filter.kind}`}
  ${filter.ids === undefined ? raw('') : sql`AND id IN (SELECT arrayJoin(${[...filter.ids]}))`}`;

/** Quarantined rows in the order of their files and rows. */
export async function listQuarantine(facts: FactsStore, filter: QuarantineFilter = {}): Promise<QuarantineEntry[]> {
  const rows = await facts.query<Omit<QuarantineEntry, 'raw'> & { raw: string }>(sql`
    SELECT id, toString(q.kind) AS kind, toString(q.file_sha256) AS file, p.path AS path, q.row AS row, toString(q.column) AS column,
      toString(q.reason) AS reason, q.value AS value, q.raw AS raw, toString(q.state) AS state
    FROM (SELECT * FROM quarantine FINAL WHERE ${where(filter)}) AS q
    LEFT ANY JOIN (SELECT file_sha256, argMax(path, version) AS path FROM files GROUP BY file_sha256) AS p
      ON p.file_sha256 = toString(q.file_sha256)
    ORDER BY file, kind, row LIMIT ${filter.limit ?? 1000} OFFSET ${filter.offset ?? 0}`);
  return rows.map((r) => ({ ...r, raw: JSON.parse(r.raw) as Record<string, string> }));
}

/** How many rows a filter finds, over all pages. */
export async function countQuarantine(facts: FactsStore, filter: QuarantineFilter = {}): Promise<number> {
  const [found] = await facts.query<{ n: number }>(
    sql`SELECT count() AS n FROM (SELECT * FROM quarantine FINAL WHERE ${where(filter)})`,
  );
  return found?.n ?? 0;
}

/** Rows per page when everything is read. */
const PAGE = 5000;

/**
 * Quarantined rows as CSV, piece by piece: `quarantine_id` and why, then the row's own columns. Correct the cells, leave
 * `quarantine_id` as it is, and hand the file to `retryFile`. A row that could not be cut into cells has its text in `quarantine_raw`.
 * @throws ImportRefusal when rows of several kinds would be mixed
 */
export async function* exportQuarantine(facts: FactsStore, filter: QuarantineFilter = {}): AsyncGenerator<string> {
  const columns = new Set<string>();
  const kinds = new Set<FactKindName>();
  for await (const page of pages(facts, filter)) {
    for (const entry of page) {
      kinds.add(entry.kind);
      for (const name of Object.keys(entry.raw)) if (name !== '') columns.add(name);
    }
  }
  const [kind] = kinds;
  if (kind === undefined) return;
  if (kinds.size > 1) {
    const list = [...kinds].join(', ');
    throw new ImportRefusal('unknown_kind', {
      zh: `被隔离的行属于多种数据（${list}），列不同；请用 --kind 或 --file 选一种。`,
      en: `The quarantined rows are of several kinds (${list}) with different columns; choose one with --kind or --file.`,
    });
  }
  // Rows that could not be cut into cells don't know their columns.
  if (columns.size === 0) for (const { name } of FACT_KINDS[kind].columns) columns.add(name);
  const own: readonly string[] = QUARANTINE_COLUMNS;
  const names = [...columns].filter((c) => !own.includes(c));
  yield quotedLine([...QUARANTINE_COLUMNS, ...names]);
  for await (const page of pages(facts, filter)) {
    yield page
      .map((e) => quotedLine([e.id, e.reason, e.column, e.value, e.raw[''] ?? '', ...names.map((n) => e.raw[n] ?? '')]))
      .join('');
  }
}

async function* pages(facts: FactsStore, filter: QuarantineFilter): AsyncGenerator<QuarantineEntry[]> {
  for (let offset = 0; ; offset += PAGE) {
    const page = await listQuarantine(facts, { ...filter, limit: PAGE, offset });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
  }
}

export interface RetryReport extends ImportReport {
  /** Quarantined rows that are settled now. */
  corrected: number;
}

/**
 * Imports corrected rows: a CSV as `exportQuarantine` writes it. Facts keep the id of the row they come from in `extra.quarantine_id`;
 * those rows are marked corrected. A row that is refused again leaves its original open. Doing it twice changes nothing.
 */
export async function retryFile(
  facts: FactsStore,
  path: string,
  options: ImportOptions,
  progress: ProgressSink = silent,
): Promise<RetryReport> {
  const ids = idsOf(await readFile(path, 'utf8'), path);
  const originals = await facts.query<{ id: string; kind: FactKindName; profile: string }>(sql`
    SELECT q.id AS id, toString(q.kind) AS kind, p.profile AS profile
    FROM (SELECT id, kind, file_sha256 FROM quarantine FINAL WHERE id IN (SELECT arrayJoin(${[...new Set(ids.values())]}))) AS q
    LEFT ANY JOIN (SELECT file_sha256, argMax(toString(profile), version) AS profile FROM files WHERE state = 'done' GROUP BY file_sha256) AS p
      ON p.file_sha256 = toString(q.file_sha256)`);
  const known = new Set(originals.map((o) => o.id));
  const unknown = [...ids.values()].find((id) => !known.has(id));
  const [first] = originals;
  if (first === undefined || unknown !== undefined) {
    throw new ImportRefusal('unknown_kind', {
      zh: `${path}：没有编号为 ${unknown ?? ''} 的隔离行。请勿改动 quarantine_id 一列。`,
      en: `${path}: there is no quarantined row ${unknown ?? ''}. Leave the column quarantine_id as it was exported.`,
    });
  }
  if (originals.some((o) => o.kind !== first.kind || o.profile !== first.profile)) {
    throw new ImportRefusal('unknown_kind', {
      zh: `${path} 混有不同来源的行；请按文件分别导出(--file)。`,
      en: `${path} mixes rows of different sources; export them file by file (--file).`,
    });
  }
  const report = await importPaths(
    facts,
    [path],
    { ...options, as: first.kind, ...(first.profile === '' ? {} : { profile: first.profile }) },
    progress,
  );
  const sha256 = report.files[0]?.sha256;
  if (sha256 === undefined) return { ...report, corrected: 0 };
  const again = await facts.query<{ row: number }>(
    sql`SELECT row FROM quarantine FINAL WHERE file_sha256 = ${sha256} AND kind = ${first.kind}`,
  );
  const refused = new Set(again.map((r) => ids.get(r.row)));
  const settled = [...known].filter((id) => !refused.has(id));
  const version = options.clock() * 1000;
  await restate(facts, sql`id IN (SELECT arrayJoin(${settled}))`, 'corrected', version);
  await restate(facts, sql`file_sha256 = ${sha256} AND kind = ${first.kind}`, 'retried', version);
  return { ...report, corrected: settled.length };
}

/** Corrects single rows: quarantine id -> cells that replace the row's own (column -> cell). */
export async function retryRows(
  facts: FactsStore,
  corrections: ReadonlyMap<string, Readonly<Record<string, string>>>,
  options: ImportOptions,
  progress: ProgressSink = silent,
): Promise<RetryReport> {
  const entries = await listQuarantine(facts, { ids: [...corrections.keys()], all: true, limit: corrections.size });
  const rows = entries.map((e) => ({ id: e.id, cells: { ...e.raw, ...corrections.get(e.id) } }));
  const own: readonly string[] = QUARANTINE_COLUMNS;
  const names = [...new Set(rows.flatMap((r) => Object.keys(r.cells)))].filter((n) => n !== '' && !own.includes(n));
  const dir = await mkdtemp(join(options.tempDir ?? tmpdir(), 'ringbreak-retry-'));
  const path = join(dir, 'corrected.csv');
  try {
    const lines = rows.map((r) =>
      quotedLine([r.id, ...names.map((n) => (r.cells as Record<string, string>)[n] ?? '')]),
    );
    await writeFile(path, quotedLine(['quarantine_id', ...names]) + lines.join(''), { mode: 0o600 });
    const shown = new Map([[path, `quarantine:${rows.map((r) => r.id).join(',')}`]]);
    return await retryFile(facts, path, { ...options, names: shown }, progress);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Row number -> quarantine id. */
function idsOf(text: string, path: string): Map<number, string> {
  const header = readHeader(text, ',');
  const at = header?.indexOf(QUARANTINE_COLUMNS[0]) ?? -1;
  if (header === null || at < 0) {
    throw new ImportRefusal('missing_column', {
      zh: `${path} 没有 quarantine_id 列；请用 ringbreak quarantine export 导出的文件更正。`,
      en: `${path} has no column quarantine_id; correct a file written by ringbreak quarantine export.`,
    });
  }
  const reader = new DelimitedReader({ delimiter: ',', width: null, maxLine: text.length + 1 });
  const ids = new Map<number, string>();
  for (const record of [...reader.feed(text.replace(/^\ufeff/, '')), ...reader.end()]) {
    const id = record.cells?.[at];
    if (record.row > 1 && id !== undefined) ids.set(record.row - 1, id);
  }
  return ids;
}

/** A new version of the rows found, in another state. */
async function restate(
  facts: FactsStore,
  found: ReturnType<typeof sql>,
  state: QuarantineEntry['state'],
  version: number,
) {
  await facts.command(sql`INSERT INTO quarantine SELECT id, kind, file_sha256, row, import_id, \`column\`, reason, value, raw, ${state},
    greatest(${version}, version + 1) FROM quarantine FINAL WHERE state != ${state} AND ${found}`);
}
