import type { Readable } from 'node:stream';
import type { FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import type { BrokenRow } from './delimited.ts';
import type { Compression, TextEncoding } from './inspect.ts';

/**
 * A reader turns a file the engine cannot cut into rows (spreadsheets, XML, dumps, logs of events, captures) into tables of text cells. It
 * says nothing about numbers, times or kinds of record beyond naming columns: that is read by normalise, as for any other file.
 */
export interface Reader {
  /** Small letters, digits and hyphens: `asterisk-queue-log`. */
  id: string;
  title: Bilingual;
  /** Documentation the reader was written from: a specification, a manual page, a program's source. */
  source: string;
  /** Its tables have columns of any names: a profile says what they mean, and may be asked for. */
  anyColumns?: true;
  /** How sure it is, from the file's beginning and name, that the file is its; null: it is not. Never throws. */
  recognise(file: SourceFile): Recognition | null;
  /**
   * The tables of the file, in a fixed order. Throws UnreadableFile when the file as a whole can't be read; a part that can't be is a broken row.
   */
  tables(file: SourceFile, options: ReadOptions): Promise<SourceTable[]>;
}

/** What speaks for a reader: 0..1, and in words what was seen. */
export interface Recognition {
  score: number;
  why: Bilingual;
}

/** A file as a reader sees it. */
export interface SourceFile {
  /** Where its bytes lie; they may be compressed. */
  path: string;
  /** The name people know it by: an upload's or an archive member's own. */
  name: string;
  compression: Compression;
  /** The first 256 KB, decompressed. */
  head: Buffer;
  /** `head` as text; null when the bytes are no text. */
  text: string | null;
  encoding: TextEncoding | null;
  /** Bytes after decompression. */
  size: number;
  /** The decompressed bytes from the start. */
  open(): Readable;
}

export interface ReadOptions {
  /** Names that headers are known to have, as `plainHeader` writes them: how a header is told from the lines above it. */
  words?: ReadonlySet<string>;
  /** Characters a row may have; longer ones are handed over as broken. */
  maxLine: number;
}

/** One table of a file. */
export interface SourceTable {
  /** Where in the file it stands (sheet, dump table, section); '' when the file is one table. Unique in the file. */
  member: string;
  /** Set when the header has the kind's canonical column names; further columns are kept as extra. null: a profile must say what they mean. */
  kind: FactKindName | null;
  header: readonly string[];
  /** Labelled lines above the header (用户号码：13800001234), label -> value. */
  preamble?: ReadonlyMap<string, string>;
  /** Every row of the table, in batches, from the start each time it is called: the same bytes give the same rows. Memory is bounded. */
  rows(): AsyncIterable<readonly SourceRow[]>;
  /** What a person should know about how it was read; complete once the rows have been read. */
  notes?: readonly Bilingual[];
}

/**
 * A row: one cell per column of the header, or why it could not be cut into cells. `raw` is its text as it stands in the file; for a row put together from
 * several records, theirs, a line each.
 */
export type SourceRow =
  | { cells: readonly string[]; raw?: string; broken?: undefined }
  | { broken: BrokenRow; raw: string; cells?: undefined };

/** Rows handed over together. */
export const ROWS_AT_ONCE = 2000;

/** Gathers single rows into batches. */
export async function* inBatches(
  rows: AsyncIterable<SourceRow> | Iterable<SourceRow>,
): AsyncGenerator<readonly SourceRow[]> {
  let batch: SourceRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < ROWS_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A column's name as names are compared: full-width forms folded, no blanks, small letters. */
export const plainHeader = (name: string): string => name.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
