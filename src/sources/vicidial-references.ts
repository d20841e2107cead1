/** A row's cells by column name. */
export type Cells = (column: string) => string;

/** Seconds within which a dialling attempt and a line of the call log are the same call. */
const SAME_CALL_S = 120;
/** Attempts remembered at most; beyond that the caller's number comes from the campaign. */
const MOST_ATTEMPTS = 20_000_000;

const cidOf = (cid: string): string => /<([^>]*)>/.exec(cid)?.[1] ?? cid.trim();
const secondsOf = (at: string): number => Date.parse(`${at.replace(' ', 'T')}Z`) / 1000;

/** What rows of a dialler's other tables refer to: numbers shown, phones, campaigns, teams, recordings. */
export class References {
  static readonly TABLES: ReadonlySet<string> = new Set([
    'vicidial_users',
    'vicidial_user_groups',
    'vicidial_user_log',
    'phones',
    'vicidial_campaigns',
    'vicidial_cid_groups',
    'vicidial_dial_log',
    'recording_log',
  ]);

  readonly #cidOfUniqueid = new Map<string, string>();
  /** Lead -> its attempts: second and number shown. */
  readonly #attempts = new Map<string, [number, string][]>();
  readonly #campaigns = new Map<string, { cid: string; cidGroup: string }>();
  readonly #campaignOfUser = new Map<string, string>();
  readonly #phones = new Map<string, string>();
  readonly #accounts = new Map<string, string>();
  readonly #groups = new Map<string, string>();
  readonly #groupCampaigns = new Map<string, string>();
  readonly #recordings = new Map<string, string>();
  readonly #logged = new Map<string, number[]>();

  take(table: string, row: Cells): void {
    switch (table) {
      case 'vicidial_dial_log': {
        const cid = cidOf(row('outbound_cid'));
        if (cid === '' || this.#attempts.size > MOST_ATTEMPTS) return;
        if (row('uniqueid') !== '') this.#cidOfUniqueid.set(row('uniqueid'), cid);
        const list = this.#attempts.get(row('lead_id'));
        const entry: [number, string] = [secondsOf(row('call_date')), cid];
        if (list === undefined) this.#attempts.set(row('lead_id'), [entry]);
        else list.push(entry);
        return;
      }
      case 'vicidial_log':
        this.#log(row('lead_id'), row('call_date'));
        return;
      case 'vicidial_campaigns':
        this.#campaigns.set(row('campaign_id'), { cid: cidOf(row('campaign_cid')), cidGroup: row('cid_group_id') });
        return;
      case 'vicidial_users':
        this.#accounts.set(row('user'), row('phone_login') || row('user'));
        return;
      case 'vicidial_user_groups':
        this.#groups.set(row('user_group'), row('group_name'));
        this.#groupCampaigns.set(row('user_group'), row('allowed_campaigns'));
        return;
      case 'vicidial_user_log':
        if (row('campaign_id') !== '') this.#campaignOfUser.set(row('user'), row('campaign_id'));
        return;
      case 'phones':
        for (const name of [row('login'), row('extension')])
          if (name !== '') this.#phones.set(name, cidOf(row('outbound_cid')));
        return;
      case 'recording_log':
        if (row('vicidial_id') !== '') this.#recordings.set(row('vicidial_id'), row('location') || row('filename'));
    }
  }

  #log(lead: string, at: string): void {
    const list = this.#logged.get(lead);
    if (list === undefined) this.#logged.set(lead, [secondsOf(at)]);
    else list.push(secondsOf(at));
  }

  hasLog(lead: string, at: string): boolean {
    const second = secondsOf(at);
    return this.#logged.get(lead)?.some((s) => Math.abs(s - second) <= SAME_CALL_S) ?? false;
  }

  /** The number a call showed: by its id, else the lead's attempt nearest in time. '' when no attempt is known. */
  cidOfCall(uniqueid: string, lead: string, at: string): string {
    const own = this.#cidOfUniqueid.get(uniqueid);
    if (own !== undefined) return own;
    const second = secondsOf(at);
    let best = '';
    let nearest = SAME_CALL_S;
    for (const [s, cid] of this.#attempts.get(lead) ?? []) {
      if (Math.abs(s - second) > nearest) continue;
      nearest = Math.abs(s - second);
      best = cid;
    }
    return best;
  }

  cidOfCampaign = (campaign: string): string => this.#campaigns.get(campaign)?.cid ?? '';
  cidOfPhone = (login: string): string => this.#phones.get(login) ?? '';
  accountOf = (user: string): string => this.#accounts.get(user) ?? user;
  groupName = (group: string): string => this.#groups.get(group) ?? '';
  campaignOf = (user: string): string => this.#campaignOfUser.get(user) ?? '';
  recordingOf = (uniqueid: string): string => this.#recordings.get(uniqueid) ?? '';

  /** Caller-number group of a team: of the first campaign it may work on that has one. */
  cidGroupOf(group: string): string {
    const allowed = (this.#groupCampaigns.get(group) ?? '').split(/\s+/);
    for (const [campaign, { cidGroup }] of this.#campaigns) {
      if (
        cidGroup !== '' &&
        cidGroup !== '---DISABLED---' &&
        (allowed.includes(campaign) || allowed.includes('-ALL-CAMPAIGNS-'))
      )
        return cidGroup;
    }
    return '';
  }
}
