import { openSync, writeSync, closeSync } from 'node:fs';
import { CITIES } from './cities.ts';
import { FACT_KINDS } from '../model/fact-kinds.ts';
import { MINUTE } from './calendar.ts';
import { putAscii, putBytes, putClock, putHex, putInteger } from './bytes.ts';
import { oddly, spellAddress } from './numbers.ts';
import type { PhoneNumber } from './numbers.ts';
import { mix } from './random.ts';
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
const COMMA = 44;
const VOICE_OUT = Buffer.from(',voice,out,');
const VOICE_IN = Buffer.from(',voice,in,');
const SMS_OUT = Buffer.from(',sms,out,');
const SMS_IN = Buffer.from(',sms,in,');
/** Origin country, address, trunk and account of somebody's own mobile. */
const HOME_ORIGIN = Buffer.from('CN,,,,');
const NO_ORIGIN = Buffer.from(',,,,');

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
    this.at = putAscii(this.out, 0, `${FACT_KINDS.calls.columns.map((c) => c.name).join(',')}\n`);
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
    return (mix(number | 0) >>> 0) % SOURCES;
  }

  private rowStart = 0;
  private dateKey = NaN;
  private dateBytes: Uint8Array = Buffer.alloc(0);

  private writeRow(i: number, time: number): void {
    const { out, damage, random } = this;
    if (this.at > out.length - 4096) this.flush();
    this.rowStart = this.at;
    const lineIndex = this.lineOf[i]!;
    const line = lineIndex < 0 ? undefined : this.lines[lineIndex]!;
    const flags = this.flags[i]!;
    const voice = (flags & SMS) === 0;
    const blank = random.unit() < damage.blank;
    const odd = random.unit() < damage.oddSpelling;
    const local = time + 28_800_000;
    const day = Math.floor(local / 86_400_000);
    if (day !== this.dateKey) {
      this.dateKey = day;
      this.dateBytes = Buffer.from(new Date(day * 86_400_000).toISOString().slice(0, 11));
    }
    let at = putClock(out, putBytes(out, this.at, this.dateBytes), local - day * 86_400_000);
    out[at++] = COMMA;
    at = this.number(at, line ? line.number : this.pNumber[i]!, odd);
    out[at++] = COMMA;
    at = this.number(at, this.callee[i]!, odd && (i & 1) === 0);
    out[at++] = COMMA;
    at = putInteger(out, at, this.length[i]!);
    out[at++] = COMMA;
    // Ids that do not count upwards.
    at = putHex(out, at, Math.imul(this.rows + 1, 0x9e3779b1) ^ this.callIdBase);
    out[at++] = COMMA;
    if (voice) {
      out[at++] = (flags & ANSWERED) !== 0 ? 49 : 48;
      out[at++] = COMMA;
      at = putInteger(out, at, this.ring[i]!);
    } else out[at++] = COMMA;
    if (line) {
      at = putBytes(out, at, line.inbound ? (voice ? VOICE_IN : SMS_IN) : voice ? VOICE_OUT : SMS_OUT);
      if (!blank) at = putAscii(out, at, line.originCountry);
      out[at++] = COMMA;
      if (!blank && line.originIp !== 0) at = putAscii(out, at, spellAddress(line.originIp));
      out[at++] = COMMA;
      at = putAscii(out, at, line.trunk);
      out[at++] = COMMA;
      if (!blank) at = putAscii(out, at, line.account);
      out[at++] = COMMA;
      at = this.device(at, blank, line.imei, line.imsi, line.cell, line.city);
    } else {
      at = putBytes(out, at, voice ? VOICE_OUT : SMS_OUT);
      at = putBytes(out, at, blank ? NO_ORIGIN : HOME_ORIGIN);
      at = this.device(at, blank, this.pImei[i]!, this.pImsi[i]!, this.pCell[i]!, this.pCity[i]!);
    }
    out[at++] = COMMA;
    const recording = this.recording[i]!;
    if (recording > 0) at = putAscii(out, at, this.recordings[recording]!);
    out[at++] = COMMA;
    at = putBytes(out, at, this.releaseBytes[this.release[i]!]!);
    out[at++] = 10;
    this.at = at;
    this.rows++;
  }

  private device(start: number, blank: boolean, imei: number, imsi: number, cell: number, city: number): number {
    const { out } = this;
    let at = start;
    if (!blank && imei > 0) at = putInteger(out, at, imei);
    out[at++] = COMMA;
    if (!blank && imsi > 0) at = putInteger(out, at, imsi);
    out[at++] = COMMA;
    if (cell > 0) {
      at = putInteger(out, at, cell >>> 16);
      out[at++] = 45;
      at = putInteger(out, at, cell & 0xffff);
    }
    out[at++] = COMMA;
    return city >= 0 ? putBytes(out, at, this.cityBytes[city]!) : at;
  }

  private number(at: number, n: PhoneNumber, odd: boolean): number {
    if (n < 0) return putInteger(this.out, at, -n);
    if (odd) return putAscii(this.out, at, oddly(n, this.random.below(6)));
    this.out[at] = 43;
    return putInteger(this.out, at + 1, n);
  }

  private repeatRow(): void {
    this.out.copy(this.out, this.at, this.rowStart, this.at);
    this.at += this.at - this.rowStart;
    this.rows++;
  }

  private flush(): void {
    let from = 0;
    while (from < this.at) from += writeSync(this.fd, this.out, from, this.at - from);
    this.at = 0;
  }
}
