import { FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { DelimitedReader } from './delimited.ts';
import { headLines, linesOf } from './lines.ts';
import {
  inBatches,
  type ReadOptions,
  type Reader,
  type SourceFile,
  type SourceRow,
  type SourceTable,
} from './reader.ts';

const headerOf = (kind: FactKindName, more: readonly string[]): string[] => [
  ...FACT_KINDS[kind].columns.map((c) => c.name),
  ...more,
];
const cellsOf = (header: readonly string[], made: Readonly<Record<string, string>>): string[] =>
  header.map((name) => made[name] ?? '');

/** Calls whose events are still coming, at most; the oldest is handed over as it is when there are more. */
const OPEN_CALLS = 100_000;

/** Events of one call, gathered; handed over when it ends, in the order of ending. */
class Gathered<T extends { lines: string[] }> {
  readonly #open = new Map<string, T>();

  get(id: string, fresh: () => T): T {
    let call = this.#open.get(id);
    if (call === undefined) this.#open.set(id, (call = fresh()));
    return call;
  }

  end(id: string): T | null {
    const call = this.#open.get(id) ?? null;
    this.#open.delete(id);
    return call;
  }

  *overflow(): Generator<T> {
    while (this.#open.size > OPEN_CALLS) yield this.#first();
  }

  *rest(): Generator<T> {
    while (this.#open.size > 0) yield this.#first();
  }

  #first(): T {
    const [id, call] = this.#open.entries().next().value as [string, T];
    this.#open.delete(id);
    return call;
  }
}

interface QueueCall {
  lines: string[];
  at: string;
  queue: string;
  caller: string;
  member: string;
  held: string;
  talked: string;
  answered: boolean;
  ended: string;
}

const QUEUE_LINE = /^\d{9,11}(?:\.\d+)?\|[^|]*\|[^|]*\|[^|]*\|[A-Z]+(?:\||$)/;
/** Events that end a caller's stay in the queue. */
const ENDS = new Set([
  'COMPLETECALLER',
  'COMPLETEAGENT',
  'ABANDON',
  'EXITEMPTY',
  'EXITWITHKEY',
  'EXITWITHTIMEOUT',
  'TRANSFER',
  'BLINDTRANSFER',
  'ATTENDEDTRANSFER',
  'SYSCOMPAT',
]);
const LOGINS = new Set(['ADDMEMBER', 'AGENTLOGIN', 'AGENTCALLBACKLOGIN']);

/** Asterisk's queue_log: a line an event; calls are put together by their id, log-ins of members come as they are. */
export const asteriskQueueLog: Reader = {
  id: 'asterisk-queue-log',
  title: { zh: 'Asterisk 队列日志(queue_log)', en: 'Asterisk queue_log' },
  source: 'Asterisk documentation: Queue Logs',
  recognise({ text }) {
    const lines = headLines(text).filter((l) => l !== '');
    const known = lines.filter((l) => QUEUE_LINE.test(l)).length;
    if (known === 0 || known * 10 < lines.length * 9) return null;
    return {
      score: 0.9,
      why: {
        zh: `前 ${lines.length} 行中 ${known} 行是队列事件`,
        en: `${known} of its first ${lines.length} lines are queue events`,
      },
    };
  },
  tables: (file, options) => Promise.resolve([queueCalls(file, options), queueLogins(file, options)]),
};

function queueCalls(file: SourceFile, options: ReadOptions): SourceTable {
  const header = headerOf('calls', ['queue', 'held_s']);
  const notes: Bilingual[] = [];
  const row = (c: QueueCall): SourceRow => ({
    cells: cellsOf(header, {
      started_at: c.at,
      caller: c.caller,
      callee: c.queue,
      duration_s: c.talked === '' ? '0' : c.talked,
      call_id: /^[^|]*\|([^|]*)/.exec(c.lines[0] ?? '')?.[1] ?? '',
      answered: c.answered ? '1' : '0',
      ring_s: c.held,
      direction: 'in',
      account: c.member,
      release_cause: c.ended,
      queue: c.queue,
      held_s: c.held,
    }),
    raw: c.lines.join('\n'),
  });
  const rows = async function* (): AsyncGenerator<SourceRow> {
    const open = new Gathered<QueueCall>();
    const others = new Map<string, number>();
    for await (const { text, cut } of linesOf(file, options.maxLine)) {
      if (text === '') continue;
      if (cut || !QUEUE_LINE.test(text)) {
        yield { broken: cut ? 'line_too_long' : 'wrong_number_of_cells', raw: text.slice(0, 1000) };
        continue;
      }
      const [epoch = '', id = '', queue = '', member = '', event = '', ...p] = text.split('|');
      const starts = event === 'ENTERQUEUE';
      const known = starts || event === 'CONNECT' || ENDS.has(event);
      if (!known || id === 'NONE' || id === '') {
        if (!LOGINS.has(event)) others.set(event, (others.get(event) ?? 0) + 1);
        continue;
      }
      const call = open.get(id, () => ({
        lines: [],
        at: String(Math.round(Number(epoch) * 1000)),
        queue,
        caller: '',
        member: '',
        held: '',
        talked: '',
        answered: false,
        ended: '',
      }));
      call.lines.push(text);
      if (starts) call.caller = p[1] ?? '';
      if (event === 'CONNECT') Object.assign(call, { member, held: p[0] ?? '', answered: true });
      if (event.startsWith('COMPLETE'))
        Object.assign(call, { held: p[0] ?? '', talked: p[1] ?? '', answered: true, member });
      if (event === 'ABANDON') call.held = p[2] ?? '';
      if (event.endsWith('TRANSFER')) call.talked = p.at(-2) ?? '';
      if (ENDS.has(event)) {
        call.ended = event;
        yield row(open.end(id)!);
      }
      for (const old of open.overflow()) yield row(old);
    }
    for (const left of open.rest()) yield row(left);
    notes.length = 0;
    if (others.size > 0) {
      const list = [...others].map(([e, n]) => `${e} ${n}`).join(', ');
      notes.push({ zh: `不是通话的事件：${list}`, en: `events that are no calls: ${list}` });
    }
  };
  return { member: 'calls', kind: 'calls', header, notes, rows: () => inBatches(rows()) };
}

function queueLogins(file: SourceFile, options: ReadOptions): SourceTable {
  const header = headerOf('logins', ['event', 'queue']);
  const rows = async function* (): AsyncGenerator<SourceRow> {
    for await (const { text } of linesOf(file, options.maxLine)) {
      const [epoch = '', , queue = '', member = '', event = ''] = text.split('|');
      if (!LOGINS.has(event)) continue;
      const at = String(Math.round(Number(epoch) * 1000));
      yield { cells: cellsOf(header, { account: member, at, app: 'queue', event, queue }), raw: text };
    }
  };
  return { member: 'logins', kind: 'logins', header, rows: () => inBatches(rows()) };
}

/** Columns of cel_custom.conf's default, in order. */
const CEL = [
  'eventtype',
  'eventtime',
  'cidname',
  'cidnum',
  'cidani',
  'cidrdnis',
  'ciddnid',
  'exten',
  'context',
  'channame',
  'appname',
  'appdata',
  'amaflags',
  'accountcode',
  'uniqueid',
  'linkedid',
  'bridgepeer',
  'userfield',
  'userdeftype',
  'eventextra',
];
const CEL_EVENT =
  /^"?(?:CHAN_START|CHAN_END|ANSWER|HANGUP|APP_START|APP_END|BRIDGE_ENTER|BRIDGE_EXIT|LINKEDID_END|PARK_START|PARK_END|BLINDTRANSFER|ATTENDEDTRANSFER|PICKUP|FORWARD|LOCAL_OPTIMIZE|USER_DEFINED)"?,/;

interface CelCall {
  lines: string[];
  id: string;
  started: number;
  answered: number | null;
  hungUp: number | null;
  caller: string;
  exten: string;
  callee: string;
  account: string;
  channel: string;
  /** Channel of the called end that answered: others that rang hang up at once. */
  talking: string;
}

/** Asterisk's channel event log as CSV: one call for each linked id. */
export const asteriskCel: Reader = {
  id: 'asterisk-cel',
  title: { zh: 'Asterisk 通道事件(CEL)', en: 'Asterisk channel event log (CEL)' },
  source: 'Asterisk documentation: Channel Event Logging; cel_custom.conf.sample',
  recognise({ text }) {
    const lines = headLines(text).filter((l) => l !== '');
    const known = lines.filter((l) => CEL_EVENT.test(l)).length;
    const named = /eventtype/i.test(lines[0] ?? '') && /linkedid/i.test(lines[0] ?? '');
    if (known === 0 || known * 10 < (lines.length - (named ? 1 : 0)) * 9) return null;
    return {
      score: 0.9,
      why: {
        zh: `前 ${lines.length} 行中 ${known} 行是通道事件`,
        en: `${known} of its first ${lines.length} lines are channel events`,
      },
    };
  },
  tables(file, options) {
    const header = headerOf('calls', ['channel']);
    const row = (c: CelCall): SourceRow => {
      const end = c.hungUp ?? c.answered ?? c.started;
      const talked = c.answered === null ? 0 : Math.max(0, end - c.answered);
      return {
        cells: cellsOf(header, {
          started_at: String(c.started),
          caller: c.caller,
          callee: c.callee || c.exten,
          duration_s: String(talked / 1000),
          call_id: c.id,
          answered: c.answered === null ? '0' : '1',
          ring_s: String(Math.max(0, ((c.answered ?? end) - c.started) / 1000)),
          account: c.account,
          channel: c.channel,
        }),
        raw: c.lines.join('\n'),
      };
    };
    const rows = async function* (): AsyncGenerator<SourceRow> {
      const open = new Gathered<CelCall>();
      const reader = new DelimitedReader({ delimiter: ',', width: null, maxLine: options.maxLine });
      const decoder = new TextDecoder(file.encoding ?? 'utf-8');
      let names = CEL;
      const take = function* (records: ReturnType<DelimitedReader['feed']>): Generator<SourceRow> {
        for (const record of records) {
          if (record.broken !== undefined) {
            yield { broken: record.broken, raw: record.raw };
            continue;
          }
          if (record.row === 1 && /eventtype/i.test(record.raw)) {
            names = record.cells.map((c) => c.toLowerCase());
            continue;
          }
          const cell = (name: string): string => record.cells[names.indexOf(name)] ?? '';
          const at = celTime(cell('eventtime'));
          const id = cell('linkedid') || cell('uniqueid');
          if (at === null || id === '') {
            yield { broken: 'wrong_number_of_cells', raw: record.raw };
            continue;
          }
          const call = open.get(id, () => ({
            lines: [],
            id,
            started: at,
            answered: null,
            hungUp: null,
            caller: cell('cidnum') || cell('cidani'),
            exten: cell('exten'),
            callee: '',
            account: cell('accountcode'),
            channel: cell('channame'),
            talking: '',
          }));
          call.lines.push(record.raw);
          const event = cell('eventtype').toUpperCase();
          const second = cell('uniqueid') !== id;
          if (call.caller === '' && !second) call.caller = cell('cidnum') || cell('cidani');
          if ((call.exten === '' || call.exten === 's') && !second) call.exten = cell('exten');
          // The called end answers: its channel is the second one, its own number stands as its caller id.
          if (event === 'ANSWER' && (second || call.answered === null)) {
            call.answered = at;
            call.talking = cell('uniqueid');
            if (second && /^\+?\d{3,}$/.test(cell('cidnum'))) call.callee = cell('cidnum');
          }
          if (event === 'HANGUP' && (!second || cell('uniqueid') === call.talking)) call.hungUp ??= at;
          if (event === 'LINKEDID_END') yield row(open.end(id)!);
          for (const old of open.overflow()) yield row(old);
        }
      };
      for await (const chunk of file.open())
        yield* take(reader.feed(decoder.decode(chunk as Buffer, { stream: true })));
      yield* take(reader.feed(decoder.decode()));
      yield* take(reader.end());
      for (const left of open.rest()) yield row(left);
    };
    return Promise.resolve([{ member: '', kind: 'calls', header, rows: () => inBatches(rows()) }]);
  },
};

/** Epoch with microseconds, or the wall clock in UTC: CEL's dateformat is free, these are what it writes by default. */
function celTime(text: string): number | null {
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const at = Date.parse(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text) ? `${text.slice(0, 23).replace(' ', 'T')}Z` : '');
  return Number.isNaN(at) ? null : at;
}
