/** Who reaches what, in rows: `from[i]` reaches `to[offsets[i] .. offsets[i + 1])`, each once. */
export interface Reach {
  /** Row of each that reaches anything. */
  rowOf: ReadonlyMap<number, number>;
  offsets: Uint32Array;
  /** Places in `reached`. */
  to: Uint32Array;
  /** Ids of what is reached, ascending. */
  reached: Uint32Array;
}

/**
 * Rows from two columns of equal length without repeats, `from` in ascending order.
 *
 * @throws Error when the columns differ in length or `from` does not ascend.
 */
export function reachFrom(from: Uint32Array, to: Uint32Array): Reach {
  if (from.length !== to.length) throw new Error(`Columns differ in length: ${from.length} and ${to.length}.`);
  const reached = Uint32Array.from(to)
    .sort()
    .filter((x, i, all) => i === 0 || x !== all[i - 1]);
  const placeOf = new Map<number, number>();
  reached.forEach((id, i) => placeOf.set(id, i));
  const rowOf = new Map<number, number>();
  const starts: number[] = [];
  for (let i = 0; i < from.length; i++) {
    if (i > 0 && from[i]! < from[i - 1]!) throw new Error(`Column "from" does not ascend at ${i}.`);
    if (i > 0 && from[i] === from[i - 1]) continue;
    rowOf.set(from[i]!, starts.length);
    starts.push(i);
  }
  return { rowOf, offsets: Uint32Array.from([...starts, from.length]), to: to.map((id) => placeOf.get(id)!), reached };
}

/** What the members of a group have in common. */
export interface Overlap {
  /** What two or more of them reach. */
  shared: number;
  /** Members who reach something that another of them reaches. */
  sharing: number;
  /** Marked ones that any of them reaches. */
  marked: number;
}

/**
 * Counts overlaps of many groups over the same rows, in time of what a group reaches and without allocating for each.
 *
 * @param marked by place in `reach.reached`: 1 counts
 */
export function overlapCounter(reach: Reach, marked: Uint8Array): (group: readonly number[]) => Overlap {
  const { rowOf, offsets, to } = reach;
  // 2 x group: reached once in this group; one more: more than once. What earlier groups left is smaller.
  const state = new Uint32Array(reach.reached.length);
  let serial = 0;
  return (group) => {
    const [once, often] = [(serial += 2), serial + 1];
    const overlap = { shared: 0, sharing: 0, marked: 0 };
    for (const member of group) {
      const row = rowOf.get(member);
      if (row === undefined) continue;
      for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
        const at = to[i]!;
        if (state[at] === once) {
          state[at] = often;
          overlap.shared++;
        } else if (state[at] !== often) {
          state[at] = once;
          overlap.marked += marked[at]!;
        }
      }
    }
    for (const member of group) {
      const row = rowOf.get(member);
      if (row === undefined) continue;
      let i = offsets[row]!;
      while (i < offsets[row + 1]! && state[to[i]!] !== often) i++;
      if (i < offsets[row + 1]!) overlap.sharing++;
    }
    return overlap;
  };
}

/**
 * What every two of many sets have in common, by pair (the lower place times how many sets there are, plus the higher; pairs without anything are absent), and how many different things there are. Counted by the
 * things, so that what nobody shares costs nothing.
 *
 * @param sets each without repeats
 */
export function sharedByPair(sets: readonly ArrayLike<number>[]): { shared: Map<number, number>; reached: number } {
  const holders = new Map<number, number[]>();
  const shared = new Map<number, number>();
  sets.forEach((set, b) => {
    for (let i = 0; i < set.length; i++) {
      const before = holders.get(set[i]!);
      if (before === undefined) {
        holders.set(set[i]!, [b]);
        continue;
      }
      for (const a of before) {
        const pair = a * sets.length + b;
        shared.set(pair, (shared.get(pair) ?? 0) + 1);
      }
      before.push(b);
    }
  });
  return { shared, reached: holders.size };
}
