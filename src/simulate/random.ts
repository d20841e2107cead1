/**
 * Randomness with named streams: every part of the world draws from its own stream, so that a draw added in one part shifts no other.
 * Generator: xoshiro128** 1.1 (Blackman, Vigna), seeded through splitmix32 from the seed and the stream's name.
 */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;
  private spare = NaN;

  constructor(seed: number) {
    let x = seed | 0;
    const next = (): number => {
      x = (x + 0x9e3779b9) | 0;
      return mix(x);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1; // never all zero
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const s = Math.imul(this.b, 5);
    const result = Math.imul((s << 7) | (s >>> 25), 9);
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  /** Uniform in [0, 1), 32 bits fine. */
  unit(): number {
    return this.bits() * 2.3283064365386963e-10;
  }

  chance(p: number): boolean {
    return this.unit() < p;
  }

  /** Integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  /** Integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('simulate: asked to pick from an empty list');
    return from[this.below(from.length)] as T;
  }

  /** Standard normal (Box-Muller, the second value is kept for the next call). */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const kept = this.spare;
      this.spare = NaN;
      return kept;
    }
    const r = Math.sqrt(-2 * Math.log(1 - this.unit()));
    const angle = 2 * Math.PI * this.unit();
    this.spare = r * Math.sin(angle);
    return r * Math.cos(angle);
  }

  /** Log-normal with the given median: the usual shape of call lengths, losses and activity. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Count with the given mean; exact for small means, normal approximation above 60. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let n = 0;
    for (let p = this.unit(); p > limit; p *= this.unit()) n++;
    return n;
  }

  shuffle<T extends { length: number; [i: number]: number | string | object }>(list: T): T {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = list[i] as T[number];
      list[i] = list[j] as T[number];
      list[j] = kept;
    }
    return list;
  }

  /** Lower-case letters and digits without the ones people confuse. */
  token(length: number): string {
    let s = '';
    for (let i = 0; i < length; i++) s += TOKEN[this.below(TOKEN.length)];
    return s;
  }

  hex(length: number): string {
    let s = '';
    while (s.length < length) s += this.bits().toString(16).padStart(8, '0');
    return s.slice(0, length);
  }
}

const TOKEN = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A good 32-bit mixer (Mulberry/splitmix family): the same number always gives the same bits. */
export function mix(x: number): number {
  x |= 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}

/** A person's fixed trait: 32 bits that depend on who and on which trait, never on the order of drawing. */
export const trait = (who: number, which: number): number =>
  mix(mix(who + 0x6d2b79f5) ^ Math.imul(which, 0x85ebca6b)) >>> 0;

const hashText = (text: string): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
};

/** Where streams come from: `streams('ring/dialling')` is the same for the same seed, whatever else was drawn. */
export type Streams = (name: string) => Random;

export const streamsOf =
  (seed: number): Streams =>
  (name) =>
    new Random(mix(hashText(name) ^ mix(seed)) ^ Math.imul(seed, 0x9e3779b9));

/** Draws an index in proportion to its weight, in constant time (Walker's alias method). */
export class Weighted {
  private readonly keep: Float64Array;
  private readonly other: Uint32Array;

  constructor(weights: ArrayLike<number>) {
    const n = weights.length;
    this.keep = new Float64Array(n);
    this.other = new Uint32Array(n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weights[i] as number;
    const scaled = new Float64Array(n);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < n; i++) {
      scaled[i] = ((weights[i] as number) * n) / sum;
      ((scaled[i] as number) < 1 ? small : large).push(i);
    }
    while (small.length > 0 && large.length > 0) {
      const s = small.pop() as number;
      const l = large[large.length - 1] as number;
      this.keep[s] = scaled[s] as number;
      this.other[s] = l;
      scaled[l] = (scaled[l] as number) - (1 - (scaled[s] as number));
      if ((scaled[l] as number) < 1) small.push(large.pop() as number);
    }
    for (const i of [...small, ...large]) this.keep[i] = 1;
  }

  draw(random: Random): number {
    const u = random.unit() * this.keep.length;
    const i = Math.floor(u);
    return u - i < (this.keep[i] as number) ? i : (this.other[i] as number);
  }
}
