import pg from 'pg';
import { withoutPassword } from './address.ts';
import { bound, PARSERS, recordsError } from './records-values.ts';
import type { RecordsStore, Rows } from './records.ts';

/** Connects to a PostgreSQL server: `postgres://user:password@host:5432/database`. Throws when it cannot be reached. */
export async function openPostgres(url: string): Promise<RecordsStore> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 10_000,
    application_name: 'ringbreak',
    options: '-c timezone=UTC',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        (format !== 'binary' && PARSERS[oid]) ||
        pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that dies while idle is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  try {
    await pool.query('SELECT 1');
  } catch (e) {
    await pool.end();
    throw new Error(
      `no connection to PostgreSQL at ${withoutPassword(url)}: ${reason(e)} (check RINGBREAK_POSTGRES_URL and that the server runs)`,
      { cause: e },
    );
  }
  return new PostgresRecords(pool);
}

/** Node reports several refused addresses as one error without words of its own. */
const reason = (e: unknown): string => {
  const { message, code } = e as { message?: string; code?: string };
  return message !== undefined && message !== '' ? message : (code ?? String(e));
};

class PostgresRecords implements RecordsStore {
  readonly engine = 'postgres' as const;
  readonly #pool: pg.Pool;
  #closed: Promise<void> | null = null;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  query<T = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Rows<T>> {
    return run<T>(this.#pool, text, params);
  }

  async transaction<R>(work: (tx: Pick<RecordsStore, 'query'>) => Promise<R>): Promise<R> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work({
        query: <T>(text: string, params: readonly unknown[] = []) => run<T>(client, text, params),
      });
      await client.query('COMMIT');
      return result;
    } catch (e) {
      await client.query('ROLLBACK').catch((failed: Error) => {
        broken = failed;
      });
      throw e;
    } finally {
      // A connection that could not roll back is thrown away, not handed to the next caller.
      client.release(broken);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }
}

async function run<T>(db: pg.Pool | pg.PoolClient, text: string, params: readonly unknown[]): Promise<Rows<T>> {
  try {
    const result = await db.query({ text, values: bound(params) });
    const changes = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(result.command);
    return { rows: result.rows as T[], affected: changes ? (result.rowCount ?? 0) : 0 };
  } catch (e) {
    throw recordsError(e, text);
  }
}
