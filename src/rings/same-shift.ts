import type { Life } from './lives.ts';

const HOURS = 24;
/** Calls of a shift hang together: a day tells as much as this many that do not, whatever number was placed. */
const [TELLS_AT_LEAST, TELLS_PER_DAY] = [8, 4];
/** Share of calls that may fall anywhere in the ring's day: overtime, a shift changed. */
const ANYWHERE = 0.15;

/**
 * How well the hours in which one number called foretell those of another, against the hours of any number of the ring: the logarithm of a likelihood ratio. Where all
 * work alike it is nothing; where there are shifts it tells the one from the other.
 *
 * @returns from, to -> weight; places in `lives`
 */
export function sameShift(lives: readonly Life[]): (from: number, to: number) => number {
  const n = lives.length;
  const all = new Float64Array(HOURS).fill(1 / HOURS);
  for (const l of lives) {
    const calls = sum(l.hours);
    if (calls > 0) l.hours.forEach((c, h) => (all[h]! += c / calls));
  }
  const total = sum(all);
  const logs = new Float64Array(n * HOURS);
  const tells = new Float64Array(n * HOURS);
  lives.forEach((l, i) => {
    const calls = sum(l.hours);
    const effective = Math.min(calls, TELLS_AT_LEAST + TELLS_PER_DAY * l.days);
    for (let h = 0; h < HOURS; h++) {
      const anywhere = all[h]! / total;
      const own = calls === 0 ? anywhere : l.hours[h]! / calls;
      logs[i * HOURS + h] = Math.log((1 - ANYWHERE) * own + ANYWHERE * anywhere);
      tells[i * HOURS + h] = calls === 0 ? 0 : (l.hours[h]! / calls) * effective;
    }
  });
  const foretells = (from: number, to: number): number => {
    let t = 0;
    for (let h = 0; h < HOURS; h++) t += tells[to * HOURS + h]! * logs[from * HOURS + h]!;
    return t;
  };
  const any = new Float64Array(n);
  for (let to = 0; to < n; to++) {
    let top = -Infinity;
    const each = lives.map((_, from) => {
      const t = from === to ? -Infinity : foretells(from, to);
      top = Math.max(top, t);
      return t;
    });
    if (top === -Infinity) continue;
    any[to] = top + Math.log(each.reduce((s, t) => s + Math.exp(t - top), 0) / Math.max(1, n - 1));
  }
  return (from, to) => foretells(from, to) - any[to]!;
}

const sum = (xs: ArrayLike<number>): number => {
  let t = 0;
  for (let i = 0; i < xs.length; i++) t += xs[i]!;
  return t;
};
