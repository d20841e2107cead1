import { CITIES } from './cities.ts';
import { handset, MobileNumbers } from './numbers.ts';
import type { PhoneNumber } from './numbers.ts';
import { trait, Weighted } from './random.ts';
import type { Random, Streams } from './random.ts';

/** A person is an index. Whatever does not change is derived from the index, so that ten million people fit in memory. */
export type Person = number;

const JOBS = ['office', 'office', 'office', 'factory', 'shop', 'shop', 'student', 'retired', 'night', 'farm'] as const;
export type Job = (typeof JOBS)[number];

const Trait = {
  job: 1,
  handset: 2,
  imsi: 3,
  home: 4,
  work: 5,
  handle: 6,
  handle2: 7,
  given: 8,
  activity: 9,
  newPhone: 10,
} as const;

const TOKEN = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * People with homes, families, jobs, phones and habits. People of a city stand together, families of up to four stand together in it.
 */
export class Country {
  readonly size: number;
  readonly numbers: Float64Array;
  readonly city: Uint16Array;
  /** First person of each city; one more entry at the end. */
  readonly cityStart: Uint32Array;
  /** Expected calls a day that the records show; 0 where the person's own carrier delivered nothing. */
  readonly activity: Float32Array;
  readonly mobiles: MobileNumbers;
  readonly seedBits: number;
  private readonly cityDraw: Weighted;

  constructor(size: number, callsPerDay: number, streams: Streams) {
    const random = streams('country');
    this.seedBits = random.bits();
    this.size = size;
    this.mobiles = new MobileNumbers(random, size);
    this.numbers = new Float64Array(size);
    this.city = new Uint16Array(size);
    this.activity = new Float32Array(size);
    this.cityStart = new Uint32Array(CITIES.length + 1);
    const total = CITIES.reduce((s, c) => s + c.weight, 0);
    let sum = 0;
    CITIES.forEach((c, i) => {
      this.cityStart[i] = Math.round((sum / total) * size);
      sum += c.weight;
    });
    this.cityStart[CITIES.length] = size;
    this.cityDraw = new Weighted(CITIES.map((_, i) => Math.max(0, this.cityStart[i + 1]! - this.cityStart[i]!)));
    let activitySum = 0;
    for (let c = 0; c < CITIES.length; c++) {
      for (let p = this.cityStart[c]!; p < this.cityStart[c + 1]!; p++) {
        this.city[p] = c;
        this.numbers[p] = this.mobiles.ofPerson(p);
        // About three in ten have a carrier that delivered records; among them activity is heavy-tailed.
        const a = random.unit() < 0.3 ? Math.min(40, Math.exp(1.15 * random.normal())) : 0;
        this.activity[p] = a;
        activitySum += a;
      }
    }
    const factor = callsPerDay / Math.max(1e-9, activitySum);
    for (let p = 0; p < size; p++) this.activity[p] = this.activity[p]! * factor;
  }

  number(p: Person): PhoneNumber {
    return this.numbers[p]!;
  }

  job(p: Person): Job {
    return JOBS[this.trait(p, Trait.job) % JOBS.length]!;
  }

  trait(p: Person, which: number): number {
    return trait(p ^ this.seedBits, which);
  }

  /** IMEI of the handset in use on `day`; one in thirty changes it once in the window. */
  imei(p: Person, day = 0): number {
    const change = this.trait(p, Trait.newPhone) % 900;
    const renewed = change < 30 && day >= change;
    return handset(this.trait(p, renewed ? Trait.handset + 100 : Trait.handset));
  }

  imsi(p: Person): number {
    const t = this.trait(p, Trait.imsi);
    return (
      460_000_000_000_000 +
      (t % 3 === 0 ? 0 : t % 3 === 1 ? 1 : 11) * 1e10 +
      1_000_000_000 +
      (t % 3_999_999_937) +
      (p % 977) * 1_000_003
    );
  }

  homeCell(p: Person): number {
    const family = p >> 2;
    return cellIn(this.city[p]!, this.trait(family, Trait.home));
  }

  workCell(p: Person): number {
    return cellIn(this.city[p]!, this.trait(p, Trait.work));
  }

  /** The one opaque name under which a person appears in chats, payments and diallers. */
  handle(p: Person): string {
    let a = this.trait(p, Trait.handle);
    if (a % 5 === 0) return `qq_${String(100_000_000 + (this.trait(p, Trait.handle2) % 3_899_999_999))}`;
    let s = 'wx_';
    for (let i = 0; i < 5; i++) {
      s += TOKEN[a % 36]!;
      a = Math.floor(a / 36);
    }
    let b = this.trait(p, Trait.handle2);
    for (let i = 0; i < 5; i++) {
      s += TOKEN[b % 36]!;
      b = Math.floor(b / 36);
    }
    return s;
  }

  anybody(random: Random): Person {
    return random.below(this.size);
  }

  /** Somebody in a city; somebody anywhere where the city is too small to have people. */
  somebodyIn(random: Random, city: number): Person {
    const from = this.cityStart[city]!;
    const n = this.cityStart[city + 1]! - from;
    return n > 0 ? from + random.below(n) : this.anybody(random);
  }

  anyCity(random: Random): number {
    return this.cityDraw.draw(random);
  }

  /** Another member of the family of up to four that lives together. */
  relative(random: Random, p: Person): Person {
    const other = (p & ~3) | random.below(4);
    return other === p || other >= this.size ? Math.max(0, p ^ 1) % this.size : other;
  }

  /**
   * The `slot`-th friend. Friendship is mutual: within a slot everybody is reflected about a fixed point of the city
   * (or of the country for far friends), and a reflection undoes itself.
   */
  friend(p: Person, slot: number): Person {
    const far = slot % 5 === 4;
    const from = far ? 0 : this.cityStart[this.city[p]!]!;
    const n = far ? this.size : this.cityStart[this.city[p]! + 1]! - from;
    if (n < 8) return (p + 1 + slot) % this.size;
    const mirror = trait(far ? slot : this.city[p]! * 64 + slot, 40) % n;
    return from + ((((mirror - (p - from)) % n) + n) % n);
  }
}

/** A cell in a city: the area code belongs to the city, the cell within it to the place. */
export const cellIn = (city: number, bits: number): number => {
  const area = 4096 + city * 24 + (bits % 24);
  return area * 65536 + (256 + (Math.floor(bits / 24) % 64000));
};
