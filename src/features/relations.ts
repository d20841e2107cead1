import type { Home } from '../model/home.ts';
import { raw, sql, type Sql } from '../store/sql.ts';
import type { NamedStep } from '../store/step.ts';
import { SEEN_ARRAYS, type Relation, type Window } from './feature.ts';
import { FRAUD_CASES } from './reports.ts';
import { sqlOf } from './wall-clock.ts';

/** What the prepared SELECTs are made for. */
export interface Frame {
  home: Home;
  window: Window;
  /** Prefix of the tables they keep. */
  prefix: string;
  /** Null: every number. Otherwise only what that number's measures need is read. */
  number: string | null;
  /** Accounts shown on more numbers than this are switchboards: their log-ins say nothing about one number. */
  switchboard: number;
  /** Records of numbers, or pairs of them, aggregated at once. */
  atOnce: number;
}

/** Records are those of a few chosen people when these have an end in nearly every pair of numbers, and are few among those seen; of fewer than so many nothing can be said. */
const CHOSEN = { least: 20, share: 0.1, covered: 0.9 };

/** Words for "this record was written at the called end", as carriers and switches write them. */
const INCOMING = [
  'in',
  'inbound',
  'incoming',
  'mt',
  'mtc',
  'terminating',
  'called',
  'callee',
  '被叫',
  '呼入',
  '接收',
  '收',
];

/** Reads a sorted table group by group instead of keeping every group's state at once. */
export const IN_ORDER = 'SETTINGS optimize_aggregation_in_order = 1';

const windowOf: Record<Window, (t: string) => string> = {
  all: () => 'toUInt32(0)',
  week: (t) => `toUInt32(${sqlOf(t).monday})`,
  day: (t) => `toUInt32(${sqlOf(t).day})`,
};

/** One prepared SELECT: how its rows are made. Feature expressions aggregate `rows` by (number, w). */
export interface Prepared {
  /** Tables to keep first, in order. */
  steps: readonly NamedStep[];
  rows: Record<Exclude<Relation, 'derived'>, Sql>;
  /** `rows` of `seen` or `pairs`, over all time, for the numbers that a condition lets through. */
  slice: (relation: 'seen' | 'pairs', where: Sql) => Sql;
}

/** The calls that matter to the frame's number: its own, those that reach the same people, those from the same lines and devices. */
function scope(frame: Frame): Sql {
  if (frame.number === null) return sql`1`;
  const own = sql`caller = ${frame.number} OR callee = ${frame.number}`;
  if (frame.window !== 'all') return own;
  const of = (column: string): Sql =>
    sql`(${raw(column)} != '' AND ${raw(column)} IN (SELECT ${raw(column)} FROM calls WHERE caller = ${frame.number}))`;
  const accounts = sql`SELECT account FROM calls WHERE caller = ${frame.number} AND account != ''`;
  const together = (column: string): Sql =>
    sql`account IN (SELECT account FROM logins WHERE ${raw(column)} != '' AND ${raw(column)} IN
      (SELECT ${raw(column)} FROM logins WHERE account IN (${accounts})))`;
  return sql`${own} OR callee IN (SELECT callee FROM calls WHERE caller = ${frame.number})
    OR ${of('account')} OR ${of('imei')} OR ${of('origin_ip')} OR (account != '' AND (${together('ip')} OR ${together('imei')}))`;
}

/**
 * Steps and SELECTs for a frame. Numbers are replaced by dense ids once, times by wall-clock milliseconds, and accounts, devices,
 * addresses and cells by 64-bit hashes (0: not seen); everything after reads those.
 */
export function prepare(frame: Frame): Prepared {
  const { home, prefix } = frame;
  const t = (name: string) => raw(`${prefix}${name}`);
  const kept = (name: string, text: Sql, orderBy?: string): NamedStep => ({
    name,
    table: `${prefix}${name}`,
    sql: text,
    ...(orderBy === undefined ? {} : { orderBy }),
  });
  const only = (column: string): Sql =>
    frame.number === null
      ? sql`1`
      : sql`${raw(column)} = (SELECT id FROM ${t('numbers')} WHERE number = ${frame.number})`;
  const w = windowOf[frame.window]('t');
  const local = (at: string): string =>
    `(toUnixTimestamp64Milli(${at}) + timeZoneOffset(toTimeZone(${at}, '${home.zone}')) * 1000)`;

  // Each call from both ends. A number that called itself is seen once, from the end that wrote the record.
  const seenFrom = (number: string, contact: string, out: 0 | 1, end: 1 | 2): Sql =>
    sql`SELECT ${raw(number)} AS number, ${raw(contact)} AS contact, toUInt8(${raw(String(out))}) AS out, t, ms, sms, answered,
      ${raw(out === 1 ? 'toUInt8(origin)' : 'toUInt8(0)')} AS origin, end = ${raw(String(end))} AS here, cell, row
    FROM ${t('calls')} WHERE (caller != callee OR end = ${raw(String(end))}) AND ${only(number)}`;
  const ends = kept(
    'seen',
    sql`${seenFrom('caller', 'callee', 1, 1)} UNION ALL ${seenFrom('callee', 'caller', 0, 2)}`,
    'number, contact, t, row',
  );
  const whole = frame.window === 'all';
  const seen = sql`SELECT *, ${raw(w)} AS w FROM ${t('seen')}`;
  // Without windows, w must stay out of the keys: grouping by a prefix of the sort key then needs no hash table.
  const keyed = (keys: string) => raw(whole ? keys : `${keys}, w`);
  const theW = raw(whole ? 'toUInt32(0) AS w' : 'w');
  const inOrder = raw(IN_ORDER);

  const subjects = kept(
    'subjects',
    sql`SELECT file_sha256, multiIf(first_everywhere AND NOT second_everywhere, first, second_everywhere AND NOT first_everywhere, second, '') AS subject
    FROM (
      SELECT file_sha256, any(f.caller) AS first, any(f.callee) AS second,
        min(calls.caller = f.caller OR calls.callee = f.caller) AS first_everywhere,
        min(calls.caller = f.callee OR calls.callee = f.callee) AS second_everywhere
      FROM calls INNER JOIN (
        SELECT file_sha256, argMin(caller, row) AS caller, argMin(callee, row) AS callee FROM calls
        WHERE direction = '' AND (cell != '' OR imei != '') GROUP BY file_sha256
      ) AS f USING (file_sha256) GROUP BY file_sha256
    )`,
  );

  // Ids are handed out by reading the sorted numbers, not by a window function: sorting and grouping may go to disk, a window may not.
  const numbers = kept(
    'numbers',
    sql`SELECT toUInt32(rowNumberInAllBlocks() + 1) AS id, number, country, province FROM (
      SELECT number, if(max(own) AS known != '', known, max(shown)) AS country, max(province) AS province FROM (
        SELECT caller AS number, max(toString(caller_country)) AS shown, '' AS own, '' AS province, 1 AS seen
        FROM calls WHERE ${scope(frame)} GROUP BY caller
        UNION ALL SELECT callee, '', '', '', 1 FROM calls WHERE ${scope(frame)} GROUP BY callee
        UNION ALL SELECT id, '', max(toString(country)), max(toString(province)), 0 FROM numbers GROUP BY id
      ) GROUP BY number HAVING max(seen) = 1 ORDER BY number
    )`,
    'id',
  );

  const hashed = (column: string): string => `if(${column} = '', 0, cityHash64(${column})) AS ${column}`;
  const calls = kept(
    'calls',
    sql`SELECT a.id AS caller, b.id AS callee, ${raw(local('started_at'))} AS t, duration_ms AS ms, toUInt8(kind = 'sms') AS sms, answered,
      multiIf(origin_country = '', 0, origin_country = ${home.country}, 1, 2) AS origin,
      toUInt8(multiIf(lower(direction) IN ${INCOMING}, 2,
        direction = '' AND (c.file_sha256, c.callee) IN (SELECT file_sha256, subject FROM ${t('subjects')} WHERE subject != ''), 2, 1)) AS end,
      ${raw(hashed('account'))}, ${raw(hashed('imei'))}, ${raw(hashed('origin_ip'))}, ${raw(hashed('cell'))}, c.row AS row
    FROM (SELECT * FROM calls WHERE ${scope(frame)}) AS c
      INNER JOIN ${t('numbers')} AS a ON a.number = c.caller
      INNER JOIN ${t('numbers')} AS b ON b.number = c.callee`,
  );

  // Outgoing and incoming are counted in the two halves of one integer: a pair has few rows, and every aggregate costs the same.
  const one = raw('if(out, toUInt64(1), toUInt64(4294967296))');
  const pairsOf = (records: Sql, settings: string): Sql => sql`SELECT number, contact, ${theW},
      bitAnd(sumIf(${one}, NOT sms) AS calls, 0xFFFFFFFF) AS call_out, bitShiftRight(calls, 32) AS call_in,
      bitAnd(sumIf(${one}, sms) AS texts, 0xFFFFFFFF) AS text_out, bitShiftRight(texts, 32) AS text_in,
      sumIf(toUInt64(ms), NOT sms) AS call_ms,
      minIf(t, out) AS first_out, maxIf(t, out) AS last_out, minIf(t, NOT out) AS first_in, maxIf(t, NOT out) AS last_in
    FROM (${records}) GROUP BY ${keyed('number, contact')} ${raw(settings)}`;
  const pairs: NamedStep = {
    ...kept('pairs', pairsOf(seen, IN_ORDER), 'number, contact'),
    ...(whole && frame.number === null
      ? {
          sliced: {
            by: `${prefix}seen`,
            key: 'number',
            rowsAtOnce: frame.atOnce,
            slice: (first, last) =>
              pairsOf(
                sql`SELECT * FROM ${t('seen')} WHERE number BETWEEN ${raw(String(first))} AND ${raw(String(last))}`,
                '',
              ),
          },
        }
      : {}),
  };

  const contacts = kept(
    'contacts',
    sql`SELECT n.id AS id, n.country AS country, n.province AS province, p.popularity AS popularity
    FROM ${t('numbers')} AS n LEFT JOIN (
      ${
        frame.number === null
          ? sql`SELECT contact AS id, count() AS popularity FROM ${t('pairs')} WHERE call_out + text_out > 0 GROUP BY contact`
          : sql`SELECT callee AS id, uniqExact(caller) AS popularity FROM ${t('calls')} GROUP BY callee`
      }
    ) AS p ON p.id = n.id`,
  );

  // Lines a number was used on: 1 account, 2 device, 3 address. Log-ins add devices and addresses of the account's holder.
  const used = (kind: number, value: string, number: string): Sql =>
    sql`SELECT toUInt8(${raw(String(kind))}) AS kind, ${raw(value)} AS value, ${raw(number)} AS number, min(t) AS first, max(t) AS last
    FROM ${t('calls')} WHERE value != 0 GROUP BY number, value`;
  const accountLines = kept('account_lines', used(1, 'account', 'caller'));
  const ofLogins = (kind: number, column: string): Sql =>
    sql`SELECT toUInt8(${raw(String(kind))}) AS kind, cityHash64(l.v) AS value, a.number AS number, a.first AS first, a.last AS last
    FROM (SELECT DISTINCT cityHash64(account) AS account, ${raw(column)} AS v FROM logins WHERE v != '') AS l
    INNER JOIN (
      SELECT value, number, first, last FROM ${t('account_lines')}
      WHERE value NOT IN (SELECT value FROM ${t('account_lines')} GROUP BY value HAVING count() > ${frame.switchboard})
    ) AS a ON a.value = l.account`;
  const lines = kept(
    'lines',
    sql`SELECT kind, value, number, min(first) AS first, max(last) AS last FROM (
      SELECT * FROM ${t('account_lines')}
      UNION ALL ${used(2, 'imei', 'if(end = 2, callee, caller)')}
      UNION ALL ${used(3, 'origin_ip', 'caller')}
      UNION ALL ${ofLogins(2, 'imei')}
      UNION ALL ${ofLogins(3, 'ip')}
    ) GROUP BY kind, value, number`,
  );
  const lineSizes = kept(
    'line_sizes',
    sql`SELECT s.kind AS kind, s.value AS value, s.numbers AS numbers, s.foreign_numbers AS foreign_numbers, d.cells AS cells FROM (
      SELECT kind, value, count() AS numbers, countIf(n.country NOT IN ('', ${home.country})) AS foreign_numbers
      FROM ${t('lines')} AS l INNER JOIN ${t('numbers')} AS n ON n.id = l.number GROUP BY kind, value
    ) AS s LEFT JOIN (
      SELECT toUInt8(2) AS kind, imei AS value, uniqExact(cell) AS cells FROM ${t('calls')} WHERE imei != 0 AND cell != 0 GROUP BY imei
    ) AS d ON d.kind = s.kind AND d.value = s.value`,
  );
  // Numbers that had fallen silent on the account before this one spoke, and numbers that began after it fell silent.
  const rotation = kept(
    'rotation',
    sql`SELECT number, sum(before) AS before, sum(after) AS after FROM (
      SELECT value, number, maxIf(silenced, NOT is_end) AS before, max(size) - maxIf(begun, is_end) AS after FROM (
        SELECT value, number, is_end, size,
          sum(is_end) OVER (PARTITION BY value ORDER BY at, is_end, number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS silenced,
          sum(NOT is_end) OVER (PARTITION BY value ORDER BY at, is_end, number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS begun
        FROM (
          SELECT value, number, ends.1 AS is_end, ends.2 AS at, s.numbers AS size
          FROM ${t('account_lines')} AS l INNER JOIN ${t('line_sizes')} AS s ON s.kind = l.kind AND s.value = l.value
          ARRAY JOIN [(toUInt8(0), first), (toUInt8(1), last)] AS ends
        )
      ) GROUP BY value, number
    ) GROUP BY number`,
  );

  const victims = kept(
    'victims',
    sql`SELECT n.id AS id, groupArray(${raw(local('reported_at'))}) AS reported
    FROM ${FRAUD_CASES} AS r INNER JOIN ${t('numbers')} AS n ON n.number = r.victim GROUP BY n.id`,
  );
  const base = kept(
    'victim_base',
    frame.number === null
      ? sql`SELECT countIf(contact IN (SELECT id FROM ${t('victims')})) / count() AS share FROM ${t('pairs')} WHERE call_out + text_out > 0`
      : sql`SELECT countIf(callee IN (SELECT victim FROM ${FRAUD_CASES})) / count() AS share FROM (SELECT caller, callee FROM calls GROUP BY caller, callee)`,
  );

  // Telephone bills of victims, and of others somebody asked for, show nobody but those who had to do with them.
  const billed = kept(
    'billed',
    sql`SELECT id, number FROM ${t('numbers')} WHERE id IN (SELECT id FROM ${t('victims')}) OR number IN (SELECT subject FROM ${t('subjects')} WHERE subject != '')`,
    'id',
  );
  const recordScope = kept(
    'scope',
    sql`SELECT (SELECT count() FROM ${t('billed')}) AS bills, (SELECT count() FROM ${t('numbers')}) AS everybody,
      countIf(number IN (SELECT id FROM ${t('billed')}) OR contact IN (SELECT id FROM ${t('billed')})) / count() AS covered,
      toUInt8(bills >= ${CHOSEN.least} AND bills <= ${CHOSEN.share} * everybody AND covered >= ${CHOSEN.covered}) AS chosen
    FROM ${t('pairs')} WHERE call_out + text_out > 0`,
  );

  const dealings = kept(
    'dealings',
    sql`SELECT number, organisation, people, total, people / total / (customers / everybody) AS lift FROM (
      SELECT p.number AS number, organisation, count() AS people
      FROM (SELECT number, contact FROM ${t('pairs')} WHERE call_out + text_out > 0 AND ${only('number')}) AS p
      INNER JOIN (SELECT DISTINCT n.id AS id, organisation FROM dealings INNER JOIN ${t('numbers')} AS n ON n.number = dealings.person) AS d ON d.id = p.contact
      GROUP BY p.number, organisation
    ) AS o INNER JOIN (
      SELECT number, countIf(contact IN (SELECT n.id FROM dealings INNER JOIN ${t('numbers')} AS n ON n.number = dealings.person)) AS total
      FROM ${t('pairs')} WHERE call_out + text_out > 0 AND ${only('number')} GROUP BY number
    ) AS m USING (number) INNER JOIN (
      SELECT organisation, uniqExact(person) AS customers, (SELECT uniqExact(person) FROM dealings) AS everybody FROM dealings GROUP BY organisation
    ) AS b USING (organisation)`,
  );

  // Positions of a number as bandicoot bins them: the most frequent cell of each half hour, the first one where there is a tie. Its key
  // leaves out the month, so neighbouring records of the same half hour and day of two months share a bin; kept, to agree with it.
  const localTime = (at: string): string => `toDateTime(intDiv(${at}, 1000), 'UTC')`;
  const key = (at: string): string =>
    `toUInt32(((toYear(${localTime(at)}) * 32 + toDayOfMonth(${localTime(at)})) * 24 + toHour(${localTime(at)})) * 2 + intDiv(toMinute(${localTime(at)}), 30))`;
  // Chunks of neighbouring records with the same key and window -> (window, most frequent cell) of each.
  const binned = (records: string, window: string): string => {
    const keys = `arrayMap(x -> (${window}, ${key('x.1')}), ${records})`;
    const chunks = `arraySplit((x, k, p) -> k != p, ${records}, ${keys}, arraySlice(arrayPushFront(${keys}, ${keys}[1]), 1, length(${keys})))`;
    return `arrayMap(chunk -> (arrayMap(x -> ${window}, chunk)[1], ${mostFrequent('arrayMap(x -> x.3, chunk)')}), ${chunks})`;
  };
  const spatial = [
    kept(
      'bins',
      sql`SELECT number, ${raw(binned('e', windowOf[frame.window]('x.1')))} AS bins, ${raw(binned('e', windowOf.week('x.1')))} AS week_bins,
        arrayMap(b -> b.2, ${raw(binned(`arrayFilter(x -> ${sqlOf('x.1').night}, e)`, 'toUInt32(0)'))}) AS night_cells,
        if(empty(night_cells), 0, ${raw(mostFrequent('night_cells'))}) AS home
      FROM (
        SELECT number, arraySort(groupArray((t, row, cell))) AS e FROM ${t('seen')} WHERE here AND number IN (SELECT number FROM ${t('seen')} WHERE here AND cell != 0) GROUP BY number ${inOrder}
      )`,
    ),
  ];

  const whoCase = sql`SELECT arrayJoin(suspect_numbers) AS number, uniqExact(case_id) AS cases FROM cases GROUP BY number`;
  const none = sql`SELECT toUInt32(0) AS number, toUInt32(0) AS w WHERE 0`;
  const perNumber = (records: Sql, settings: string): Sql => sql`SELECT number, ${theW}, ${raw(SEEN_ARRAYS)}
      FROM (${records}) GROUP BY ${keyed('number')} ${raw(settings)}`;
  const rows: Prepared['rows'] = {
    seen: perNumber(seen, IN_ORDER),
    pairs: sql`SELECT * FROM ${t('pairs')}`,
    reached: whole
      ? sql`SELECT p.number AS number, toUInt32(0) AS w, c.popularity AS popularity, c.province AS province
        FROM ${t('pairs')} AS p INNER JOIN ${t('contacts')} AS c ON c.id = p.contact WHERE call_out + text_out > 0`
      : none,
    conversations: conversations(seen, t('pairs').raw, keyed('number, contact').raw, theW.raw),
    places: sql`SELECT number, bin.1 AS w, bin.2 AS cell, count() AS bins, any(home) AS home
      FROM (SELECT number, arrayJoin(bins) AS bin, home FROM ${t('bins')}) GROUP BY number, bin.1, bin.2`,
    weeks: sql`SELECT number, toUInt32(0) AS w, week, groupArray(cell) AS places, groupArray(bins) AS bins FROM (
        SELECT number, bin.1 AS week, bin.2 AS cell, count() AS bins
        FROM (SELECT number, arrayJoin(week_bins) AS bin FROM ${t('bins')}) GROUP BY number, bin.1, bin.2
      ) GROUP BY number, week`,
    lines: whole
      ? sql`SELECT l.kind AS kind, l.number AS number, toUInt32(0) AS w, s.numbers AS numbers, s.foreign_numbers AS foreign_numbers, s.cells AS cells,
          r.before AS before, r.after AS after
        FROM ${t('lines')} AS l INNER JOIN ${t('line_sizes')} AS s ON s.kind = l.kind AND s.value = l.value
        LEFT JOIN ${t('rotation')} AS r ON r.number = l.number WHERE ${only('l.number')}`
      : none,
    logins: whole
      ? sql`SELECT a.number AS number, toUInt32(0) AS w, g.known AS known, g.at_home AS at_home
        FROM ${t('account_lines')} AS a INNER JOIN (
          SELECT cityHash64(account) AS account, countIf(country != '') AS known, countIf(country = ${home.country}) AS at_home FROM logins GROUP BY account
        ) AS g ON g.account = a.value WHERE ${only('a.number')}`
      : none,
    victims: whole
      ? sql`SELECT c.caller AS number, toUInt32(0) AS w, c.callee AS victim, c.t AS t, v.reported AS reported
        FROM ${t('calls')} AS c INNER JOIN ${t('victims')} AS v ON v.id = c.callee WHERE ${only('c.caller')}`
      : none,
    dealings: whole ? sql`SELECT *, toUInt32(0) AS w FROM ${t('dealings')}` : none,
    identity: whole
      ? sql`SELECT n.id AS number, toUInt32(0) AS w, n.country AS country, r.number != '' AS registered, k.cases AS cases
        FROM ${t('numbers')} AS n LEFT JOIN (SELECT DISTINCT number FROM registry) AS r ON r.number = n.number
        LEFT JOIN (${whoCase}) AS k ON k.number = n.number WHERE ${only('n.id')}`
      : none,
  };

  const around = whole
    ? [contacts, accountLines, lines, lineSizes, rotation, victims, base, billed, recordScope, dealings]
    : [];
  const slice: Prepared['slice'] = (relation, where) =>
    relation === 'seen'
      ? perNumber(sql`SELECT * FROM ${t('seen')} WHERE ${where}`, '')
      : sql`SELECT * FROM ${t('pairs')} WHERE ${where}`;
  return { slice, steps: [subjects, numbers, calls, ends, pairs, ...around, ...spatial], rows };
}

/**
 * Text conversations of a number with each contact, by bandicoot's rule: a conversation begins with a text that is the first record, or
 * follows a call, or follows an hour or more of silence; a call ends it. Delays are those between an incoming text and the answer.
 */
function conversations(seen: Sql, pairs: string, keys: string, w: string): Sql {
  return sql`SELECT number, w,
      arrayMap((x, p, i) -> x.3 AND (i = 1 OR NOT p.3 OR x.1 - p.1 >= 3600000), e, before, arrayEnumerate(e)) AS begins,
      arrayCumSum(begins) AS turn,
      countEqual(begins, 1) AS begun,
      arrayCount((b, x) -> b AND x.4, begins, e) AS initiated,
      arrayFilter((n, b, x) -> b AND NOT x.4, turn, begins, e) AS incoming,
      length(incoming) AS received,
      length(arrayIntersect(incoming, arrayFilter((n, x) -> x.3 AND x.4, turn, e))) AS responded,
      arrayFilter(d -> d > 0, arrayMap((x, p, b, i) -> if(i > 1 AND NOT b AND x.3 AND x.4 AND p.3 AND NOT p.4, x.1 - p.1, 0),
        e, before, begins, arrayEnumerate(e))) AS delays
    FROM (
      SELECT number, contact, ${raw(w)}, arraySort(groupArray((t, row, sms, out))) AS e, arrayPushFront(arrayPopBack(e), e[1]) AS before
      FROM (${seen}) WHERE (number, contact) IN (SELECT number, contact FROM ${raw(pairs)} WHERE text_out + text_in > 0)
      GROUP BY ${raw(keys)} ${raw(IN_ORDER)}
    )`;
}

/** The most frequent element of an array; the first one seen where there is a tie. */
function mostFrequent(cells: string): string {
  const counts = `arrayMap(c -> countEqual(${cells}, c), arrayDistinct(${cells}))`;
  return `arrayElement(arrayDistinct(${cells}), indexOf(${counts}, arrayMax(${counts})))`;
}
