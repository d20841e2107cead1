import type { Link } from './communities.ts';

/** Records that are the bills of victims: by member, the victims in whose bills its work numbers stand; by victim, the chat groups they were led into. */
export interface Bills {
  victimsOf: ReadonlyMap<string, ReadonlySet<string>>;
  ledInto: ReadonlyMap<string, readonly string[]>;
}

/** What a victim's being led into a ring's group counts, in calls of its numbers. */
const LED_THERE = 3;
/** Calls that nobody's having called a victim is worth: what was not seen is little known. */
const UNSEEN = 1;
/** Share of the numbers that is held to be of rings nobody of which is known, at least. */
const ELSEWHERE = 0.05;
/** How sure a number's place must be. */
const SURE = 0.9;
/** How likely a number that is not flagged is anybody who calls people in general, before its victims are looked at. */
const ANYBODY = 0.5;
const ROUNDS = 10;

/**
 * Gives the numbers that nothing else places a ring, in records that are the bills of victims. There a number stands in three or four bills, too few for what it has in common with one other number to
 * be told from chance (common-list.ts); but each of these victims was called by a ring's other numbers as well, or was led into its group. Which ring's victims are they? Naive Bayes over the victims, each of whom speaks for
 * the rings in proportion to the calls seen, round by round, since a number that has found its place makes its victims speak more clearly; against it stands that it is of a ring nobody of
 * which is known, and of a number that is not flagged that it calls victims as anybody does (Zhu & Ghahramani, "Learning from labeled and unlabeled data with label propagation", CMU-CALD-02-107, 2002).
 *
 * @param groups ids of members; those with somebody who is more than a number are rings that numbers may belong to
 * @param bare ids of members that are numbers and nothing else
 * @param doubtful those of them that are not flagged: each a group of its own
 * @returns the groups, largest first; and for each number placed what it has in common with its ring
 */
export function joinByBills(
  groups: readonly (readonly string[])[],
  bare: ReadonlySet<string>,
  links: readonly Link[],
  { victimsOf, ledInto }: Bills,
  doubtful: ReadonlySet<string> = new Set(),
): { groups: string[][]; ties: Link[] } {
  const rings = groups.filter((g) => g.some((id) => !bare.has(id))).map((g) => [...g]);
  let loose = groups.filter((g) => g.every((id) => bare.has(id))).map((g) => [...g]);
  const ties: Link[] = [];
  const ringOf = new Map(rings.flatMap((g, r) => g.map((id) => [id, r] as const)));
  const ringOfChat = new Map<string, number>();
  for (const l of links) {
    const r = ringOf.get(l.from);
    if (l.hub === 'group' && l.layer === 'group' && r !== undefined && !bare.has(l.from)) ringOfChat.set(l.to, r);
  }
  const none = new Set<string>();
  const victims = (g: readonly string[]): Set<string> => new Set(g.flatMap((id) => [...(victimsOf.get(id) ?? none)]));

  for (let round = 0; round < ROUNDS && rings.length > 0 && loose.length > 0; round++) {
    const said = new Map<string, Float64Array>();
    const share = new Float64Array(rings.length + 1);
    const speak = (victim: string, r: number, calls: number): void => {
      const of = said.get(victim) ?? said.set(victim, new Float64Array(rings.length + 1)).get(victim)!;
      of[r]! += calls;
      share[r]! += calls;
    };
    rings.forEach((g, r) => {
      for (const id of g) for (const v of victimsOf.get(id) ?? none) speak(v, r, 1);
    });
    for (const [v, chats] of ledInto) {
      for (const r of new Set(chats.flatMap((c) => ringOfChat.get(c) ?? []))) speak(v, r, LED_THERE);
    }
    share[rings.length] = loose.reduce((n, g) => n + victims(g).size, 0);
    const all = share.reduce((x, y) => x + y, 0);
    const prior = share.map((x, r) => Math.max(x / all, r === rings.length ? ELSEWHERE : 1e-9));
    const placed = loose.map((g) => surest(victims(g), said, prior, doubtful.has(g[0]!) ? ANYBODY : 0));
    if (placed.every((r) => r < 0)) break;
    const left: string[][] = [];
    loose.forEach((g, i) => {
      const r = placed[i]!;
      if (r < 0) return left.push(g);
      ties.push(...inCommon(g, rings[r]!, victimsOf, ledInto, ringOfChat, r));
      return rings[r]!.push(...g);
    });
    loose = left;
  }
  return { groups: [...rings, ...loose].sort((x, y) => y.length - x.length || (x[0]! < y[0]! ? -1 : 1)), ties };
}

/** The ring whose victims these are, if it is sure; -1 where it is not, or they are of none that is known. `anybody`: prior chance of calling them as they come. */
function surest(
  victims: ReadonlySet<string>,
  said: ReadonlyMap<string, Float64Array>,
  prior: Float64Array,
  anybody: number,
): number {
  const odds = prior.map((p) => Math.log(p));
  for (const v of victims) {
    const of = said.get(v);
    if (of === undefined) continue;
    const all = of.reduce((x, y) => x + y, 0);
    prior.forEach((p, r) => (odds[r]! += Math.log((of[r]! + UNSEEN * p) / (all + UNSEEN) / p)));
  }
  const top = Math.max(...odds);
  const best = odds.indexOf(top);
  const rivals = odds.reduce((sum, x) => sum + Math.exp(x - top), 0);
  // Anybody's victims are of the rings in their shares: the odds above are already relative to that.
  const chance = Math.exp(-top) * (anybody / (1 - anybody));
  return best < prior.length - 1 && 1 / (rivals + chance) >= SURE ? best : -1;
}

/** What ties a placed number to its ring: the member with most of its victims, and the groups they were led into. */
function inCommon(
  group: readonly string[],
  ring: readonly string[],
  victimsOf: Bills['victimsOf'],
  ledInto: Bills['ledInto'],
  ringOfChat: ReadonlyMap<string, number>,
  r: number,
): Link[] {
  return group.flatMap((id) => {
    const own = victimsOf.get(id) ?? new Set<string>();
    const links: Link[] = [];
    let most = { to: '', weight: 0 };
    for (const to of ring) {
      const weight = [...(victimsOf.get(to) ?? [])].filter((v) => own.has(v)).length;
      if (weight > most.weight) most = { to, weight };
    }
    if (most.weight > 0) {
      const [from, to] = id < most.to ? [id, most.to] : [most.to, id];
      links.push({ from, to, hub: null, layer: 'victims', weight: most.weight });
    }
    const led = new Map<string, number>();
    for (const v of own) {
      for (const c of ledInto.get(v) ?? []) if (ringOfChat.get(c) === r) led.set(c, (led.get(c) ?? 0) + 1);
    }
    for (const [to, weight] of led) links.push({ from: id, to, hub: 'group', layer: 'victims', weight });
    return links;
  });
}
