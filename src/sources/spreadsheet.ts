import { readFileSync } from 'node:fs';
import type * as Sheets from '@e965/xlsx';
import { UnreadableFile } from './inspect.ts';
import { peopleTable, type CutRow } from './people-table.ts';
import type { Reader, SourceFile, SourceTable } from './reader.ts';
import { findTable, LOOKED_AT } from './table-finder.ts';

const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/**
 * Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): every sheet with a header is a table. A cell's value is taken, not its looks: a number shown as
 * 1.38E+10 that is whole inside comes out whole. Numbers of more than fifteen digits have lost their last ones when they were saved; they come out
 * in the spreadsheet's own notation, so that nobody takes them for whole.
 */
export const spreadsheet: Reader = {
  id: 'spreadsheet',
  anyColumns: true,
  title: { zh: '电子表格', en: 'spreadsheet' },
  source: 'ECMA-376; MS-XLS; cells read by SheetJS 0.20',
  recognise(file) {
    if (!isWorkbook(file)) return null;
    return { score: 0.95, why: { zh: '文件是电子表格', en: 'the file is a workbook' } };
  },
  async tables(file, options) {
    const { read, SSF } = await import('@e965/xlsx');
    const book = parsed(file, read);
    const tables: SourceTable[] = [];
    for (const name of book.SheetNames) {
      const sheet = book.Sheets[name] as Sheets.DenseWorkSheet | undefined;
      const data = sheet?.['!data'] ?? [];
      const at = (r: number): string[] => rowText(data[r], SSF);
      const merged = sheet === undefined ? new Map<number, [number, string][]>() : mergedCells(sheet, at);
      const row = (r: number): string[] => {
        const cells = at(r);
        for (const [column, text] of merged.get(r) ?? []) if ((cells[column] ?? '') === '') cells[column] = text;
        return Array.from(cells, (c) => c ?? '');
      };
      const head = Array.from({ length: Math.min(LOOKED_AT, data.length) }, (_, r) => row(r));
      const found = findTable(head, options.words ?? new Set());
      if (found === null) continue;
      tables.push(
        peopleTable(name, found, async function* (): AsyncGenerator<CutRow> {
          for (let r = 0; r < data.length; r++) {
            const cells = row(r);
            yield { cells, raw: cells.join('\t') };
          }
        }),
      );
    }
    return tables;
  },
};

/** By its bytes: an OLE file, or a zip archive that holds a workbook's parts. */
export function isWorkbook(file: Pick<SourceFile, 'head' | 'name'>): boolean {
  if (file.head.subarray(0, 4).equals(OLE)) return true;
  if (!file.head.subarray(0, 4).equals(ZIP)) return false;
  const names = file.head.toString('latin1');
  return (
    /\[Content_Types\]\.xml|xl\/|_rels\/\.rels|application\/vnd\.oasis\.opendocument\.spreadsheet/.test(names) ||
    /\.(xlsx|xlsm|xlsb|ods)$/i.test(file.name)
  );
}

function parsed(file: SourceFile, read: typeof Sheets.read): Sheets.WorkBook {
  try {
    // Dates stay numbers: they are written out below, without this machine's time zone.
    return read(readFileSync(file.path), {
      dense: true,
      cellNF: true,
      cellText: false,
      cellHTML: false,
      cellFormula: false,
    });
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new UnreadableFile('binary', `workbook: ${words}`, '', { cause });
  }
}

type Formats = typeof Sheets.SSF;

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
