import { openSync, writeSync, closeSync } from 'node:fs';
import { CITIES } from './cities.ts';
import { FACT_KINDS } from '../model/fact-kinds.ts';
import { MINUTE } from './calendar.ts';
import { spell, spellAddress } from './numbers.ts';
import type { PhoneNumber } from './numbers.ts';
import { trait } from './random.ts';
import type { Random } from './random.ts';

/** What the network knows of a caller's line. Absent parts are 0 or ''. */
export interface Line {
  number: PhoneNumber;
  originCountry: string;
  originIp: number;
  trunk: string;
  account: string;
  imei: number;
  imsi: number;
  /** Location area * 65536 + cell. */
  cell: number;
  /** City id, or -1. */
  city: number;
  /** Recorded where the call entered ('out') or where it arrived ('in'). */
  inbound: boolean;
}

export const plainLine = (number: PhoneNumber, known: Partial<Line> = {}): Line => ({
  number,
  originCountry: '',
  originIp: 0,
  trunk: '',
  account: '',
  imei: 0,
  imsi: 0,
  cell: 0,
  city: -1,
  inbound: false,
  ...known,
});

const RELEASE = [
  '',
  'normal_clearing',
  'no_answer',
  'user_busy',
  'call_rejected',
  'unallocated_number',
  'subscriber_absent',
];
export const Release = { none: 0, normal: 1, noAnswer: 2, busy: 3, rejected: 4, unallocated: 5, absent: 6 } as const;

export const SMS = 1;
export const ANSWERED = 2;

/** How records get lost and damaged between the network and the analyst. Shares of rows. */
export interface Damage {
  missing: number;
  repeated: number;
  /** Numbers written 0086..., 86..., with spaces or dashes. */
  oddSpelling: number;
  /** Device and origin fields left empty. */
  blank: number;
  /** Largest clock error of a source, ms. */
  skew: number;
}

const SOURCES = 5;

/**
 * One day of calls in columns, written in time order. Holding a day and not the world bounds memory: 35 million calls in 28 days
 * are 1.3 million rows at a time.
 */
export class CallLog {
  rows = 0;
  private n = 0;
  private capacity = 1 << 15;
  private time = new Float64Array(this.capacity);
  private callee = new Float64Array(this.capacity);
  private length = new Uint32Array(this.capacity);
  private ring = new Uint8Array(this.capacity);
  private flags = new Uint8Array(this.capacity);
  private release = new Uint8Array(this.capacity);
  private recording = new Uint32Array(this.capacity);
  /** Index of the caller's line in `lines`, or -1 - slot for a person's line packed in the typed columns below. */
  private lineOf = new Int32Array(this.capacity);
  private lines: Line[] = [];
  private lineIndex = new Map<Line, number>();
  private recordings: string[] = [''];
  private pNumber = new Float64Array(this.capacity);
  private pImei = new Float64Array(this.capacity);
  private pImsi = new Float64Array(this.capacity);
  private pCell = new Uint32Array(this.capacity);
  private pCity = new Int16Array(this.capacity);
  private readonly fd: number;
  private readonly out = Buffer.allocUnsafe(1 << 22);
  private at = 0;
  private readonly cityBytes = CITIES.map((c) => Buffer.from(c.name, 'utf8'));
  private readonly releaseBytes = RELEASE.map((r) => Buffer.from(r, 'latin1'));
  private readonly skews: number[];
  private readonly callIdBase: number;
  private readonly random: Random;
  private readonly damage: Damage;

  constructor(path: string, random: Random, damage: Damage) {
    this.random = random;
    this.damage = damage;
    this.fd = openSync(path, 'w');
    this.ascii(FACT_KINDS.calls.columns.map((c) => c.name).join(','));
    this.out[this.at++] = 10;
    this.skews = Array.from({ length: SOURCES }, (_, i) =>
      i === 0 ? 0 : Math.round((random.unit() * 2 - 1) * damage.skew),
    );
    this.callIdBase = random.bits();
  }

  /** Calls of the current day so far. */
  get pending(): number {
    return this.n;
  }

  /** A call from a line that is an object (heavy callers, ring seats, offices). `at` is an instant, `seconds` whole. */
  add(
    at: number,
    line: Line,
    callee: PhoneNumber,
    seconds: number,
    ringS: number,
    flags: number,
    release: number,
    recording = '',
  ): void {
    let index = this.lineIndex.get(line);
    if (index === undefined) {
      index = this.lines.length;
      this.lines.push(line);
      this.lineIndex.set(line, index);
    }
    const i = this.row(at, callee, seconds, ringS, flags, release);
    this.lineOf[i] = index;
    if (recording !== '') {
      this.recording[i] = this.recordings.length;
      this.recordings.push(recording);
    } else this.recording[i] = 0;
  }

  /** A call from somebody's own mobile. The hot path: nothing is allocated. */
  addMobile(
    at: number,
    number: PhoneNumber,
    imei: number,
    imsi: number,
    cell: number,
    city: number,
    callee: PhoneNumber,
    seconds: number,
    ringS: number,
    flags: number,
    release: number,
  ): void {
    const i = this.row(at, callee, seconds, ringS, flags, release);
    this.lineOf[i] = -1;
    this.recording[i] = 0;
    this.pNumber[i] = number;
    this.pImei[i] = imei;
    this.pImsi[i] = imsi;
    this.pCell[i] = cell;
    this.pCity[i] = city;
  }

  private row(at: number, callee: PhoneNumber, seconds: number, ringS: number, flags: number, release: number): number {
    const i = this.n++;
    if (i === this.capacity) this.grow();
    this.time[i] = at;
    this.callee[i] = callee;
    this.length[i] = seconds;
    this.ring[i] = ringS;
    this.flags[i] = flags;
    this.release[i] = release;
    return i;
  }

  private grow(): void {
    this.capacity *= 2;
    const wider = <T extends Float64Array | Uint32Array | Uint8Array | Int32Array | Int16Array>(from: T, to: T): T => {
      to.set(from as never);
      return to;
    };
    this.time = wider(this.time, new Float64Array(this.capacity));
    this.callee = wider(this.callee, new Float64Array(this.capacity));
    this.length = wider(this.length, new Uint32Array(this.capacity));
    this.ring = wider(this.ring, new Uint8Array(this.capacity));
    this.flags = wider(this.flags, new Uint8Array(this.capacity));
    this.release = wider(this.release, new Uint8Array(this.capacity));
    this.recording = wider(this.recording, new Uint32Array(this.capacity));
    this.lineOf = wider(this.lineOf, new Int32Array(this.capacity));
    this.pNumber = wider(this.pNumber, new Float64Array(this.capacity));
    this.pImei = wider(this.pImei, new Float64Array(this.capacity));
    this.pImsi = wider(this.pImsi, new Float64Array(this.capacity));
    this.pCell = wider(this.pCell, new Uint32Array(this.capacity));
    this.pCity = wider(this.pCity, new Int16Array(this.capacity));
  }

  /** Writes the day in time order and forgets it. */
  writeDay(midnight: number): void {
    const n = this.n;
    const order = new Float64Array(n);
    // Each source has its own clock error; the time and the row travel in one double so that the native sort does the work.
    for (let i = 0; i < n; i++) {
      const t = (this.time[i] as number) - midnight + (this.skews[this.sourceOf(i)] as number) + 10 * MINUTE;
      order[i] = Math.max(0, Math.floor(t)) * 0x2000000 + i;
    }
    order.sort();
    const { missing, repeated } = this.damage;
    for (let k = 0; k < n; k++) {
      const key = order[k] as number;
      const i = key % 0x2000000;
      const at = Math.floor(key / 0x2000000) + midnight - 10 * MINUTE;
      if (this.random.unit() < missing) continue;
      this.writeRow(i, at);
      if (repeated > 0 && this.random.unit() < repeated) this.repeatRow();
    }
    this.n = 0;
    this.lines = [];
    this.lineIndex = new Map();
    this.recordings = [''];
    this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.fd);
  }

  private sourceOf(i: number): number {
    const line = this.lineOf[i] as number;
    const number = line < 0 ? (this.pNumber[i] as number) : (this.lines[line] as Line).number;
    return trait(number % 0x7fffffff, 7) % SOURCES;
  }

  private rowStart = 0;

  private writeRow(i: number, at: number): void {
    if (this.at > this.out.length - 4096) this.flush();
    this.rowStart = this.at;
    const lineIndex = this.lineOf[i] as number;
    const line = lineIndex < 0 ? undefined : (this.lines[lineIndex] as Line);
    const flags = this.flags[i] as number;
    const blank = this.random.unit() < this.damage.blank;
    const odd = this.random.unit() < this.damage.oddSpelling;
    this.instant(at);
    this.comma();
    this.number(line ? line.number : (this.pNumber[i] as number), odd);
    this.comma();
    this.number(this.callee[i] as number, odd && (i & 1) === 0);
    this.comma();
    this.integer(this.length[i] as number);
    this.comma();
    this.callId(this.rows);
    this.comma();
    if ((flags & SMS) === 0) this.out[this.at++] = (flags & ANSWERED) !== 0 ? 49 : 48;
    this.comma();
    if ((flags & SMS) === 0) this.integer(this.ring[i] as number);
    this.comma();
    if ((flags & SMS) !== 0) this.ascii('sms');
    else this.ascii('voice');
    this.comma();
    this.ascii(line?.inbound ? 'in' : 'out');
    this.comma();
    if (line) {
      if (!blank) this.ascii(line.originCountry);
      this.comma();
      if (!blank) this.ascii(spellAddress(line.originIp));
      this.comma();
      this.ascii(line.trunk);
      this.comma();
      if (!blank) this.ascii(line.account);
      this.comma();
      if (!blank && line.imei > 0) this.integer(line.imei);
      this.comma();
      if (!blank && line.imsi > 0) this.integer(line.imsi);
      this.comma();
      if (line.cell > 0) this.cell(line.cell);
      this.comma();
      if (line.city >= 0) this.bytes(this.cityBytes[line.city] as Buffer);
    } else {
      if (!blank) this.ascii('CN');
      this.comma();
      this.comma();
      this.comma();
      this.comma();
      if (!blank && (this.pImei[i] as number) > 0) this.integer(this.pImei[i] as number);
      this.comma();
      if (!blank && (this.pImsi[i] as number) > 0) this.integer(this.pImsi[i] as number);
      this.comma();
      if ((this.pCell[i] as number) > 0) this.cell(this.pCell[i] as number);
      this.comma();
      if ((this.pCity[i] as number) >= 0) this.bytes(this.cityBytes[this.pCity[i] as number] as Buffer);
    }
    this.comma();
    this.ascii(this.recordings[this.recording[i] as number] as string);
    this.comma();
    this.bytes(this.releaseBytes[this.release[i] as number] as Buffer);
    this.out[this.at++] = 10;
    this.rows++;
  }

  private repeatRow(): void {
    this.out.copy(this.out, this.at, this.rowStart, this.at);
    this.at += this.at - this.rowStart;
    this.rows++;
  }

  private comma(): void {
    this.out[this.at++] = 44;
  }

  private ascii(s: string): void {
    for (let i = 0; i < s.length; i++) this.out[this.at++] = s.charCodeAt(i);
  }

  private bytes(b: Uint8Array): void {
    for (let i = 0; i < b.length; i++) this.out[this.at++] = b[i] as number;
  }

  private cell(packed: number): void {
    this.integer(packed >>> 16);
    this.out[this.at++] = 45;
    this.integer(packed & 0xffff);
  }

  /** A non-negative integer below 2^53, digits from the right. */
  private integer(value: number): void {
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    let p = this.at + digits;
    this.at = p;
    let rest = value;
    while (rest > 0x3fffffff) {
      const high = Math.floor(rest / 1e6);
      let low = rest - high * 1e6;
      for (let i = 0; i < 6; i++) {
        const q = (low / 10) | 0;
        this.out[--p] = 48 + low - q * 10;
        low = q;
      }
      rest = high;
    }
    let small = rest | 0;
    do {
      const q = (small / 10) | 0;
      this.out[--p] = 48 + small - q * 10;
      small = q;
    } while (small > 0);
  }

  private two(n: number): void {
    const tens = (n / 10) | 0;
    this.out[this.at++] = 48 + tens;
    this.out[this.at++] = 48 + n - tens * 10;
  }

  private dateKey = NaN;
  private dateText = '';

  private instant(at: number): void {
    const local = at + 28_800_000;
    const day = Math.floor(local / 86_400_000);
    if (day !== this.dateKey) {
      this.dateKey = day;
      this.dateText = new Date(day * 86_400_000).toISOString().slice(0, 11);
    }
    this.ascii(this.dateText);
    let ms = local - day * 86_400_000;
    const h = (ms / 3_600_000) | 0;
    ms -= h * 3_600_000;
    const m = (ms / 60_000) | 0;
    ms -= m * 60_000;
    const s = (ms / 1000) | 0;
    ms -= s * 1000;
    this.two(h);
    this.out[this.at++] = 58;
    this.two(m);
    this.out[this.at++] = 58;
    this.two(s);
    this.out[this.at++] = 46;
    this.out[this.at++] = 48 + ((ms / 100) | 0);
    this.two(ms % 100);
    this.ascii('+08:00');
  }

  private number(n: PhoneNumber, odd: boolean): void {
    if (n < 0) {
      this.integer(-n);
      return;
    }
    if (odd) {
      this.ascii(oddly(n, this.random.below(6)));
      return;
    }
    this.out[this.at++] = 43;
    this.integer(n);
  }

  /** Ten hexadecimal digits that do not count upwards. */
  private callId(row: number): void {
    let v = (Math.imul(row + 1, 0x9e3779b1) ^ this.callIdBase) >>> 0;
    for (let i = 7; i >= 0; i--) {
      const nibble = v & 15;
      this.out[this.at + i] = nibble < 10 ? 48 + nibble : 87 + nibble;
      v >>>= 4;
    }
    this.at += 8;
  }

  private flush(): void {
    let from = 0;
    while (from < this.at) from += writeSync(this.fd, this.out, from, this.at - from);
    this.at = 0;
  }
}

/** The ways people and machines write the same number. */
export const oddly = (n: PhoneNumber, way: number): string => {
  const digits = String(n);
  const home = digits.startsWith('86');
  const national = digits.slice(2);
  const mobile = home && national.length === 11 && national.startsWith('1');
  if (!home) return way < 3 ? `00${digits}` : spell(n);
  switch (way) {
    case 0:
      return `0086${national}`;
    case 1:
      return digits;
    case 2:
      return mobile ? `+86 ${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}` : `0${national}`;
    case 3:
      return mobile ? `${national.slice(0, 3)}-${national.slice(3, 7)}-${national.slice(7)}` : `0${national}`;
    case 4:
      return mobile ? national : `0${national}`;
    default:
      return mobile ? `0${national}` : `0086${national}`;
  }
};
