import { DAY, mondayOf } from './wall-clock.ts';

/** Half-hour bins of a number's cells, folded record by record: finished bins by cell, and the one still open. */
export interface Bins {
  done: Map<string, number>;
  key: number;
  open: Map<string, number>;
}

export const noBins = (): Bins => ({ done: new Map(), key: -1, open: new Map() });

/** bandicoot's key of a half hour: year, day of the month, hour, half. It leaves the month out. */
export function halfHourKey(t: number): number {
  const date = new Date(t);
  const minutes = Math.floor((t % DAY) / 1_800_000);
  return (date.getUTCFullYear() * 32 + date.getUTCDate()) * 48 + minutes;
}

export function addToBin(bins: Bins, t: number, cell: string): void {
  const key = halfHourKey(t);
  if (key !== bins.key) {
    closeBin(bins.done, bins.open);
    bins.open = new Map();
    bins.key = key;
  }
  bins.open.set(cell, (bins.open.get(cell) ?? 0) + 1);
}

/** Bins by cell, in the order the cells were first seen; the open bin counts. */
export function binCounts(bins: Bins): Map<string, number> {
  const counts = new Map(bins.done);
  closeBin(counts, bins.open);
  return counts;
}

/** The most frequent cell of a bin, the first one where there is a tie. */
function closeBin(into: Map<string, number>, open: ReadonlyMap<string, number>): void {
  const cell = mostFrequent(open);
  if (cell !== undefined) into.set(cell, (into.get(cell) ?? 0) + 1);
}

function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  for (const [cell, n] of counts) if (best === undefined || n > counts.get(best)!) best = cell;
  return best;
}

/** The cell used most at night: home. '' when that is a record without a cell, undefined without nights. */
export const homeOf = (nightBins: Bins): string | undefined => mostFrequent(binCounts(nightBins));

export type WeekBins = Map<number, Bins>;

export function addToWeek(weeks: WeekBins, t: number, cell: string): void {
  const week = mondayOf(t);
  let bins = weeks.get(week);
  if (bins === undefined) weeks.set(week, (bins = noBins()));
  addToBin(bins, t, cell);
}

/** Cosine distance between the cells of each week and the next one seen. */
export function churn(weeks: WeekBins): number[] {
  const all = [...weeks.entries()].sort(([a], [b]) => a - b).map(([, bins]) => binCounts(bins));
  const norm = (counts: ReadonlyMap<string, number>): number =>
    Math.sqrt([...counts.values()].reduce((sum, n) => sum + n * n, 0));
  return all.slice(1).map((next, i) => {
    const week = all[i]!;
    let dot = 0;
    for (const [cell, n] of week) dot += n * (next.get(cell) ?? 0);
    return 1 - dot / (norm(week) * norm(next));
  });
}
