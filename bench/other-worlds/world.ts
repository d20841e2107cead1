import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../../src/model/fact-kinds.ts';
import { seededRandom, type Random } from '../../src/model/random.ts';
import { CsvFile } from '../../src/simulate/ledger.ts';
import { Truth } from '../../src/simulate/truth.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Draws from one seeded source. */
export class Dice {
  readonly next: Random;
  constructor(seed: number) {
    this.next = seededRandom(seed);
  }
  /** A whole number from low to high, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!;
  }
  /** `n` different items (all of them, if there are fewer), in no order. */
  sample<T>(list: readonly T[], n: number): T[] {
    const own = [...list];
    const count = Math.min(n, own.length);
    for (let i = 0; i < count; i++) {
      const j = this.int(i, own.length - 1);
      [own[i], own[j]] = [own[j]!, own[i]!];
    }
    return own.slice(0, count);
  }
  /** Box and Muller. */
  normal(mean: number, sd: number): number {
    return mean + sd * Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
  /** Around a median, with a standard deviation of the logarithm. */
  spread(median: number, sd: number): number {
    return Math.exp(this.normal(Math.log(median), sd));
  }
  digits(n: number): string {
    let out = '';
    while (out.length < n) out += this.int(0, 9);
    return out;
  }
  mobile(): string {
    return `+86${this.pick(['135', '138', '150', '158', '177', '186', '189'])}${this.digits(8)}`;
  }
  imei(): string {
    return `86${this.digits(13)}`;
  }
  /** A mobile number of one of the countries a ring likes to show. */
  foreign(): string {
    const [code, rest] = this.pick([
      ['+447400', 6],
      ['+63917', 7],
      ['+6012', 7],
      ['+8526', 7],
      ['+8490', 7],
      ['+6681', 7],
      ['+1213', 7],
    ] as const);
    return code + String(this.int(2, 9)) + this.digits(rest - 1);
  }
}

/** Somebody of the country, with the phone they carry. */
export interface Person {
  number: string;
  handle: string;
  city: number;
  imei: string;
  imsi: string;
  friends: Person[];
  /** Calls they place on a day. */
  rate: number;
}

export interface CallRow {
  at: number;
  caller: string;
  callee: string;
  /** 0: not answered. */
  seconds: number;
  origin?: string;
  ip?: string;
  account?: string;
  imei?: string;
  imsi?: string;
  cell?: string;
}

/** All that was written down, and all that was true. */
export class World {
  readonly dice: Dice;
  readonly truth = new Truth();
  readonly people: Person[] = [];
  /** Who works for a ring already: nobody works for two. */
  readonly employed = new Set<Person>();
  readonly firstDay: number;
  readonly days: number;
  readonly calls: CallRow[] = [];
  private readonly rows = new Map<FactKindName, { at: number; cells: Record<string, string | number | undefined> }[]>();

  constructor(seed: number, firstDay: string, days: number) {
    this.dice = new Dice(seed);
    this.firstDay = Date.parse(`${firstDay}T00:00:00+08:00`);
    this.days = days;
  }

  /** The instant of an hour (with a fraction) of a day, counted from the first. */
  time(day: number, hour: number): number {
    return Math.round(this.firstDay + day * DAY + hour * HOUR);
  }

  /** 0 is Monday. */
  weekday(day: number): number {
    return (new Date(this.firstDay + day * DAY + 8 * HOUR).getUTCDay() + 6) % 7;
  }

  add(kind: Exclude<FactKindName, 'calls'>, at: number, cells: Record<string, string | number | undefined>): void {
    const list = this.rows.get(kind) ?? [];
    this.rows.set(kind, list);
    list.push({ at, cells });
  }

  /** Those who reported something. */
  reporters(): Set<string> {
    return new Set((this.rows.get('cases') ?? []).map((r) => String(r.cells['victim'])));
  }

  /** Cells a phone is seen at: a few about where its owner lives. */
  cell(p: Person): string {
    return `${4000 + p.city}-${(Number(p.imsi.slice(-5)) % 900) * 10 + this.dice.int(0, 5)}`;
  }

  /** Writes the files of facts, calls only of those `keep` lets pass and with their columns less `without`, and the truth beside them. */
  write(dir: string, keep: (c: CallRow) => boolean, without: ReadonlySet<string>): void {
    mkdirSync(dir, { recursive: true });
    const instant = (at: number): string => new Date(at).toISOString();
    const columns = FACT_KINDS.calls.columns.map((c) => c.name).filter((name) => !without.has(name));
    const file = new CsvFile(join(dir, 'calls.csv'), columns);
    for (const c of this.calls.filter(keep).sort((a, b) => a.at - b.at)) {
      const cells: Record<string, string | number | undefined> = {
        started_at: instant(c.at),
        caller: c.caller,
        callee: c.callee,
        duration_s: c.seconds,
        answered: c.seconds > 0 ? 1 : 0,
        origin_country: c.origin,
        origin_ip: c.ip,
        account: c.account,
        imei: c.imei,
        imsi: c.imsi,
        cell: c.cell,
      };
      file.write(columns.map((name) => cells[name]));
    }
    file.close();
    for (const kind of FACT_KIND_NAMES) {
      const rows = this.rows.get(kind);
      if (rows === undefined || without.has(kind)) continue;
      const names = FACT_KINDS[kind].columns.map((c) => c.name);
      const out = new CsvFile(join(dir, `${kind}.csv`), names);
      for (const r of rows.sort((a, b) => a.at - b.at)) out.write(names.map((name) => r.cells[name]));
      out.close();
    }
    this.truth.writeTo(join(dir, 'truth'));
  }
}
