import type { Reason } from '../model/reason.ts';
import type { Association } from './association.ts';
import { gatherings, STRONG, WEIGHT, type CallTie, type Link } from './communities.ts';
import type { Layers } from './layers.ts';
import type { Member } from './members.ts';
import { handsetOwners, mainFirst } from './traces.ts';

/** A ring, and what ties those of its members to it who belong to another ring as well. */
export interface Gang {
  members: string[];
  shared: Map<string, Reason[]>;
}

/** Somebody leads payers when at least this many of those they pay pay others. */
const LEADERS = 2;
/** Ties to another side by which somebody belongs to it as well: as many as tie two communities into one ring (communities.ts). */
const TIES = 2;
/** Share of its weight that a tie has which also comes about by chance or a shared list. */
const WEAK = 0.1;

/**
 * Parts a group at the people whom two rings share. A technician who sets up the accounts of two gangs, or an agent who worked for both, ties them as closely as a principal
 * ties two teams, and no measure of the graph alone tells the two apart. Money does: purses at the top that have nothing to do with each other (no call, no payment, no purse above them, no
 * leader, no inspector, no group in common) are two organisations, and whoever has worked for both is a member of both. Where nobody is seen at the top of two or more leaders the group stays as it is.
 *
 * @param group ids of members that splitIntoRings holds together
 * @returns the group itself, or its parts, largest first
 */
export function partAtSharedHands(
  group: readonly string[],
  members: ReadonlyMap<string, Member>,
  links: readonly Link[],
  layers: Layers,
  association: Association,
  calls: readonly CallTie[],
): Gang[] {
  const own = group.map((id) => members.get(id)!);
  const pays = paymentsWithin(layers, own);
  const parts = (hand: string | null): Gang[] | null =>
    partBut(hand, group, own, pays, links, layers, association, calls);
  const parted = parts(null);
  if (parted !== null) return parted;
  // Somebody may lead in one ring and listen, or call, in another: without them, is there anything left between the two?
  const leads = (id: string): boolean => (pays.get(id)?.size ?? 0) >= 2;
  const tops = topsOf(group, pays, leads);
  const twice = new Map<string, number>();
  for (const top of tops) for (const id of below(top, pays, leads)) twice.set(id, (twice.get(id) ?? 0) + 1);
  for (const hand of [...twice.keys()].filter((id) => twice.get(id)! > 1).sort()) {
    const without = parts(hand);
    if (without !== null) return without;
  }
  return [{ members: [...group], shared: new Map() }];
}

type Pays = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Whoever is paid by none and pays two who pay others. */
function topsOf(group: readonly string[], pays: Pays, leads: (id: string) => boolean): string[] {
  const paid = new Set([...pays.values()].flatMap((to) => [...to.keys()]));
  return group.filter((id) => !paid.has(id) && [...(pays.get(id)?.keys() ?? [])].filter(leads).length >= LEADERS);
}

/** The parts of a group when nothing is made of `hand` (somebody who has a place in two of them); null where it has none. */
function partBut(
  hand: string | null,
  group: readonly string[],
  own: readonly Member[],
  pays: Pays,
  links: readonly Link[],
  layers: Layers,
  association: Association,
  calls: readonly CallTie[],
): Gang[] | null {
  const leads = (id: string): boolean => id !== hand && (pays.get(id)?.size ?? 0) >= 2;
  const tops = topsOf(group, pays, leads);
  if (tops.length < 2) return null;

  const under = tops.map((top) => below(top, pays, leads));
  const side = sidesOf(tops, under, own, links, layers, association, calls, hand);
  const sides = [...new Set(side)].sort((x, y) => x - y);
  if (sides.length < 2) return null;

  // Purse by purse down to whoever is paid; then whoever is tied to them, a step at a time.
  const sideOf = new Map<string, number>();
  const paidBy = new Map<string, Map<number, number>>();
  under.forEach((people, i) => people.forEach((id) => leads(id) && sideOf.set(id, side[i]!)));
  if (hand !== null) {
    // Whoever has two places is at home where they are paid like other leaders, and so are those they pay.
    const overLeaders = (id: string): boolean => [...(pays.get(id)?.keys() ?? [])].filter(leads).length >= LEADERS;
    const home = mainPayer(
      own.find((m) => m.id === hand)!,
      own,
      layers,
      sideOf,
      overLeaders,
    );
    if (home !== null) sideOf.set(hand, sideOf.get(home)!);
  }
  for (const [from, to] of pays) {
    const s = sideOf.get(from);
    if (s === undefined) continue;
    for (const [id, n] of to) {
      const bySide = paidBy.get(id) ?? paidBy.set(id, new Map()).get(id)!;
      bySide.set(s, (bySide.get(s) ?? 0) + n);
    }
  }
  for (const [id, bySide] of paidBy) if (!sideOf.has(id)) sideOf.set(id, strongest(bySide)!);
  spread(group, links, sideOf);

  const gangs: Gang[] = sides.map((s) => ({
    members: group.filter((id) => (sideOf.get(id) ?? sides[0]) === s),
    shared: new Map(),
  }));
  const inBoth = worksFor(own, sideOf, paidBy, layers, leads);
  for (const [id, others] of inBoth) {
    for (const [s, reasons] of others) {
      const gang = gangs[sides.indexOf(s)]!;
      gang.members.push(id);
      gang.shared.set(id, reasons);
    }
  }
  for (const g of gangs) g.members.sort();
  return gangs.sort((x, y) => y.members.length - x.members.length || (x.members[0]! < y.members[0]! ? -1 : 1));
}

/** payer -> payee -> payments, among members, crypto left out. */
function paymentsWithin(layers: Layers, own: readonly Member[]): Map<string, Map<string, number>> {
  const byHandle = new Map(own.flatMap((m) => m.handles.map((h) => [h, m.id] as const)));
  const out = new Map<string, Map<string, number>>();
  for (const p of layers.payments) {
    const [from, to] = [byHandle.get(p.from), byHandle.get(p.to)];
    if (from === undefined || to === undefined || from === to || p.crypto === p.payments) continue;
    const known = out.get(from) ?? out.set(from, new Map()).get(from)!;
    known.set(to, (known.get(to) ?? 0) + p.payments);
  }
  return out;
}

/** The payers under a top, itself included: those who manage. Whoever is only paid says nothing about whose organisation it is. */
function below(top: string, pays: Pays, leads: (id: string) => boolean): Set<string> {
  const found = new Set([top]);
  for (const id of found) for (const to of pays.get(id)?.keys() ?? []) if (leads(to)) found.add(to);
  return found;
}

/** Who among those with a side pays this member: before others whoever pays leaders, then on most days, then the larger sum. */
function mainPayer(
  of: Member,
  own: readonly Member[],
  layers: Layers,
  sideOf: ReadonlyMap<string, number>,
  overLeaders: (id: string) => boolean,
): string | null {
  const byHandle = new Map(own.flatMap((m) => m.handles.map((h) => [h, m.id] as const)));
  const place = (p: Layers['payments'][number]): number => Number(overLeaders(byHandle.get(p.from)!));
  const best = layers.payments
    .filter((p) => byHandle.get(p.to) === of.id && sideOf.has(byHandle.get(p.from) ?? ''))
    .sort((x, y) => place(y) - place(x) || mainFirst(x, y))[0];
  return best === undefined ? null : byHandle.get(best.from)!;
}

/** For each top the smallest index of the tops it is one organisation with; what `hand` has to do with them counts for nothing. */
function sidesOf(
  tops: readonly string[],
  under: readonly ReadonlySet<string>[],
  own: readonly Member[],
  links: readonly Link[],
  layers: Layers,
  association: Association,
  calls: readonly CallTie[],
  hand: string | null,
): number[] {
  const side = tops.map((_, i) => i);
  const find = (i: number): number => (side[i] === i ? i : (side[i] = find(side[i]!)));
  const one = (meeting: Iterable<number>): void => {
    const [first, ...rest] = meeting;
    for (const i of rest) {
      const [x, y] = [find(first!), find(i)];
      side[Math.max(x, y)] = Math.min(x, y);
    }
  };
  const managers = new Map<string, number[]>();
  under.forEach((people, i) => people.forEach((id) => managers.set(id, [...(managers.get(id) ?? []), i])));
  for (const of of managers.values()) one(of);

  const memberOf = new Map<string, string[]>();
  for (const m of own) {
    for (const n of [...m.workNumbers, ...m.privateNumbers]) memberOf.set(n, [...(memberOf.get(n) ?? []), m.id]);
  }
  const sidesAt = (ids: readonly string[]): number[] => ids.flatMap((id) => managers.get(id) ?? []);
  for (const c of calls) one(sidesAt([...(memberOf.get(c.a) ?? []), ...(memberOf.get(c.b) ?? [])]));

  // Purses above, and groups that managers of both stand in.
  const byHandle = new Map(own.flatMap((m) => m.handles.map((h) => [h, m.id] as const)));
  const meet = (rows: Iterable<readonly [string, string]>): void => {
    const at = new Map<string, Set<number>>();
    for (const [place, handle] of rows) {
      for (const i of managers.get(byHandle.get(handle) ?? '') ?? [])
        (at.get(place) ?? at.set(place, new Set()).get(place)!).add(i);
    }
    for (const of of at.values()) one(of);
  };
  meet(layers.payments.filter((p) => association.upstream.has(p.from)).map((p) => [p.from, p.to]));
  const gathering = gatherings(layers, association);
  meet(
    layers.memberships
      .filter((m) => gathering.has(m.group) || (association.groups.has(m.group) && m.role !== 'member'))
      .map((m) => [m.group, m.member]),
  );

  // Who listens to both sides' people; and teams of one dialler that both sides' people sit in, two or more of each.
  const paidUnder = new Map<string, Set<number>>();
  for (const [from, to] of paymentsWithin(layers, own)) {
    for (const i of managers.get(from) ?? []) {
      for (const id of [from, ...to.keys()]) (paidUnder.get(id) ?? paidUnder.set(id, new Set()).get(id)!).add(i);
    }
  }
  const met = new Map<string, Map<number, Set<string>>>();
  for (const l of links) {
    if (l.layer !== 'review' && l.hub !== 'team') continue;
    // A link has no direction: either end may be the one who listens.
    const ends =
      l.hub === 'team' ? [[`team ${l.to}`, l.from] as const] : [[l.from, l.to] as const, [l.to, l.from] as const];
    for (const [place, id] of ends) {
      if (place === hand || id === hand) continue;
      const at = met.get(place) ?? met.set(place, new Map()).get(place)!;
      for (const i of paidUnder.get(id) ?? []) (at.get(i) ?? at.set(i, new Set()).get(i)!).add(id);
    }
  }
  for (const at of met.values()) one([...at].filter(([, ids]) => ids.size >= 2).map(([i]) => i));
  return side.map((_, i) => find(i));
}

/** Gives everybody without a side that of those they are tied to most, a step at a time; what several meet at (a handset, a team, a group) stands between them as a neighbour of its own. */
function spread(group: readonly string[], links: readonly Link[], sideOf: Map<string, number>): void {
  const inGroup = new Set(group);
  const neighbours = new Map<string, { to: string; weight: number }[]>();
  const tie = (from: string, to: string, weight: number): void =>
    void (neighbours.get(from) ?? neighbours.set(from, []).get(from)!).push({ to, weight });
  for (const l of links) {
    if (!inGroup.has(l.from) || (l.hub === null && !inGroup.has(l.to))) continue;
    const to = l.hub === null ? l.to : `${l.hub} ${l.to}`;
    const weight = WEIGHT[l.layer] * (STRONG.has(l.layer) ? 1 : WEAK);
    tie(l.from, to, weight);
    tie(to, l.from, weight);
  }
  const known = new Map(sideOf);
  for (let found = 1; found > 0;) {
    const next = new Map<string, number>();
    for (const [id, ties] of neighbours) {
      if (known.has(id)) continue;
      const weights = new Map<number, number>();
      for (const { to, weight } of ties) {
        const s = known.get(to);
        if (s !== undefined) weights.set(s, (weights.get(s) ?? 0) + weight);
      }
      const s = strongest(weights);
      if (s !== null) next.set(id, s);
    }
    for (const [id, s] of next) {
      known.set(id, s);
      if (inGroup.has(id)) sideOf.set(id, s);
    }
    found = next.size;
  }
}

const strongest = (weights: ReadonlyMap<number, number>): number | null =>
  [...weights].sort(([x, n], [y, k]) => k - n || x - y)[0]?.[0] ?? null;

/** Whoever has ties of their own to a side that is not theirs: paid by it again and again, or logging into its accounts from their handset. */
function worksFor(
  own: readonly Member[],
  sideOf: ReadonlyMap<string, number>,
  paidBy: ReadonlyMap<string, ReadonlyMap<number, number>>,
  layers: Layers,
  leads: (id: string) => boolean,
): Map<string, Map<number, Reason[]>> {
  const touched = new Map<string, Map<number, Set<string>>>();
  const byAccount = new Map(own.flatMap((m) => m.accounts.map((a) => [a, m.id] as const)));
  for (const { owner, others } of handsetOwners(layers, byAccount)) {
    const of = touched.get(owner) ?? touched.set(owner, new Map()).get(owner)!;
    for (const id of others) {
      const s = sideOf.get(id);
      if (s !== undefined) (of.get(s) ?? of.set(s, new Set()).get(s)!).add(id);
    }
  }
  const out = new Map<string, Map<number, Reason[]>>();
  for (const m of own) {
    if (leads(m.id)) continue;
    const mine = sideOf.get(m.id);
    for (const s of new Set([...(paidBy.get(m.id)?.keys() ?? []), ...(touched.get(m.id)?.keys() ?? [])])) {
      if (s === mine) continue;
      const [payments, accounts] = [paidBy.get(m.id)?.get(s) ?? 0, touched.get(m.id)?.get(s)?.size ?? 0];
      const reasons: Reason[] = [];
      if (payments >= TIES) reasons.push(tieReason('paid_by_ring', payments, 'payments'));
      if (accounts >= TIES) reasons.push(tieReason('ring_accounts_touched', accounts, 'accounts'));
      if (reasons.length > 0) (out.get(m.id) ?? out.set(m.id, new Map()).get(m.id)!).set(s, reasons);
    }
  }
  return out;
}

const TIE_TEXT = {
  paid_by_ring: { zh: '收到该团伙付款的次数', en: 'payments received from this ring' },
  ring_accounts_touched: {
    zh: '用自己手机登录过的该团伙账号',
    en: 'accounts of this ring logged into from their handset',
  },
} as const;

const tieReason = (measure: keyof typeof TIE_TEXT, value: number, unit: string): Reason => ({
  measure,
  value,
  unit,
  threshold: TIES,
  text: { zh: `${TIE_TEXT[measure].zh}：${value}`, en: `${TIE_TEXT[measure].en}: ${value}` },
});
