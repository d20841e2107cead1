import type { Bilingual } from '../model/reason.ts';
import { dumpTables, looksLikeDump, mysqlDump, type DumpTable } from './mysql-dump.ts';
import {
  inBatches,
  type ReadOptions,
  type Reader,
  type SourceFile,
  type SourceRow,
  type SourceTable,
} from './reader.ts';
import { headerOf, MAKINGS, type Making, type Passed } from './vicidial-making.ts';
import { leftNotes, passedNote, SOURCE, twiceNote } from './vicidial-notes.ts';
import { References } from './vicidial-references.ts';
import { liveName, vicidialRows } from './vicidial-rows.ts';

export { vicidialCsv, VICIDIAL_TABLES } from './vicidial-csv.ts';

/** Tables of astguiclient that come first in a dump (mysqldump sorts them): the first of vicidial_* may stand gigabytes behind them. */
const EARLY = new Set([
  'audio_store_details',
  'callcard_accounts',
  'cid_channels_recent',
  'conferences',
  'live_sip_channels',
]);
/** The columns of its call_log, whose name others use too. */
const OWN_CALL_LOG = /channel_group[^;]{0,400}number_dialed[^;]{0,200}caller_code/i;

/**
 * The database of a VICIdial dialler (astguiclient), as mysqldump writes it: seats and teams, log-ins, calls with the number they showed, listening, scripts. The
 * file is read once for its tables, once for what rows refer to (References), once for the attempts each call belongs to, and once for each table it
 * becomes; rows are handed over as they come. A dump of several diallers gives the tables of each, `database.kind`.
 */
export const vicidialDump: Reader = {
  id: 'vicidial-dump',
  title: { zh: 'VICIdial 外呼系统数据库', en: 'VICIdial dialler database' },
  source: SOURCE,
  recognise({ text }) {
    const tables = text === null ? null : looksLikeDump(text);
    if (tables === null) return null;
    const own = [...new Set(tables.filter((t) => t.startsWith('vicidial_')))];
    const early = [...new Set(tables.filter((t) => EARLY.has(t)))];
    if (own.length === 0 && OWN_CALL_LOG.test(text ?? '')) early.push('call_log');
    const shown = [...own, ...early].slice(0, 3).join(', ');
    if (shown === '') return null;
    return { score: own.length > 0 ? 0.9 : 0.8, why: { zh: `转储中有 ${shown}`, en: `the dump has ${shown}` } };
  },
  async tables(file, options) {
    const all = await dumpTables(file, options);
    const databases = [...new Set(all.filter((t) => t.table.startsWith('vicidial_')).map((t) => t.database))];
    // Begins as a dialler's dump does, and is none.
    if (databases.length === 0) return mysqlDump.tables(file, options);
    const found: SourceTable[] = [];
    for (const database of databases) {
      const prefix = databases.length > 1 ? `${database}.` : '';
      const own = all.filter((t) => t.database === database && t.rows > 0);
      found.push(...(await tablesOf(file, options, database, prefix, own)));
    }
    return found;
  },
};

async function tablesOf(
  file: SourceFile,
  options: ReadOptions,
  database: string,
  prefix: string,
  own: readonly DumpTable[],
): Promise<SourceTable[]> {
  const has = new Set(own.map((t) => liveName(t.table)));
  const making = MAKINGS.filter((m) => Object.keys(m.from).some((t) => has.has(t)));
  const refs = new References();
  const twice = new Map<string, number>();
  for await (const row of vicidialRows(file, options, database, References.TABLES, twice))
    if (row.broken === undefined) refs.take(row.table, row.cells);

  // The matching is needed for calls only, and once.
  let matched: Promise<void> | null = null;
  const match = async (): Promise<void> => {
    for await (const row of vicidialRows(file, options, database, References.MATCHED))
      if (row.broken === undefined) refs.match(row.table, row.cells);
  };
  const ready = (m: Making): Promise<void> => (m.kind === 'calls' ? (matched ??= match()) : Promise.resolve());

  const read = new Set(MAKINGS.flatMap((m) => Object.keys(m.from)));
  const left = own
    .filter((t) => !read.has(liveName(t.table)) && !References.TABLES.has(liveName(t.table)))
    .map((t): [string, number] => [t.table, t.rows]);
  return making.map((m, i) =>
    tableOf(file, options, database, prefix, m, refs, () => ready(m), i === 0 ? leftNotes(left) : []),
  );
}

function tableOf(
  file: SourceFile,
  options: ReadOptions,
  database: string,
  prefix: string,
  making: Making,
  refs: References,
  ready: () => Promise<void>,
  first: readonly Bilingual[],
): SourceTable {
  const header = headerOf(making);
  const notes: Bilingual[] = [...first];
  const tables = new Set(Object.keys(making.from));
  const rows = async function* (): AsyncGenerator<SourceRow> {
    await ready();
    const passed = new Map<string, number>();
    const twice = new Map<string, number>();
    for await (const row of vicidialRows(file, options, database, tables, twice)) {
      if (row.broken !== undefined) {
        yield { broken: row.broken, raw: row.raw };
        continue;
      }
      const made = making.from[row.table]!(row.cells, refs, row.nth);
      if (typeof made === 'string') passed.set(`${row.table} ${made}`, (passed.get(`${row.table} ${made}`) ?? 0) + 1);
      else yield { cells: header.map((name) => made[name] ?? ''), raw: row.raw };
    }
    notes.splice(0, notes.length, ...first);
    for (const [key, n] of passed) {
      const [table = '', why] = key.split(' ');
      notes.push(passedNote(table, why as Passed, n));
    }
    for (const [table, n] of twice) notes.push(twiceNote(table, n));
  };
  return { member: `${prefix}${making.kind}`, kind: making.kind, header, notes, rows: () => inBatches(rows()) };
}
