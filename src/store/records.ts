/** What a statement returned. */
export interface Rows<T> {
  rows: T[];
  affected: number;
}

/**
 * The records store: cases, users, judgements, runs, audit. Postgres SQL with `$1` parameters, on PGlite in process or on a
 * PostgreSQL server by URL. Statements stay short: PGlite computes on the calling thread.
 */
export interface RecordsStore {
  readonly engine: 'pglite' | 'postgres';
  query<T = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Rows<T>>;
  /** Runs `work` in one transaction; rolls back and rethrows when it throws. */
  transaction<R>(work: (tx: Pick<RecordsStore, 'query'>) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}
