import { columnAt, digestOf, UnusableTable, type Table } from './table.ts';

/** Neighbours of each row in a table of links: places in the table, or of rows known from training. */
export interface Links {
  /** For each row, rows of the same table it is linked with, and how strongly. */
  within: { row: number; weight: number }[][];
  /** For each row, digests of linked ids that are not in the table. */
  beyond: { id: string; weight: number }[][];
}

const ENDS: readonly (readonly [string, string])[] = [
  ['source', 'target'],
  ['from', 'to'],
  ['caller', 'callee'],
  ['sender', 'recipient'],
  ['a', 'b'],
];

/** @throws UnusableTable when the two ends of a link cannot be told from the header */
export function linksOf(edges: Table, ids: readonly string[]): Links {
  const lower = edges.header.map((h) => h.toLowerCase());
  const pair = ENDS.find(([a, b]) => lower.includes(a) && lower.includes(b));
  if (pair === undefined && edges.header.length < 2) throw new UnusableTable('A file of links needs two columns.');
  const [a, b] = pair === undefined ? [0, 1] : [columnAt(edges, pair[0]), columnAt(edges, pair[1])];
  const weightAt = lower.findIndex((h) => h === 'weight' || h === 'calls' || h === 'count');
  const rowOf = new Map(ids.map((id, i) => [id, i]));
  const within: Links['within'] = ids.map(() => []);
  const beyond: Links['beyond'] = ids.map(() => []);
  for (const r of edges.rows) {
    const [x, y] = [r[a]!, r[b]!];
    if (x === y) continue;
    const w = weightAt < 0 ? 1 : Number(r[weightAt]);
    const weight = Number.isFinite(w) && w > 0 ? w : 1;
    for (const [me, other] of [
      [x, y],
      [y, x],
    ] as const) {
      const row = rowOf.get(me);
      if (row === undefined) continue;
      const to = rowOf.get(other);
      if (to !== undefined) within[row]!.push({ row: to, weight });
      else beyond[row]!.push({ id: digestOf(other), weight });
    }
  }
  return { within, beyond };
}

/** What a model remembers of a training row: its class and its own first score, by the id's digest. */
export type Remembered = Readonly<Record<string, readonly [label: number, score: number]>>;

export const GRAPH_FEATURES = ['links', 'linked_weight', 'linked_score', 'linked_most', 'linked_labels'] as const;

/**
 * What the linked rows say of a row: how many, how strongly, the mean and the highest of their own scores, and the share of class 1 among those whose class is known from training,
 * drawn to the general share.
 *
 * @param score each row's first score
 * @param labelSeen class of a linked row (second) as far as the first may know it, else -1. Who trains must hide the classes of the row's own fold: with the classes of all others in
 * a closed group, a row's own is what is missing from the group's sum, and noise looks learnt.
 * @param share general share of class 1
 */
export function graphColumns(
  links: Links,
  score: ArrayLike<number>,
  labelSeen: (row: number, linked: number) => number,
  share: number,
  remembered: Remembered,
): Float64Array[] {
  const n = links.within.length;
  const out = GRAPH_FEATURES.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    let [count, weight, sum, most, labels, known] = [0, 0, 0, 0, 0, 0];
    const tell = (w: number, s: number | null, l: number): void => {
      count++;
      weight += w;
      if (s !== null) {
        sum += s;
        most = Math.max(most, s);
      }
      if (l >= 0) {
        known++;
        labels += l;
      }
    };
    for (const x of links.within[i]!) tell(x.weight, score[x.row]!, labelSeen(i, x.row));
    let scored = links.within[i]!.length;
    for (const x of links.beyond[i]!) {
      const r = remembered[x.id];
      tell(x.weight, r?.[1] ?? null, r?.[0] ?? -1);
      scored += Number(r !== undefined);
    }
    out[0]![i] = count;
    out[1]![i] = weight;
    out[2]![i] = scored === 0 ? NaN : sum / scored;
    out[3]![i] = scored === 0 ? NaN : most;
    out[4]![i] = (labels + 3 * share) / (known + 3);
  }
  return out;
}
