import { FEATURES } from '../../features/catalogue.ts';
import { raw, sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { MeasureValue } from '../contract.ts';

/** A peer reached between half and twice as many people. */
const PEER_RANGE = 2;
/** As many peers as are looked at, always the same ones: enough for a 5 % quantile. */
const PEERS = 4000;
const LEVELS = '0, 0.05, 0.25, 0.5, 0.75, 0.95, 1';

/** Every measure of a number, each beside its quantiles over numbers that reach about as many people. */
export async function measuresWithPeers(facts: FactsStore, number: string): Promise<MeasureValue[]> {
  const [own] = await facts.query<Record<string, number | null>>(
    sql`SELECT * FROM measures WHERE number = ${number} LIMIT 1`,
  );
  if (own === undefined) return [];
  const people = own['out_degree'] ?? 0;
  const there = FEATURES.filter((f) => f.name in own);
  const [peers] = await facts.query<Record<string, (number | null)[]>>(sql`
    SELECT ${raw(there.map((f) => `quantilesExact(${LEVELS})(${f.name}) AS ${f.name}`).join(', '))}
    FROM measures WHERE number IN (
      SELECT number FROM measures WHERE ifNull(out_degree, 0) BETWEEN ${people / PEER_RANGE} AND ${people * PEER_RANGE}
      ORDER BY cityHash64(number) LIMIT ${PEERS})`);
  return there.map(({ name, unit, meaning }) => ({
    name,
    value: own[name] ?? null,
    unit,
    meaning,
    peers: (peers?.[name] ?? []).filter((v): v is number => v !== null),
  }));
}
