import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { bound, PARSERS, recordsError } from './records-values.ts';
import type { RecordsStore, Rows } from './records.ts';

/** Written once the directory has been initialised; without it the first opening was killed midway and nothing is in there yet. */
const READY = 'ringbreak-ready';

/** Opens the records store in this process. The first opening initialises the directory and takes seconds, later ones about one. */
export async function openPglite(dataDir: string): Promise<RecordsStore> {
  const dir = resolve(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const there = readdirSync(dir);
  if (there.length > 0 && !existsSync(join(dir, READY))) {
    const ours = there.every((name) => /^(pg_\w+|PG_VERSION|base|global|postgres\w*\.\w+|postmaster\.\w+)$/.test(name));
    if (!ours) throw new Error(`${dir} holds files that are not a records store: name another directory with --data.`);
    for (const name of there) rmSync(join(dir, name), { recursive: true, force: true });
  }
  try {
    const db = await PGlite.create({ dataDir: dir, parsers: { ...PARSERS } });
    await db.exec("SET timezone TO 'UTC'");
    writeFileSync(join(dir, READY), '', { mode: 0o600 });
    return new PgliteRecords(db);
  } catch (e) {
    throw new Error(
      `the records store in ${dir} could not be opened: ${e instanceof Error ? e.message : String(e)} ` +
        '(is the disk full, or the directory not writable? `ringbreak doctor` looks)',
      { cause: e },
    );
  }
}

type Queries = Pick<PGlite, 'query'>;

class PgliteRecords implements RecordsStore {
  readonly engine = 'pglite' as const;
  readonly #db: PGlite;
  #closed: Promise<void> | null = null;

  constructor(db: PGlite) {
    this.#db = db;
  }

  query<T = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Rows<T>> {
    return run<T>(this.#db, text, params);
  }

  transaction<R>(work: (tx: Pick<RecordsStore, 'query'>) => Promise<R>): Promise<R> {
    return this.#db.transaction((tx) =>
      work({
        query: <T>(text: string, params: readonly unknown[] = []) => run<T>(tx as unknown as Queries, text, params),
      }),
    );
  }

  close(): Promise<void> {
    this.#closed ??= this.#db.close();
    return this.#closed;
  }
}

async function run<T>(db: Queries, text: string, params: readonly unknown[]): Promise<Rows<T>> {
  try {
    const result = await db.query<T>(text, bound(params));
    return { rows: result.rows, affected: result.affectedRows ?? 0 };
  } catch (e) {
    throw recordsError(e, text);
  }
}
