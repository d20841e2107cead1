import type { FactKindName } from '../model/fact-kinds.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';

/** A row that could not become a fact. `raw` is the row as it was: column -> cell; under '' its text when it could not be cut into cells. */
export interface QuarantineEntry {
  /** Also the record id: `<first 12 of sha256>:<row>`. */
  id: string;
  kind: FactKindName;
  file: string;
  path: string;
  row: number;
  column: string;
  reason: string;
  value: string;
  raw: Record<string, string>;
  state: 'open' | 'corrected';
}

export interface QuarantineFilter {
  /** SHA-256 of a file, or its beginning. */
  file?: string;
  kind?: FactKindName;
  ids?: readonly string[];
  /** Corrected rows too. */
  all?: boolean;
  limit?: number;
  offset?: number;
}

const where = (filter: QuarantineFilter) => sql`1 ${raw(filter.all === true ? '' : "AND state = 'open'")}
  ${filter.file === undefined ? raw('') : sql`AND startsWith(toString(file_sha256), ${filter.file})`}
  ${filter.kind === undefined ? raw('') : sql`AND kind = ${filter.kind}`}
  ${filter.ids === undefined ? raw('') : sql`AND id IN (SELECT arrayJoin(${[...filter.ids]}))`}`;

/** Quarantined rows in the order of their files and rows. */
export async function listQuarantine(facts: FactsStore, filter: QuarantineFilter = {}): Promise<QuarantineEntry[]> {
  const rows = await facts.query<Omit<QuarantineEntry, 'raw'> & { raw: string }>(sql`
    SELECT id, toString(q.kind) AS kind, toString(q.file_sha256) AS file, p.path AS path, q.row AS row, toString(q.column) AS column,
      toString(q.reason) AS reason, q.value AS value, q.raw AS raw, toString(q.state) AS state
    FROM (SELECT * FROM quarantine FINAL WHERE ${where(filter)}) AS q
    LEFT ANY JOIN (SELECT file_sha256, argMax(path, version) AS path FROM files GROUP BY file_sha256) AS p
      ON p.file_sha256 = toString(q.file_sha256)
    ORDER BY file, kind, row LIMIT ${filter.limit ?? 1000} OFFSET ${filter.offset ?? 0}`);
  return rows.map((r) => ({ ...r, raw: JSON.parse(r.raw) as Record<string, string> }));
}

/** How many rows a filter finds, over all pages. */
export async function countQuarantine(facts: FactsStore, filter: QuarantineFilter = {}): Promise<number> {
  const [found] = await facts.query<{ n: number }>(
    sql`SELECT count() AS n FROM (SELECT * FROM quarantine FINAL WHERE ${where(filter)})`,
  );
  return found?.n ?? 0;
}
