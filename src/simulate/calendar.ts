import { Weighted } from './random.ts';
import type { Random } from './random.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The world keeps China Standard Time, which has no summer time. */
const OFFSET = 8 * HOUR;

/** The observed window: whole local days. Instants are epoch milliseconds. */
export interface Calendar {
  days: number;
  /** Local midnight of day `d`. */
  midnight(d: number): number;
  /** 0 = Monday. */
  weekday(d: number): number;
  date(d: number): string;
  end: number;
}

/** `firstDay` is a local date, e.g. 2023-03-01. */
export const calendarOf = (firstDay: string, days: number): Calendar => {
  const start = Date.parse(`${firstDay}T00:00:00+08:00`);
  if (Number.isNaN(start)) throw new Error(`simulate: '${firstDay}' is not a date; write YYYY-MM-DD`);
  const firstWeekday = (new Date(start + OFFSET).getUTCDay() + 6) % 7;
  return {
    days,
    midnight: (d) => start + d * DAY,
    weekday: (d) => (((firstWeekday + d) % 7) + 7) % 7,
    date: (d) => new Date(start + d * DAY + OFFSET).toISOString().slice(0, 10),
    end: start + days * DAY,
  };
};

/** ISO 8601 with milliseconds and +08:00. */
export const spellInstant = (at: number): string => {
  const local = Math.floor(at) + OFFSET;
  const day = Math.floor(local / DAY);
  const date = datesSpelt.get(day) ?? rememberDate(day);
  const ms = local - day * DAY;
  const rest = ms % 1000;
  return `${date}${two(Math.floor(ms / HOUR))}:${two(Math.floor(ms / MINUTE) % 60)}:${two(Math.floor(ms / SECOND) % 60)}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}+08:00`;
};

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const datesSpelt = new Map<number, string>();
const rememberDate = (day: number): string => {
  const text = new Date(day * DAY).toISOString().slice(0, 11);
  datesSpelt.set(day, text);
  return text;
};

/** When in the day things happen: 24 hourly weights, drawn to the millisecond. */
export class Rhythm {
  private readonly hours: Weighted;
  constructor(weights: readonly number[]) {
    if (weights.length !== 24) throw new Error(`simulate: a rhythm needs 24 hourly weights, got ${weights.length}`);
    this.hours = new Weighted(weights);
  }
  /** Milliseconds after midnight. */
  draw(random: Random): number {
    return Math.floor((this.hours.draw(random) + random.unit()) * HOUR);
  }
}

/** Even weight over [from, to) hours, with a thinner lunch hour when `lunch` is given. */
export const hours = (from: number, to: number, lunch = 1): Rhythm =>
  new Rhythm(Array.from({ length: 24 }, (_, h) => (h >= from && h < to ? (h === 12 ? lunch : 1) : 0)));

// Hours 0..23. Shapes as usually published for voice traffic: a late-morning and an early-evening hump, a dip at lunch.
export const WORKDAY = new Rhythm([
  2, 1, 0.5, 0.4, 0.5, 1.5, 8, 25, 50, 62, 66, 64, 44, 40, 50, 56, 60, 70, 74, 66, 54, 36, 16, 6,
]);
export const WEEKEND = new Rhythm([
  4, 2, 1, 0.6, 0.6, 1, 4, 12, 30, 48, 60, 60, 46, 40, 44, 48, 54, 62, 68, 64, 56, 42, 24, 10,
]);
export const NIGHT_WORKER = new Rhythm([
  22, 16, 9, 7, 6, 6, 10, 12, 10, 8, 10, 18, 26, 30, 32, 34, 38, 46, 54, 58, 56, 54, 48, 36,
]);
