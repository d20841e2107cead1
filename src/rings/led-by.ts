import { OFTEN, type Link } from './communities.ts';

/** Somebody who got into a chat group: the numbers that called them before, and those their report names. */
export interface Led {
  chat: string;
  member: string;
  numbers: readonly string[];
  named: readonly string[];
}

/** A report that names a number and the group says twice what a call before it says once. */
const NAMED = 2;
/** One person led there by one ring may be chance; two are not, if no other ring called half as many of them. */
const ENOUGH = 2;

/**
 * People who run groups that victims were led into, and of whose numbers none is known, go to the ring whose numbers led them there. One number led one or two of them, too few to tie it (communities.ts); all numbers of its ring
 * together led most. So one week of records, in which two people reported a group, shows whose group it is.
 *
 * @param groups ids of members; those with fewer than `least` numbers are nobody's yet
 * @param workOf numbers that each member places calls under
 * @returns the groups, largest first, of which those that found no ring stay apart; and what ties a ring's members to the groups it got that way, in people led
 */
export function joinByLed(
  groups: readonly (readonly string[])[],
  workOf: ReadonlyMap<string, readonly string[]>,
  links: readonly Link[],
  led: readonly Led[],
  least: number,
): { groups: string[][]; ties: Link[] } {
  const work = groups.map((g) => new Set(g.flatMap((id) => workOf.get(id) ?? [])));
  const ringOfNumber = new Map<string, number[]>();
  work.forEach((numbers, r) => {
    if (numbers.size < least) return;
    for (const n of numbers) ringOfNumber.set(n, [...(ringOfNumber.get(n) ?? []), r]);
  });
  const peopleOf = new Map<string, number>();
  groups.forEach((g, i) => {
    if (work[i]!.size < least) for (const id of g) peopleOf.set(id, i);
  });
  const runBy = new Map<string, Set<number>>();
  for (const l of links) {
    const people = peopleOf.get(l.from);
    if (people === undefined || l.hub !== 'group' || l.layer !== 'group' || l.weight < OFTEN) continue;
    (runBy.get(l.to) ?? runBy.set(l.to, new Set()).get(l.to)!).add(people);
  }
  // [people][ring]: how many of those led into their groups the ring's numbers called.
  const said = new Map<number, Map<number, number>>();
  for (const l of led) {
    const weight = new Map<number, number>();
    for (const n of l.numbers)
      for (const r of ringOfNumber.get(n) ?? [])
        weight.set(r, Math.max(weight.get(r) ?? 0, l.named.includes(n) ? NAMED : 1));
    for (const people of runBy.get(l.chat) ?? []) {
      const of = said.get(people) ?? said.set(people, new Map()).get(people)!;
      for (const [r, w] of weight) of.set(r, (of.get(r) ?? 0) + w);
    }
  }
  const out = groups.map((g) => [...g]);
  const ties: Link[] = [];
  for (const [people, of] of said) {
    const [first, second] = [...of].sort(([x, a], [y, b]) => b - a || x - y);
    if (first === undefined || first[1] < ENOUGH || (second !== undefined && 2 * second[1] > first[1])) continue;
    const ring = out[first[0]]!;
    for (const id of groups[first[0]]!) {
      const own = new Set(workOf.get(id));
      const into = new Map<string, number>();
      for (const l of led)
        if (runBy.get(l.chat)?.has(people) === true && l.numbers.some((n) => own.has(n)))
          into.set(l.chat, (into.get(l.chat) ?? 0) + 1);
      for (const [to, weight] of into) ties.push({ from: id, to, hub: 'group', layer: 'victims', weight });
    }
    ring.push(...out[people]!);
    out[people] = [];
  }
  const kept = out.filter((g) => g.length > 0);
  return { groups: kept.sort((x, y) => y.length - x.length || (x[0]! < y[0]! ? -1 : 1)), ties };
}
