/**
 * Wall-clock time as one number: milliseconds since 1970-01-01T00:00 by the clock on the wall. People sleep, work and start their weeks by
 * it, and bandicoot's definitions use naive local times.
 */
export type WallClock = (epochMs: number) => number;

export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** The wall clock of an IANA zone. Offsets are looked up once a quarter of an hour (no zone changes between quarters). */
export function wallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsets = new Map<number, number>();
  return (epochMs) => {
    const quarter = Math.floor(epochMs / 900_000);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const at = quarter * 900_000;
      const part = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, Number(p.value)]));
      offset =
        Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']!, part['minute']!, part['second']!) - at;
      if (offsets.size > 100_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return epochMs + offset;
  };
}

export const dayOf = (t: number): number => Math.floor(t / DAY);
/** 0 = Monday ... 6 = Sunday; 1970-01-01 was a Thursday. */
export const weekdayOf = (t: number): number => (dayOf(t) + 3) % 7;
/** Day number of the Monday that begins t's ISO week. */
export const mondayOf = (t: number): number => dayOf(t) - weekdayOf(t);
export const hourOfDay = (t: number): number => Math.floor((t % DAY) / HOUR);

/** bandicoot's night: not strictly between 07:00 and 19:00. */
export const isNight = (t: number): boolean => t % DAY <= 7 * HOUR || t % DAY >= 19 * HOUR;
/** Monday to Friday, 09:00 to 18:00. */
export const isOfficeHour = (t: number): boolean => weekdayOf(t) < 5 && hourOfDay(t) >= 9 && hourOfDay(t) < 18;

/** The same in SQL, over a column of wall-clock milliseconds. */
export const sqlOf = (t: string) => ({
  day: `intDiv(${t}, ${DAY})`,
  weekday: `(intDiv(${t}, ${DAY}) + 3) % 7`,
  monday: `intDiv(${t}, ${DAY}) - (intDiv(${t}, ${DAY}) + 3) % 7`,
  hour: `intDiv(${t}, ${HOUR})`,
  hourOfDay: `intDiv(${t} % ${DAY}, ${HOUR})`,
  night: `(${t} % ${DAY} <= ${7 * HOUR} OR ${t} % ${DAY} >= ${19 * HOUR})`,
  officeHour: `((intDiv(${t}, ${DAY}) + 3) % 7 < 5 AND intDiv(${t} % ${DAY}, ${HOUR}) BETWEEN 9 AND 17)`,
});
