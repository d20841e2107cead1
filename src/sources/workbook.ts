import { readFile } from 'node:fs/promises';
import type * as Sheets from '@e965/xlsx';
import { ROWS_AT_ONCE } from './reader.ts';

/** One sheet of a workbook. Its rows are packed, so that handing them from one thread to another copies a few texts and not millions. */
export interface Sheet {
  name: string;
  /** JSON of `string[][]` each, rows in order. */
  batches: string[];
}

type Formats = typeof Sheets.SSF;

/**
 * The sheets of a workbook as text. A cell's value is taken, not its looks: a number shown as 1.38E+10 that is whole inside comes out whole.
 * Numbers of more than fifteen digits have lost their last ones when they were saved; they come out in the spreadsheet's own notation, so that nobody
 * takes them for whole. Cells below the first one of a merged area have its value. Throws what the library throws.
 */
export async function sheetsOf(path: string): Promise<Sheet[]> {
  const [{ read, SSF }, bytes] = await Promise.all([import('@e965/xlsx'), readFile(path)]);
  // Dates stay numbers: they are written out below, without this machine's time zone.
  const book = read(bytes, { dense: true, cellNF: true, cellText: false, cellHTML: false, cellFormula: false });
  return book.SheetNames.map((name): Sheet => {
    const sheet = book.Sheets[name] as Sheets.DenseWorkSheet | undefined;
    const data = sheet?.['!data'] ?? [];
    const at = (r: number): string[] => rowText(data[r], SSF);
    const merged = sheet === undefined ? new Map<number, [number, string][]>() : mergedCells(sheet, at);
    const row = (r: number): string[] => {
      const cells = at(r);
      for (const [column, text] of merged.get(r) ?? []) if ((cells[column] ?? '') === '') cells[column] = text;
      return Array.from(cells, (c) => c ?? '');
    };
    const batches: string[] = [];
    for (let from = 0; from < data.length; from += ROWS_AT_ONCE) {
      const to = Math.min(data.length, from + ROWS_AT_ONCE);
      batches.push(JSON.stringify(Array.from({ length: to - from }, (_, i) => row(from + i))));
    }
    return { name, batches };
  });
}

function rowText(row: readonly (Sheets.CellObject | undefined)[] | undefined, formats: Formats): string[] {
  const out: string[] = [];
  row?.forEach((cell, c) => {
    out[c] = cellText(cell, formats);
  });
  return Array.from(out, (c) => c ?? '');
}

function cellText(cell: Sheets.CellObject | undefined, formats: Formats): string {
  if (cell?.v === undefined || cell.v === null) return '';
  if (cell.t === 'n') return numberText(cell.v as number, String(cell.z ?? 'General'), formats);
  if (cell.t === 'b') return cell.v === true ? '1' : '0';
  if (cell.t === 'e') return String(cell.w ?? '#N/A');
  return String(cell.v);
}

function numberText(value: number, format: string, formats: Formats): string {
  if (formats.is_date(format)) return dateText(value, format, formats);
  if (Number.isInteger(value) && Math.abs(value) >= 1e15) return value.toExponential(14).replace('e+', 'E+');
  // Fifteen significant digits are what a workbook keeps; more would show how numbers are stored (0.30000000000000004).
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(15)));
}

const two = (n: number): string => String(n).padStart(2, '0');

/** A date as text, wall clock; a time of day or a length of time as H:MM:SS. */
function dateText(value: number, format: string, formats: Formats): string {
  const seconds = Math.round(value * 86_400);
  const hasDay = /[yd年日]/i.test(format.replace(/\[[^\]]*\]|"[^"]*"/g, (m) => (/年|日/.test(m) ? m : '')));
  if (!hasDay || value < 1)
    return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const d = formats.parse_date_code(value) as {
    y: number;
    m: number;
    d: number;
    H: number;
    M: number;
    S: number;
  } | null;
  if (d === null) return String(value);
  // Seconds are rounded as a whole, so that 08:59:59.9999 does not lose a second.
  const at = new Date(Date.UTC(d.y, d.m - 1, d.d) + (seconds - Math.floor(value) * 86_400) * 1000);
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** Cells below the first one of a merged area have its value: row -> (column, text). Merged across only, the others stay empty. */
function mergedCells(sheet: Sheets.DenseWorkSheet, row: (r: number) => string[]): Map<number, [number, string][]> {
  const out = new Map<number, [number, string][]>();
  for (const { s, e } of sheet['!merges'] ?? []) {
    const text = row(s.r)[s.c] ?? '';
    if (text === '') continue;
    for (let r = s.r + 1; r <= e.r; r++) out.set(r, [...(out.get(r) ?? []), [s.c, text]]);
  }
  return out;
}
