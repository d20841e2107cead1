import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from './ledger.ts';
import { CsvFile } from './ledger.ts';

/**
 * Columns of the ground truth, which only tests and benches may read.
 * - numbers: one row per number and holder. A number the ring called under has `ring`, from and to (its first and last call); a member's own
 *   phone has person and role but no ring: nobody's family phone is to be flagged; lawful look-alikes have neither.
 * - people.person, numbers.person, victims.person, wages.from/to: the handle used in seats, payments, groups and reviews.
 * - victims: everybody the ring talked to, `number` is their phone, `stage` the deepest of talked, joined, lost, reported.
 */
export const TRUTH_COLUMNS = {
  numbers: ['number', 'ring', 'person', 'role', 'from', 'to'],
  people: ['person', 'ring', 'role', 'team', 'reports_to', 'province', 'city', 'lured'],
  victims: ['person', 'number', 'ring', 'stage', 'at', 'loss'],
  leaks: ['organisation', 'ring', 'until'],
  succession: ['from', 'to', 'at'],
  lookalikes: ['number', 'kind'],
  wages: ['from', 'to', 'role', 'days', 'total'],
} as const;
export type TruthName = keyof typeof TRUTH_COLUMNS;

/** What really happened, kept apart from what the records show. */
export class Truth {
  private readonly rows = new Map<TruthName, Cell[][]>(
    (Object.keys(TRUTH_COLUMNS) as TruthName[]).map((name) => [name, []]),
  );

  add(name: TruthName, ...cells: Cell[]): void {
    if (cells.length !== TRUTH_COLUMNS[name].length) {
      throw new Error(`simulate: truth/${name} has ${TRUTH_COLUMNS[name].length} columns, got ${cells.length}`);
    }
    this.rows.get(name)!.push(cells);
  }

  count(name: TruthName): number {
    return this.rows.get(name)!.length;
  }

  /** All cells of one column as text. */
  column<N extends TruthName>(name: N, column: (typeof TRUTH_COLUMNS)[N][number]): string[] {
    const i = (TRUTH_COLUMNS[name] as readonly string[]).indexOf(column);
    return this.rows.get(name)!.map((row) => String(row[i] ?? ''));
  }

  writeTo(dir: string): void {
    mkdirSync(dir, { recursive: true });
    for (const [name, rows] of this.rows) {
      const file = new CsvFile(join(dir, `${name}.csv`), TRUTH_COLUMNS[name]);
      for (const row of rows) file.write(row);
      file.close();
    }
  }
}
