import { raw, sql, type Sql } from '../../store/sql.ts';
import type { Home } from '../../model/home.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Bilingual, FacetValue, NumberRow, NumbersPage, Verdict } from '../contract.ts';
import { countryName, detectorTitle } from './labels.ts';
import { numberIndex } from './number-index.ts';
import { dayMs, parsedOrNull } from './results.ts';

/** What was asked of the numbers table. */
export interface NumbersQuestion {
  q: string;
  flagged: boolean;
  all: boolean;
  detector: readonly string[];
  country: readonly string[];
  ring: readonly string[];
  province: readonly string[];
  judged: readonly string[];
  /** true: only those held to be lawful; false: none of them. */
  lawful: boolean | null;
  ranges: readonly { column: string; min: number | null; max: number | null }[];
  /** Column of NumberRow, with `-` in front for descending. */
  sort: string;
  offset: number;
  limit: number;
}

/** Column of NumberRow -> column of number_index: all that may be sorted or limited by. */
export const COLUMNS: Readonly<Record<string, string>> = {
  number: 'number',
  country: 'country',
  province: 'province',
  originHomeShare: 'origin_home_share',
  score: 'score',
  calls: 'calls',
  people: 'people',
  strangersShare: 'strangers_share',
  callBackShare: 'call_back_share',
  answerSeizureRatio: 'answer_seizure_ratio',
  victims: 'victims',
  ring: 'ring',
  role: 'role',
  firstSeen: 'first_seen',
  lastSeen: 'last_seen',
};

interface IndexRow {
  number: string;
  kind: NumberRow['kind'];
  country: string;
  province: string;
  origin_home_share: number | null;
  score: number;
  flagged: number;
  top_reason: string;
  detectors: string[];
  calls: number;
  people: number;
  strangers_share: number | null;
  call_back_share: number | null;
  answer_seizure_ratio: number | null;
  victims: number;
  ring: string;
  role: string;
  lawful: string;
  first_seen: number | null;
  last_seen: number | null;
}

export type Verdicts = ReadonlyMap<string, Verdict>;
type Facet = 'detector' | 'country' | 'ring' | 'province' | 'judged';

/** One page of the numbers table with the counts of each facet; an empty page when nothing was ever analysed. */
export async function numbersPage(
  facts: FactsStore,
  home: Home,
  said: Verdicts,
  ask: NumbersQuestion,
): Promise<NumbersPage> {
  const empty = { detector: [], country: [], ring: [], province: [], judged: [] };
  if ((await numberIndex(facts)) === null) return { rows: [], total: 0, offset: ask.offset, facets: empty };
  const where = condition(ask, said);
  const [rows, counted, detector, country, ring, province, judged] = await Promise.all([
    indexRows(facts, sql`WHERE ${where} ${order(ask.sort)} LIMIT ${ask.limit} OFFSET ${ask.offset}`),
    facts.query<{ n: number }>(sql`SELECT count() AS n FROM number_index WHERE ${where}`),
    facet(facts, 'arrayJoin(detectors)', condition(ask, said, 'detector'), detectorTitle),
    facet(facts, 'country', condition(ask, said, 'country'), countryName),
    facet(facts, 'ring', condition(ask, said, 'ring'), same),
    facet(facts, 'province', condition(ask, said, 'province'), same),
    judgedFacet(facts, condition(ask, said, 'judged'), said),
  ]);
  return {
    rows: await withStrips(
      facts,
      home,
      rows.map((r) => numberRow(r, said)),
    ),
    total: counted[0]?.n ?? 0,
    offset: ask.offset,
    facets: { detector, country, ring, province, judged },
  };
}

/** The rows of some numbers, in the order of the list; numbers that were not analysed are left out. */
export async function rowsOf(
  facts: FactsStore,
  home: Home,
  said: Verdicts,
  numbers: readonly string[],
): Promise<NumberRow[]> {
  if ((await numberIndex(facts)) === null || numbers.length === 0) return [];
  const rows = await indexRows(facts, sql`WHERE number IN ${numbers} ORDER BY indexOf(${numbers}, number)`);
  return withStrips(
    facts,
    home,
    rows.map((r) => numberRow(r, said)),
  );
}

/** A number that came in after the last analysis, or before the first: what was counted of it, and no judgement. null: nobody ever met it. */
export async function rowBeforeAnalysis(
  facts: FactsStore,
  home: Home,
  said: Verdicts,
  number: string,
): Promise<NumberRow | null> {
  const [row] = await facts.query<IndexRow>(sql`
    SELECT n.id AS number, any(n.kind) AS kind, any(n.country) AS country, any(n.province) AS province,
      CAST(NULL, 'Nullable(Float64)') AS origin_home_share, 0. AS score, toUInt8(0) AS flagged, '' AS top_reason, emptyArrayString() AS detectors,
      (SELECT count() FROM calls WHERE caller = ${number} AND kind = 'voice') AS calls,
      (SELECT uniqExact(callee) FROM calls WHERE caller = ${number}) AS people,
      CAST(NULL, 'Nullable(Float64)') AS strangers_share, CAST(NULL, 'Nullable(Float64)') AS call_back_share,
      CAST(NULL, 'Nullable(Float64)') AS answer_seizure_ratio, toUInt32(0) AS victims, '' AS ring, '' AS role, '' AS lawful,
      (SELECT toUnixTimestamp64Milli(min(started_at)) FROM calls WHERE caller = ${number} OR callee = ${number}) AS first_seen,
      (SELECT toUnixTimestamp64Milli(max(started_at)) FROM calls WHERE caller = ${number} OR callee = ${number}) AS last_seen
    FROM numbers AS n WHERE n.id = ${number} GROUP BY n.id`);
  if (row === undefined) return null;
  const [shown] = await withStrips(facts, home, [numberRow(row, said)]);
  return shown ?? null;
}

/** Every row of a question in batches, for exports; without strips. */
export async function* allRows(facts: FactsStore, said: Verdicts, ask: NumbersQuestion): AsyncIterable<NumberRow[]> {
  if ((await numberIndex(facts)) === null) return;
  const statement = sql`SELECT * FROM number_index WHERE ${condition(ask, said)} ${order(ask.sort)}`;
  for await (const batch of facts.stream<IndexRow>(statement)) yield batch.map((r) => numberRow(r, said));
}

const indexRows = (facts: FactsStore, tail: Sql): Promise<IndexRow[]> =>
  facts.query<IndexRow>(sql`SELECT * FROM number_index ${tail}`);

/** ORDER BY for a sort that was checked against COLUMNS; rows without a value come last. */
function order(sort: string): Sql {
  const descending = sort.startsWith('-');
  const column = COLUMNS[sort.replace(/^-/, '')] ?? 'score';
  return sql`ORDER BY ${raw(column)} ${raw(descending ? 'DESC' : 'ASC')} NULLS LAST, score DESC, number`;
}

/** All filters as one condition; a facet counts without its own filter, so that its other values stay to be chosen. */
function condition(ask: NumbersQuestion, said: Verdicts, without?: Facet): Sql {
  const parts: Sql[] = [];
  const digits = ask.q.replace(/[\s()+.-]/g, '');
  if (ask.q !== '')
    parts.push(/^\d+$/.test(digits) ? sql`position(number, ${digits}) > 0` : sql`startsWith(number, ${ask.q})`);
  if (ask.flagged || (!ask.all && ask.q === '')) parts.push(sql`flagged = 1`);
  if (without !== 'detector' && ask.detector.length > 0) parts.push(sql`hasAny(detectors, ${ask.detector})`);
  if (without !== 'country' && ask.country.length > 0) parts.push(sql`country IN ${ask.country}`);
  if (without !== 'ring' && ask.ring.length > 0) parts.push(sql`ring IN ${ask.ring}`);
  if (without !== 'province' && ask.province.length > 0) parts.push(sql`province IN ${ask.province}`);
  if (without !== 'judged' && ask.judged.length > 0) {
    const chosen = [...said].filter(([, v]) => ask.judged.includes(v)).map(([number]) => number);
    const unjudged = ask.judged.includes('none') ? sql`number NOT IN ${[...said.keys(), '']}` : sql`0`;
    parts.push(sql`(number IN ${[...chosen, '']} OR ${unjudged})`);
  }
  if (ask.lawful !== null) parts.push(ask.lawful ? sql`lawful != ''` : sql`lawful = ''`);
  for (const { column, min, max } of ask.ranges) {
    if (min !== null) parts.push(sql`${raw(COLUMNS[column] ?? 'score')} >= ${min}`);
    if (max !== null) parts.push(sql`${raw(COLUMNS[column] ?? 'score')} <= ${max}`);
  }
  return parts.reduce((all, part) => sql`${all} AND ${part}`, sql`1`);
}

const same = (value: string): FacetValue['label'] => ({ zh: value, en: value });

async function facet(
  facts: FactsStore,
  expression: string,
  where: Sql,
  label: (value: string) => FacetValue['label'],
): Promise<FacetValue[]> {
  const rows = await facts.query<{ value: string; n: number }>(sql`
    SELECT ${raw(expression)} AS value, count() AS n FROM number_index WHERE ${where}
    GROUP BY value HAVING value != '' ORDER BY n DESC, value LIMIT 60`);
  return rows.map((r) => ({ ...r, label: label(r.value) }));
}

const VERDICT_NAMES: Readonly<Record<Verdict | 'none', FacetValue['label']>> = {
  ring: { zh: '属于团伙', en: 'of a ring' },
  lawful: { zh: '合法', en: 'lawful' },
  unsure: { zh: '不确定', en: 'unsure' },
  confirmed: { zh: '已确认', en: 'confirmed' },
  dismissed: { zh: '已排除', en: 'dismissed' },
  none: { zh: '未研判', en: 'not judged' },
};

async function judgedFacet(facts: FactsStore, where: Sql, said: Verdicts): Promise<FacetValue[]> {
  const [total] = await facts.query<{ n: number }>(sql`SELECT count() AS n FROM number_index WHERE ${where}`);
  const judged = await facts.query<{ number: string }>(
    sql`SELECT number FROM number_index WHERE ${where} AND number IN ${[...said.keys(), '']}`,
  );
  const counts = new Map<Verdict | 'none', number>([['none', (total?.n ?? 0) - judged.length]]);
  for (const { number } of judged) {
    const verdict = said.get(number) ?? 'none';
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return [...counts].filter(([, n]) => n > 0).map(([value, n]) => ({ value, n, label: VERDICT_NAMES[value] }));
}

function numberRow(r: IndexRow, said: Verdicts): NumberRow {
  return {
    number: r.number,
    kind: r.kind,
    country: r.country,
    province: r.province,
    originHomeShare: r.origin_home_share,
    score: r.score,
    flagged: r.flagged === 1,
    topReason: parsedOrNull(r.top_reason),
    detectors: r.detectors,
    calls: r.calls,
    people: r.people,
    strangersShare: r.strangers_share,
    callBackShare: r.call_back_share,
    answerSeizureRatio: r.answer_seizure_ratio,
    victims: r.victims,
    ring: r.ring === '' ? null : r.ring,
    role: r.role === '' ? null : (r.role as NumberRow['role']),
    lawful: parsedOrNull<Bilingual>(r.lawful)?.zh ?? null,
    firstSeen: r.first_seen,
    lastSeen: r.last_seen,
    strip: [],
    judgement: said.get(r.number) ?? null,
  };
}

const DAY = 86_400_000;
const STRIP = 60;

/** Adds calls per day (or per few days, so that there are at most 60 values) over the whole range of the data. */
async function withStrips(facts: FactsStore, home: Home, rows: NumberRow[]): Promise<NumberRow[]> {
  if (rows.length === 0) return rows;
  const range = await dataRange(facts, home);
  if (range === null) return rows;
  const perCell = Math.max(1, Math.ceil((range.days + 1) / STRIP));
  const counted = await facts.query<{ number: string; cell: number; n: number }>(sql`
    SELECT caller AS number, intDiv(${raw(dayMs('started_at', home.zone))} - ${range.from}, ${perCell * DAY}) AS cell, count() AS n
    FROM calls WHERE caller IN ${rows.map((r) => r.number)} GROUP BY number, cell`);
  const cells = Math.floor(range.days / perCell) + 1;
  const strips = new Map(rows.map((r) => [r.number, new Array<number>(cells).fill(0)]));
  for (const c of counted) {
    const strip = strips.get(c.number);
    if (strip !== undefined && c.cell >= 0 && c.cell < cells) strip[c.cell] = c.n;
  }
  return rows.map((r) => ({ ...r, strip: strips.get(r.number) ?? [] }));
}

/** First day with calls (its first millisecond) and the days from it to the last one. */
async function dataRange(facts: FactsStore, home: Home): Promise<{ from: number; days: number } | null> {
  const [r] = await facts.query<{ n: number; first: number; last: number }>(sql`
    SELECT count() AS n, ${raw(dayMs('min(started_at)', home.zone))} AS first, ${raw(dayMs('max(started_at)', home.zone))} AS last FROM calls`);
  return r === undefined || r.n === 0 ? null : { from: r.first, days: Math.round((r.last - r.first) / DAY) };
}
