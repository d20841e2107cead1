import { WORKS_TOGETHER, type Link } from './communities.ts';
import { sharedByPair } from './graph/overlap.ts';

/** The people a member's work numbers called, by place in a list of people; ascending, each once. */
export type PeopleOf = ReadonlyMap<string, Uint32Array>;

/** Everybody whom the members called. */
export interface Called {
  of: PeopleOf;
  /** By place in the list: the area (province of the number) they are counted in. */
  area: Uint16Array;
  /** By area: how many people it amounts to when chance picks them as often as they are called by anybody (inverse Simpson index of the callers each has). */
  people: Float64Array;
}

/** In common at least, and this many times what chance explains. */
const LEAST = 5;
const TIMES = 1.5;
/** Chance, over all pairs together, that two who have nothing to do with each other have as many. */
const CHANCE = 1e-6;
/** With a group that closer ties hold together: this many times as much beyond chance as with any other such group. */
const CLEARLY = 2;

/**
 * Joins groups that call from one list, where nothing else would tell. A gang's teams that share no handset, chat group, payment, inspector or dialler seat in what was seen still call the same people: far more than any
 * two callers of the same provinces have in common by how often people are called. Two gangs with one list look the same, so a group that is held together by closer ties is never joined to another such by its people; where there
 * are none, one ring with that alternative named says more than a dozen splinters. What is left over goes to the one group with closer ties whose list it clearly is. Numbers that sat in one SIM box, or led
 * into one chat group, are not held together by it: a gang has several boxes, and a group for each team.
 *
 * Overlaps against their mean under chance, by the Chernoff bound of a Poisson count's upper tail (Mitzenmacher & Upfal, Probability and Computing, 2005, ch. 5), over all pairs (Bonferroni).
 *
 * @param groups ids of members
 * @param bare ids of members that are numbers and nothing else
 * @param nameless these, and accounts nobody's name is known for: leading into one chat group holds two of them together as little as it does two numbers
 * @returns the groups, joined ones in one, largest first; and what joined them: for each step the two members with most people in common
 */
export function joinByList(
  groups: readonly (readonly string[])[],
  links: readonly Link[],
  called: Called,
  bare: ReadonlySet<string> = new Set(),
  nameless = bare,
): { groups: string[][]; ties: Link[] } {
  const close = heldTogether(groups, links, bare, nameless);
  const peopleOf = (id: string): Uint32Array => called.of.get(id) ?? new Uint32Array();
  const ties: Link[] = [];
  let loose = groups.filter((_, i) => !close.has(i)).map((g) => [...g]);
  // What is too little between two numbers is enough between one and a team: again until nothing is joined.
  for (let before = Infinity; loose.length < before;) {
    before = loose.length;
    const into = loose.map((_, i) => i);
    const find = (i: number): number => (into[i] === i ? i : (into[i] = find(into[i]!)));
    for (const [a, b] of overlapping(
      loose.map((g) => union(g.map(peopleOf))),
      called,
    )) {
      const [x, y] = [find(a), find(b)].sort((p, q) => p - q) as [number, number];
      if (x === y) continue;
      into[y] = x;
      ties.push(closest(loose[a]!, loose[b]!, peopleOf));
    }
    const joined = new Map<number, string[]>();
    loose.forEach((g, i) => joined.set(find(i), [...(joined.get(find(i)) ?? []), ...g]));
    loose = [...joined.values()];
  }
  const held = groups.filter((_, i) => close.has(i)).map((g) => [...g]);
  const home = homes(
    loose.map((g) => union(g.map(peopleOf))),
    held.map((g) => union(g.map(peopleOf))),
    called,
  );
  const left: string[][] = [];
  loose.forEach((g, i) => {
    const at = home[i]!;
    if (at < 0) return left.push(g);
    ties.push(
      closest(
        groups.find((x) => x[0] === held[at]![0])!,
        g,
        peopleOf,
      ),
    );
    return held[at]!.push(...g);
  });
  return { groups: [...held, ...left].sort((x, y) => y.length - x.length || (x[0]! < y[0]! ? -1 : 1)), ties };
}

/** Places of the groups in which close ties tie two members: one to the other, or both to one chat group, handset, team. */
function heldTogether(
  groups: readonly (readonly string[])[],
  links: readonly Link[],
  bare: ReadonlySet<string>,
  nameless: ReadonlySet<string>,
): Set<number> {
  const groupOf = new Map(groups.flatMap((g, i) => g.map((id) => [id, i] as const)));
  const at = new Map<string, string>();
  const close = new Set<number>();
  for (const l of links) {
    if (!WORKS_TOGETHER.has(l.layer) || (bare.has(l.from) && (l.layer === 'device' || l.layer === 'group'))) continue;
    const group = groupOf.get(l.from);
    if (group === undefined) continue;
    if (l.hub === null) {
      if (groupOf.get(l.to) === group) close.add(group);
      continue;
    }
    const place = `${group}|${l.layer}|${l.to}`;
    const first = at.get(place) ?? l.from;
    const named = !nameless.has(first) || !nameless.has(l.from);
    if (first !== l.from && (named || l.layer !== 'group')) close.add(group);
    // Somebody with a name stays for the next to be held against.
    at.set(place, nameless.has(first) ? l.from : first);
  }
  return close;
}

/** The tie between the two members of two groups who have most people in common. */
function closest(g: readonly string[], h: readonly string[], peopleOf: (id: string) => Uint32Array): Link {
  const callers = new Map<number, string[]>();
  for (const id of g) for (const p of peopleOf(id)) callers.set(p, [...(callers.get(p) ?? []), id]);
  let best = { from: g[0]!, to: h[0]!, weight: 0 };
  for (const to of h) {
    const shared = new Map<string, number>();
    for (const p of peopleOf(to))
      for (const from of callers.get(p) ?? []) shared.set(from, (shared.get(from) ?? 0) + 1);
    for (const [from, weight] of shared) if (weight > best.weight) best = { from, to, weight };
  }
  const [from, to] = best.from < best.to ? [best.from, best.to] : [best.to, best.from];
  return { from, to, hub: null, layer: 'victims', weight: best.weight };
}

function union(sets: readonly Uint32Array[]): Uint32Array {
  if (sets.length === 1) return sets[0]!;
  const all = new Set<number>();
  for (const s of sets) for (const p of s) all.add(p);
  return Uint32Array.from(all).sort();
}

/** What two sets have in common, and what chance explains of it. */
interface Overlap {
  a: number;
  b: number;
  n: number;
  mean: number;
}

/** Pairs with more people in common than chance explains, most in common first. */
const overlapping = (sets: readonly Uint32Array[], called: Called): [number, number][] =>
  overlaps(sets, called)
    .filter(beyondChance(sets.length))
    .sort((x, y) => y.n - x.n || x.a - y.a || x.b - y.b)
    .map(({ a, b }) => [a, b]);

/** For each of `sets` the one of `held` whose people it clearly shares; -1 where there is none, or more than one. */
function homes(sets: readonly Uint32Array[], held: readonly Uint32Array[], called: Called): Int32Array {
  const all = overlaps([...held, ...sets], called).filter((o) => o.a < held.length && o.b >= held.length);
  const enough = beyondChance(held.length + sets.length);
  const out = new Int32Array(sets.length).fill(-1);
  for (const i of out.keys()) {
    const own = all.filter((o) => o.b === held.length + i).sort((x, y) => y.n / y.mean - x.n / x.mean || x.a - y.a);
    const [first, second] = own;
    if (first === undefined || !enough(first)) continue;
    if (first.n / first.mean >= CLEARLY * (second === undefined ? 1 : second.n / second.mean)) out[i] = first.a;
  }
  return out;
}

function overlaps(sets: readonly Uint32Array[], { area, people }: Called): Overlap[] {
  const byArea = sets.map((set) => {
    const n = new Float64Array(people.length);
    for (const p of set) n[area[p]!]!++;
    return n;
  });
  return [...sharedByPair(sets).shared].map(([pair, n]) => {
    const [a, b] = [Math.floor(pair / sets.length), pair % sets.length];
    return { a, b, n, mean: byArea[a]!.reduce((sum, x, i) => sum + (x * byArea[b]![i]!) / Math.max(1, people[i]!), 0) };
  });
}

/** Is it more than chance explains, over all pairs of so many sets? */
function beyondChance(sets: number): (o: Overlap) => boolean {
  const enough = Math.log(Math.max(1, (sets * (sets - 1)) / 2) / CHANCE);
  return ({ n, mean }) => n >= LEAST && n >= TIMES * mean && n * Math.log(n / mean) - n + mean >= enough;
}
