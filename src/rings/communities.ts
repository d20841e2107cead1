import type { Association } from './association.ts';
import { graphFromEdges } from './graph/csr.ts';
import { stableLeiden } from './graph/stability.ts';
import { lineKey, seatsNamed, type Layers, type Line } from './layers.ts';
import type { Member } from './members.ts';

export type LinkLayer =
  'victims' | 'account' | 'device' | 'address' | 'line' | 'group' | 'guest' | 'pay' | 'review' | 'calls' | 'seat';

/** A tie between two members, or between a member and something they meet at (a team, a handset, a group, an address). */
export interface Link {
  from: string;
  to: string;
  /** What `to` is when it is not a member. */
  hub: 'team' | 'device' | 'group' | 'address' | null;
  layer: LinkLayer;
  weight: number;
}

/** Layers in which a tie means that people work together. The others (same address, same people called) also arise by chance or a shared list. */
export const STRONG: ReadonlySet<LinkLayer> = new Set(['account', 'device', 'group', 'pay', 'review', 'seat']);
/** Of these, ties between people: an account or a number is one seat's, whoever sits there. */
export const WORKS_TOGETHER: ReadonlySet<LinkLayer> = new Set(['device', 'group', 'pay', 'review', 'seat']);
/** Ties by which a small community goes with a larger one when half of it has them: providers of lines and lists serve several rings, but not with the same trunk for most. */
const HALF_OR_MORE: ReadonlySet<LinkLayer> = new Set([...STRONG, 'line']);
/** What one tie of each layer weighs: the closer the contact it takes, the more. */
export const WEIGHT: Readonly<Record<LinkLayer, number>> = {
  account: 3,
  device: 3,
  seat: 2,
  review: 2,
  pay: 2,
  group: 1.5,
  guest: 0.3,
  line: 1,
  calls: 0.7,
  address: 0.5,
  victims: 0.3,
};

/** Payments, or people led into a group, that are no coincidence any more; running a group is as much. */
export const OFTEN = 3;

/** A group that so small a share of those led into a member's chief group joined is not one the member leads into. */
const ASTRAY = 0.25;

/** Members called each other, by pair of numbers. */
export interface CallTie {
  a: string;
  b: string;
  calls: number;
}
/** Two numbers whose called people overlap more than their popularity explains (graph/projection). */
export interface SharedPeople {
  a: string;
  b: string;
  shared: number;
  weight: number;
}

/** People who got into a group after a number's call; 0 where it may be chance. */
export interface JoinsAfterCalls {
  number: string;
  chat: string;
  joined: number;
}

/** People a number led into a group that tie it there: one may have been called by anybody. In the records of a few victims each has one place they were led to, and few are left to see. */
export const LED = 2;
export const LED_OF_FEW = 1;

/** All ties of the members, layer by layer, in a fixed order; `least` people led into a group tie a number to it. */
export function linksOf(
  layers: Layers,
  a: Association,
  members: readonly Member[],
  callTies: readonly CallTie[],
  sharedPeople: readonly SharedPeople[],
  joins: readonly JoinsAfterCalls[],
  least = LED,
): Link[] {
  const byHandle = new Map<string, string>();
  const byAccount = new Map<string, string>();
  const byNumber = new Map<string, string[]>();
  const bySeat = new Map<string, string[]>();
  const push = (m: Map<string, string[]>, k: string, v: string): void => void (m.get(k)?.push(v) ?? m.set(k, [v]));
  for (const m of members) {
    for (const h of m.handles) byHandle.set(h, m.id);
    for (const x of m.accounts) byAccount.set(x, m.id);
    for (const n of [...m.workNumbers, ...m.privateNumbers]) push(byNumber, n, m.id);
    for (const s of m.seats) push(bySeat, s, m.id);
  }
  const links = new Map<string, Link>();
  const tie = (from: string, to: string, hub: Link['hub'], layer: LinkLayer, n: number): void => {
    if (from === to) return;
    const [x, y] = hub === null && to < from ? [to, from] : [from, to];
    const k = `${layer}|${x}|${hub ?? ''}|${y}`;
    const known = links.get(k);
    if (known === undefined) links.set(k, { from: x, to: y, hub, layer, weight: n });
    else known.weight += n;
  };

  for (const m of members) for (const t of m.teams) tie(m.id, t, 'team', 'seat', 1);
  // One number used by two members in turn: the seat, or its line, was handed on.
  for (const ids of byNumber.values()) for (let i = 1; i < ids.length; i++) tie(ids[0]!, ids[i]!, null, 'account', 1);
  for (const [layer, rows, hub] of [
    ['device', layers.loginDevices, 'device'],
    ['address', layers.loginAddresses, 'address'],
  ] as const) {
    const users = new Map<string, Set<string>>();
    for (const r of rows) {
      const m = byAccount.get(r.account);
      if (m !== undefined) (users.get(r.value) ?? users.set(r.value, new Set()).get(r.value)!).add(m);
    }
    for (const [value, ids] of users) if (ids.size > 1) for (const id of ids) tie(id, value, hub, layer, 1);
  }
  const onLine = new Map<string, { line: Line; ids: Set<string> }>();
  for (const l of layers.lines) {
    if (!a.numbers.has(l.number) || (l.kind !== 'device' && !a.lines.has(lineKey(l)))) continue;
    for (const id of byNumber.get(l.number) ?? []) {
      const known = onLine.get(lineKey(l));
      if (known === undefined) onLine.set(lineKey(l), { line: l, ids: new Set([id]) });
      else known.ids.add(id);
    }
  }
  for (const { line, ids } of onLine.values()) {
    if (ids.size < 2) continue;
    const [hub, layer] = line.kind === 'device' ? (['device', 'device'] as const) : (['address', 'line'] as const);
    for (const id of ids) tie(id, line.value, hub, layer, 1);
  }
  // A number leads into the group that most of its people join; the few who join another were called from there too: rings share lists. Where a
  // person is known, other layers say more; for an account that is nobody's, and a bare number (a SIM box), this is what ties it to people.
  const bare = new Set(members.filter((m) => m.kind !== 'person').map((m) => m.id));
  const most = new Map<string, number>();
  for (const j of joins) most.set(j.number, Math.max(most.get(j.number) ?? 0, j.joined));
  const led = new Map<string, Map<string, number>>();
  for (const j of joins) {
    if (!a.groups.has(j.chat) || j.joined < least || j.joined < (most.get(j.number) ?? 0)) continue;
    for (const id of byNumber.get(j.number) ?? []) {
      const into = led.get(id) ?? new Map<string, number>();
      led.set(id, into.set(j.chat, (into.get(j.chat) ?? 0) + j.joined));
    }
  }
  // An account of a hundred numbers has one or two that lead elsewhere by chance.
  for (const [id, into] of led) {
    const usual = Math.max(...into.values()) * ASTRAY;
    for (const [chat, joined] of into) {
      if (joined > usual) tie(id, chat, 'group', bare.has(id) ? 'group' : 'victims', joined);
    }
  }
  const own = gatherings(layers, a);
  const named = seatsNamed(layers.seats);
  for (const r of layers.reviews) {
    const reviewer = byHandle.get(r.reviewer);
    const seats = [...(named.get(r.seat) ?? [])].filter((own) => bySeat.has(own));
    // A name that two diallers use says nothing about which of them was listened to.
    if (reviewer === undefined || seats.length !== 1) continue;
    for (const m of bySeat.get(seats[0]!) ?? []) tie(reviewer, m, null, 'review', r.reviews);
  }
  for (const m of layers.memberships) {
    const id = byHandle.get(m.member);
    if (id === undefined || !a.groups.has(m.group)) continue;
    if (m.role !== 'member') tie(id, m.group, 'group', 'group', OFTEN);
    else tie(id, m.group, 'group', own.has(m.group) ? 'group' : 'guest', 1);
  }
  for (const p of layers.payments) {
    const [from, to] = [byHandle.get(p.from), byHandle.get(p.to)];
    if (from !== undefined && to !== undefined) tie(from, to, null, 'pay', p.payments);
  }
  for (const c of callTies) {
    for (const x of byNumber.get(c.a) ?? []) for (const y of byNumber.get(c.b) ?? []) tie(x, y, null, 'calls', c.calls);
  }
  for (const s of sharedPeople) {
    for (const x of byNumber.get(s.a) ?? [])
      for (const y of byNumber.get(s.b) ?? []) tie(x, y, null, 'victims', s.shared);
  }
  return [...links.entries()].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, l]) => l);
}

/** Groups of the ring whose members are mostly its people. In the others, where it receives those it called, somebody of another ring may be a guest. */
export function gatherings(layers: Layers, a: Association): Set<string> {
  const of = new Map<string, { all: number; ring: number }>();
  for (const m of layers.memberships) {
    if (!a.groups.has(m.group)) continue;
    const count = of.get(m.group) ?? { all: 0, ring: 0 };
    of.set(m.group, count);
    count.all++;
    if (a.people.has(m.member)) count.ring++;
  }
  return new Set([...of].flatMap(([g, n]) => (2 * n.ring >= n.all ? [g] : [])));
}

/**
 * Communities whose people make up one group in which none of them is the most: three leaders and the purse of a ring meet so, while somebody of another gang is a guest among many of one.
 */
function meetingsOfHeads(
  members: readonly Member[],
  edges: readonly { a: number; b: number; l: Link }[],
  membership: ArrayLike<number>,
): number[][] {
  const at = new Map<string, Map<number, number>>();
  for (const { a, l } of edges) {
    if (l.hub !== 'group' || l.layer !== 'group' || members[a]!.kind !== 'person') continue;
    const of = at.get(l.to) ?? at.set(l.to, new Map()).get(l.to)!;
    of.set(membership[a]!, (of.get(membership[a]!) ?? 0) + 1);
  }
  return [...at.values()].flatMap((of) => {
    const all = [...of.values()].reduce((x, y) => x + y, 0);
    return of.size >= 3 && Math.max(...of.values()) * 2 <= all ? [[...of.keys()].sort((x, y) => x - y)] : [];
  });
}

/**
 * Splits members into rings. Leiden, at its most stable resolution, finds who belongs closely together (teams). Communities are one organisation when two or more strong ties of one layer join different
 * pairs of them, or half of the smaller one's people are tied to the other: a principal pays each leader, an inspector listens across teams. One of each is what two gangs of one town have too: a payment, a group somebody joined, a
 * seat's name that both diallers use. Whoever runs a group, pays often or led three people there counts for two, a single payment for half. Three communities that meet in one group as equals are one as well. A shared list or address alone never merges two rings. Where no strong layer was seen,
 * communities of shared people are all there is.
 *
 * @returns arrays of member ids, largest first
 */
export function splitIntoRings(members: readonly Member[], links: readonly Link[], seed = 1): string[][] {
  const index = new Map<string, number>();
  members.forEach((m) => index.set(`m:${m.id}`, index.size));
  const nodeOf = (l: Link, end: 'from' | 'to'): number => {
    const k = end === 'to' && l.hub !== null ? `${l.hub}:${l.to}` : `m:${l[end]}`;
    let i = index.get(k);
    if (i === undefined) index.set(k, (i = index.size));
    return i;
  };
  const edges = links.map((l) => ({ a: nodeOf(l, 'from'), b: nodeOf(l, 'to'), l }));
  const n = index.size;
  const graph = graphFromEdges(n, {
    from: Uint32Array.from(edges, (e) => e.a),
    to: Uint32Array.from(edges, (e) => e.b),
    weight: Float64Array.from(edges, (e) => WEIGHT[e.l.layer] * (1 + Math.log2(Math.max(1, e.l.weight)) / 4)),
  });
  const { membership } = stableLeiden(graph, seed);
  const size = new Map<number, number>();
  for (let i = 0; i < members.length; i++) size.set(membership[i]!, (size.get(membership[i]!) ?? 0) + 1);

  const between = new Map<string, { x: number; y: number; pairs: Map<LinkLayer, number>; tied: Set<number>[] }>();
  for (const e of edges) {
    if (!HALF_OR_MORE.has(e.l.layer)) continue;
    const [x, y] = [membership[e.a]!, membership[e.b]!].sort((p, q) => p - q) as [number, number];
    if (x === y) continue;
    const k = `${x}|${y}`;
    const known = between.get(k) ?? { x, y, pairs: new Map<LinkLayer, number>(), tied: [new Set(), new Set()] };
    if (STRONG.has(e.l.layer)) {
      const often = (e.l.layer === 'pay' || e.l.layer === 'group') && e.l.weight >= OFTEN;
      // Somebody of one gang may owe a friend in another.
      const ties = often ? 2 : e.l.layer === 'pay' && e.l.weight < 2 ? 0.5 : 1;
      known.pairs.set(e.l.layer, (known.pairs.get(e.l.layer) ?? 0) + ties);
    }
    // Hubs belong to a community but are nobody.
    for (const end of [e.a, e.b]) if (end < members.length) known.tied[membership[end] === x ? 0 : 1]!.add(end);
    between.set(k, known);
  }
  for (const communities of meetingsOfHeads(members, edges, membership)) {
    const [first, ...rest] = communities;
    for (const c of rest)
      between.set(`heads|${first}|${c}`, {
        x: first!,
        y: c,
        pairs: new Map([['group', 2]]),
        tied: [new Set(), new Set()],
      });
  }
  const parent = new Map<number, number>();
  const find = (c: number): number => {
    const p = parent.get(c) ?? c;
    if (p === c) return c;
    const root = find(p);
    parent.set(c, root);
    return root;
  };
  for (const { x, y, pairs, tied } of between.values()) {
    const most = Math.max(...[x, y].map((c, i) => tied[i]!.size / Math.max(1, size.get(c) ?? 0)));
    if (Math.max(0, ...pairs.values()) >= 2 || most >= 0.5) {
      const [p, q] = [find(x), find(y)];
      if (p !== q) parent.set(Math.max(p, q), Math.min(p, q));
    }
  }
  const rings = new Map<number, string[]>();
  members.forEach((m, i) => {
    const c = find(membership[i]!);
    const list = rings.get(c);
    if (list === undefined) rings.set(c, [m.id]);
    else list.push(m.id);
  });
  return [...rings.values()].sort((x, y) => y.length - x.length || (x[0]! < y[0]! ? -1 : 1));
}
