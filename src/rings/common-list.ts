import { WORKS_TOGETHER, type Link } from './communities.ts';
import { componentsOfEdges } from './graph/components.ts';

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

/**
 * Joins groups that call from one list, where nothing else would tell. A gang's teams that share no handset, chat group, payment, inspector or dialler seat in what was seen still call the same people: far more than any
 * two callers of the same provinces have in common by how often people are called. Two gangs with one list look the same, so a group that is held together by closer ties is never joined to another by its people; where there
 * are none, one ring with that alternative named says more than a dozen splinters.
 *
 * Overlaps against their mean under chance, by the Chernoff bound of a Poisson count's upper tail (Mitzenmacher & Upfal, Probability and Computing, 2005, ch. 5), over all pairs (Bonferroni).
 *
 * @param groups ids of members
 * @returns the groups, joined ones in place of their largest
 */
export function joinByList(groups: readonly (readonly string[])[], links: readonly Link[], called: Called): string[][] {
  const groupOf = new Map(groups.flatMap((g, i) => g.map((id) => [id, i] as const)));
  const close = new Set<number>();
  for (const l of links) {
    if (WORKS_TOGETHER.has(l.layer)) close.add(groupOf.get(l.from) ?? -1);
  }
  let loose = groups.filter((_, i) => !close.has(i)).map((g) => [...g]);
  // What is too little between two numbers is enough between one and a team: again until nothing is joined.
  for (let before = Infinity; loose.length < before;) {
    before = loose.length;
    const tied = overlapping(
      loose.map((g) => union(g.map((id) => called.of.get(id) ?? new Uint32Array()))),
      called,
    );
    const { membership, sizes } = componentsOfEdges(loose.length, {
      from: Uint32Array.from(tied, ([a]) => a),
      to: Uint32Array.from(tied, ([, b]) => b),
    });
    const joined: string[][] = Array.from(sizes, () => []);
    loose.forEach((g, i) => joined[membership[i]!]!.push(...g));
    loose = joined;
  }
  return [...groups.filter((_, i) => close.has(i)).map((g) => [...g]), ...loose].sort(
    (x, y) => y.length - x.length || (x[0]! < y[0]! ? -1 : 1),
  );
}

function union(sets: readonly Uint32Array[]): Uint32Array {
  if (sets.length === 1) return sets[0]!;
  const all = new Set<number>();
  for (const s of sets) for (const p of s) all.add(p);
  return Uint32Array.from(all).sort();
}

/** Pairs with more people in common than chance explains. */
function overlapping(sets: readonly Uint32Array[], { area, people }: Called): [number, number][] {
  const byArea = sets.map((set) => {
    const n = new Float64Array(people.length);
    for (const p of set) n[area[p]!]!++;
    return n;
  });
  const callers = new Map<number, number[]>();
  const shared = new Map<number, number>();
  sets.forEach((set, b) => {
    for (const p of set) {
      const before = callers.get(p);
      if (before === undefined) callers.set(p, [b]);
      else {
        for (const a of before) shared.set(a * sets.length + b, (shared.get(a * sets.length + b) ?? 0) + 1);
        before.push(b);
      }
    }
  });
  const enough = Math.log(Math.max(1, (sets.length * (sets.length - 1)) / 2) / CHANCE);
  const out: [number, number][] = [];
  for (const [pair, n] of shared) {
    const [a, b] = [Math.floor(pair / sets.length), pair % sets.length];
    const mean = byArea[a]!.reduce((sum, x, i) => sum + (x * byArea[b]![i]!) / Math.max(1, people[i]!), 0);
    if (n >= LEAST && n >= TIMES * mean && n * Math.log(n / mean) - n + mean >= enough) out.push([a, b]);
  }
  return out;
}
