import { sql, type Sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Leak, LeakSearch, RingLeaks } from '../contract.ts';
import { PUBLISHED } from './results.ts';

const ofRing = (ring: string | undefined): Sql => (ring === undefined ? sql`` : sql`AND ring = ${ring}`);

/** Organisations the rings of the published run were compared with: of each ring sources first, surest first, then shadows, then the others. */
export async function leaks(facts: FactsStore, only: { ring?: string; sources?: boolean } = {}): Promise<Leak[]> {
  const which = only.sources === true ? sql`AND verdict = 'source'` : sql``;
  const rows = await facts.query<{ document: string }>(sql`
    SELECT document FROM leaks WHERE run = ${PUBLISHED} ${ofRing(only.ring)} ${which}
    ORDER BY ring, place`);
  return rows.map((r) => JSON.parse(r.document) as Leak);
}

/** How the search for list sources ended, for every ring or one. */
export async function leakSearches(facts: FactsStore, ring?: string): Promise<LeakSearch[]> {
  const rows = await facts.query<{ document: string }>(
    sql`SELECT document FROM leak_searches WHERE run = ${PUBLISHED} ${ofRing(ring)} ORDER BY ring`,
  );
  return rows.map((r) => JSON.parse(r.document) as LeakSearch);
}

/** Where one ring's list came from; null when the published run has no such ring. */
export async function ringLeaks(facts: FactsStore, ring: string): Promise<RingLeaks | null> {
  const [[search], rows] = await Promise.all([leakSearches(facts, ring), leaks(facts, { ring })]);
  return search === undefined ? null : { search, leaks: rows };
}
