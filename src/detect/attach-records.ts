import type { Home } from '../model/home.ts';
import type { Finding } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import type { Detector } from './detector.ts';

/** Gives findings the rows they rest on: the detector's own selection, else the number's first calls. At most 20 each. */
export async function attachRecords(
  facts: FactsStore,
  findings: readonly Finding[],
  detectors: readonly Detector[],
  home: Home,
): Promise<void> {
  const general = new Map(
    (
      await facts.query<{ number: string; records: string[] }>(sql`
        SELECT caller AS number, arrayMap(x -> x.2, groupArraySorted(5)((started_at, concat(substring(file_sha256, 1, 12), ':', toString(row))))) AS records
        FROM calls WHERE caller IN (SELECT number FROM candidates) GROUP BY caller`)
    ).map((r) => [r.number, r.records]),
  );
  const special = new Map<string, Map<string, string[]>>();
  for (const d of detectors) {
    if (d.recordsOf === undefined) continue;
    const rows = await facts.query<{ number: string; records: string[] }>(d.recordsOf(home).sql);
    special.set(d.id, new Map(rows.map((r) => [r.number, r.records])));
  }
  for (const f of findings) {
    if (f.records.length > 0) continue;
    f.records = special.get(f.detector)?.get(f.number) ?? general.get(f.number) ?? [];
  }
}
