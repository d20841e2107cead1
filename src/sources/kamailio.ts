import { DelimitedReader, readHeader, sniffDelimiter } from './delimited.ts';
import { headLines, linesOf } from './lines.ts';
import {
  inBatches,
  type ReadOptions,
  type Reader,
  type SourceFile,
  type SourceRow,
  type SourceTable,
} from './reader.ts';
import { SipDialogs, SIP_HEADER, type SipEvent } from './sip-dialogs.ts';

type Fields = ReadonlyMap<string, string>;
const first = (f: Fields, ...names: string[]): string =>
  names.map((n) => f.get(n) ?? '').find((v) => v !== '' && v !== 'n/a') ?? '';

/** Epoch seconds (with a fraction), or wall clock in UTC as `acc` writes it into databases that keep UTC; null for neither. */
function timeOf(text: string): number | null {
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const at = Date.parse(`${text.replace(' ', 'T')}${/[Zz]|[+-]\d\d:?\d\d$/.test(text) ? '' : 'Z'}`);
  return Number.isNaN(at) ? null : at;
}

/** An accounting record as an event of its call; null when it lacks call id or time. */
function eventOf(f: Fields, text: string): SipEvent | null {
  const callId = first(f, 'callid', 'call_id');
  const at = timeOf(first(f, 'time_hires', 'timestamp', 'time'));
  if (callId === '' || at === null) return null;
  const method = first(f, 'method').toUpperCase();
  const code = Number(first(f, 'sip_code', 'code'));
  const status = `${code || ''} ${first(f, 'sip_reason', 'reason')}`.trim();
  const base = {
    callId,
    at,
    status,
    caller: first(f, 'src_user', 'from_user', 'caller_id', 'from_uri'),
    callee: first(f, 'dst_ouser', 'to_user', 'dst_user', 'callee_id', 'to_uri'),
    originIp: first(f, 'src_ip', 'source_ip'),
    text,
  };
  if (method === 'BYE') return { ...base, kind: 'bye' };
  if (method === 'CANCEL') return { ...base, kind: 'cancel' };
  if (method !== 'INVITE') return { ...base, kind: 'ringing' };
  return code >= 200 && code < 300 ? { ...base, kind: 'answered' } : { ...base, kind: 'refused' };
}

/** A record of `acc_cdrs`: a whole call. null when it has no times. */
function callOf(f: Fields, raw: string): SourceRow | null {
  const start = timeOf(first(f, 'start_time'));
  const end = timeOf(first(f, 'end_time'));
  const length = first(f, 'duration');
  if (start === null || (end === null && length === '')) return null;
  const made: Record<string, string> = {
    started_at: String(start),
    caller: first(f, 'caller', 'src_user', 'from_user', 'caller_id', 'from_uri', 'from'),
    callee: first(f, 'callee', 'dst_user', 'to_user', 'dst_ouser', 'callee_id', 'to_uri', 'to'),
    duration_s: length === '' ? String(((end ?? start) - start) / 1000) : length,
    call_id: first(f, 'callid', 'call_id', 'sip_call_id'),
    answered: '1',
    origin_ip: first(f, 'src_ip', 'source_ip'),
    direction: first(f, 'direction'),
  };
  return { cells: SIP_HEADER.map((name) => made[name] ?? ''), raw };
}

const ACC = /\bACC: (?:transaction (?:answered|acknowledged)|call missed|request acknowledged|[\w ]*): (.*)$/;
const CDR = /\bstart_time=[^;]*;.*\bduration=/;

const fieldsOf = (text: string): Map<string, string> =>
  new Map(
    text.split(';').flatMap((pair) => {
      const equals = pair.indexOf('=');
      return equals <= 0 ? [] : [[pair.slice(0, equals).trim().toLowerCase(), pair.slice(equals + 1).trim()] as const];
    }),
  );

/** Kamailio's accounting in a system log: INVITE and BYE of a call become one record; CDR lines are one already. */
export const kamailioAccLog: Reader = {
  id: 'kamailio-acc-log',
  title: { zh: 'Kamailio 计费日志(acc)', en: 'Kamailio accounting log (acc)' },
  source: 'Kamailio 5.6 documentation: ACC module, log accounting',
  recognise({ text }) {
    const lines = headLines(text, 200).filter((l) => l !== '');
    const known = lines.filter((l) => (/\bACC: /.test(l) && /\bmethod=/.test(l)) || CDR.test(l)).length;
    if (known === 0) return null;
    return {
      score: 0.9,
      why: {
        zh: `前 ${lines.length} 行中 ${known} 行是 ACC 记录`,
        en: `${known} of its first ${lines.length} lines are ACC records`,
      },
    };
  },
  tables(file, options) {
    const notes: { zh: string; en: string }[] = [];
    const rows = async function* (): AsyncGenerator<SourceRow> {
      const dialogs = new SipDialogs();
      let others = 0;
      for await (const { text, cut } of linesOf(file, options.maxLine)) {
        const acc = ACC.exec(text)?.[1] ?? (CDR.test(text) ? text.replace(/^.*?(?=start_time=)/, '') : null);
        if (acc === null) {
          if (text.trim() !== '') others++;
          continue;
        }
        const fields = fieldsOf(acc);
        const whole = fields.has('start_time') ? callOf(fields, text) : null;
        const event = whole === null && !cut ? eventOf(fields, text) : null;
        if (whole !== null) yield whole;
        else if (event !== null) yield* dialogs.take(event);
        else yield { broken: cut ? 'line_too_long' : 'not_an_acc_line', raw: text.slice(0, 1000) };
      }
      yield* dialogs.end();
      notes.length = 0;
      if (others > 0)
        notes.push({ zh: `${others} 行日志与计费无关`, en: `${others} lines of the log are no accounting` });
    };
    return Promise.resolve([{ member: '', kind: 'calls', header: SIP_HEADER, notes, rows: () => inBatches(rows()) }]);
  },
};

/** `id(int,auto) method(string) ...`, as db_text begins a table. */
const DB_TEXT =
  /^\w+\((?:int|string|str|double|datetime|time)(?:,[\w,]*)?\)(?:\s+\w+\((?:int|string|str|double|datetime|time)(?:,[\w,]*)?\))+\s*$/;

function layoutOf(text: string): { columns: string[]; dbText: boolean; delimiter: string } | null {
  const [line = ''] = headLines(text, 1);
  if (DB_TEXT.test(line))
    return {
      columns: line
        .trim()
        .split(/\s+/)
        .map((c) => c.replace(/\(.*$/, '').toLowerCase()),
      dbText: true,
      delimiter: ':',
    };
  const delimiter = sniffDelimiter(text);
  const columns = (readHeader(text, delimiter) ?? []).map((c) => c.toLowerCase());
  return columns.length > 2 ? { columns, dbText: false, delimiter } : null;
}

const isAcc = (c: readonly string[]): boolean => ['method', 'callid', 'sip_code', 'time'].every((n) => c.includes(n));
const isCdrs = (c: readonly string[]): boolean =>
  ['start_time', 'end_time', 'duration'].every((n) => c.includes(n)) && !c.includes('billsec');

/** Tables `acc`, `missed_calls` and `acc_cdrs`, exported as CSV or as db_text keeps them. */
export const kamailioAccTable: Reader = {
  id: 'kamailio-acc-table',
  title: { zh: 'Kamailio 计费表(acc)', en: 'Kamailio accounting table (acc)' },
  source: 'Kamailio 5.6 documentation: ACC module, database accounting; DB_TEXT module',
  recognise({ text }) {
    const layout = text === null ? null : layoutOf(text);
    if (layout === null || !(isAcc(layout.columns) || isCdrs(layout.columns))) return null;
    const table = isAcc(layout.columns) ? 'acc' : 'acc_cdrs';
    return { score: 0.85, why: { zh: `列名是 ${table} 表的`, en: `its columns are those of ${table}` } };
  },
  tables(file, options) {
    const layout = layoutOf(file.text ?? '');
    if (layout === null) return Promise.resolve([]);
    const table: SourceTable = {
      member: '',
      kind: 'calls',
      header: SIP_HEADER,
      rows: () => inBatches(tableRows(file, options, layout)),
    };
    return Promise.resolve([table]);
  },
};

async function* tableRows(
  file: SourceFile,
  options: ReadOptions,
  { columns, dbText, delimiter }: NonNullable<ReturnType<typeof layoutOf>>,
): AsyncGenerator<SourceRow> {
  const dialogs = new SipDialogs();
  const whole = isCdrs(columns);
  for await (const { cells, raw } of dbText ? dbTextRows(file, options) : delimitedRows(file, options, delimiter)) {
    if (cells === null || cells.length !== columns.length) {
      yield { broken: 'wrong_number_of_cells', raw: raw.slice(0, 1000) };
      continue;
    }
    const fields = new Map(columns.map((c, i) => [c, cells[i] ?? ''] as const));
    const call = whole ? callOf(fields, raw) : null;
    const event = whole ? null : eventOf(fields, raw);
    if (call !== null) yield call;
    else if (event !== null) yield* dialogs.take(event);
    else yield { broken: 'not_an_acc_line', raw: raw.slice(0, 1000) };
  }
  yield* dialogs.end();
}

async function* dbTextRows(
  file: SourceFile,
  options: ReadOptions,
): AsyncGenerator<{ cells: string[] | null; raw: string }> {
  let header = true;
  for await (const { text, cut } of linesOf(file, options.maxLine)) {
    if (!header && text !== '') {
      const cells = text.match(/(?:[^:\\]|\\[^])*(?::|$)/g)?.map((c) => c.replace(/:$/, '')) ?? [];
      // The last match is the empty one at the end of the text.
      if (cells.length > 1 && cells.at(-1) === '' && !text.endsWith(':')) cells.pop();
      yield {
        cells: cut
          ? null
          : cells.map((c) => c.replace(/\\([^])/g, (_, e: string) => ({ n: '\n', r: '\r', t: '\t' })[e] ?? e)),
        raw: text,
      };
    }
    header = false;
  }
}

async function* delimitedRows(
  file: SourceFile,
  options: ReadOptions,
  delimiter: string,
): AsyncGenerator<{ cells: string[] | null; raw: string }> {
  const reader = new DelimitedReader({ delimiter, width: null, maxLine: options.maxLine });
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  let header = true;
  const take = function* (
    records: ReturnType<DelimitedReader['feed']>,
  ): Generator<{ cells: string[] | null; raw: string }> {
    for (const record of records) {
      if (!header) yield { cells: record.cells ?? null, raw: record.raw };
      header = false;
    }
  };
  for await (const chunk of file.open()) yield* take(reader.feed(decoder.decode(chunk as Buffer, { stream: true })));
  yield* take(reader.feed(decoder.decode()));
  yield* take(reader.end());
}
