import type { FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { DelimitedReader, readHeader, sniffDelimiter } from './delimited.ts';
import { inBatches, type ReadOptions, type Reader, type SourceFile, type SourceRow } from './reader.ts';
import { headerOf, MAKINGS } from './vicidial-making.ts';
import { passedNote, SOURCE } from './vicidial-notes.ts';
import { References } from './vicidial-references.ts';
import { cellsBy } from './vicidial-rows.ts';

/** VICIdial's tables that are known by themselves: the columns no other of its tables has together, and the kind their rows become; null: none alone. */
export const VICIDIAL_TABLES: Readonly<Record<string, { columns: readonly string[]; kind: FactKindName | null }>> = {
  vicidial_dial_log: { columns: ['caller_code', 'lead_id', 'outbound_cid', 'call_date'], kind: 'calls' },
  vicidial_closer_log: { columns: ['closecallid', 'lead_id', 'length_in_sec', 'phone_number'], kind: 'calls' },
  vicidial_log: {
    columns: ['uniqueid', 'lead_id', 'length_in_sec', 'phone_number', 'campaign_id'],
    kind: 'calls',
  },
  recording_log: { columns: ['recording_id', 'start_time', 'filename', 'location'], kind: null },
  vicidial_users: { columns: ['user', 'full_name', 'user_group', 'phone_login'], kind: 'seats' },
  vicidial_user_log: { columns: ['user', 'event', 'event_date', 'campaign_id'], kind: 'logins' },
  vicidial_admin_log: { columns: ['user', 'event_date', 'ip_address', 'event_section'], kind: 'logins' },
  vicidial_rt_monitor_log: { columns: ['manager_user', 'agent_user', 'monitor_start_time'], kind: 'reviews' },
  vicidial_scripts: { columns: ['script_id', 'script_text'], kind: 'texts' },
};

const ALONE: Readonly<Record<string, Bilingual>> = {
  vicidial_log: {
    zh: 'vicidial_log 不含主叫号码，其通话无法导入；请提供 vicidial_dial_log，或导入整个数据库转储',
    en: 'vicidial_log has no number shown, so its calls cannot be taken in; bring vicidial_dial_log, or the whole database as a dump',
  },
  vicidial_dial_log: {
    zh: '单独的 vicidial_dial_log 只有拨号尝试：是否接通、通话时长未见；被叫号码可能带有拨号前缀',
    en: 'vicidial_dial_log alone has attempts only: whether they were answered and how long is not seen; numbers dialled may have a prefix of the dial plan',
  },
  vicidial_closer_log: {
    zh: '单独的 vicidial_closer_log 不能区分来电与转接的外呼通话；请导入整个数据库转储',
    en: 'vicidial_closer_log alone does not tell calls that came in from outbound ones handed over; bring the whole database as a dump',
  },
  recording_log: {
    zh: 'recording_log 单独不构成任何种类的记录；与 vicidial_log 一起在转储中时，录音会归到通话上',
    en: 'recording_log alone is no kind of record; in a dump with vicidial_log its recordings go to the calls',
  },
};

function known(text: string): { table: string; delimiter: string; columns: string[] } | null {
  const delimiter = sniffDelimiter(text);
  const columns = (readHeader(text, delimiter) ?? []).map((c) => c.toLowerCase());
  const found = Object.entries(VICIDIAL_TABLES).find(([, t]) => t.columns.every((c) => columns.includes(c)));
  return found === undefined ? null : { table: found[0], delimiter, columns };
}

const BATCH_ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** Exports write NULL out; `mysql --batch` (tabs) escapes what would break its lines. */
const plain = (cell: string, delimiter: string): string | null => {
  if (cell === 'NULL') return null;
  return delimiter === '\t' && cell.includes('\\')
    ? cell.replace(/\\([^])/g, (_, c: string) => BATCH_ESCAPES[c] ?? c)
    : cell;
};

/** One table of a VICIdial dialler, exported as CSV. Rows that name others (the number a call showed) stay without them: those stand in other tables. */
export const vicidialCsv: Reader = {
  id: 'vicidial-csv',
  title: { zh: 'VICIdial 表导出(CSV)', en: 'VICIdial table export (CSV)' },
  source: SOURCE,
  recognise({ text }) {
    const table = text === null ? undefined : known(text)?.table;
    return table === undefined
      ? null
      : { score: 0.85, why: { zh: `表头是 ${table} 的`, en: `its header is that of ${table}` } };
  },
  tables(file, options) {
    const one = known(file.text ?? '');
    if (one === null) return Promise.resolve([]);
    const { table, columns } = one;
    const kind = VICIDIAL_TABLES[table]?.kind ?? null;
    const making = MAKINGS.find((m) => m.kind === kind);
    const alone = ALONE[table] === undefined ? [] : [ALONE[table]];
    const notes = [...alone];
    const refs = new References();
    const header = making === undefined ? columns : headerOf(making);
    const rows = async function* (): AsyncGenerator<SourceRow> {
      const cellsOf = cellsBy();
      let passed = 0;
      let nth = 0;
      for await (const record of records(file, options, one.delimiter, columns.length)) {
        if (record.broken !== undefined) {
          yield record;
          continue;
        }
        const cells = record.cells.map((c) => plain(c, one.delimiter));
        if (making === undefined) {
          yield { cells: cells.map((c) => c ?? ''), raw: record.raw ?? '' };
          continue;
        }
        const made = making.from[table]!(cellsOf(columns, cells), refs, nth++);
        if (typeof made === 'string') passed++;
        else yield { cells: header.map((name) => made[name] ?? ''), raw: record.raw ?? '' };
      }
      notes.splice(0, notes.length, ...alone);
      if (passed > 0) notes.push(passedNote(table, 'no_login', passed));
    };
    return Promise.resolve([{ member: '', kind, header, notes, rows: () => inBatches(rows()) }]);
  },
};

/** Records below the header. */
async function* records(
  file: SourceFile,
  options: ReadOptions,
  delimiter: string,
  width: number,
): AsyncGenerator<SourceRow> {
  const reader = new DelimitedReader({ delimiter, width, maxLine: options.maxLine });
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  let below = false;
  const given = function* (read: ReturnType<DelimitedReader['feed']>): Generator<SourceRow> {
    for (const { cells, broken, raw } of read) {
      if (below) yield broken === undefined ? { cells, raw } : { broken, raw };
      below = true;
    }
  };
  for await (const chunk of file.open()) yield* given(reader.feed(decoder.decode(chunk as Buffer, { stream: true })));
  yield* given(reader.feed(decoder.decode()));
  yield* given(reader.end());
}
