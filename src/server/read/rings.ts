import { sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import type { ListedRing, RingCard, RingDetail, RingMember, Verdict } from '../contract.ts';
import { judgementsOf, verdicts } from './judgements.ts';
import { leaks } from './leaks.ts';
import { PUBLISHED } from './results.ts';

/** What the analysis stored of a ring: everything but its members and what people said of it. */
type RingDocument = Omit<RingDetail, 'members' | 'judgements'>;

const stateFrom = (verdict: Verdict | undefined): RingCard['state'] =>
  verdict === 'confirmed' || verdict === 'ring'
    ? 'confirmed'
    : verdict === 'dismissed' || verdict === 'lawful'
      ? 'dismissed'
      : 'new';

/** Rings of the published run, worst first. `records` adds what people decided. */
export async function ringCards(facts: FactsStore, records: RecordsStore | null): Promise<ListedRing[]> {
  const rows = await facts.query<{ document: string }>(
    sql`SELECT document FROM rings WHERE run = ${PUBLISHED} ORDER BY score DESC, size DESC, id`,
  );
  const named = await leaks(facts, { sources: true });
  const said = records === null ? new Map<string, Verdict>() : await verdicts(records, 'ring');
  return rows.map((r) => {
    const { card } = JSON.parse(r.document) as RingDocument;
    const sources = named
      .filter((l) => l.ring === card.id)
      .map((l) => ({ organisation: l.organisation, until: l.window?.until ?? null }));
    return { ...card, sources, state: stateFrom(said.get(card.id)) };
  });
}

/** One ring with its members; null when the published run has none such. */
export async function ringDetail(
  facts: FactsStore,
  records: RecordsStore | null,
  id: string,
): Promise<RingDetail | null> {
  const [row] = await facts.query<{ document: string }>(
    sql`SELECT document FROM rings WHERE run = ${PUBLISHED} AND id = ${id}`,
  );
  if (row === undefined) return null;
  const document = JSON.parse(row.document) as RingDocument;
  const [members, judgements] = await Promise.all([
    ringMembers(facts, id),
    records === null ? [] : judgementsOf(records, 'ring', id),
  ]);
  return {
    ...document,
    card: { ...document.card, state: stateFrom(judgements[0]?.verdict) },
    members,
    judgements,
  };
}

/** Members as the analysis stored them, in the order of roles. */
export async function ringMembers(facts: FactsStore, ring: string): Promise<RingMember[]> {
  const rows = await facts.query<{ document: string }>(sql`
    SELECT document FROM ring_members WHERE run = ${PUBLISHED} AND ring = ${ring}
    ORDER BY indexOf(['principal', 'leader', 'inspector', 'agent', 'technician'], toString(role)), role_score DESC, member`);
  return rows.map((r) => JSON.parse(r.document) as RingMember);
}

/** Id of the worst ring that nobody dismissed; null when there is none. */
export async function worstRing(facts: FactsStore): Promise<string | null> {
  const [row] = await facts.query<{ id: string }>(
    sql`SELECT id FROM rings WHERE run = ${PUBLISHED} ORDER BY score DESC, size DESC, id LIMIT 1`,
  );
  return row?.id ?? null;
}
