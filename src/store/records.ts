/** What a statement returned. */
export interface Rows<T> {
  rows: T[];
  /** Rows inserted, updated or deleted; 0 for a statement that only reads. */
  affected: number;
}

/**
 * The records store: cases, users, judgements, runs, audit. Postgres SQL with `$1` parameters, on PGlite in process or on a
 * PostgreSQL server by URL. Statements stay short: PGlite computes on the calling thread.
 *
 * One statement a call. Values out: bigint as number (as bigint beyond 2^53), numeric as text, date as 'YYYY-MM-DD', timestamptz as
 * Date, jsonb parsed. Values in: instants as Date, jsonb as `JSON.stringify(value)` (an array would be taken for a Postgres array),
 * undefined as NULL.
 */
export interface RecordsStore {
  readonly engine: 'pglite' | 'postgres';
  /** Throws RecordsError with the statement, SQLSTATE and constraint. */
  query<T = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Rows<T>>;
  /** Runs `work` in one transaction; rolls back and rethrows when it throws. Inside, use `tx` only: the store itself may wait for it. */
  transaction<R>(work: (tx: Pick<RecordsStore, 'query'>) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** A statement that broke: its text, Postgres's SQLSTATE (23505: already there) and the constraint that refused it. */
export class RecordsError extends Error {
  readonly sql: string;
  readonly code: string;
  readonly constraint: string;
  constructor(message: string, sqlText: string, options?: ErrorOptions & { code?: string; constraint?: string }) {
    super(message, options);
    this.name = 'RecordsError';
    this.sql = sqlText;
    this.code = options?.code ?? '';
    this.constraint = options?.constraint ?? '';
  }
}
