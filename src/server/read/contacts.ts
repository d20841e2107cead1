import { raw, sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { CallRow, ContactRow, Page } from '../contract.ts';
import { ms } from './results.ts';

/** Columns contacts may be sorted by. */
export const CONTACT_SORTS: Readonly<Record<string, string>> = {
  contact: 'contact',
  calls: 'calls',
  answered: 'answered',
  talkMs: 'talkMs',
  calledBack: 'calledBack',
  first: 'first',
  last: 'last',
  cases: 'length(cases)',
  province: 'province',
};

/** Whom a number called, and who called it; those who reported a crime first unless told otherwise. */
export async function contactsOf(
  facts: FactsStore,
  number: string,
  page: { sort: string; offset: number; limit: number },
): Promise<Page<ContactRow>> {
  const descending = page.sort.startsWith('-');
  const column = CONTACT_SORTS[page.sort.replace(/^-/, '')] ?? 'length(cases)';
  const grouped = sql`
    SELECT contact, countIf(out) AS calls, countIf(out AND answered) AS answered, sum(duration_ms) AS talkMs, countIf(NOT out) AS calledBack,
      ${raw(ms('min(started_at)'))} AS first, ${raw(ms('max(started_at)'))} AS last
    FROM (
      SELECT callee AS contact, 1 AS out, answered, duration_ms, started_at FROM calls WHERE caller = ${number}
      UNION ALL
      SELECT caller, 0, answered, duration_ms, started_at FROM calls WHERE callee = ${number} AND caller != ${number}
    ) GROUP BY contact`;
  const [rows, counted] = await Promise.all([
    facts.query<ContactRow>(sql`
      SELECT c.*, k.cases AS cases, n.province AS province FROM (${grouped}) AS c
      LEFT JOIN (
        SELECT victim, arrayMap(x -> x.2, arrayReverseSort(groupUniqArray((reported_at, case_id)))) AS cases FROM cases GROUP BY victim
      ) AS k ON k.victim = c.contact
      LEFT JOIN (SELECT id, any(province) AS province FROM numbers GROUP BY id) AS n ON n.id = c.contact
      ORDER BY ${raw(column)} ${raw(descending ? 'DESC' : 'ASC')}, calls DESC, contact LIMIT ${page.limit} OFFSET ${page.offset}`),
    facts.query<{ n: number }>(sql`SELECT count() AS n FROM (${grouped})`),
  ]);
  return { rows, total: counted[0]?.n ?? 0, offset: page.offset };
}

/** The calls of a number from either end, newest first. */
export async function callsOf(
  facts: FactsStore,
  number: string,
  page: { from: number | undefined; to: number | undefined; offset: number; limit: number },
): Promise<Page<CallRow>> {
  const from = page.from === undefined ? sql`` : sql`AND started_at >= ${new Date(page.from)}`;
  const to = page.to === undefined ? sql`` : sql`AND started_at < ${new Date(page.to)}`;
  // Two look-ups instead of one condition: each end has an index of its own.
  const ends = [sql`caller = ${number}`, sql`callee = ${number} AND caller != ${number}`];
  const of = (columns: string) =>
    sql`SELECT ${raw(columns)} FROM calls WHERE ${ends[0]} ${from} ${to} UNION ALL SELECT ${raw(columns)} FROM calls WHERE ${ends[1]} ${from} ${to}`;
  const [rows, counted] = await Promise.all([
    facts.query<Omit<CallRow, 'answered'> & { answered: number }>(sql`
      SELECT concat(substring(file_sha256, 1, 12), ':', toString(row)) AS record, ${raw(ms('started_at'))} AS at, caller, callee,
        duration_ms AS durationMs, answered, toString(c.kind) AS kind, origin_country AS originCountry, origin_ip AS originIp, account, city, recording
      FROM (${of('*')}) AS c ORDER BY started_at DESC, file_sha256, row LIMIT ${page.limit} OFFSET ${page.offset}`),
    facts.query<{ n: number }>(sql`SELECT count() AS n FROM (${of('row')})`),
  ]);
  return {
    rows: rows.map((r) => ({ ...r, answered: r.answered === 1 })),
    total: counted[0]?.n ?? 0,
    offset: page.offset,
  };
}
