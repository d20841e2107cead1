import { FACT_KINDS, type FactKindName } from '../../model/fact-kinds.ts';
import { raw, sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordOrigin } from '../contract.ts';

/** What the store adds to a fact; not part of what the file said. */
const OWN = new Set(['key', 'file_sha256', 'row', 'extra']);

/** Where a fact came from: the file, the row in it, and its values. `record` is `<first 12 of the file's SHA-256>:<row>`; null when unknown. */
export async function recordOrigin(facts: FactsStore, record: string): Promise<RecordOrigin | null> {
  const [, prefix, rowText] = /^([0-9a-f]{12}):(\d{1,18})$/.exec(record) ?? [];
  if (prefix === undefined || rowText === undefined) return null;
  const row = Number(rowText);
  const files = await facts.query<{ sha256: string; kind: FactKindName; path: string; importedAt: number }>(sql`
    SELECT file_sha256 AS sha256, toString(files.kind) AS kind, argMin(path, started_at) AS path, toUnixTimestamp64Milli(min(started_at)) AS importedAt
    FROM files WHERE startsWith(file_sha256, ${prefix}) GROUP BY sha256, kind ORDER BY sha256, kind`);
  for (const { sha256, kind, path, importedAt } of files) {
    const known = FACT_KINDS[kind];
    if (known === undefined) continue;
    const [fact] = await facts.query<Record<string, unknown>>(
      sql`SELECT * FROM ${raw(known.table)} WHERE file_sha256 = ${sha256} AND row = ${row} LIMIT 1`,
    );
    if (fact === undefined) continue;
    const values = Object.entries(fact).filter(([name]) => !OWN.has(name));
    return {
      record,
      kind,
      file: { sha256, path, importedAt },
      row,
      values: { ...Object.fromEntries(values.map(([name, value]) => [name, shown(value)])), ...extra(fact['extra']) },
    };
  }
  return null;
}

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.join(';') : String(value);
};

/** Columns of the file that the exchange format has no place for, kept as JSON. */
function extra(json: unknown): Record<string, string> {
  if (typeof json !== 'string' || json === '') return {};
  const values = JSON.parse(json) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]));
}
