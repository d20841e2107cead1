import { FACT_KINDS, type FactKindName } from '../../model/fact-kinds.ts';
import { raw, sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import { importSettings, type App } from '../../app.ts';
import type { FileOrigin, RecordOrigin } from '../contract.ts';

/** What the store adds to a fact; not part of what the file said. */
const OWN = new Set(['key', 'file_sha256', 'row', 'extra']);

/**
 * Where a fact came from: file, archive member, table, row, who brought it in and under which authority, its values, and the row as it stands in the kept
 * original. `record` is `<first 12 of the table's SHA-256>:<row>`; null when unknown.
 */
export async function recordOrigin(app: App, record: string): Promise<RecordOrigin | null> {
  const [, prefix, rowText] = /^([0-9a-f]{12}):(\d{1,18})$/.exec(record) ?? [];
  if (prefix === undefined || rowText === undefined) return null;
  const row = Number(rowText);
  const facts = await app.facts();
  // The first completed import holds the rows; later ones of the same bytes found duplicates only.
  const files = await facts.query<FileOrigin & { kind: FactKindName }>(sql`
    SELECT file_sha256 AS sha256, toString(kind) AS kind, original, path, member, part, toString(profile) AS profile,
      toUnixTimestamp64Milli(started_at) AS importedAt, imported_by AS by, authority
    FROM files FINAL WHERE startsWith(file_sha256, ${prefix}) AND state = 'done' ORDER BY sha256, kind, started_at LIMIT 1 BY sha256, kind`);
  for (const { kind, ...file } of files) {
    const known = FACT_KINDS[kind];
    if (known === undefined) continue;
    const [fact] = await facts.query<Record<string, unknown>>(
      sql`SELECT * FROM ${raw(known.table)} WHERE file_sha256 = ${file.sha256} AND row = ${row} LIMIT 1`,
    );
    if (fact === undefined) continue;
    const instants = new Set(known.columns.filter((c) => c.type === 'instant').map((c) => c.name));
    const values = Object.entries(fact).filter(([name]) => !OWN.has(name));
    const text = await rawText(app, facts, { ...file, kind }, row);
    return {
      record,
      kind,
      file,
      row,
      values: {
        ...Object.fromEntries(values.map(([name, value]) => [name, shown(value, instants.has(name))])),
        ...extra(fact['extra']),
      },
      ...text,
    };
  }
  return null;
}

async function rawText(
  app: App,
  facts: FactsStore,
  file: FileOrigin & { kind: FactKindName },
  row: number,
): Promise<Pick<RecordOrigin, 'raw' | 'rawMissing'>> {
  const [{ rawRow }, { allProfiles }] = await Promise.all([
    import('../../normalise/raw-row.ts'),
    import('../../normalise/import-files.ts'),
  ]);
  const { originals = '', tempDir, ...settings } = importSettings(app);
  const text = await rawRow(facts, file, row, {
    originals,
    profiles: allProfiles(settings),
    ...(tempDir === undefined ? {} : { tempDir }),
  });
  return 'text' in text ? { raw: text.text, rawMissing: null } : { raw: null, rawMissing: text.missing };
}

/** Times say that they are UTC: beside them stands the row's own text, in its own clock. */
const shown = (value: unknown, isInstant: boolean): string => {
  if (value === null || value === undefined) return '';
  if (isInstant) return `${String(value)} UTC`;
  return Array.isArray(value) ? value.join(';') : String(value);
};

/** Columns of the file that the exchange format has no place for, kept as JSON. */
function extra(json: unknown): Record<string, string> {
  if (typeof json !== 'string' || json === '') return {};
  const values = JSON.parse(json) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value, false)]));
}
