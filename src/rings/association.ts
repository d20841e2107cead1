import { add, key } from './identity.ts';
import { lineKey, namesOf, seatKey, seatsNamed, type Layers, type Line, type Paid } from './layers.ts';

/**
 * Who belongs with the suspicious numbers: accounts that showed them, people on those accounts' seats, who listened to them, who owns
 * the groups people were led into, who paid them and was paid beside them.
 *
 * Every step asks two things: how many of the neighbours in a layer are already in (support), and what share of all its neighbours in that layer
 * they are (purity). Purity is what keeps the landlord, the family and the school's chat group out. (Guilt by association with a degree
 * correction; cf. Chau et al. 2011, Polonium; Koutra et al. 2011.)
 */
export interface Association {
  numbers: Set<string>;
  accounts: Set<string>;
  seats: Set<string>;
  teams: Set<string>;
  people: Set<string>;
  groups: Set<string>;
  /** SIM boxes, trunks and addresses that carry the ring's calls and hardly any others. */
  lines: Set<string>;
  /** Reviewers, payers and payees are people; `via` names the layer that brought each entity in first. */
  via: Map<string, string>;
  /** Purses that fund the ring in crypto from outside: named as a source, not counted as members. */
  upstream: Set<string>;
}

/** Telephone numbers that got into a group: how many, how many of those after a suspicious number's call; and the same of those who said so in a report. */
export interface LeadIn {
  joined: number;
  joinedAfterCall: number;
  reported: number;
  reportedAfterCall: number;
}

export interface Suspicion {
  /** Flagged by their own findings. */
  flagged: ReadonlySet<string>;
  /** Suspicious, not enough alone. */
  suspects: ReadonlySet<string>;
  /** Of these, those whom a ring's victims in their bills would be enough for (bills.ts). */
  almost: ReadonlySet<string>;
  /** Held to be lawful; never pulled in by association. */
  cleared: ReadonlySet<string>;
  /** Members of groups that are telephone numbers, not handles of people. */
  numbers: ReadonlySet<string>;
}

const HALF = 0.5;
const ROUNDS = 8;
/** Days with pay that make it somebody's pay, in weeks of records half of which may be lost. Friends get something three times in a month. */
const STEADY = 5;

const pushTo = <K, V>(map: Map<K, V[]>, k: K, v: V): void => {
  const list = map.get(k);
  if (list === undefined) map.set(k, [v]);
  else list.push(v);
};

/** A circle in which nobody is yet. */
export const nobody = (): Association => ({
  numbers: new Set(),
  accounts: new Set(),
  seats: new Set(),
  teams: new Set(),
  people: new Set(),
  groups: new Set(),
  lines: new Set(),
  via: new Map(),
  upstream: new Set(),
});

/** Grows the circle around the flagged numbers until nothing changes. Deterministic: layers are sorted, sets only grow. */
export function associate(layers: Layers, s: Suspicion, leadIns: ReadonlyMap<string, LeadIn>): Association {
  const a = nobody();
  for (const n of [...s.flagged].sort()) a.numbers.add(n);
  for (const n of a.numbers) a.via.set(key('number', n), 'calls');

  const placedByAccount = new Map<string, { number: string; calls: number }[]>();
  const placedOfNumber = new Map<string, { account: string; calls: number }[]>();
  for (const p of layers.placed) {
    pushTo(placedByAccount, p.account, p);
    pushTo(placedOfNumber, p.number, p);
  }
  const placedOnLine = new Map<string, Line[]>();
  for (const l of layers.lines) pushTo(placedOnLine, lineKey(l), l);
  const seatsOfAccount = new Map<string, string[]>();
  const seatsOfTeam = new Map<string, Set<string>>();
  const seatInfo = new Map<string, { account: Set<string>; people: Set<string>; numbers: Set<string>; team: string }>();
  for (const seat of layers.seats) {
    const own = seatKey(seat);
    if (seat.account !== '') pushTo(seatsOfAccount, seat.account, own);
    const info = seatInfo.get(own) ?? { account: new Set(), people: new Set(), numbers: new Set(), team: '' };
    if (seat.account !== '') info.account.add(seat.account);
    if (seat.person !== '') info.people.add(seat.person);
    if (seat.number !== '') info.numbers.add(seat.number);
    if (seat.team !== '') info.team = seat.team;
    seatInfo.set(own, info);
    if (seat.team !== '') add(seatsOfTeam, seat.team, own);
  }
  const accountsOnDevice = new Map<string, Set<string>>();
  for (const l of layers.loginDevices) add(accountsOnDevice, l.value, l.account);
  const seatsOfReviewer = new Map<string, Set<string>>();
  for (const r of layers.reviews) add(seatsOfReviewer, r.reviewer, r.seat);
  const named = seatsNamed(layers.seats);
  const membersOfGroup = new Map<string, { member: string; role: string }[]>();
  const groupsRunBy = new Map<string, string[]>();
  const groupsJoined = new Map<string, string[]>();
  for (const m of layers.memberships) {
    pushTo(membersOfGroup, m.group, m);
    pushTo(groupsJoined, m.member, m.group);
    if (m.role !== 'member') pushTo(groupsRunBy, m.member, m.group);
  }
  const payeesOf = new Map<string, Paid[]>();
  const payersOf = new Map<string, Paid[]>();
  for (const p of layers.payments) {
    pushTo(payeesOf, p.from, p);
    pushTo(payersOf, p.to, p);
  }

  const names = namesOf(layers);
  const take = (set: Set<string>, id: string, k: string, via: string): void => {
    if (set.has(id)) return;
    set.add(id);
    if (!a.via.has(k)) a.via.set(k, via);
  };
  const shareOf = (n: number, all: number): number => (all === 0 ? 0 : n / all);

  // People whom somebody pays again and again in a group they run, three or more of them and a quarter of the group: a work group, whatever it is called. Friends pay back,
  // and whoever runs the group of a village has paid a few of it.
  const staff = new Map<string, Set<string>>();
  const staffOfRunner = (payer: string): Set<string> => {
    const known = staff.get(payer);
    if (known !== undefined) return known;
    const paid = new Set(
      (payeesOf.get(payer) ?? [])
        .filter((p) => p.payments >= 2 && p.crypto === 0 && !paysBack(payeesOf.get(p.to), payer))
        .map((p) => p.to),
    );
    const own = new Set<string>();
    for (const g of groupsRunBy.get(payer) ?? []) {
      const led = (membersOfGroup.get(g) ?? []).filter((m) => m.role === 'member');
      const inIt = led.filter((m) => paid.has(m.member));
      if (inIt.length >= 3 && inIt.length >= led.length / 4) for (const m of inIt) own.add(m.member);
    }
    staff.set(payer, own);
    return own;
  };

  // Whoever runs a group that people were led into and pays three or more again and again, alike and never back, pays wages: nobody else of them need be known.
  const payrolls = new Map<string, Set<string>>();
  const payrollOf = (payer: string): Set<string> => {
    const known = payrolls.get(payer);
    if (known !== undefined) return known;
    const steady = (payeesOf.get(payer) ?? []).filter(
      (p) => p.days >= STEADY && p.crypto === 0 && !paysBack(payeesOf.get(p.to), payer),
    );
    const medians = steady.map((p) => p.median).sort((x, y) => x - y);
    const usual = medians[medians.length >> 1] ?? 0;
    const alike = steady.filter((p) => p.median >= usual / 3 && p.median <= usual * 3).map((p) => p.to);
    payrolls.set(payer, new Set(alike.length >= 3 ? alike : []));
    return payrolls.get(payer)!;
  };

  /** Groups of the ring among itself. */
  const gathered = new Set<string>();
  for (let round = 0, size = -1; round < ROUNDS; round++) {
    const now = a.numbers.size + a.accounts.size + a.people.size + a.groups.size + a.seats.size;
    if (now === size) break;
    size = now;

    // An account is the ring's when most of what it placed showed the ring's numbers.
    for (const [account, placed] of placedByAccount) {
      if (a.accounts.has(account)) continue;
      let ring = 0;
      let all = 0;
      for (const p of placed) {
        all += p.calls;
        if (a.numbers.has(p.number)) ring += p.calls;
      }
      if (ring > 0 && shareOf(ring, all) >= HALF) take(a.accounts, account, key('account', account), 'account');
    }
    // The account's other numbers: the ones that rotated in before anybody noticed them.
    for (const [number, placed] of placedOfNumber) {
      if (a.numbers.has(number) || s.cleared.has(number)) continue;
      let ring = 0;
      let all = 0;
      for (const p of placed) {
        all += p.calls;
        if (a.accounts.has(p.account)) ring += p.calls;
      }
      if (ring > 0 && shareOf(ring, all) >= HALF) take(a.numbers, number, key('number', number), 'account');
    }
    // A SIM box, a trunk, an address: the ring's own when most of its numbers, and most of what was placed through it, are the ring's. A trunk or an address that
    // carries a firm's calls as well is its provider's, and says nothing.
    for (const [line, placed] of placedOnLine) {
      const ring = placed.filter((p) => a.numbers.has(p.number));
      const share = shareOf(
        ring.reduce((n, p) => n + p.calls, 0),
        placed.reduce((n, p) => n + p.calls, 0),
      );
      if (ring.length < 2 || share < HALF) continue;
      if (placed[0]!.kind !== 'device' && shareOf(ring.length, placed.length) < HALF) continue;
      a.lines.add(line);
      for (const p of placed) {
        if (!s.cleared.has(p.number)) take(a.numbers, p.number, key('number', p.number), p.kind);
      }
    }
    // Number after number in the same hands: when two of a chain, and half of it, are the ring's, so are the others that have findings of their own.
    for (const chain of layers.chains) {
      const ring = chain.filter((n) => a.numbers.has(n)).length;
      if (ring < 2 || shareOf(ring, chain.length) < HALF) continue;
      for (const n of chain) {
        if (s.suspects.has(n) && !s.cleared.has(n)) take(a.numbers, n, key('number', n), 'chain');
      }
    }
    // Seats, their people, and whole teams of the dialler.
    for (const account of a.accounts) {
      for (const seat of seatsOfAccount.get(account) ?? []) take(a.seats, seat, `s:${seat}`, 'seat');
    }
    for (const [seat, info] of seatInfo) {
      if (!a.seats.has(seat) && [...info.numbers].some((n) => a.numbers.has(n)))
        take(a.seats, seat, `s:${seat}`, 'seat');
    }
    for (const [team, seats] of seatsOfTeam) {
      const ring = [...seats].filter((x) => a.seats.has(x)).length;
      if (ring >= 2 && shareOf(ring, seats.size) >= HALF) {
        a.teams.add(team);
        for (const seat of seats) take(a.seats, seat, `s:${seat}`, 'seat');
      }
    }
    for (const seat of a.seats) {
      const info = seatInfo.get(seat);
      for (const p of info?.people ?? []) take(a.people, p, key('person', p), 'seat');
      for (const acc of info?.account ?? []) take(a.accounts, acc, key('account', acc), 'seat');
    }
    // A handset that logs into the ring's accounts belongs to somebody of the ring, and so do the other accounts on it.
    for (const accounts of accountsOnDevice.values()) {
      const ring = [...accounts].filter((x) => a.accounts.has(x)).length;
      if (ring > 0 && shareOf(ring, accounts.size) >= HALF) {
        for (const x of accounts) {
          const shows = placedByAccount.get(x) ?? [];
          if (shows.some((p) => s.cleared.has(p.number))) continue;
          take(a.accounts, x, key('account', x), 'device');
        }
      }
    }
    // Who listens to the ring's seats.
    for (const [reviewer, seats] of seatsOfReviewer) {
      const ring = [...seats].filter((x) => [...(named.get(x) ?? [])].some((own) => a.seats.has(own))).length;
      if (ring >= 2 && shareOf(ring, seats.size) >= HALF) take(a.people, reviewer, key('person', reviewer), 'review');
    }
    // Those who go by the name of an account or a number of the ring are its people.
    for (const x of a.accounts) if (names.has(x)) take(a.people, x, key('person', x), 'account');
    for (const p of layers.phones)
      if (a.numbers.has(p.number)) take(a.people, p.handle, key('person', p.handle), 'calls');
    // Groups: where the ring's people gather, or where people go after its calls. Their owners and admins run them.
    for (const [group, members] of membersOfGroup) {
      // Telephone numbers among handles are those of guests; where everybody goes by one they tell nobody apart.
      const handles = members.filter((m) => !s.numbers.has(m.member));
      const people = handles.length > 0 ? handles : members;
      const ring = people.filter((m) => a.people.has(m.member)).length;
      const led = leadIns.get(group);
      const gathers = ring >= 3 && shareOf(ring, people.length) >= HALF;
      // A report says in so many words where the money was lost: two are enough.
      const leadsIn =
        led !== undefined &&
        ((led.joinedAfterCall >= 3 && shareOf(led.joinedAfterCall, led.joined) >= HALF) ||
          (led.reportedAfterCall >= 2 && shareOf(led.reportedAfterCall, led.reported) >= HALF));
      if (!gathers && !leadsIn) continue;
      if (gathers) gathered.add(group);
      take(a.groups, group, `g:${group}`, 'group');
      for (const m of people) if (m.role !== 'member') take(a.people, m.member, key('person', m.member), 'group');
    }
    // Money. Who pays many of the ring and hardly anybody else, leads; who is paid alike by the same purse in the same group, works.
    for (const [payer, payees] of payeesOf) {
      if (a.people.has(payer)) continue;
      const ring = payees.filter((p) => a.people.has(p.to));
      const crypto = payees.every((p) => p.crypto === p.payments);
      const toRing = shareOf(
        ring.reduce((sum, p) => sum + p.total, 0),
        payees.reduce((sum, p) => sum + p.total, 0),
      );
      if (ring.length >= 2 && toRing >= HALF) {
        if (crypto) a.upstream.add(payer);
        else if (ring.length >= 3 || ring.some((p) => p.payments >= 3))
          take(a.people, payer, key('person', payer), 'pay');
      } else if (!crypto && toRing >= HALF && ring.some((p) => funds(p, payeesOf, a.people)))
        take(a.people, payer, key('person', payer), 'pay');
    }
    const usualTotals = layers.payments
      .filter((p) => a.people.has(p.from) && a.people.has(p.to) && p.crypto === 0)
      .map((p) => p.total);
    const lowWage = quarter(usualTotals);
    for (const [payee, payers] of payersOf) {
      if (a.people.has(payee) || a.upstream.has(payee)) continue;
      const ring = payers.filter((p) => a.people.has(p.from) && p.crypto < p.payments);
      if (ring.length === 0) continue;
      const fromRing = ring.reduce((n, p) => n + p.payments, 0);
      const all = payers.reduce((n, p) => n + p.payments, 0);
      if (shareOf(fromRing, all) < HALF) continue;
      const inGroup = groupsJoined.get(payee)?.some((g) => a.groups.has(g)) === true;
      // Once is enough for somebody who sits in the group the ring keeps to itself: whoever left after a week was paid once.
      const amongThem =
        groupsJoined.get(payee)?.some((g) => gathered.has(g)) === true &&
        ring.some(
          (p) => looksLikeWage(p, payeesOf.get(p.from) ?? [], a.people, true) && !paysBack(payeesOf.get(payee), p.from),
        );
      const wage = ring.some((p) => looksLikeWage(p, payeesOf.get(p.from) ?? [], a.people));
      const onStaff = ring.some((p) =>
        looksLikeStaff(p, payeesOf.get(p.from) ?? [], payeesOf.get(payee) ?? [], a.people, lowWage),
      );
      const underRunner = ring.some(
        (p) =>
          staffOfRunner(p.from).has(payee) ||
          (groupsRunBy.get(p.from)?.some((g) => a.groups.has(g)) === true && payrollOf(p.from).has(payee)),
      );
      if (
        (wage && (inGroup || fromRing >= 3)) ||
        underRunner ||
        (ring.length >= 2 && fromRing >= 3) ||
        onStaff ||
        amongThem
      ) {
        take(a.people, payee, key('person', payee), 'pay');
      }
    }
  }
  return a;
}

const paysBack = (payees: readonly Paid[] | undefined, to: string): boolean =>
  payees?.some((p) => p.to === to) ?? false;

/**
 * Does this payment fund wages: three times or more, to somebody who pays three of the ring or more, and no less than they pay? One leader is enough to see the purse above. A spouse's housekeeping money comes as often, and pays for
 * no callers; a firm pays many who are not of the ring.
 */
function funds(p: Paid, payeesOf: ReadonlyMap<string, readonly Paid[]>, people: ReadonlySet<string>): boolean {
  const wages = (payeesOf.get(p.to) ?? []).filter((q) => people.has(q.to) && q.to !== p.from);
  return p.payments >= 3 && wages.length >= 3 && p.total >= wages.reduce((sum, q) => sum + q.total, 0);
}

/**
 * Does this payee stand in line with the payer's other payees of the ring: amounts of the same order (a third to three times the usual), at
 * least twice, and the payer pays at least three of the ring? A present to the family at a festival is none of this. What came once is a wage only (`once`) beside those of six
 * others that came again: so many friends of somebody are not in a ring.
 */
function looksLikeWage(p: Paid, payees: readonly Paid[], people: ReadonlySet<string>, once = false): boolean {
  const others = payees.filter((q) => q !== p && people.has(q.to) && (!once || q.payments >= 2)).map((q) => q.median);
  if (others.length < (once ? 6 : 3) || p.payments < (once ? 1 : 2)) return false;
  others.sort((x, y) => x - y);
  const usual = others[others.length >> 1] ?? 0;
  return p.median >= usual / 3 && p.median <= usual * 3;
}

/**
 * Paid by somebody who pays others of the ring, twice or more, sums that add up to what the others get, or anybody of the ring (a third of the lower quarter's or
 * more), and never pays back: how a technician is paid. Friends and families pay in both directions.
 */
function looksLikeStaff(
  p: Paid,
  payees: readonly Paid[],
  back: readonly Paid[],
  people: ReadonlySet<string>,
  lowWage: number,
): boolean {
  const others = payees.filter((q) => q !== p && people.has(q.to)).map((q) => q.total);
  if (others.length < 2 || p.payments < 2 || paysBack(back, p.from)) return false;
  return p.total >= Math.min(quarter(others), lowWage) / 3;
}

/** The lower quarter of sums; 0 of none. */
const quarter = (sums: readonly number[]): number => [...sums].sort((x, y) => x - y)[sums.length >> 2] ?? 0;
