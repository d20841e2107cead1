import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACT_KINDS } from '../model/fact-kinds.ts';
import { DelimitedReader, quotedLine } from '../sources/delimited.ts';
import { inBatches, type SourceRow, type SourceTable } from '../sources/reader.ts';
import { openDecompressed, type Inspected, type TextEncoding } from '../sources/inspect.ts';
import { FactsError, type FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { literal } from './instant.ts';
import { dropStages } from './ledger.ts';
import type { Mapping } from './mapping.ts';
import type { Part } from './parts.ts';

/** How a file's rows are laid out; found out before anything is read. */
export interface Layout {
  /** The bytes it was read from: the file's own, or those of the archive member. */
  file: Inspected;
  /** What facts and quarantine call it (`file_sha256`): the SHA-256 of the bytes; of bytes and table name where one file holds several tables. */
  id: string;
  /** As people know it: path or upload name, `!/member` of an archive, `#table`. */
  name: string;
  /** The archive it came in. */
  container: Part['container'];
  /** Set when a reader of ours makes the rows. */
  table: SourceTable | null;
  delimiter: string;
  encoding: TextEncoding;
  /** Names of its columns, in order. */
  header: readonly string[];
  hasHeaderRow: boolean;
}

/** Engine of tables that live for one import: rows in the order they came, never merged in the background. */
export const STAGING = 'ENGINE = MergeTree ORDER BY tuple() SETTINGS max_bytes_to_merge_at_max_space_in_pool = 1';

export const MAX_LINE = 16 * 1024 * 1024;

export interface Reading {
  /** Bytes of a line beyond which it is quarantined. */
  maxLine: number;
  /** Where a file that must be rewritten first is rewritten. */
  tempDir?: string;
  /** Rows that a reader of ours has read so far. */
  onRows?: (rows: number) => void;
}

/** Where rows go as they are read: by default all of them stay in the staging table. */
export interface Sluice {
  /** Made before anything is read, and again before a second reading; what it takes the rows from is `inbox`, which keeps none itself. */
  open(inbox: string, columns: string): Promise<void>;
}

/**
 * Puts a file's rows into a staging table: `row UInt64, broken String, raw String, c0 String, ...`, row 1 being the first data row; with a
 * `sluice`, only those that it leaves. The engine's own reader does the work. When it meets a row it can't read, the file is read a second
 * time, by us and row by row: broken rows are staged with their text and the reason, and every other row keeps its number.
 */
export async function stageFile(
  facts: FactsStore,
  layout: Layout,
  mapping: Mapping,
  stage: string,
  options: Reading,
  sluice: Sluice | null = null,
): Promise<void> {
  const columns = layout.header.map((_, i) => `c${i}`);
  const few = await fewValues(facts, mapping);
  const cells = columns.map((c, i) => `, ${c} ${few.has(i) ? 'LowCardinality(String)' : 'String'}`).join('');
  const into = sluice === null ? stage : `${stage}_inbox`;
  const create = async (): Promise<void> => {
    await dropStages(facts, stage);
    const staged = `row UInt64, broken String, raw String${cells}`;
    await facts.command(`CREATE TABLE ${stage} (${staged}) ${STAGING}`);
    if (sluice === null) return;
    await facts.command(`CREATE TABLE ${into} (${staged}) ENGINE = Null`);
    await sluice.open(into, ['row', 'broken', 'raw', ...columns].join(', '));
  };
  await create();
  const { file } = layout;
  if (layout.table !== null) return stageRowByRow(facts, layout.table.rows(), into, columns, options);
  if (file.format === 'ndjson') return stageJson(facts, layout, mapping, into);
  if (file.format === 'parquet') return stageParquet(facts, layout, into);
  const plainText = layout.encoding === 'utf-8' && !file.hasLongLine;
  if (plainText) {
    try {
      await facts.load(
        {
          path: file.path,
          format: layout.hasHeaderRow ? 'CSVWithNames' : 'CSV',
          compression: file.compression,
          structure: columns.map((c) => `${c} String`).join(', '),
          settings: {
            format_csv_delimiter: layout.delimiter,
            // Columns by position: names may be doubled, empty or Chinese.
            input_format_with_names_use_header: 0,
            input_format_csv_skip_trailing_empty_lines: 1,
            input_format_csv_detect_header: 0,
          },
        },
        into,
        `rowNumberInAllBlocks() + 1, '', '', ${columns.join(', ')}`,
      );
      return;
    } catch (e) {
      if (!(e instanceof FactsError) || !isBadInput(e)) throw e;
      await create();
    }
  }
  await stageRowByRow(facts, inBatches(delimitedRows(layout, columns.length, options.maxLine)), into, columns, options);
}

/**
 * Staged columns that hold few different values: those that end in a LowCardinality column, flags and closed lists. Staged as such, every
 * check and conversion of theirs runs once per value instead of once per row.
 */
async function fewValues(facts: FactsStore, mapping: Mapping): Promise<Set<number>> {
  const { table, columns } = FACT_KINDS[mapping.kind];
  const found = await facts.query<{ name: string }>(
    sql`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = ${table} AND startsWith(type, 'LowCardinality')`,
  );
  const low = new Set(found.map((c) => c.name));
  return new Set(
    columns.flatMap((spec) => {
      const source = mapping.sources.get(spec.name);
      const column = source?.plain === true ? source.columns[0] : undefined;
      const few = low.has(spec.name) || spec.type === 'flag' || spec.type === 'country' || spec.values !== undefined;
      return few && column !== undefined ? [column] : [];
    }),
  );
}

/** The engine gave up because of what the file holds, not because of the disk, the memory, a server that is away or itself. */
const isBadInput = (e: FactsError): boolean =>
  e.node === '' &&
  /PARSE|INCORRECT_DATA|CANNOT_READ_ALL_DATA|TOO_LARGE|UNEXPECTED_END|ATTEMPT_TO_READ|NUMBER_OF_COLUMNS|CANNOT_READ_CSV/.test(
    `${e.code} ${e.message.slice(0, 2000)}`,
  ) &&
  !/No space left|NOT_ENOUGH_SPACE|MEMORY_LIMIT/.test(e.message);

async function stageRowByRow(
  facts: FactsStore,
  batches: AsyncIterable<readonly SourceRow[]>,
  stage: string,
  columns: readonly string[],
  options: Reading,
): Promise<void> {
  const dir = await mkdtemp(join(options.tempDir ?? tmpdir(), 'ringbreak-import-'));
  const path = join(dir, 'rows.csv');
  try {
    const rows = await rewrite(batches, path, columns.length, options.onRows);
    if (rows === 0) return;
    await facts.load(
      {
        path,
        format: 'CSV',
        compression: 'none',
        structure: `n String, broken String, raw String${columns.map((c) => `, ${c} String`).join('')}`,
        settings: { input_format_csv_detect_header: 0 },
      },
      stage,
      `toUInt64(n), broken, raw${columns.map((c) => `, ${c}`).join('')}`,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Writes a clean copy: row number, reason, text, cells. Returns the rows written. */
async function rewrite(
  batches: AsyncIterable<readonly SourceRow[]>,
  to: string,
  width: number,
  onRows: Reading['onRows'],
): Promise<number> {
  const out = createWriteStream(to, { mode: 0o600 });
  const failed = new Promise<never>((_, fail) => out.once('error', fail));
  failed.catch(() => undefined);
  const blank = Array.from({ length: width }, () => '');
  let rows = 0;
  let pending = '';
  const flush = async (least: number): Promise<void> => {
    if (pending.length < least) return;
    const text = pending;
    pending = '';
    if (!out.write(text)) await Promise.race([once(out, 'drain'), failed]);
  };
  for await (const batch of batches) {
    for (const record of batch) {
      const row = `${++rows}`;
      pending +=
        record.broken === undefined
          ? quotedLine([row, '', '', ...record.cells])
          : quotedLine([row, record.broken, record.raw, ...blank]);
    }
    await flush(1_000_000);
    onRows?.(rows);
  }
  await flush(1);
  await Promise.race([new Promise<void>((done) => out.end(done)), failed]);
  return rows;
}

/** The records of a delimited text below its header; of any width when that is null; `from` passes over the first bytes. */
export async function* delimitedRows(
  layout: Layout,
  width: number | null,
  maxLine: number,
  from = 0,
): AsyncGenerator<SourceRow> {
  const reader = new DelimitedReader({ delimiter: layout.delimiter, width, maxLine });
  const decoder = new TextDecoder(layout.encoding, { fatal: layout.encoding !== 'utf-8' });
  let header = layout.hasHeaderRow;
  const below = function* (records: ReturnType<DelimitedReader['feed']>): Generator<SourceRow> {
    for (const record of records) {
      if (!header) yield record;
      header = false;
    }
  };
  let left = from;
  for await (const piece of openDecompressed(layout.file.path, layout.file.compression)) {
    const chunk = piece as Buffer;
    const passed = Math.min(left, chunk.length);
    left -= passed;
    yield* below(reader.feed(decoder.decode(chunk.subarray(passed), { stream: true })));
  }
  yield* below(reader.feed(decoder.decode()));
  yield* below(reader.end());
}

/** NDJSON: the engine hands over lines; a line that is no JSON object is a broken row, blank lines are none. */
async function stageJson(facts: FactsStore, layout: Layout, mapping: Mapping, stage: string): Promise<void> {
  const { file, header } = layout;
  const lists = listColumns(mapping);
  const rest = header.length - 1;
  const cells = header.map((name, i) => {
    if (i === rest) {
      const others = header.slice(0, rest).map(literal).join(', ');
      return `toJSONString(mapApply((k, v) -> (k, if(startsWith(v, '"'), JSONExtractString(concat('[', v, ']'), 1), v)), mapFilter((k, v) -> k NOT IN (${others}) AND v != 'null' AND v != '""', m)))`;
    }
    const value = `m[${literal(name)}]`;
    const text = `multiIf(startsWith(${value}, '"'), JSONExtractString(concat('[', ${value}, ']'), 1), ${value} = 'null', '', ${value})`;
    return lists.has(i)
      ? `if(startsWith(${value}, '['), arrayStringConcat(JSONExtract(${value}, 'Array(String)'), ';'), ${text})`
      : text;
  });
  const lines = `${stage}_lines`;
  await facts.command(`DROP TABLE IF EXISTS ${lines}`);
  await facts.command(`CREATE TABLE ${lines} (row UInt64, line String) ${STAGING}`);
  await facts.load(
    { path: file.path, format: 'LineAsString', compression: file.compression, structure: 'line String' },
    lines,
    'rowNumberInAllBlocks() + 1, line',
  );
  await facts.command(`INSERT INTO ${stage} SELECT row, if(good, '', 'not_a_json_object'), if(good, '', line), ${cells.join(', ')}
    FROM (SELECT row, trimBoth(line, ' \\t\\r\\xEF\\xBB\\xBF') AS line, isValidJSON(line) AND startsWith(line, '{') AS good,
      CAST(if(good, JSONExtractKeysAndValuesRaw(line), []), 'Map(String, String)') AS m FROM ${lines} WHERE trimBoth(line, ' \\t\\r\\xEF\\xBB\\xBF') != '')`);
  await facts.command(`DROP TABLE ${lines}`);
}

/** Parquet: every column as text; times as epoch milliseconds, lists joined by ';'. */
async function stageParquet(facts: FactsStore, layout: Layout, stage: string): Promise<void> {
  const types = await parquetColumns(facts, layout.file.path);
  const cells = types.map(({ name, type }) => {
    const column = quoteName(name);
    if (/^(Nullable\()?DateTime64/.test(type)) {
      return `ifNull(toString(toUnixTimestamp64Milli(toDateTime64(${column}, 3, 'UTC'))), '')`;
    }
    if (/^(Nullable\()?DateTime/.test(type)) return `ifNull(toString(toInt64(toUnixTimestamp(${column})) * 1000), '')`;
    if (/^Array/.test(type)) return `arrayStringConcat(arrayMap(x -> ifNull(toString(x), ''), ${column}), ';')`;
    if (/^(Map|Tuple)/.test(type)) return `toJSONString(${column})`;
    return `ifNull(toString(${column}), '')`;
  });
  await facts.load(
    {
      path: layout.file.path,
      format: 'Parquet',
      compression: 'none',
      structure: types.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', '),
    },
    stage,
    `rowNumberInAllBlocks() + 1, '', '', ${cells.join(', ')}`,
  );
}

const quoteName = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

/** Names and types of a Parquet file's columns, as the engine sees them. */
export async function parquetColumns(facts: FactsStore, path: string): Promise<{ name: string; type: string }[]> {
  return facts.queryFile<{ name: string; type: string }>(sql`DESCRIBE TABLE file(${path}, 'Parquet')`);
}

/** Which staged columns are lists of the kind. */
function listColumns(mapping: Mapping): Set<number> {
  const lists = new Set(FACT_KINDS[mapping.kind].columns.filter((c) => c.type === 'list').map((c) => c.name));
  return new Set([...mapping.sources].flatMap(([name, s]) => (lists.has(name) ? s.columns : [])));
}
