/**
 * Rules for times, once for SQL (bulk rows) and once in JavaScript (the reference, held equal by a property test).
 *
 * ISO 8601 with offset; epoch milliseconds; without offset ('2023-04-05 06:07:08', '2023/4/5 6:07') the wall clock of the source's zone.
 * Years 1990 to 2100. Milliseconds are kept, finer digits cut off.
 */
export type TimeFormat = 'auto' | 'epoch_ms' | 'epoch_s';

export type InstantProblem = 'empty' | 'not_a_time' | 'year_out_of_range';

const HOUR = '(?:[01]?[0-9]|2[0-3])';
const OFFSET = ' ?(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)';
const CLOCK = `[T ]${HOUR}:[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?(?:${OFFSET})?`;
const DATE = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}';
/** Offsets may end at -12:00 in the real world; -14 is accepted as well, being harmless. */
const SHAPE = `^${DATE}${CLOCK}$`;
const SHAPE_OR_DATE = `^${DATE}(?:${CLOCK})?$`;
/** Smaller whole numbers are no epoch: 1e8 seconds is 1973. */
const LEAST_EPOCH = 100_000_000;

export const FIRST_INSTANT = Date.UTC(1990, 0, 1);
/** First instant that is too late. */
export const END_OF_INSTANTS = Date.UTC(2101, 0, 1);

export interface InstantRules {
  /** IANA zone for times without an offset. */
  zone: string;
  format: TimeFormat;
  /** A bare date is taken as its midnight (dates of dealings, of joining a group); never for calls. */
  dateAlone: boolean;
}

/** Quotes a SQL string literal. */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * SQL for a trimmed cell `raw` (an expression of type String): `value` is Nullable(DateTime64(3)), NULL where it is no time; `reason` says
 * why it is none. The range of years is for the caller to check.
 */
export function instantSql(raw: string, rules: InstantRules): { value: string; reason: string } {
  const ms = `toInt64OrZero(${raw})${rules.format === 'epoch_s' ? ' * 1000' : ''}`;
  const isEpoch = `toInt64OrZero(${raw}) >= ${LEAST_EPOCH}`;
  const epoch = `fromUnixTimestamp64Milli(${ms}, 'UTC')`;
  if (rules.format !== 'auto') return { value: `if(${isEpoch}, ${epoch}, NULL)`, reason: "'not_a_time'" };
  const shape = `match(${raw}, ${literal(rules.dateAlone ? SHAPE_OR_DATE : SHAPE)})`;
  // The engine reads year 0 as this year and cuts dates off at 2299: years it can't hold never reach it.
  const yearFits = `substring(${raw}, 1, 4) BETWEEN '1989' AND '2101'`;
  const wall = `toTimeZone(parseDateTime64BestEffortOrNull(${raw}, 3, ${literal(rules.zone)}), 'UTC')`;
  return {
    value: `multiIf(${isEpoch}, CAST(${epoch}, 'Nullable(DateTime64(3, \\'UTC\\'))'), ${shape} AND ${yearFits}, ${wall}, NULL)`,
    reason: `if(${shape} AND NOT ${yearFits}, 'year_out_of_range', 'not_a_time')`,
  };
}

const PARTS =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?$/;

/** The same rules in JavaScript: epoch milliseconds, or why not. Used for single rows and as the reference for the SQL. */
export function readInstant(text: string, rules: InstantRules): number | InstantProblem {
  const raw = text.trim();
  if (raw === '') return 'empty';
  if (/^\+?\d{1,18}$/.test(raw) && Number(raw) >= LEAST_EPOCH) {
    return ranged(Number(raw) * (rules.format === 'epoch_s' ? 1000 : 1));
  }
  if (rules.format !== 'auto') return 'not_a_time';
  if (!new RegExp(rules.dateAlone ? SHAPE_OR_DATE : SHAPE).test(raw)) return 'not_a_time';
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = PARTS.exec(raw) ?? [];
  if (Number(year) < 1989 || Number(year) > 2101) return 'year_out_of_range';
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms);
  const date = new Date(wall);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return 'not_a_time';
  return ranged(wall - (offset === undefined ? zoneOffset(wall, rules.zone) : offsetMs(offset)));
}

const ranged = (at: number): number | InstantProblem =>
  at >= FIRST_INSTANT && at < END_OF_INSTANTS ? at : 'year_out_of_range';

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}

/** How far a zone's wall clock is ahead of UTC when it shows `wall`. */
function zoneOffset(wall: number, zone: string): number {
  const ahead = (at: number): number => {
    const parts = Object.fromEntries(
      new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
        .formatToParts(at)
        .map((p) => [p.type, Number(p.value)]),
    );
    const shown = Date.UTC(
      parts['year'] ?? 0,
      (parts['month'] ?? 1) - 1,
      parts['day'] ?? 1,
      parts['hour'] ?? 0,
      parts['minute'] ?? 0,
      parts['second'] ?? 0,
    );
    return shown - Math.floor(at / 1000) * 1000;
  };
  const first = ahead(wall - ahead(wall));
  return first;
}
