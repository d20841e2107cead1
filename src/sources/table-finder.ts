import { plainHeader } from './reader.ts';

/** Rows of a table that people made: where its header stands, what is said above it, which rows are no records. */
export interface FoundTable {
  /** Index of the header among the rows looked at. */
  headerAt: number;
  header: string[];
  /** Labelled cells above the header, label -> value. */
  preamble: Map<string, string>;
}

/** Rows at the beginning that are looked at. */
export const LOOKED_AT = 80;

const LABELLED = /^([^:\uff1a]{1,20})[:\uff1a]\s*(.+)$/;
const LABEL_ALONE = /^([^:\uff1a]{1,20})[:\uff1a]$/;

/**
 * Finds the header among the first rows of a sheet or a text: the row with most of the known column names, at least two of them; without
 * such a row, the first one with at least two cells that are all words and whose followers are about as wide. null: there is none.
 */
export function findTable(rows: readonly (readonly string[])[], words: ReadonlySet<string>): FoundTable | null {
  let best = -1;
  let known = 1;
  rows.slice(0, LOOKED_AT).forEach((row, i) => {
    const n = new Set(row.map(plainHeader).filter((c) => knows(words, c))).size;
    if (n > known) [best, known] = [i, n];
  });
  if (best < 0) best = rows.slice(0, LOOKED_AT).findIndex((row, i) => looksLikeHeader(row, rows[i + 1]));
  if (best < 0) return null;
  const header = (rows[best] ?? []).map((c) => c.trim());
  while (header.length > 0 && header.at(-1) === '') header.pop();
  return { headerAt: best, header, preamble: preambleOf(rows.slice(0, best)) };
}

const knows = (words: ReadonlySet<string>, cell: string): boolean =>
  cell !== '' && (words.has(cell) || words.has(cell.replace(/\([^()]*\)$/, '')));

function looksLikeHeader(row: readonly string[], next: readonly string[] | undefined): boolean {
  const cells = row.filter((c) => c.trim() !== '');
  if (cells.length < 2 || next === undefined) return false;
  const width = next.filter((c) => c.trim() !== '').length;
  return cells.every((c) => !/^[\d\s:./-]+$/.test(c) && c.length <= 30) && width >= 2 && width <= cells.length + 1;
}

function preambleOf(rows: readonly (readonly string[])[]): Map<string, string> {
  const out = new Map<string, string>();
  const put = (label: string, value: string): void => {
    const key = plainHeader(label);
    if (!out.has(key)) out.set(key, value.replace(/^\[(.*)\]$/, '$1').trim());
  };
  for (const row of rows) {
    const cells = row.map((c) => c.trim()).filter((c) => c !== '');
    cells.forEach((cell, i) => {
      const [, label, value] = LABELLED.exec(cell) ?? [];
      const alone = LABEL_ALONE.exec(cell)?.[1] ?? (cells.length === 2 && i === 0 ? cell : undefined);
      if (label !== undefined && value !== undefined) put(label, value);
      else if (alone !== undefined && cells[i + 1] !== undefined) put(alone, cells[i + 1]!);
    });
  }
  return out;
}

const TOTAL = /^(?:合计|总计|小计|共计|总共|本页合计|total\b|subtotal\b|grand total\b|sum\b|共\s*\d+\s*(?:条|笔|行))/i;

export type NoRecord = 'blank' | 'total' | 'repeated_header' | 'remark';

/** Why a row below the header is no record; null when it is one. */
export function noRecord(row: readonly string[], header: readonly string[]): NoRecord | null {
  const cells = row.map((c) => c.trim()).filter((c) => c !== '');
  const [first] = cells;
  if (first === undefined) return 'blank';
  if (TOTAL.test(first) && cells.length < header.length) return 'total';
  if (cells.length > 1 && header.every((name, i) => (row[i] ?? '').trim() === name)) return 'repeated_header';
  // A line across the sheet (导出时间：..., -----): a record of three columns or more never has one cell only.
  if (
    cells.length === 1 &&
    header.length >= 3 &&
    (/^[-=*_#]{3,}/.test(first) || LABELLED.test(first) || first.length > 30)
  )
    return 'remark';
  return null;
}
