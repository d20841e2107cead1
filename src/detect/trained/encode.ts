import type { Matrix } from './trees.ts';
import { UnusableTable, type Table } from './table.ts';

/**
 * How a column becomes numbers. Categories are in order of how many rows have them. Ordering them by their rows' classes would learn faster, but would show each row's own class to the
 * folds that are to be judged on it.
 */
export type FeatureSpec = { name: string } & (
  | { kind: 'number'; /** 0 %, 1 %, ... 100 % points of the training rows. */ points: number[] }
  | { kind: 'category'; codes: Record<string, number> }
);

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '\\n']);
const numberOf = (cell: string): number => (MISSING.has(cell.toLowerCase()) ? NaN : Number(cell));
/** Cells that must be numbers for a column to be one. */
const NUMERIC = 0.98;
/** A category needs this many training rows to be told from chance. */
const LEAST_ROWS = 5;
/** Digits that name something: a telephone number, an account, a serial number. */
const NAMING = /^\+?\d{7,}$/;
/** A text column with more categories than this share of its rows names things rather than describing them. */
const MOST_DISTINCT = 0.2;

/**
 * Decides how each column is read. Columns that are constant, or that only name the rows, are left out.
 *
 * @param skip places of the id and the label */
export function featuresOf(table: Table, skip: ReadonlySet<number>): FeatureSpec[] {
  const specs: FeatureSpec[] = [];
  const known = new Set<string>();
  table.header.forEach((name, at) => {
    if (skip.has(at) || known.has(name)) return;
    const cells = table.rows.map((r) => r[at]!);
    const seen = cells.filter((c) => !MISSING.has(c.toLowerCase()));
    if (new Set(seen).size < 2) return;
    known.add(name);
    const numbers = seen.map(Number).filter(Number.isFinite);
    const distinct = new Set(seen).size;
    if (distinct >= NUMERIC * seen.length && seen.every((c) => NAMING.test(c))) return;
    if (numbers.length >= NUMERIC * seen.length) {
      specs.push({ name, kind: 'number', points: pointsOf(Float64Array.from(numbers).sort()) });
      return;
    }
    const codes = categories(cells);
    if (Object.keys(codes).length < 2 || distinct > Math.max(20, MOST_DISTINCT * seen.length)) return;
    specs.push({ name, kind: 'category', codes });
  });
  if (specs.length === 0)
    throw new UnusableTable('No column says anything of the rows: all are constant, or name them.');
  return specs;
}

function pointsOf(sorted: Float64Array): number[] {
  return Array.from({ length: 101 }, (_, q) => sorted[Math.round((q / 100) * (sorted.length - 1))]!);
}

function categories(cells: readonly string[]): Record<string, number> {
  const rows = new Map<string, number>();
  for (const c of cells) if (!MISSING.has(c.toLowerCase())) rows.set(c, (rows.get(c) ?? 0) + 1);
  const often = [...rows].filter(([, n]) => n >= LEAST_ROWS);
  often.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return Object.fromEntries(often.map(([c], i) => [c, i]));
}

/** The table's rows as the model reads them; a column that the table lacks is missing everywhere. */
export function encode(table: Table, features: readonly FeatureSpec[]): Matrix {
  const columns = features.map((f) => {
    const at = table.header.findIndex((h) => h === f.name);
    if (at < 0) return new Float64Array(table.rows.length).fill(NaN);
    return Float64Array.from(table.rows, (r) => {
      const cell = r[at]!;
      if (f.kind === 'category') return f.codes[cell] ?? NaN;
      const x = numberOf(cell);
      return Number.isFinite(x) ? x : NaN;
    });
  });
  return { rows: table.rows.length, columns };
}

/** Share of the training rows with less, 0..1; null for a category or a missing value. */
export function rankOf(f: FeatureSpec, x: number): number | null {
  if (f.kind !== 'number' || Number.isNaN(x)) return null;
  let below = 0;
  for (const p of f.points) if (p < x) below++;
  return Math.min(1, below / 100);
}

export const subset = (m: Matrix, rows: ArrayLike<number>): Matrix => ({
  rows: rows.length,
  columns: m.columns.map((c) => Float64Array.from(rows, (i) => c[i]!)),
});
