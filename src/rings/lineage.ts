import { createHash } from 'node:crypto';
import type { Ancestor, Lineage } from '../model/ring.ts';
import { assign } from './graph/assignment.ts';

/** A group of the new search: the name it would have by itself, and what makes it up (numbers, accounts, people, each by its key). */
export interface Heir {
  own: string;
  parts: ReadonlySet<string>;
}

/** Two groups share enough to be the same ring, or to come from one, when this share of the smaller is in both (Greene, Doyle & Cunningham, ASONAM 2010, theirs being 0.3 of the union). */
const ENOUGH = 0.3;

/** The name outlives a re-run with more data as long as the ring's earliest number stays the same. */
export const ringId = (anchor: string): string =>
  `R${createHash('sha256').update(anchor).digest('hex').slice(0, 8).toUpperCase()}`;

/**
 * Gives rings the names they had at the last search, and says where they come from. Names are handed on one to one so that as much as can be stays under its old name; of a ring
 * that split, the largest part keeps it; of rings that merged, the largest one's name stays. Everything else begins under its own name.
 *
 * @param before rings of the last search by name, each with its parts
 * @returns for each heir in order its name, and its lineage: null where nothing changed hands (a new ring, or the same one again)
 */
export function lineageOf(
  before: ReadonlyMap<string, ReadonlySet<string>>,
  heirs: readonly Heir[],
): { id: string; lineage: Lineage | null }[] {
  const names = [...before.keys()].sort();
  const holders = new Map<string, number[]>();
  names.forEach((name, i) => {
    for (const part of before.get(name)!) holders.set(part, [...(holders.get(part) ?? []), i]);
  });
  const shared = heirs.map((heir) => {
    const counts = new Map<number, number>();
    for (const part of heir.parts) for (const i of holders.get(part) ?? []) counts.set(i, (counts.get(i) ?? 0) + 1);
    return [...counts].filter(([i, n]) => n >= ENOUGH * Math.min(before.get(names[i]!)!.size, heir.parts.size));
  });
  const pairs = shared.flatMap((found, row) => found.map(([column, worth]) => ({ row, column, worth })));
  const kept = assign(heirs.length, names.length, pairs);
  const taken = new Set(Array.from(kept).flatMap((c) => (c < 0 ? [] : [names[c]!])));
  return heirs.map((heir, row) => {
    const from: Ancestor[] = shared[row]!.map(([i, n]) => ({
      ring: names[i]!,
      shared: n,
      of: before.get(names[i]!)!.size,
    })).sort((a, b) => b.shared - a.shared || (a.ring < b.ring ? -1 : 1));
    const id = kept[row]! >= 0 ? names[kept[row]!]! : freeName(heir.own, taken);
    taken.add(id);
    const parts = from.length === 1 ? siblings(shared, shared[row]![0]![0]) : 0;
    const kind = from.length > 1 ? 'merged' : parts > 1 ? 'split' : null;
    return { id, lineage: kind === null ? null : { kind, from } };
  });
}

const siblings = (shared: readonly (readonly (readonly [number, number])[])[], ancestor: number): number =>
  shared.filter((found) => found.some(([i]) => i === ancestor)).length;

function freeName(own: string, taken: ReadonlySet<string>): string {
  let name = own;
  for (let n = 2; taken.has(name); n++) name = ringId(`${own} ${n}`);
  return name;
}
