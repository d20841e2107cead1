import { createHash } from 'node:crypto';
import { DelimitedReader, sniffDelimiter } from '../../sources/delimited.ts';
import { inspectFile, openDecompressed } from '../../sources/inspect.ts';

/** A delimited file with a header line, as text. */
export interface Table {
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** SHA-256 of the file's bytes. */
  sha256: string;
}

/** A table that cannot be used as it is, with what is wrong. */
export class UnusableTable extends Error {
  override readonly name = 'UnusableTable';
}

const MAX_LINE = 16 * 1024 * 1024;

/**
 * Reads CSV (comma, semicolon, tab), plain or .gz, UTF-8 or GB18030. Cells are trimmed; a row of another width than the header's is an error, with its number.
 *
 * @throws UnusableTable; UnreadableFile for an empty, binary or truncated file; the system's own error when it cannot be opened
 */
export async function readTable(path: string): Promise<Table> {
  const file = await inspectFile(path, MAX_LINE);
  if (file.format === 'binary' || file.format === 'parquet') {
    throw new UnusableTable(`${path} is not a delimited text file (CSV with a header line).`);
  }
  const encoding = file.encoding ?? 'gb18030';
  const delimiter = sniffDelimiter(new TextDecoder(encoding).decode(file.head));
  const reader = new DelimitedReader({ delimiter, width: null, maxLine: MAX_LINE });
  const decoder = new TextDecoder(encoding);
  const rows: string[][] = [];
  const take = (records: ReturnType<DelimitedReader['feed']>): void => {
    for (const r of records) {
      if (r.cells === undefined) throw new UnusableTable(`${path}, line ${rows.length + 1}: ${r.broken}`);
      rows.push(r.cells.map((c) => c.trim()));
    }
  };
  for await (const piece of openDecompressed(path, file.compression)) {
    take(reader.feed(decoder.decode(piece as Buffer, { stream: true })));
  }
  take(reader.feed(decoder.decode()));
  take(reader.end());
  const header = rows.shift() ?? [];
  if (header[0] !== undefined) header[0] = header[0].replace(/^\uFEFF/, '');
  const wrong = rows.findIndex((r) => r.length !== header.length);
  if (wrong >= 0) {
    throw new UnusableTable(
      `${path}, row ${wrong + 1}: ${rows[wrong]!.length} cells, but the header has ${header.length} columns.`,
    );
  }
  return { header, rows, sha256: file.sha256 };
}

/** Place of a column, by its exact name or else by the same letters. @throws UnusableTable naming the columns there are */
export function columnAt(table: Table, name: string): number {
  const exact = table.header.indexOf(name);
  const at = exact >= 0 ? exact : table.header.findIndex((h) => h.toLowerCase() === name.toLowerCase());
  if (at < 0) throw new UnusableTable(`There is no column "${name}"; there are: ${table.header.join(', ')}.`);
  return at;
}

/** Columns that name a row in files of this kind, most telling first. */
const IDS = ['id', 'number', 'phone', 'phone_no_m', 'person', 'user', 'account', 'msisdn', 'name', '号码', '用户'];

/** The column that names each row: the one asked for, a usual name, or none (rows are then numbered from 1). */
export function idColumn(table: Table, asked: string | undefined): number | null {
  if (asked !== undefined) return columnAt(table, asked);
  for (const name of IDS) {
    const at = table.header.findIndex((h) => h.toLowerCase() === name);
    if (at >= 0) return at;
  }
  return null;
}

/** Ids are remembered by their digest only: a model must not carry people's numbers about. */
export const digestOf = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 12);
