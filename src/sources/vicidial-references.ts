import { Numbers, RowIndex, Seen } from './vicidial-index.ts';
import type { Cells } from './vicidial-rows.ts';

/** Seconds within which a dialling attempt and a line of the call log are the same call: what a call may ring. */
const SAME_CALL_S = 120;

/** The number in `"Agent" <02150001234>` and in 02150001234; '' for what stands for none (0000000000). */
export function bareCid(cid: string): string {
  const bare = (/<([^>]*)>/.exec(cid)?.[1] ?? cid).trim();
  return /^0*$/.test(bare) ? '' : bare;
}

/** Unix seconds of a local time as if it were UTC: only differences are looked at. null: no time. */
function secondsOf(at: string): number | null {
  const ms = Date.parse(`${at.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** A text of its own: one cut from a dump would keep the piece it was cut from in memory. */
const kept = (text: string): string => Buffer.from(text).toString();

/** `+` and country code before the number as dialled lists have them. */
export function phoneOf(row: Cells): string {
  const code = row('phone_code');
  const number = row('phone_number');
  // Code 1 stands before North American numbers, and before those of every dialler nobody set up otherwise.
  return code === '' || code === '1' || number === '' || number.startsWith(code) ? number : `+${code}${number}`;
}

interface Campaign {
  name: string;
  cid: string;
  cidGroup: string;
  /** Numbers are chosen call by call (from a group, by area code, by the lead): which one was shown, the campaign does not say. */
  varies: boolean;
}

/** How the number a call showed is known. */
export type CallerFrom = 'dial_log' | 'list' | 'campaign' | '';

/**
 * What rows of a dialler's other tables refer to: numbers shown, phones, campaigns, teams, recordings. Small tables are kept as they are, logs as bare numbers
 * (some 100 bytes a row). Nothing is guessed: where two answers are possible, there is none.
 */
export class References {
  static readonly TABLES: ReadonlySet<string> = new Set([
    'vicidial_users',
    'vicidial_user_groups',
    'vicidial_user_log',
    'phones',
    'vicidial_campaigns',
    'vicidial_cid_groups',
    'vicidial_lists',
    'vicidial_statuses',
    'vicidial_campaign_statuses',
    'vicidial_dial_log',
    'vicidial_did_log',
    'recording_log',
  ]);
  /** Tables that are matched with the attempts, in a pass of their own: they may stand before them. */
  static readonly MATCHED: ReadonlySet<string> = new Set(['vicidial_log', 'vicidial_list']);

  readonly #attempts = new RowIndex();
  readonly #recordings = new RowIndex();
  readonly #dids = new RowIndex();
  /** Numbers of leads that were dialled. */
  readonly #numbers = new RowIndex();
  readonly #logged = new Seen();
  /** Call log line -> its attempt plus one; attempt -> whether a line speaks of it. */
  readonly #attemptOf = new Numbers();
  readonly #spokenOf = new Numbers();
  readonly #campaigns = new Map<string, Campaign>();
  readonly #lists = new Map<string, string>();
  readonly #statuses = new Map<string, string>();
  readonly #cidGroups = new Map<string, string>();
  readonly #groups = new Map<string, { name: string; campaigns: string[] }>();
  readonly #users = new Map<string, { phone: string; group: string }>();
  readonly #usersOfPhone = new Map<string, number>();
  readonly #lastCampaign = new Map<string, { at: string; campaign: string }>();
  readonly #phones = new Map<string, string | null>();

  /** Remembers a row of one of TABLES. */
  take(table: string, row: Cells): void {
    switch (table) {
      case 'vicidial_dial_log':
        this.#spokenOf.push(0);
        this.#attempts.push(row('uniqueid'), row('lead_id'), secondsOf(row('call_date')), bareCid(row('outbound_cid')));
        return;
      case 'recording_log':
        this.#recordings.push(
          row('vicidial_id'),
          row('lead_id'),
          secondsOf(row('start_time')),
          row('location') || row('filename'),
        );
        return;
      case 'vicidial_did_log':
        this.#dids.push(row('uniqueid'), '', null, row('extension'));
        return;
      case 'vicidial_campaigns': {
        const group = row('cid_group_id');
        const grouped = group !== '' && group !== '---DISABLED---';
        this.#campaigns.set(kept(row('campaign_id')), {
          name: kept(row('campaign_name')),
          cid: kept(bareCid(row('campaign_cid'))),
          cidGroup: grouped ? kept(group) : '',
          varies: grouped || !['', 'N'].includes(row('use_custom_cid')),
        });
        return;
      }
      case 'vicidial_cid_groups':
        this.#cidGroups.set(kept(row('cid_group_id')), kept(row('cid_group_notes')));
        return;
      case 'vicidial_lists':
        if (bareCid(row('campaign_cid_override')) !== '')
          this.#lists.set(kept(row('list_id')), kept(bareCid(row('campaign_cid_override'))));
        return;
      case 'vicidial_statuses':
      case 'vicidial_campaign_statuses':
        this.#statuses.set(kept(`${row('campaign_id')}\0${row('status')}`), kept(row('status_name')));
        return;
      case 'vicidial_users': {
        const phone = kept(row('phone_login'));
        this.#users.set(kept(row('user')), { phone, group: kept(row('user_group')) });
        this.#usersOfPhone.set(phone, (this.#usersOfPhone.get(phone) ?? 0) + 1);
        return;
      }
      case 'vicidial_user_groups':
        this.#groups.set(kept(row('user_group')), {
          name: kept(row('group_name')),
          campaigns: kept(row('allowed_campaigns'))
            .split(/\s+/)
            .filter((c) => c !== '' && c !== '-'),
        });
        return;
      case 'vicidial_user_log': {
        const at = row('event_date');
        if (row('campaign_id') === '' || at < (this.#lastCampaign.get(row('user'))?.at ?? '')) return;
        this.#lastCampaign.set(kept(row('user')), { at: kept(at), campaign: kept(row('campaign_id')) });
        return;
      }
      case 'phones': {
        const cid = kept(bareCid(row('outbound_cid')));
        // Two servers may each have a phone of that name.
        for (const name of new Set([row('login'), row('extension')]))
          if (name !== '') this.#phones.set(kept(name), (this.#phones.get(name) ?? cid) === cid ? cid : null);
      }
    }
  }

  /** Finds the attempt a line of the call log speaks of, in the order of the lines; and the numbers of leads that were dialled. */
  match(table: string, row: Cells): void {
    const lead = row('lead_id');
    if (table === 'vicidial_list') {
      if (this.#attempts.hasLead(lead)) this.#numbers.push(lead, '', null, `${row('phone_number')} ${phoneOf(row)}`);
      return;
    }
    this.#logged.add(row('uniqueid'));
    const attempt = this.#attempts.find(
      row('uniqueid'),
      lead,
      secondsOf(row('call_date')),
      SAME_CALL_S,
      SAME_CALL_S,
      (a) => this.#spokenOf.at(a) === 0,
    );
    this.#attemptOf.push(attempt + 1);
    if (attempt >= 0) this.#spokenOf.set(attempt, 1);
  }

  /** Whether a line of the call log speaks of the nth attempt. */
  isLogged = (nth: number): boolean => this.#spokenOf.at(nth) === 1;
  /** Whether the call log has the call of this id. */
  isOutbound = (uniqueid: string): boolean => uniqueid !== '' && this.#logged.has(uniqueid);

  /**
   * The number the call of the nth line of the call log showed: that of its attempt; else, where all calls of a campaign show the same one, the list's or the
   * campaign's own. '' when it is not known.
   */
  callerOf(nth: number, list: string, campaign: string): { caller: string; from: CallerFrom } {
    const dialled = this.#attempts.textOf(this.#attemptOf.at(nth) - 1);
    if (dialled !== '') return { caller: dialled, from: 'dial_log' };
    const of = this.#campaigns.get(campaign);
    if (of === undefined || of.varies) return { caller: '', from: '' };
    const own = this.#lists.get(list);
    if (own !== undefined) return { caller: own, from: 'list' };
    return { caller: of.cid, from: of.cid === '' ? '' : 'campaign' };
  }

  /** The lead's number, where what was dialled ends with it; '' when that is not known: only the dial plan tells a prefix from a number. */
  numberDialled(lead: string, dialled: string): string {
    const [bare, full] = this.#numbers.textOf(this.#numbers.find(lead, '', null, 0, 0)).split(' ', 2);
    return bare !== undefined && bare.length >= 5 && dialled.endsWith(bare) ? (full ?? bare) : '';
  }

  /** A call's recording: by one of its ids, else the lead's nearest that began while the call lasted. */
  recordingOf(ids: readonly string[], lead: string, at: string, seconds: number): string {
    for (const id of ids) {
      const row = this.#recordings.find(id, '', null, 0, 0);
      if (row >= 0) return this.#recordings.textOf(row);
    }
    const row = this.#recordings.find('', lead, secondsOf(at), 5, Math.max(seconds, 0) + 5);
    return this.#recordings.textOf(row);
  }

  didOf = (uniqueid: string): string => this.#dids.textOf(this.#dids.find(uniqueid, '', null, 0, 0));

  /** The phone a user logs in with, where nobody else does; else the user. */
  accountOf(user: string): string {
    const phone = this.#users.get(user)?.phone ?? '';
    return phone !== '' && this.#usersOfPhone.get(phone) === 1 ? phone : user;
  }

  cidOfPhone = (login: string): string => this.#phones.get(login) ?? '';
  groupName = (group: string): string => this.#groups.get(group)?.name ?? '';
  campaignName = (campaign: string): string => this.#campaigns.get(campaign)?.name ?? '';
  cidGroupNotes = (group: string): string => this.#cidGroups.get(group) ?? '';
  statusName = (status: string, campaign: string): string =>
    this.#statuses.get(`${campaign}\0${status}`) ?? this.#statuses.get(`\0${status}`) ?? '';

  /** The campaign a user last logged in to; else the only one the team may work on. */
  taskOf(user: string, group: string): string {
    const allowed = this.#groups.get(group)?.campaigns ?? [];
    const only = allowed.length === 1 && allowed[0] !== '-ALL-CAMPAIGNS-' ? allowed[0] : undefined;
    return this.#lastCampaign.get(user)?.campaign ?? only ?? '';
  }

  /** The group of numbers a campaign shows: its caller-number group, else its one number. */
  callerGroupOf(campaign: string): string {
    const of = this.#campaigns.get(campaign);
    if (of === undefined) return '';
    return of.cidGroup !== '' || of.varies ? of.cidGroup : of.cid;
  }
}
