import type { Layers, Paid } from './layers.ts';
import type { Member } from './members.ts';

/** Coefficients of variation: below the first sums are the same, from the second on they vary. */
export const FLAT = 0.01;
export const VARIED = 0.03;

/** What a member's calls show, summed over the member's numbers. */
export interface CallTrace {
  /** Distinct people the work numbers called, calls, active days. */
  people: number;
  calls: number;
  days: number;
}

/** Everything a role is read from, one member. Null: that layer was not seen for anybody. */
export interface Traces {
  dialling: CallTrace | null;
  seats: number | null;
  /** Accounts of other members that logged in from this member's handsets. */
  accountsTouched: number | null;
  adminLogins: number | null;
  seatsReviewed: number | null;
  reviewDays: number;
  groupsRun: number | null;
  groupsJoined: number;
  /** Every group this one runs is run by somebody else who pays three members or more. */
  runsBesidePayer: boolean;
  /**
   * Members paying three or more, or leading out of one purse, that meet in a group with this one, who does neither, and are half of that group's others or more; 0 where there is no
   * such group.
   */
  amongHeads: number;
  /** Members whose main payer this one is, and how many of those pay three or more themselves. */
  payees: number | null;
  payeesWhoPay: number;
  /** Payees who each run a group, not run by this one, in which two more payees are; 0 where this one runs a group of half of the payees. */
  payeesWhoLead: number;
  /** Pays one who pays three or more, no less than that one pays. */
  fundsPayer: boolean;
  /** From members: payments, days, variation of the amounts of the main payer. */
  paidDays: number;
  paidVariation: number | null;
  /** The same of what the ring usually pays: median over the members paid three times or more. Null: fewer than four such. */
  usualVariation: number | null;
  /** Share of the members paid three times or more who always get the same; null with `usualVariation`. */
  flatShare: number | null;
  paidByPayerOfPayers: boolean;
  /** The main payer pays those who lead and those who are led alike: being paid by them says nothing of one's place. */
  paidFromPurse: boolean;
  cryptoIn: number;
  median: number | null;
}

/** What the layers show of each member of one ring. */
export function tracesOf(
  layers: Layers,
  groups: ReadonlySet<string>,
  members: readonly Member[],
  calls: ReadonlyMap<string, CallTrace>,
): Map<string, Traces> {
  const byHandle = new Map<string, string>();
  const byAccount = new Map<string, string>();
  for (const m of members) {
    for (const h of m.handles) byHandle.set(h, m.id);
    for (const a of m.accounts) byAccount.set(a, m.id);
  }
  const out = new Map<string, Traces>();
  const seen = {
    dialler: layers.seats.length > 0 || layers.placed.length > 0,
    logins: layers.loginDevices.length + layers.loginApps.length > 0,
    // Of the ring's own dialler: that a lawful call centre's listening was imported says nothing of who listens here.
    reviews: layers.reviews.some((r) => byHandle.has(r.reviewer)),
    groups: layers.memberships.length > 0,
    money: layers.payments.length > 0,
  };
  for (const m of members) {
    out.set(m.id, {
      dialling: calls.get(m.id) ?? { people: 0, calls: 0, days: 0 },
      seats: seen.dialler ? m.seats.length : null,
      accountsTouched: seen.logins ? 0 : null,
      adminLogins: seen.logins ? 0 : null,
      seatsReviewed: seen.reviews ? 0 : null,
      reviewDays: 0,
      groupsRun: seen.groups ? 0 : null,
      groupsJoined: 0,
      runsBesidePayer: false,
      amongHeads: 0,
      payees: seen.money ? 0 : null,
      payeesWhoPay: 0,
      payeesWhoLead: 0,
      fundsPayer: false,
      paidDays: 0,
      paidVariation: null,
      usualVariation: null,
      flatShare: null,
      paidByPayerOfPayers: false,
      paidFromPurse: false,
      cryptoIn: 0,
      median: null,
    });
  }
  const get = (id: string | undefined): Traces | undefined => (id === undefined ? undefined : out.get(id));

  for (const { owner, others } of handsetOwners(layers, byAccount)) {
    const t = get(owner);
    if (t !== undefined) t.accountsTouched = (t.accountsTouched ?? 0) + others.length;
  }
  for (const l of layers.loginApps) {
    const t = get(byAccount.get(l.account));
    if (t !== undefined && ADMIN_APP.test(l.app)) t.adminLogins = (t.adminLogins ?? 0) + l.logins;
  }
  for (const r of layers.reviews) {
    const t = get(byHandle.get(r.reviewer));
    if (t === undefined) continue;
    t.seatsReviewed = (t.seatsReviewed ?? 0) + 1;
    t.reviewDays = Math.max(t.reviewDays, r.days);
  }
  const runBy = new Map<string, Set<string>>();
  for (const x of layers.memberships) {
    const id = byHandle.get(x.member);
    const t = get(id);
    if (t === undefined || !groups.has(x.group)) continue;
    if (x.role === 'member') t.groupsJoined++;
    else {
      t.groupsRun = (t.groupsRun ?? 0) + 1;
      (runBy.get(x.group) ?? runBy.set(x.group, new Set()).get(x.group)!).add(id!);
    }
  }
  const pairs = layers.payments.filter((p) => byHandle.has(p.from) && byHandle.has(p.to) && p.crypto < p.payments);
  const main = mainPayments(pairs, byHandle);
  const pays = new Map<string, Set<string>>();
  for (const [y, p] of main) {
    const x = byHandle.get(p.from)!;
    (pays.get(x) ?? pays.set(x, new Set()).get(x)!).add(y);
  }
  const payers = new Set([...pays].filter(([, to]) => to.size >= 3).map(([x]) => x));
  for (const [id, t] of out) {
    const own = [...runBy.values()].filter((of) => of.has(id));
    t.runsBesidePayer = own.length > 0 && own.every((of) => [...of].some((other) => other !== id && payers.has(other)));
  }
  const meeting = new Map<string, Set<string>>();
  for (const x of layers.memberships) {
    const id = byHandle.get(x.member);
    if (id !== undefined && groups.has(x.group))
      (meeting.get(x.group) ?? meeting.set(x.group, new Set()).get(x.group)!).add(id);
  }
  const paidOut = (id: string): number =>
    pairs.reduce((sum, p) => (byHandle.get(p.from) === id && byHandle.get(p.to) !== id ? sum + p.total : sum), 0);
  const above = new Set(payers);
  for (const [x, to] of pays) {
    const t = get(x);
    if (t === undefined) continue;
    const heads = headsAmong(x, to, meeting, runBy);
    t.payees = to.size;
    t.payeesWhoPay = [...to].filter((y) => payers.has(y)).length;
    t.fundsPayer = [...to].some((y) => payers.has(y) && main.get(y)!.total >= paidOut(y));
    t.payeesWhoLead = heads.size;
    if (heads.size >= 2) for (const id of heads) above.add(id);
  }
  for (const ids of meeting.values()) {
    const heads = [...ids].filter((id) => above.has(id)).length;
    if (heads < 2) continue;
    for (const id of ids) {
      const t = get(id);
      if (t !== undefined && !above.has(id) && heads >= (ids.size - 1) / 2)
        t.amongHeads = Math.max(t.amongHeads, heads);
    }
  }
  const variations = [...main.values()].flatMap((p) => (p.payments >= 3 ? [p.variation] : [])).sort((a, b) => a - b);
  const usual = variations.length < 4 ? null : variations[variations.length >> 1]!;
  const flatShare = usual === null ? null : variations.filter((v) => v < FLAT).length / variations.length;
  for (const [y, p] of main) {
    const t = get(y)!;
    t.usualVariation = usual;
    t.flatShare = flatShare;
    t.paidDays = p.days;
    t.paidVariation = p.payments >= 3 ? p.variation : null;
    t.median = p.median;
    const payer = get(byHandle.get(p.from));
    t.paidByPayerOfPayers = (payer?.payeesWhoPay ?? 0) >= 2;
    t.paidFromPurse = !t.paidByPayerOfPayers && (payer?.payeesWhoLead ?? 0) >= 2;
  }
  for (const p of layers.payments) {
    const t = get(byHandle.get(p.to));
    if (t !== undefined && p.crypto > 0) t.cryptoIn += p.crypto;
  }
  return out;
}

/** Where everybody is paid out of one purse: those of its payees who run a work group of its payees each. Whoever runs the group they pay is its leader, whoever helps to run it. */
function headsAmong(
  payer: string,
  payees: ReadonlySet<string>,
  meeting: ReadonlyMap<string, ReadonlySet<string>>,
  runBy: ReadonlyMap<string, ReadonlySet<string>>,
): Set<string> {
  const heads = new Set<string>();
  for (const [group, runners] of runBy) {
    const paid = [...(meeting.get(group) ?? [])].filter((id) => payees.has(id)).length;
    if (runners.has(payer)) {
      if (paid >= payees.size / 2) return new Set();
      continue;
    }
    for (const id of runners) if (payees.has(id) && paid >= 3) heads.add(id);
  }
  return heads;
}

/** Order of somebody's payers, the main one first: on most days, then the larger sum. */
export const mainFirst = (x: Paid, y: Paid): number =>
  y.days - x.days || y.total - x.total || (x.from < y.from ? -1 : x.from > y.from ? 1 : 0);

/**
 * What each member gets from their main payer. Colleagues send each other small sums too, and something to those who pay
 * them: neither is a wage.
 */
function mainPayments(pairs: readonly Paid[], byHandle: ReadonlyMap<string, string>): Map<string, Paid> {
  const main = new Map<string, Paid>();
  const ids = (p: Paid): [string, string] => [byHandle.get(p.from)!, byHandle.get(p.to)!];
  const sums = new Map<string, number>();
  const sumOf = (from: string, to: string): number => sums.get(`${from}\n${to}`) ?? 0;
  for (const p of pairs) {
    const [from, to] = ids(p);
    sums.set(`${from}\n${to}`, sumOf(from, to) + p.total);
  }
  for (const p of pairs) {
    const [from, to] = ids(p);
    if (from === to || sumOf(to, from) > sumOf(from, to)) continue;
    const known = main.get(to);
    if (known === undefined || mainFirst(p, known) < 0) main.set(to, p);
  }
  return main;
}

/**
 * Handsets that several parties' accounts logged in from. A handset's owner is whoever logged in from it most; the others were touched from it. A party is a member's id, or `?` and an
 * account that is nobody's.
 */
export function handsetOwners(
  layers: Pick<Layers, 'loginDevices'>,
  byAccount: ReadonlyMap<string, string>,
): { handset: string; owner: string; others: string[] }[] {
  const users = new Map<string, Map<string, number>>();
  for (const l of layers.loginDevices) {
    const party = byAccount.get(l.account) ?? `?${l.account}`;
    const of = users.get(l.value) ?? new Map<string, number>();
    of.set(party, (of.get(party) ?? 0) + l.logins);
    users.set(l.value, of);
  }
  return [...users].flatMap(([handset, of]) => {
    const [first, ...others] = [...of].sort(([x, n], [y, k]) => k - n || (x < y ? -1 : 1)).map(([party]) => party);
    return others.length === 0 ? [] : [{ handset, owner: first!, others }];
  });
}

const ADMIN_APP = /admin|trunk|config|carrier|monitor|管理|配置|中继/i;
