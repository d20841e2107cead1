import { FACT_KINDS } from '../model/fact-kinds.ts';
import type { SourceRow } from './reader.ts';
import { displayName, partyOf, type SipMessage } from './sip-message.ts';

/** Something said about a call, in whatever form it was met: a SIP message, or a line of accounting. */
export interface SipEvent {
  callId: string;
  /** Epoch milliseconds. */
  at: number;
  kind: 'invite' | 'ringing' | 'answered' | 'refused' | 'bye' | 'cancel';
  caller?: string;
  callee?: string;
  originIp?: string;
  status?: string;
  extra?: Readonly<Record<string, string>>;
  /** Its text, as provenance shows it. */
  text: string;
}

export const SIP_HEADER: readonly string[] = [
  ...FACT_KINDS.calls.columns.map((c) => c.name),
  'from_display',
  'p_asserted_identity',
  'diversion',
  'user_agent',
];

interface Dialog {
  callId: string;
  started: number;
  ringing: number | null;
  answered: number | null;
  ended: number | null;
  last: number;
  caller: string;
  callee: string;
  originIp: string;
  status: string;
  extra: Record<string, string>;
  lines: string[];
  refused: boolean;
}

/** After an ending, copies of its messages still arrive (RFC 3261: 32 s of retransmissions). */
const LINGER_MS = 32_000;
/** A dialog nothing was heard of for so long has ended somewhere else. */
const IDLE_MS = 12 * 3_600_000;
const MOST = 200_000;
const LOOK_EVERY = 1000;

/**
 * Puts calls together from events: one record for each Call-ID, whatever was sent twice, forked or renewed (re-INVITE). A call is handed over when its ending can't
 * be followed by more, when it has been silent for twelve hours, and at the end.
 */
export class SipDialogs {
  readonly #open = new Map<string, Dialog>();
  #since = 0;

  *take(event: SipEvent): Generator<SourceRow> {
    let d = this.#open.get(event.callId);
    if (d === undefined) {
      // What ends or goes on without a beginning: the capture began later. It is a call all the same when it was answered.
      d = {
        callId: event.callId,
        started: event.at,
        ringing: null,
        answered: null,
        ended: null,
        last: event.at,
        caller: '',
        callee: '',
        originIp: '',
        status: '',
        extra: {},
        lines: [],
        refused: false,
      };
      this.#open.set(event.callId, d);
    } else {
      // Put to the end: the map's order is that of the last sign of life.
      this.#open.delete(event.callId);
      this.#open.set(event.callId, d);
    }
    d.lines.push(event.text);
    d.last = Math.max(d.last, event.at);
    if (d.caller === '') d.caller = event.caller ?? '';
    if (d.callee === '') d.callee = event.callee ?? '';
    if (d.originIp === '') d.originIp = event.originIp ?? '';
    for (const [k, v] of Object.entries(event.extra ?? {})) if (v !== '' && d.extra[k] === undefined) d.extra[k] = v;
    switch (event.kind) {
      case 'invite':
        d.started = Math.min(d.started, event.at);
        // A challenge (401, 407) is answered by another INVITE of the same call.
        if (d.answered === null) [d.ended, d.refused] = [null, false];
        break;
      case 'ringing':
        d.ringing ??= event.at;
        break;
      case 'answered':
        if (d.answered === null || event.at < d.answered) d.answered = event.at;
        d.status = event.status ?? d.status;
        break;
      case 'refused':
        if (d.answered === null) [d.ended, d.refused, d.status] = [event.at, true, event.status ?? ''];
        break;
      case 'cancel':
        if (d.answered === null) [d.ended, d.status] = [event.at, 'CANCEL'];
        break;
      case 'bye':
        d.ended = d.ended === null || d.refused ? event.at : Math.min(d.ended, event.at);
        d.refused = false;
        if (d.answered !== null) d.status = 'BYE';
    }
    yield* this.#settle(event.at);
  }

  /** Everything that is left. */
  *end(): Generator<SourceRow> {
    for (const d of this.#open.values()) yield rowOf(d);
    this.#open.clear();
  }

  /** Hands over what has ended. Now and then only: every look goes through all that is open. */
  *#settle(now: number): Generator<SourceRow> {
    if (++this.#since < LOOK_EVERY && this.#open.size <= MOST) return;
    this.#since = 0;
    for (const [id, d] of this.#open) {
      const quiet = now - d.last;
      if (quiet > IDLE_MS || (d.ended !== null && quiet > LINGER_MS) || this.#open.size > MOST) {
        this.#open.delete(id);
        yield rowOf(d);
      }
    }
  }
}

function rowOf(d: Dialog): SourceRow {
  const end = d.ended ?? d.last;
  const talked = d.answered === null ? 0 : Math.max(0, end - d.answered);
  const made: Record<string, string> = {
    ...d.extra,
    started_at: String(d.started),
    caller: d.caller,
    callee: d.callee,
    duration_s: String(talked / 1000),
    call_id: d.callId,
    answered: d.answered === null ? '0' : '1',
    ring_s: String(Math.max(0, (d.answered ?? end) - d.started) / 1000),
    kind: 'voice',
    origin_ip: d.originIp,
    release_cause: d.status,
  };
  return { cells: SIP_HEADER.map((name) => made[name] ?? ''), raw: d.lines.join('\n') };
}

/** The event a SIP message is for its call; null for what says nothing of calls (REGISTER, OPTIONS, ACK, 401, 407, 100 ...). */
export function eventOf(message: SipMessage, at: number, sourceIp: string): SipEvent | null {
  const { headers } = message;
  const callId = headers.get('call-id') ?? '';
  const cseq = /^\d+\s+([A-Z]+)/.exec(headers.get('cseq') ?? '')?.[1] ?? '';
  if (callId === '') return null;
  const from = headers.get('from') ?? '';
  const base = { callId, at, text: message.startLine };
  if (message.method === 'INVITE') {
    return {
      ...base,
      kind: 'invite',
      caller: partyOf(from),
      callee: partyOf(headers.get('to') ?? message.requestUri),
      originIp: sourceIp,
      extra: {
        from_display: displayName(from),
        p_asserted_identity: partyOf(headers.get('p-asserted-identity') ?? ''),
        diversion: partyOf(headers.get('diversion') ?? headers.get('history-info') ?? ''),
        user_agent: headers.get('user-agent') ?? '',
      },
    };
  }
  if (message.method === 'BYE') return { ...base, kind: 'bye' };
  if (message.method === 'CANCEL') return { ...base, kind: 'cancel' };
  const { status } = message;
  if (status === null || cseq !== 'INVITE') return null;
  const said = `${status} ${message.reason}`.trim();
  const parties = { caller: partyOf(from), callee: partyOf(headers.get('to') ?? '') };
  if (status >= 200 && status < 300) return { ...base, ...parties, kind: 'answered', status: said };
  if (status === 180 || status === 183) return { ...base, ...parties, kind: 'ringing' };
  if (status >= 300 && status !== 401 && status !== 407) return { ...base, ...parties, kind: 'refused', status: said };
  return null;
}
