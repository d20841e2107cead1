import type { FactsStore } from '../store/facts.ts';
import type { DescribedRing } from './describe.ts';
import type { FoundRing } from './find-rings.ts';
import type { Handover } from './succession.ts';

const BATCH = 5000;

async function insertAll(facts: FactsStore, table: string, rows: readonly object[]): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH) await facts.insert(table, rows.slice(i, i + BATCH));
}

const instant = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** Appends rings, members, ties and hand-overs to the run's partition. */
export async function writeRings(
  facts: FactsStore,
  run: string,
  found: readonly FoundRing[],
  described: readonly DescribedRing[],
  handovers: readonly Handover[],
): Promise<void> {
  await insertAll(
    facts,
    'rings',
    described.map(({ report }) => ({
      run,
      id: report.card.id,
      score: report.card.score,
      size: report.card.size,
      first_seen: instant(report.card.firstSeen),
      last_seen: instant(report.card.lastSeen),
      document: JSON.stringify(report),
    })),
  );
  await insertAll(
    facts,
    'ring_members',
    described.flatMap(({ report, members }) =>
      members.map((m) => ({
        run,
        ring: report.card.id,
        member: m.id,
        kind: m.kind,
        numbers: m.numbers,
        accounts: m.accounts,
        role: m.role,
        role_score: m.roleScore,
        team: m.team ?? '',
        reports_to: m.reportsTo ?? '',
        document: JSON.stringify(m),
      })),
    ),
  );
  await insertAll(
    facts,
    'ring_edges',
    found.flatMap((ring) => {
      const kindOf = new Map(ring.members.map((m) => [m.id, m.kind]));
      return ring.links.map((l) => ({
        run,
        ring: ring.id,
        from_id: l.from,
        from_kind: kindOf.get(l.from) ?? 'person',
        to_id: l.to,
        to_kind: l.hub ?? kindOf.get(l.to) ?? 'person',
        layer: l.layer,
        weight: l.weight,
      }));
    }),
  );
  await insertAll(
    facts,
    'succession',
    handovers.map((h) => ({
      run,
      from_number: h.from,
      to_number: h.to,
      at: instant(h.at),
      score: h.score,
      reasons: JSON.stringify(h.reasons),
    })),
  );
}
