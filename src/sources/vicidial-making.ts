import { FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { bareCid, phoneOf, type References } from './vicidial-references.ts';
import type { Cells } from './vicidial-rows.ts';

/** Why a row is no record of its own. */
export type Passed = 'no_login' | 'logged_elsewhere' | 'transferred';

/** One table of ours from one or more of VICIdial's. */
export interface Making {
  kind: FactKindName;
  /** Columns beyond the kind's own, kept as extra. */
  more: readonly string[];
  /** What a row of each source table becomes; `nth` counts that table's whole rows from 0. */
  from: Readonly<Record<string, (row: Cells, refs: References, nth: number) => Record<string, string> | Passed>>;
}

export const PASSED: Readonly<Record<Passed, Bilingual>> = {
  no_login: { zh: '不是登录', en: 'no log-ins' },
  logged_elsewhere: {
    zh: '是 vicidial_log 已有的通话的拨号尝试',
    en: 'dialling attempts of calls that vicidial_log has',
  },
  transferred: {
    zh: '是 vicidial_log 已有的外呼通话转给其他座席',
    en: 'outbound calls of vicidial_log handed to another seat',
  },
};

/** Statuses of calls that nobody answered, whatever their length says: it holds the ringing too. Source: vicidial_statuses as installed. */
const UNANSWERED = new Set(['NA', 'N', 'B', 'AB', 'ADC', 'ADCT', 'DC', 'LRERR']);
/** Statuses of calls that were still going on when the dump was made. */
const GOING_ON = new Set(['NEW', 'QUEUE', 'INCALL']);

/** Seconds: as logged, else between its epochs; 0 where nobody answered; '' where it is not known. */
function lengthOf(row: Cells): string {
  if (row('length_in_sec') !== '') return row('length_in_sec');
  const [start, end] = [Number(row('start_epoch')), Number(row('end_epoch'))];
  if (start > 0 && end >= start) return `${end - start}`;
  return UNANSWERED.has(row('status')) ? '0' : '';
}

function answered(row: Cells): string {
  const seconds = lengthOf(row);
  if (UNANSWERED.has(row('status'))) return '0';
  if (seconds === '' || (GOING_ON.has(row('status')) && Number(seconds) <= 0)) return '';
  return Number(seconds) > 0 ? '1' : '0';
}

/** `Local/913800138000@default` -> 913800138000: with the prefix of the dial plan, which only the plan can tell from the number. */
const dialled = (extension: string): string => /^(?:\w+\/)?([+\d]+)/.exec(extension)?.[1] ?? extension;

/** What both call logs have alike. */
const logged = (row: Cells, refs: References): Record<string, string> => ({
  started_at: row('call_date'),
  duration_s: lengthOf(row),
  call_id: row('uniqueid'),
  answered: answered(row),
  account: refs.accountOf(row('user')),
  release_cause: row('term_reason') === 'NONE' ? row('status') : row('term_reason') || row('status'),
  user: row('user'),
  team: row('user_group'),
  campaign: row('campaign_id'),
  list: row('list_id'),
  lead: row('lead_id'),
  status: row('status'),
  status_name: refs.statusName(row('status'), row('campaign_id')),
});

/**
 * What a dialler's tables say, in our words. Times are local and stay as they are; codes stay VICIdial's own (user_group, user), so that rows of all tables meet.
 * Passwords are not read. Nothing is judged here: a lawful call centre's dump looks the same.
 */
export const MAKINGS: readonly Making[] = [
  {
    kind: 'seats',
    more: ['team_name', 'task_name', 'caller_group_notes', 'phone_login', 'user_level', 'active'],
    from: {
      vicidial_users: (row, refs) => {
        const task = refs.taskOf(row('user'), row('user_group'));
        const callers = refs.callerGroupOf(task);
        return {
          seat: row('user'),
          account: refs.accountOf(row('user')),
          team: row('user_group'),
          caller_group: callers,
          task,
          person: row('full_name'),
          number: refs.cidOfPhone(row('phone_login')),
          team_name: refs.groupName(row('user_group')),
          task_name: refs.campaignName(task),
          caller_group_notes: refs.cidGroupNotes(callers),
          phone_login: row('phone_login'),
          user_level: row('user_level'),
          active: row('active'),
        };
      },
    },
  },
  {
    kind: 'logins',
    more: ['user', 'event', 'campaign', 'team', 'phone', 'phone_ip', 'server_ip', 'detail'],
    from: {
      vicidial_user_log: (row, refs) =>
        /^LOGIN/i.test(row('event'))
          ? {
              account: refs.accountOf(row('user')),
              at: row('event_date'),
              ip: row('computer_ip') || row('phone_ip'),
              app: 'agent',
              user: row('user'),
              event: row('event'),
              campaign: row('campaign_id'),
              team: row('user_group'),
              phone: row('phone_login') || row('extension'),
              phone_ip: row('phone_ip'),
              server_ip: row('server_ip'),
              detail: row('browser'),
            }
          : 'no_login',
      vicidial_admin_log: (row, refs) => ({
        account: refs.accountOf(row('user')),
        at: row('event_date'),
        ip: row('ip_address'),
        app: 'admin',
        user: row('user'),
        event: `${row('event_section')} ${row('event_type')} ${row('record_id')}`.trim(),
        team: row('user_group'),
        detail: row('event_code'),
      }),
    },
  },
  {
    kind: 'calls',
    more: ['caller_from', 'dialled', 'user', 'team', 'campaign', 'list', 'lead', 'status', 'status_name', 'queue_s'],
    from: {
      vicidial_log: (row, refs, nth) => {
        const { caller, from } = refs.callerOf(nth, row('list_id'), row('campaign_id'));
        return {
          ...logged(row, refs),
          caller,
          caller_from: from,
          callee: phoneOf(row),
          direction: 'out',
          recording: refs.recordingOf([row('uniqueid')], row('lead_id'), row('call_date'), Number(lengthOf(row))),
        };
      },
      vicidial_closer_log: (row, refs) => {
        // A call handed to another seat keeps its id: the person was called, and did not call.
        if (refs.isOutbound(row('uniqueid'))) return 'transferred';
        const ids = [row('closecallid'), row('uniqueid')];
        return {
          ...logged(row, refs),
          caller: phoneOf(row),
          // The number that was called, where its log is there; else the group that took the call.
          callee: refs.didOf(row('uniqueid')) || row('campaign_id'),
          direction: 'in',
          recording: refs.recordingOf(ids, row('lead_id'), row('call_date'), Number(lengthOf(row))),
          queue_s: row('queue_seconds'),
        };
      },
      // An attempt that no line of the call log speaks of: nobody was reached.
      vicidial_dial_log: (row, refs, nth) =>
        refs.isLogged(nth)
          ? 'logged_elsewhere'
          : {
              started_at: row('call_date'),
              caller: bareCid(row('outbound_cid')),
              caller_from: 'dial_log',
              callee: refs.numberDialled(row('lead_id'), dialled(row('extension'))) || dialled(row('extension')),
              dialled: row('extension'),
              duration_s: '0',
              call_id: row('uniqueid') || row('caller_code'),
              answered: '0',
              direction: 'out',
              trunk: row('channel'),
              release_cause: row('sip_hangup_reason') || row('sip_hangup_cause').replace(/^0$/, ''),
              lead: row('lead_id'),
            },
    },
  },
  {
    kind: 'reviews',
    more: ['campaign', 'caller_code', 'lead', 'seconds', 'reviewer_ip'],
    from: {
      vicidial_rt_monitor_log: (row) => ({
        at: row('monitor_start_time'),
        reviewer: row('manager_user'),
        seat: row('agent_user'),
        verdict: row('monitor_type'),
        campaign: row('campaign_id'),
        caller_code: row('caller_code'),
        lead: row('lead_id'),
        seconds: row('monitor_sec'),
        reviewer_ip: row('manager_ip'),
      }),
    },
  },
  {
    kind: 'texts',
    more: ['name', 'comments', 'active', 'team'],
    from: {
      // A script is what agents are to read out; of our kinds of text a page comes nearest: nobody said it yet.
      vicidial_scripts: (row) => ({
        text_id: `script:${row('script_id')}`,
        kind: 'page',
        text: row('script_text'),
        name: row('script_name'),
        comments: row('script_comments'),
        active: row('active'),
        team: row('user_group'),
      }),
    },
  },
];

/** Columns of the table a making gives. */
export const headerOf = (making: Making): string[] => [
  ...FACT_KINDS[making.kind].columns.map((c) => c.name),
  ...making.more,
];
