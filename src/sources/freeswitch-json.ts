import { FACT_KINDS } from '../model/fact-kinds.ts';
import { inBatches, type Reader, type SourceRow } from './reader.ts';
import { jsonObjects } from './json-objects.ts';

type Json = Record<string, unknown>;

const HEADER = [
  ...FACT_KINDS.calls.columns.map((c) => c.name),
  'context',
  'bleg_uuid',
  'user_agent',
  'p_asserted_identity',
];

/**
 * FreeSWITCH's mod_json_cdr: an object a call leg, one in a file or many of them. The A leg is the call; B legs (`direction` outbound with an originator) repeat it and
 * are kept, told apart by `direction`.
 */
export const freeswitchJson: Reader = {
  id: 'freeswitch-json',
  title: { zh: 'FreeSWITCH 话单(mod_json_cdr)', en: 'FreeSWITCH call records (mod_json_cdr)' },
  source: 'FreeSWITCH documentation: mod_json_cdr; switch_ivr_generate_json_cdr',
  recognise({ text }) {
    if (text === null || !/^\ufeff?\s*[[{]/.test(text)) return null;
    const marks = ['"callflow"', '"variables"', '"caller_profile"', '"channel_data"', '"core-uuid"'].filter((m) =>
      text.includes(m),
    );
    if (marks.length < 2) return null;
    return { score: 0.9, why: { zh: `JSON 中有 ${marks.join('、')}`, en: `its JSON has ${marks.join(', ')}` } };
  },
  tables: (file, options) =>
    Promise.resolve([
      {
        member: '',
        kind: 'calls',
        header: HEADER,
        rows: () =>
          inBatches(
            (async function* (): AsyncGenerator<SourceRow> {
              for await (const { text, cut } of jsonObjects(file, options.maxLine)) {
                const object = cut ? null : parsed(text);
                const made = object === null ? null : callOf(object);
                if (made === null) yield { broken: cut ? 'line_too_long' : 'broken_json', raw: text.slice(0, 1000) };
                else yield { cells: HEADER.map((name) => made[name] ?? ''), raw: text };
              }
            })(),
          ),
      },
    ]),
};

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** Values are URL-encoded unless the module was told otherwise. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  if (!/%[0-9A-Fa-f]{2}/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

function callOf(cdr: Json): Record<string, string> | null {
  const v = record(cdr['variables']);
  const flows = Array.isArray(cdr['callflow']) ? cdr['callflow'] : [cdr['callflow']];
  const flow = record(flows.at(-1));
  const profile = record(flow['caller_profile']);
  const times = record(flow['times']);
  const of = (...values: unknown[]): string => values.map(plain).find((x) => x !== '' && x !== '0') ?? '';
  const started =
    micro(of(v['start_uepoch'], times['created_time'])) || seconds(of(v['start_epoch'])) || of(v['start_stamp']);
  if (started === '' || Object.keys(v).length + Object.keys(profile).length === 0) return null;
  const answered = of(v['answer_epoch'], v['answer_uepoch'], times['answered_time']) !== '';
  const talked = of(v['billmsec']) === '' ? Number(plain(v['billsec'])) || 0 : Number(of(v['billmsec'])) / 1000;
  const ring = of(v['progress_mediamsec'], v['waitmsec']);
  return {
    started_at: started,
    caller: of(profile['caller_id_number'], v['caller_id_number'], v['effective_caller_id_number'], v['sip_from_user']),
    callee: of(profile['destination_number'], v['destination_number'], v['sip_to_user']),
    duration_s: String(talked),
    call_id: of(v['uuid'], v['sip_call_id']),
    answered: answered ? '1' : '0',
    ring_s: ring === '' ? '' : String(Number(ring) / 1000),
    direction: of(v['direction']),
    origin_ip: of(v['sip_received_ip'], v['sip_network_ip'], v['remote_media_ip']),
    trunk: of(v['sip_gateway_name'], v['sofia_profile_name']),
    account: of(v['accountcode'], v['sip_auth_username'], v['user_name']),
    release_cause: of(v['hangup_cause']),
    recording: of(v['record_file'], v['recording_file']),
    context: of(profile['context']),
    bleg_uuid: of(v['bridge_uuid'], v['originatee_uuid']),
    user_agent: of(v['sip_user_agent']),
    p_asserted_identity: of(v['sip_P-Asserted-Identity']),
  };
}

const micro = (text: string): string => (/^\d{13,17}$/.test(text) ? String(Math.round(Number(text) / 1000)) : '');
const seconds = (text: string): string => (/^\d{9,11}$/.test(text) ? `${text}000` : '');
