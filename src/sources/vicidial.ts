import { FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { DelimitedReader, readHeader, sniffDelimiter } from './delimited.ts';
import { dumpRows, looksLikeDump } from './mysql-dump.ts';
import {
  inBatches,
  type ReadOptions,
  type Reader,
  type SourceFile,
  type SourceRow,
  type SourceTable,
} from './reader.ts';
import { References, type Cells } from './vicidial-references.ts';

/** One table of ours from one or more of VICIdial's. */
interface Making {
  kind: FactKindName;
  /** Columns beyond the kind's own, kept as extra. */
  more: readonly string[];
  /** What a row of each source table becomes; null: nothing (counted). */
  from: Readonly<Record<string, (row: Cells, refs: References) => Record<string, string> | null>>;
}

const phone = (row: Cells): string => {
  const code = row('phone_code');
  const number = row('phone_number');
  // Code 1 stands before North American numbers, and before those of every dialler nobody set up otherwise.
  return code === '' || code === '1' || number.startsWith(code) ? number : `+${code}${number}`;
};

/**
 * What a dialler's tables say, in our words. Times are local and stay as they are; codes stay VICIdial's own (user_group, user), so that rows of all tables meet.
 * Nothing is judged here: a lawful call centre's dump looks the same.
 */
const MAKINGS: readonly Making[] = [
  {
    kind: 'seats',
    more: ['person_name', 'team_name', 'user_level', 'active'],
    from: {
      vicidial_users: (row, refs) => ({
        seat: row('user'),
        account: row('phone_login') || row('user'),
        team: row('user_group'),
        caller_group: refs.cidGroupOf(row('user_group')),
        task: refs.campaignOf(row('user')),
        person: row('full_name'),
        number: refs.cidOfPhone(row('phone_login')),
        person_name: row('full_name'),
        team_name: refs.groupName(row('user_group')),
        user_level: row('user_level'),
        active: row('active'),
      }),
    },
  },
  {
    kind: 'logins',
    more: ['event', 'campaign', 'detail'],
    from: {
      vicidial_user_log: (row) =>
        /^LOGIN/i.test(row('event'))
          ? {
              account: row('user'),
              at: row('event_date'),
              ip: row('computer_ip') || row('phone_ip'),
              app: 'agent',
              event: row('event'),
              campaign: row('campaign_id'),
              detail: row('browser'),
            }
          : null,
      vicidial_admin_log: (row) => ({
        account: row('user'),
        at: row('event_date'),
        ip: row('ip_address'),
        app: 'admin',
        event: `${row('event_section')} ${row('event_type')}`.trim(),
        campaign: row('record_id'),
        detail: row('event_code'),
      }),
    },
  },
  {
    kind: 'calls',
    more: ['campaign', 'list', 'team', 'lead', 'status'],
    from: {
      vicidial_log: (row, refs) => ({
        started_at: row('call_date'),
        caller:
          refs.cidOfCall(row('uniqueid'), row('lead_id'), row('call_date')) || refs.cidOfCampaign(row('campaign_id')),
        callee: phone(row),
        duration_s: row('length_in_sec') || '0',
        call_id: row('uniqueid'),
        answered: Number(row('length_in_sec')) > 0 && !UNANSWERED.has(row('status')) ? '1' : '0',
        direction: 'out',
        account: refs.accountOf(row('user')),
        recording: refs.recordingOf(row('uniqueid')),
        release_cause: row('term_reason') || row('status'),
        campaign: row('campaign_id'),
        list: row('list_id'),
        team: row('user_group'),
        lead: row('lead_id'),
        status: row('status'),
      }),
      vicidial_closer_log: (row, refs) => ({
        started_at: row('call_date'),
        caller: phone(row),
        callee: row('campaign_id'),
        duration_s: row('length_in_sec') || '0',
        call_id: row('uniqueid'),
        answered: Number(row('length_in_sec')) > 0 ? '1' : '0',
        direction: 'in',
        account: refs.accountOf(row('user')),
        recording: refs.recordingOf(row('uniqueid')),
        release_cause: row('term_reason') || row('status'),
        campaign: row('campaign_id'),
        list: row('list_id'),
        team: row('user_group'),
        lead: row('lead_id'),
        status: row('status'),
      }),
      // An attempt that no log line speaks of: nobody was reached.
      vicidial_dial_log: (row, refs) =>
        refs.hasLog(row('lead_id'), row('call_date'))
          ? null
          : {
              started_at: row('call_date'),
              caller: bareCid(row('outbound_cid')),
              callee: dialled(row('extension')),
              duration_s: '0',
              call_id: row('uniqueid') || row('caller_code'),
              answered: '0',
              direction: 'out',
              trunk: row('channel'),
              release_cause: row('sip_hangup_reason') || row('sip_hangup_cause'),
              lead: row('lead_id'),
            },
    },
  },
  {
    kind: 'reviews',
    more: ['campaign', 'caller_code'],
    from: {
      vicidial_rt_monitor_log: (row) => ({
        at: row('monitor_start_time'),
        reviewer: row('manager_user'),
        seat: row('agent_user'),
        verdict: row('monitor_type'),
        campaign: row('campaign_id'),
        caller_code: row('caller_code'),
      }),
    },
  },
  {
    kind: 'texts',
    more: ['name', 'comments'],
    from: {
      // A script is what agents are to read out; of our kinds of text a page comes nearest: nobody said it yet.
      vicidial_scripts: (row) => ({
        text_id: `script:${row('script_id')}`,
        kind: 'page',
        text: row('script_text'),
        name: row('script_name'),
        comments: row('script_comments'),
      }),
    },
  },
];

/** Statuses of calls that nobody answered, whatever their length says. */
const UNANSWERED = new Set(['NA', 'B', 'AB', 'ADC', 'DC', 'PDROP', 'NEW', 'QUEUE', 'INCALL']);

/** `"Agent" <02150001234>` and 02150001234 alike. */
export const bareCid = (cid: string): string => /<([^>]*)>/.exec(cid)?.[1] ?? cid.trim();

/** `Local/913800138000@default` -> 913800138000: with the prefix of the dial plan, which only the plan can tell from the number. */
const dialled = (extension: string): string => /^(?:\w+\/)?([+\d]+)/.exec(extension)?.[1] ?? extension;

/**
 * The database of a VICIdial dialler (astguiclient), as mysqldump writes it: seats and teams, log-ins, calls with the number they showed, listening, scripts.
 * Two passes: the small tables are remembered first, then rows are handed over as they come.
 */
export const vicidialDump: Reader = {
  id: 'vicidial-dump',
  title: { zh: 'VICIdial 外呼系统数据库', en: 'VICIdial dialler database' },
  source: 'astguiclient: extras/MySQL_AST_CREATE_tables.sql',
  recognise({ text }) {
    const tables = text === null ? null : looksLikeDump(text);
    const own = new Set((tables ?? []).filter((t) => t.startsWith('vicidial_')));
    if (own.size === 0) return null;
    const shown = [...own].slice(0, 3).join(', ');
    return { score: 0.9, why: { zh: `转储中有 ${shown}`, en: `the dump has ${shown}` } };
  },
  async tables(file, options) {
    const refs = new References();
    const seen = new Map<string, number>();
    for await (const row of dumpRows(file, options)) {
      seen.set(row.table, (seen.get(row.table) ?? 0) + 1);
      if (row.broken === undefined) refs.take(row.table, cellsOf(row.columns, row.cells));
    }
    const read = new Set(MAKINGS.flatMap((m) => Object.keys(m.from)));
    const left = [...seen].filter(([t]) => !read.has(t) && !References.TABLES.has(t));
    const notes: Bilingual[] = left.length === 0 ? [] : [leftNote(left)];
    return MAKINGS.filter((m) => Object.keys(m.from).some((t) => seen.has(t))).map((m, i) =>
      tableOf(file, options, m, refs, i === 0 ? notes : []),
    );
  },
};

/** Columns by which an export of one table is known. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  vicidial_dial_log: ['caller_code', 'lead_id', 'outbound_cid', 'call_date'],
  vicidial_log: ['uniqueid', 'lead_id', 'length_in_sec', 'phone_number', 'campaign_id'],
  vicidial_users: ['user', 'full_name', 'user_group', 'phone_login'],
  vicidial_user_log: ['user', 'event', 'event_date', 'campaign_id'],
  vicidial_admin_log: ['user', 'event_date', 'ip_address', 'event_section'],
  vicidial_rt_monitor_log: ['manager_user', 'agent_user', 'monitor_start_time'],
  vicidial_scripts: ['script_id', 'script_text'],
};

const headerOf = (text: string): { delimiter: string; header: string[] } => {
  const delimiter = sniffDelimiter(text);
  return { delimiter, header: readHeader(text, delimiter) ?? [] };
};

const tableByHeader = (header: readonly string[]): string | null =>
  Object.entries(MARKS).find(([, marks]) => marks.every((m) => header.includes(m)))?.[0] ?? null;

/** One table of a VICIdial dialler, exported as CSV. Rows that name others (the number a call showed) stay without them: those stand in other tables. */
export const vicidialCsv: Reader = {
  id: 'vicidial-csv',
  title: { zh: 'VICIdial 表导出(CSV)', en: 'VICIdial table export (CSV)' },
  source: 'astguiclient: extras/MySQL_AST_CREATE_tables.sql',
  recognise({ text }) {
    const table = text === null ? null : tableByHeader(headerOf(text).header);
    return table === null
      ? null
      : { score: 0.85, why: { zh: `表头是 ${table} 的`, en: `its header is that of ${table}` } };
  },
  tables(file, options) {
    const { delimiter, header: columns } = headerOf(file.text ?? '');
    const table = tableByHeader(columns) ?? '';
    const making = MAKINGS.find((m) => table in m.from);
    if (making === undefined) return Promise.resolve([]);
    const refs = new References();
    const header = [...FACT_KINDS[making.kind].columns.map((c) => c.name), ...making.more];
    const alone: Bilingual[] =
      table === 'vicidial_log'
        ? [
            {
              zh: 'vicidial_log 不含主叫号码；请一并提供 vicidial_dial_log，或导入整个数据库转储',
              en: 'vicidial_log has no number shown; bring vicidial_dial_log, or the whole database as a dump',
            },
          ]
        : [];
    const rows = async function* (): AsyncGenerator<SourceRow> {
      const reader = new DelimitedReader({ delimiter, width: columns.length, maxLine: options.maxLine });
      const decoder = new TextDecoder(file.encoding ?? 'utf-8');
      let first = true;
      const made = function* (records: ReturnType<DelimitedReader['feed']>): Generator<SourceRow> {
        for (const record of records) {
          const isHeader = first;
          first = false;
          if (isHeader) continue;
          if (record.broken !== undefined) {
            yield { broken: record.broken, raw: record.raw };
            continue;
          }
          const cells = making.from[table]!(cellsOf(columns, record.cells), refs);
          if (cells !== null) yield { cells: header.map((name) => cells[name] ?? ''), raw: record.raw };
        }
      };
      for await (const chunk of file.open())
        yield* made(reader.feed(decoder.decode(chunk as Buffer, { stream: true })));
      yield* made(reader.feed(decoder.decode()));
      yield* made(reader.end());
    };
    return Promise.resolve([{ member: '', kind: making.kind, header, notes: alone, rows: () => inBatches(rows()) }]);
  },
};

const leftNote = (left: readonly (readonly [string, number])[]): Bilingual => {
  const list = left.map(([t, n]) => `${t} ${n}`).join(', ');
  return { zh: `没有对应种类、未读取的表：${list}`, en: `tables of no kind of record, not read: ${list}` };
};

/** A row's cells by column name; '' for NULL and for what the table does not have. */
function cellsOf(columns: readonly string[], cells: readonly (string | null)[]): Cells {
  return (name) => {
    const i = columns.indexOf(name);
    return i < 0 ? '' : (cells[i] ?? '').trim();
  };
}

function tableOf(
  file: SourceFile,
  options: ReadOptions,
  making: Making,
  refs: References,
  notes: readonly Bilingual[],
): SourceTable {
  const header = [...FACT_KINDS[making.kind].columns.map((c) => c.name), ...making.more];
  const told: Bilingual[] = [...notes];
  return {
    member: making.kind,
    kind: making.kind,
    header,
    notes: told,
    rows: () =>
      inBatches(
        (async function* (): AsyncGenerator<SourceRow> {
          const passed = new Map<string, number>();
          for await (const row of dumpRows(file, options, (t) => t in making.from)) {
            if (!(row.table in making.from)) continue;
            if (row.broken !== undefined) {
              yield { broken: row.broken, raw: row.raw };
              continue;
            }
            const made = making.from[row.table]!(cellsOf(row.columns, row.cells), refs);
            if (made === null) passed.set(row.table, (passed.get(row.table) ?? 0) + 1);
            else yield { cells: header.map((name) => made[name] ?? ''), raw: row.raw };
          }
          told.length = notes.length;
          for (const [table, n] of passed) {
            told.push({
              zh: `${table}：${n} 行不是${making.kind === 'logins' ? '登录' : '单独的记录'}，未读取`,
              en: `${table}: ${n} rows are ${making.kind === 'logins' ? 'no log-ins' : 'no records of their own'}, not read`,
            });
          }
        })(),
      ),
  };
}
