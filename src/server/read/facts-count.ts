import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../../model/fact-kinds.ts';
import type { FactsStore } from '../../store/facts.ts';
import { noFacts } from '../board.ts';

/** How many facts of each kind are stored. */
export async function countFacts(facts: FactsStore): Promise<Record<FactKindName, number>> {
  const rows = await facts.query<{ kind: FactKindName; n: number }>(
    FACT_KIND_NAMES.map((kind) => `SELECT '${kind}' AS kind, count() AS n FROM ${FACT_KINDS[kind].table}`).join(
      ' UNION ALL ',
    ),
  );
  return { ...noFacts(), ...Object.fromEntries(rows.map((r) => [r.kind, r.n])) };
}
