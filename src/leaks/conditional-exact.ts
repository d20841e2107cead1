import { lnChoose } from '../features/exact-tests.ts';

/** One layer of like people: `people` in all, `called` of them called, `customers` of them customers. Whole numbers. */
export interface Stratum {
  people: number;
  called: number;
  customers: number;
}

export interface ConditionalTest {
  /** ln P(as many called customers or more), over all layers together; 0 when none are needed. */
  lnP: number;
  /** Called customers to expect. */
  expected: number;
  /** Conditional maximum-likelihood odds ratio common to the layers; null when it is without bound, or when no more than expected were observed. */
  oddsRatio: number | null;
}

/** What a cell may weigh less than, relative to the largest, before it is left out: below the rounding of the sum. */
const NEGLIGIBLE = 1e-20;

/**
 * Exact conditional test over layers: in each, the called are drawn from its people without replacement, and `observed` is the sum of called
 * customers over all of them (the exact form of the Cochran-Mantel-Haenszel test: Birch 1964; Gart 1970). The sum's distribution is
 * the convolution of the layers' hypergeometric ones. It is computed tilted by the common odds ratio that makes `observed` its mean, and tilted
 * back: so the far tail keeps all its digits, at the cost of the cells near `observed` only.
 */
export function conditionalTest(strata: readonly Stratum[], observed: number): ConditionalTest {
  let expected = 0;
  let fixed = 0;
  const free: Stratum[] = [];
  for (const s of strata) {
    expected += (s.called * s.customers) / s.people;
    const [low, high] = range(s);
    if (low === high) fixed += low;
    else free.push(s);
  }
  const least = fixed + free.reduce((n, s) => n + range(s)[0], 0);
  const most = fixed + free.reduce((n, s) => n + range(s)[1], 0);
  if (observed <= least) return { lnP: 0, expected, oddsRatio: null };
  if (observed > most) return { lnP: -Infinity, expected, oddsRatio: null };

  const more = observed > expected;
  // Below the mean the tail is most of the distribution, and nothing is to be magnified.
  const tilt = more ? tiltFor(free, observed - fixed) : 0;
  let lnScale = 0;
  let offset = fixed;
  let cells: Float64Array = Float64Array.of(1);
  const parts = free.map((s) => tilted(s, tilt)).sort((a, b) => a.cells.length - b.cells.length);
  for (const part of parts) {
    lnScale += part.lnScale;
    const sum = trimmed(convolve(cells, part.cells));
    offset += part.from + sum.from;
    cells = sum.cells;
  }
  // P(X >= k) = M(t) e^(-tk) sum over j >= k of f_t(j) e^(-t(j-k)).
  let tail = 0;
  for (let i = Math.max(0, observed - offset); i < cells.length; i++) {
    tail += cells[i]! * Math.exp(-tilt * (offset + i - observed));
  }
  const lnP = Math.min(0, lnScale - tilt * (observed - fixed) + Math.log(tail));
  return { lnP, expected, oddsRatio: !more || observed === most ? null : Math.exp(tilt) };
}

const range = (s: Stratum): [number, number] => [
  Math.max(0, s.called + s.customers - s.people),
  Math.min(s.called, s.customers),
];

/** The largest tilt: where the odds ratio is without bound, this one serves as well. */
const MOST_TILT = 30;

/** ln of the odds ratio that makes `target`, more than expected, the mean: Newton's method, kept between bounds. */
function tiltFor(strata: readonly Stratum[], target: number): number {
  let [low, high, tilt] = [0, MOST_TILT, 0];
  for (let i = 0; i < 100 && high - low > 1e-9; i++) {
    let [mean, variance] = [0, 0];
    for (const s of strata) {
      const t = tilted(s, tilt);
      mean += t.mean;
      variance += t.variance;
    }
    if (mean < target) low = tilt;
    else high = tilt;
    const next = tilt + (target - mean) / variance;
    if (Math.abs(next - tilt) < 1e-9) return tilt;
    tilt = next > low && next < high ? next : (low + high) / 2;
  }
  return tilt;
}

interface Tilted {
  /** Probabilities of from, from + 1, ... called customers in one layer, given the tilt; they sum to 1. */
  from: number;
  cells: Float64Array;
  mean: number;
  variance: number;
  /** ln of the untilted distribution's generating function at the tilt. */
  lnScale: number;
}

/** Fisher's noncentral hypergeometric distribution, out from its mode (Fog 2008) until cells are negligible. */
function tilted(s: Stratum, tilt: number): Tilted {
  const [low, high] = range(s);
  const { people, called, customers } = s;
  const odds = Math.exp(tilt);
  const b = (customers + called + 2) * odds + (people - customers) - called;
  const top = (customers + 1) * (called + 1) * odds;
  const root = Math.sqrt(Math.max(0, b * b + 4 * (1 - odds) * top));
  const mode = Math.min(high, Math.max(low, Math.floor((2 * top) / (b + root))));
  const up: number[] = [];
  for (let x = mode, term = 1; x < high; x++) {
    term *= (odds * (customers - x) * (called - x)) / ((x + 1) * (people - customers - called + x + 1));
    if (term < NEGLIGIBLE) break;
    up.push(term);
  }
  const down: number[] = [];
  for (let x = mode, term = 1; x > low; x--) {
    term *= (x * (people - customers - called + x)) / (odds * (customers - x + 1) * (called - x + 1));
    if (term < NEGLIGIBLE) break;
    down.push(term);
  }
  const from = mode - down.length;
  const cells = Float64Array.from([...down.reverse(), 1, ...up]);
  let [sum, away, square] = [0, 0, 0];
  for (let i = 0; i < cells.length; i++) {
    const d = from + i - mode;
    sum += cells[i]!;
    away += cells[i]! * d;
    square += cells[i]! * d * d;
  }
  away /= sum;
  for (let i = 0; i < cells.length; i++) cells[i]! /= sum;
  const lnMode =
    lnChoose(customers, mode) + lnChoose(people - customers, called - mode) - lnChoose(people, called) + tilt * mode;
  return { from, cells, mean: mode + away, variance: square / sum - away * away, lnScale: lnMode + Math.log(sum) };
}

function convolve(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length - 1);
  for (let j = 0; j < b.length; j++) {
    const w = b[j]!;
    for (let i = 0; i < a.length; i++) out[i + j]! += a[i]! * w;
  }
  return out;
}

function trimmed(cells: Float64Array): { from: number; cells: Float64Array } {
  let largest = 0;
  for (const c of cells) if (c > largest) largest = c;
  let [from, to] = [0, cells.length];
  while (cells[from]! < largest * NEGLIGIBLE) from++;
  while (cells[to - 1]! < largest * NEGLIGIBLE) to--;
  return { from, cells: cells.slice(from, to) };
}
