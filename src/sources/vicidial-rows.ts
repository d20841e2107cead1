import { dumpRows, type DumpRow, type DumpTable } from './mysql-dump.ts';
import type { ReadOptions, SourceFile } from './reader.ts';
import { Seen } from './vicidial-index.ts';

/** A row's cells by column name; '' for NULL and for what the table does not have. */
export type Cells = (column: string) => string;

/** A row of VICIdial's, under the name of the live table; `nth` counts the whole ones of that table from 0. */
export type VicidialRow = { table: string } & (
  | { cells: Cells; nth: number; raw: string; broken?: undefined }
  | { broken: NonNullable<DumpRow['broken']>; raw: string; cells?: undefined }
);

/**
 * What tells a row of a log from all others. ADMIN_archive_log_tables.pl copies logs into *_archive tables and deletes the old ones from the live table some
 * time later: until then a call stands in both.
 */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  vicidial_log: ['uniqueid', 'lead_id', 'call_date'],
  vicidial_closer_log: ['closecallid', 'lead_id', 'call_date'],
  vicidial_dial_log: ['caller_code', 'lead_id', 'call_date'],
  vicidial_did_log: ['uniqueid', 'call_date'],
  vicidial_user_log: ['user_log_id', 'user', 'event_date', 'event'],
  vicidial_admin_log: ['admin_log_id', 'user', 'event_date'],
  vicidial_rt_monitor_log: ['caller_code', 'manager_user', 'agent_user', 'monitor_start_time'],
  recording_log: ['recording_id', 'lead_id', 'start_time', 'filename'],
};

/** `vicidial_log_archive` -> `vicidial_log`; other names as they are. */
export function liveName(table: string): string {
  const live = table.replace(/_archive$/, '');
  return live in KEYS ? live : table;
}

/** Cells of a row by name; the columns' places are looked up once per statement. */
export function cellsBy(): (columns: readonly string[], cells: readonly (string | null)[]) => Cells {
  let known: readonly string[] | null = null;
  let places = new Map<string, number>();
  return (columns, cells) => {
    if (columns !== known) {
      known = columns;
      places = new Map(columns.map((name, i) => [name, i]));
    }
    const here = places;
    return (name) => {
      const i = here.get(name);
      return i === undefined ? '' : (cells[i] ?? '').trim();
    };
  };
}

/**
 * Rows of some of the tables of one database of a dump, live and archived ones as one table, in the order of the file. A row that stands in both is given once.
 * @param dropped is told how many rows of a table were given before
 */
export async function* vicidialRows(
  file: SourceFile,
  options: ReadOptions,
  database: string,
  tables: ReadonlySet<string>,
  dropped: Map<string, number> = new Map(),
): AsyncGenerator<VicidialRow> {
  const seen = new Map<string, Seen>();
  const nth = new Map<string, number>();
  const cellsOf = cellsBy();
  const wanted = (t: string, d: string): boolean => d === database && tables.has(liveName(t));
  const known = new Map<string, DumpTable>();
  for await (const row of dumpRows(file, options, wanted, known)) {
    const table = liveName(row.table);
    if (row.broken !== undefined) {
      yield { table, broken: row.broken, raw: row.raw };
      continue;
    }
    const cells = cellsOf(row.columns, row.cells);
    const key = KEYS[table]?.map(cells).join('\0');
    if (key !== undefined) {
      const other = seen.get(row.table === table ? `${table}_archive` : table);
      let own = seen.get(row.table);
      if (own === undefined) seen.set(row.table, (own = new Seen()));
      own.add(key);
      if (other?.has(key) === true) {
        dropped.set(table, (dropped.get(table) ?? 0) + 1);
        continue;
      }
    }
    const n = nth.get(table) ?? 0;
    nth.set(table, n + 1);
    yield { table, cells, nth: n, raw: row.raw };
  }
}
