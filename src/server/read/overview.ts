import { int } from '../../detect/detector.ts';
import { FRAUD_CASES } from '../../features/reports.ts';
import type { Home } from '../../model/home.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import { provinceOfCity } from '../../normalise/place.ts';
import { raw, sql, type Sql } from '../../store/sql.ts';
import type { DayCount, Figure, NeedsPerson, Overview, PlaceCount, Reason } from '../contract.ts';
import { verdicts } from './judgements.ts';
import { numberIndex } from './number-index.ts';
import { dayMs, parsedOrNull, PUBLISHED } from './results.ts';
import { ringCards } from './rings.ts';
import { listRuns } from './runs.ts';

const DAY = 86_400_000;

/** What came in, what was found, and what needs a person, between two instants (all of it when none are given). */
export async function overview(
  facts: FactsStore,
  records: RecordsStore,
  home: Home,
  range: { from: number | undefined; to: number | undefined },
): Promise<Overview> {
  const analysed = (await numberIndex(facts)) !== null;
  const within = (column: string): Sql => {
    const from = range.from === undefined ? sql`` : sql`AND ${raw(column)} >= ${new Date(range.from)}`;
    const to = range.to === undefined ? sql`` : sql`AND ${raw(column)} < ${new Date(range.to)}`;
    return sql`1 ${from} ${to}`;
  };
  const day = (column: string) => raw(dayMs(column, home.zone));
  const days = (statement: Sql): Promise<DayCount[]> =>
    analysed ? facts.query<DayCount>(statement) : Promise.resolve([]);
  const ringNumbers = sql`(SELECT number FROM ring_numbers WHERE work = 1)`;

  const [span, calls, flagged, rings, reachedDays, reached, places, latest, needs, runs] = await Promise.all([
    facts.query<{ n: number; from: number; to: number }>(
      sql`SELECT count() AS n, toUnixTimestamp64Milli(min(started_at)) AS \`from\`, toUnixTimestamp64Milli(max(started_at)) AS \`to\` FROM calls`,
    ),
    facts.query<DayCount>(
      sql`SELECT ${day('started_at')} AS day, count() AS n FROM calls WHERE ${within('started_at')} GROUP BY day ORDER BY day`,
    ),
    days(sql`
      SELECT ${day('seen')} AS day, count() AS n FROM (
        SELECT fromUnixTimestamp64Milli(assumeNotNull(first_seen)) AS seen FROM number_index WHERE flagged = 1 AND first_seen IS NOT NULL
      ) WHERE ${within('seen')} GROUP BY day ORDER BY day`),
    days(sql`
      SELECT ${day('first_seen')} AS day, count() AS n FROM rings WHERE run = ${PUBLISHED} AND ${within('first_seen')} GROUP BY day ORDER BY day`),
    days(sql`
      SELECT ${day('started_at')} AS day, uniqExact(callee) AS n FROM calls
      WHERE caller IN ${ringNumbers} AND ${within('started_at')} GROUP BY day ORDER BY day`),
    days(
      sql`SELECT 0 AS day, uniqExact(callee) AS n FROM calls WHERE caller IN ${ringNumbers} AND ${within('started_at')}`,
    ),
    placesOf(facts, analysed, ringNumbers, within),
    analysed ? latestFindings(facts, within) : [],
    needsPerson(facts, records, analysed),
    listRuns(facts, records, 1),
  ]);

  const last = calls.at(-1)?.day ?? null;
  const sum = (series: readonly DayCount[]): number => series.reduce((n, d) => n + d.n, 0);
  const figure = (id: Figure['id'], value: number, series: DayCount[]): Figure => ({
    id,
    value,
    change: change(series, last),
    series,
  });
  const [s] = span;
  return {
    range: s === undefined || s.n === 0 ? null : { from: s.from, to: s.to },
    figures: [
      figure('calls', sum(calls), calls),
      figure('flagged', sum(flagged), flagged),
      figure('rings', sum(rings), rings),
      figure('reached', reached[0]?.n ?? 0, reachedDays),
    ],
    needs,
    places,
    latest,
    run: runs[0] ?? null,
  };
}

/** The last day with data against the day before it. */
function change(series: readonly DayCount[], last: number | null): number {
  if (last === null) return 0;
  const on = (day: number): number => series.find((d) => Math.abs(d.day - day) < DAY / 2)?.n ?? 0;
  return on(last) - on(last - DAY);
}

async function placesOf(
  facts: FactsStore,
  analysed: boolean,
  ringNumbers: Sql,
  within: (column: string) => Sql,
): Promise<Overview['places']> {
  const count = (statement: Sql): Promise<PlaceCount[]> =>
    facts.query<PlaceCount>(
      sql`SELECT province, count() AS n FROM (${statement}) WHERE province != '' GROUP BY province ORDER BY n DESC, province`,
    );
  const victims = count(
    sql`SELECT victim, any(province) AS province FROM ${FRAUD_CASES} WHERE ${within('reported_at')} GROUP BY victim`,
  );
  if (!analysed) return { callers: [], reached: [], victims: await victims, members: [] };
  // A member of two rings is one person.
  const members = sql`
    SELECT member, any(JSONExtractString(document, 'province')) AS province FROM ring_members WHERE run = ${PUBLISHED} GROUP BY member`;
  return {
    callers: await callerPlaces(facts, within),
    reached: await count(sql`
      SELECT id, any(province) AS province FROM numbers
      WHERE id IN (SELECT callee FROM calls WHERE caller IN ${ringNumbers} AND ${within('started_at')}) GROUP BY id`),
    victims: await victims,
    members: await count(members),
  };
}

/** Where flagged numbers' calls were placed, by the city the network saw most often. */
async function callerPlaces(facts: FactsStore, within: (column: string) => Sql): Promise<PlaceCount[]> {
  const cities = await facts.query<{ city: string; n: number }>(sql`
    SELECT city, count() AS n FROM (
      SELECT caller, argMax(city, (n, city)) AS city FROM (
        SELECT caller, city, count() AS n FROM calls
        WHERE city != '' AND caller IN (SELECT number FROM number_index WHERE flagged = 1) AND ${within('started_at')} GROUP BY caller, city
      ) GROUP BY caller
    ) GROUP BY city`);
  const provinces = new Map<string, number>();
  for (const { city, n } of cities) {
    const province = provinceOfCity(city);
    if (province !== '') provinces.set(province, (provinces.get(province) ?? 0) + n);
  }
  return [...provinces]
    .map(([province, n]) => ({ province, n }))
    .sort((a, b) => b.n - a.n || (a.province < b.province ? -1 : 1));
}

async function latestFindings(facts: FactsStore, within: (column: string) => Sql): Promise<Overview['latest']> {
  const rows = await facts.query<{ number: string; score: number; ring: string; top_reason: string }>(sql`
    SELECT number, score, ring, top_reason FROM (
      SELECT *, fromUnixTimestamp64Milli(ifNull(first_seen, 0)) AS seen FROM number_index WHERE flagged = 1 AND top_reason != ''
    ) WHERE ${within('seen')} ORDER BY seen DESC, score DESC, number LIMIT 12`);
  return rows.flatMap((r) => {
    const reason = parsedOrNull<Reason>(r.top_reason);
    return reason === null ? [] : [{ number: r.number, score: r.score, ring: r.ring === '' ? null : r.ring, reason }];
  });
}

/** Rings to confirm, flagged numbers outside rings to judge, imports that left something behind. */
async function needsPerson(facts: FactsStore, records: RecordsStore, analysed: boolean): Promise<NeedsPerson[]> {
  const judged = [...(await verdicts(records, 'number')).keys(), ''];
  const [cards, numbers, files] = await Promise.all([
    analysed ? ringCards(facts, records) : [],
    analysed
      ? facts.query<{ number: string; top_reason: string; victims: number }>(sql`
          SELECT number, top_reason, victims FROM number_index
          WHERE flagged = 1 AND ring = '' AND number NOT IN ${judged} ORDER BY victims DESC, score DESC, number LIMIT 8`)
      : [],
    facts.query<{ path: string; import_id: string; state: string; quarantined: number }>(sql`
      SELECT path, import_id, state, quarantined FROM files FINAL
      WHERE state = 'failed' OR quarantined > 0 ORDER BY started_at DESC, path LIMIT 8`),
  ]);
  const rings = cards
    .filter((c) => c.state === 'new')
    .map((c): NeedsPerson => ({
      kind: 'ring',
      id: c.id,
      text: {
        zh: `确认 ${c.name.zh}：${c.size > 0 ? `${int(c.size)} 人` : '使用人未明'}，触达 ${int(c.reach.called)} 人，${int(c.reach.lost)} 人报案`,
        en: `Confirm ${c.name.en}: ${c.size > 0 ? `${int(c.size)} people` : 'users not known'}, ${int(c.reach.called)} people called, ${int(c.reach.lost)} reported losses`,
      },
      href: `/rings/${encodeURIComponent(c.id)}`,
      urgency: 'high',
    }));
  const lone = numbers.map((n): NeedsPerson => {
    const reason = parsedOrNull<Reason>(n.top_reason)?.text ?? { zh: '', en: '' };
    return {
      kind: 'number',
      id: n.number,
      text: { zh: `研判 ${n.number}:${reason.zh}`, en: `Judge ${n.number}: ${reason.en}` },
      href: `/numbers/${encodeURIComponent(n.number)}`,
      urgency: n.victims > 0 ? 'high' : 'medium',
    };
  });
  const imports = files.map((f): NeedsPerson => {
    const name = f.path.split('/').at(-1) ?? f.path;
    return f.state === 'failed'
      ? {
          kind: 'import-failed',
          id: f.import_id,
          text: { zh: `导入失败：${name}`, en: `The import of ${name} failed` },
          href: '/imports',
          urgency: 'medium',
        }
      : {
          kind: 'quarantine',
          id: f.import_id,
          text: { zh: `${name}:${f.quarantined} 行待更正`, en: `${name}: ${f.quarantined} rows to correct` },
          href: '/imports',
          urgency: 'low',
        };
  });
  return [...rings, ...lone, ...imports];
}
