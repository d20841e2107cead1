import { statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FactsStore } from './facts.ts';
import { directoryError, lockDirectory } from './lock.ts';
import { migrateFacts, migrateRecords } from './migrate.ts';
import type { RecordsStore } from './records.ts';

export { lockHolder, StoreBusyError, StoreDirectoryError } from './lock.ts';
export type { LockHolder } from './lock.ts';

export interface StoresWorld {
  /** Directory of the embedded stores: `facts/`, `records/` and the lock. */
  dataDir: string;
  /**
   * RINGBREAK_CLICKHOUSE_URL and RINGBREAK_POSTGRES_URL choose servers, RINGBREAK_CLICKHOUSE_CLUSTER and RINGBREAK_CLICKHOUSE_NODES a
   * cluster; RINGBREAK_MEMORY_MB and RINGBREAK_THREADS bound the embedded engine.
   */
  env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  clock: () => number;
}

export interface Stores {
  /** Opened and migrated at the first call; a failed opening is tried again at the next. */
  facts(): Promise<FactsStore>;
  records(): Promise<RecordsStore>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** false: open a store as it is (for those that only look). */
  migrate?: boolean;
}

/**
 * The two stores of a process, each opened when first asked for: facts must not wait for PGlite's slow first opening. Takes the data
 * directory's lock at once when a store is embedded; throws StoreBusyError or StoreDirectoryError.
 */
export function openStores(world: StoresWorld, options: OpenOptions = {}): Promise<Stores> {
  try {
    return Promise.resolve(storesOf({ ...world, dataDir: resolve(world.dataDir) }, options.migrate ?? true));
  } catch (e) {
    return Promise.reject(e instanceof Error ? e : new Error(String(e)));
  }
}

function storesOf(world: StoresWorld, migrate: boolean): Stores {
  const { dataDir, env } = world;
  const clickhouse = address(env['RINGBREAK_CLICKHOUSE_URL']);
  const postgres = address(env['RINGBREAK_POSTGRES_URL']);
  const embedded = clickhouse === null || postgres === null;
  const unlock = embedded ? lockDirectory(dataDir, world.clock) : () => undefined;
  const clock = () => new Date(world.clock());

  const facts = once(async (): Promise<FactsStore> => {
    const store =
      clickhouse !== null
        ? await openServer(clickhouse, env)
        : await fullDiskTold(dataDir, async () =>
            (await import('./chdb.ts')).openChdb(join(dataDir, 'facts'), {
              ...positive('memoryBytes', env['RINGBREAK_MEMORY_MB'], 1_000_000),
              ...positive('threads', env['RINGBREAK_THREADS'], 1),
            }),
          );
    if (migrate) await fullDiskTold(dataDir, () => orClose(store, () => migrateFacts(store, { clock })));
    return store;
  });
  const records = once(async (): Promise<RecordsStore> => {
    const store =
      postgres !== null
        ? await (await import('./postgres.ts')).openPostgres(postgres)
        : await fullDiskTold(dataDir, async () =>
            (await import('./pglite-thread.ts')).openPgliteInThread(join(dataDir, 'records')),
          );
    if (migrate) await fullDiskTold(dataDir, () => orClose(store, () => migrateRecords(store, { clock })));
    return store;
  });

  let closed: Promise<void> | null = null;
  return {
    facts: () => (closed === null ? facts.get() : Promise.reject(new Error('the stores are closed'))),
    records: () => (closed === null ? records.get() : Promise.reject(new Error('the stores are closed'))),
    close: () => {
      closed ??= (async () => {
        try {
          // An opening that failed has told whoever asked for it.
          const [f, r] = [facts.opened(), records.opened()];
          await f?.then(
            (store) => store.close(),
            () => undefined,
          );
          await r?.then(
            (store) => store.close(),
            () => undefined,
          );
        } finally {
          unlock();
        }
      })();
      return closed;
    },
  };
}

/** One ClickHouse server, or a cluster asked through one of its nodes. */
async function openServer(url: string, env: StoresWorld['env']): Promise<FactsStore> {
  const name = env['RINGBREAK_CLICKHOUSE_CLUSTER'] ?? '';
  if (name === '') return (await import('./clickhouse.ts')).openClickhouse(url);
  const nodes = (env['RINGBREAK_CLICKHOUSE_NODES'] ?? '')
    .split(',')
    .map((n) => n.trim())
    .filter((n) => n !== '');
  return (await import('./cluster.ts')).openCluster({ url, name, ...(nodes.length === 0 ? {} : { nodes }) });
}

const address = (url: string | undefined): string | null => (url === undefined || url === '' ? null : url);

function positive<K extends string>(key: K, text: string | undefined, unit: number): { [P in K]?: number } {
  if (text === undefined || text === '') return {};
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) {
    throw new Error(
      `${key === 'threads' ? 'RINGBREAK_THREADS' : 'RINGBREAK_MEMORY_MB'}=${text} is not a positive whole number`,
    );
  }
  return { [key]: value * unit } as { [P in K]?: number };
}

/** Runs `open` at the first `get`; a failure is forgotten so that the next call tries again. */
function once<T>(open: () => Promise<T>): { get: () => Promise<T>; opened: () => Promise<T> | null } {
  let opened: Promise<T> | null = null;
  return {
    get: () => {
      opened ??= open().catch((e: unknown) => {
        opened = null;
        throw e;
      });
      return opened;
    },
    opened: () => opened,
  };
}

async function orClose<R>(store: { close(): Promise<void> }, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (e) {
    await store.close();
    throw e;
  }
}

/** What PGlite needs to begin with, and chDB to breathe. */
const ROOM = 64_000_000;

/** Engines fail in many words when the disk is full; this says it in plain ones. */
async function fullDiskTold<R>(dataDir: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (e) {
    const disk = statfsSync(dataDir);
    if (disk.bavail * disk.bsize < ROOM)
      throw directoryError(dataDir, Object.assign(new Error('', { cause: e }), { code: 'ENOSPC' }));
    throw e;
  }
}
