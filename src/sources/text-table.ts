import { DelimitedReader, sniffDelimiter } from './delimited.ts';
import type { ReadOptions, SourceFile, SourceTable } from './reader.ts';
import { peopleTable, type CutRow } from './people-table.ts';
import { findTable, LOOKED_AT } from './table-finder.ts';

/** Delimiters in the order in which they are tried when a file has lines above its header. */
const DELIMITERS = [',', '\t', ';', '|'] as const;

/**
 * A delimited text as people export it: lines above the header, totals below, rows of unequal width. null when no header is found in its
 * beginning. The delimiter is the one under which the header has most known names.
 */
export function textTable(
  file: SourceFile,
  options: ReadOptions & { delimiter?: string },
): (SourceTable & { delimiter: string; headerAt: number }) | null {
  const { text, encoding } = file;
  if (text === null || encoding === null) return null;
  const words = options.words ?? new Set<string>();
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .slice(0, LOOKED_AT)
    .join('\n');
  const tried =
    options.delimiter === undefined ? [...new Set([sniffDelimiter(text), ...DELIMITERS])] : [options.delimiter];
  const found = tried
    .map((delimiter) => ({ delimiter, table: findTable(cut(lines, delimiter), words) }))
    .filter((f) => f.table !== null)
    .map((f) => ({ ...f, known: f.table!.header.filter((h) => h !== '').length }))
    .sort((a, b) => b.known - a.known)[0];
  if (found === undefined) return null;
  const { delimiter, table } = found;
  const rows = async function* (): AsyncGenerator<CutRow> {
    const reader = new DelimitedReader({ delimiter, width: null, maxLine: options.maxLine });
    const decoder = new TextDecoder(encoding);
    let first = true;
    for await (const chunk of file.open()) {
      let piece = decoder.decode(chunk as Buffer, { stream: true });
      if (first) piece = piece.replace(/^\ufeff/, '');
      first = false;
      for (const record of reader.feed(piece)) yield cutRow(record, delimiter);
    }
    for (const record of [...reader.feed(decoder.decode()), ...reader.end()]) yield cutRow(record, delimiter);
  };
  return { ...peopleTable('', table!, rows), delimiter, headerAt: table!.headerAt };
}

type Cut = ReturnType<DelimitedReader['feed']> extends Generator<infer R> ? R : never;

/** A line whose quotes are broken is cut at its delimiters: in such files a stray quote is a character like others. */
const cutRow = (record: Cut, delimiter: string): CutRow =>
  record.broken === undefined
    ? { cells: record.cells.map(bare), raw: record.raw }
    : { cells: record.raw.split(delimiter).map(bare), raw: record.raw };

/** Exports put a tab behind long digits so that spreadsheets leave them alone, or write ="13800001234". */
const bare = (cell: string): string => {
  const trimmed = cell.replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '');
  return /^="(.*)"$/.exec(trimmed)?.[1] ?? trimmed;
};

function cut(text: string, delimiter: string): string[][] {
  const reader = new DelimitedReader({ delimiter, width: null, maxLine: text.length + 1 });
  return [...reader.feed(text), ...reader.end()].map((r) => [...cutRow(r, delimiter).cells]);
}
