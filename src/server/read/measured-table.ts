import { FEATURES } from '../../features/catalogue.ts';
import type { Table } from '../../detect/trained/table.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import { raw, sql } from '../../store/sql.ts';
import { verdicts } from './judgements.ts';

const NAMES = FEATURES.map((f) => f.name);
const COLUMNS = raw(['number', ...NAMES].join(', '));
const HEADER = ['number', ...NAMES];
/** Name of the label column. */
export const JUDGED = 'judged';

type Row = Record<string, string | number | null>;
const cellsOf = (row: Row): string[] => HEADER.map((name) => (row[name] === null ? '' : String(row[name])));

/** Measures of the numbers that people judged to be a ring's or lawful, with that as label. What was judged unsure, or taken back, is left out. */
export async function judgedNumbers(facts: FactsStore, records: RecordsStore): Promise<Table> {
  const now = await verdicts(records, 'number');
  const judged = [...now].filter(([, v]) => v === 'ring' || v === 'lawful').sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = await facts.query<Row>(
    sql`SELECT ${COLUMNS} FROM measures WHERE number IN ${judged.map(([n]) => n)} ORDER BY number`,
  );
  return {
    header: [...HEADER, JUDGED],
    rows: rows.map((r) => [...cellsOf(r), now.get(String(r['number'])) ?? '']),
    sha256: '',
  };
}

/** Measures of every number, some thousand at a time. */
export async function* measuredNumbers(facts: FactsStore): AsyncGenerator<Table> {
  for await (const rows of facts.stream<Row>(sql`SELECT ${COLUMNS} FROM measures ORDER BY number`)) {
    yield { header: HEADER, rows: rows.map(cellsOf), sha256: '' };
  }
}
