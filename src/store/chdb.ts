import './allocator.ts';
import { chmodSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drainPending, Session } from 'chdb';
import { ARROW_SETTINGS, columnsFromArrow } from './arrow.ts';
import { withLiterals } from './bind.ts';
import {
  factsError,
  FILE_ORDER,
  jsonLines,
  parseLines,
  quoted,
  settingName,
  settingsClause,
  settingValue,
} from './facts-text.ts';
import type { Settings } from './facts-text.ts';
import type { Column, DelimitedFile, FactsStore } from './facts.ts';
import type { Sql } from './sql.ts';

export interface ChdbLimits {
  /** Ceiling of the engine's memory in bytes. Beyond a third of it (1 GB at most) group-by, sort and join go to disk. */
  memoryBytes?: number;
  /** Threads of one statement; default: all cores. */
  threads?: number;
}

/**
 * One connection runs one statement at a time, so statements in parallel need several. Each holds one thread of libuv's pool of four
 * while it runs: one must stay free for file access.
 */
const CONNECTIONS = 3;

/**
 * Opens the facts store in this process, in its own directory. One process and one directory at a time: `openStores` holds the lock
 * that tells a second process so; without it the engine may abort.
 */
export function openChdb(dataDir: string, limits: ChdbLimits = {}): Promise<FactsStore> {
  try {
    return Promise.resolve(new ChdbFacts(resolve(dataDir), limits));
  } catch (e) {
    return Promise.reject(
      new Error(
        `the facts store in ${dataDir} could not be opened: ${e instanceof Error ? e.message : String(e)}\n` +
          'Check that the directory can be written to and the disk is not full (`ringbreak doctor`).',
        { cause: e },
      ),
    );
  }
}

class ChdbFacts implements FactsStore {
  readonly engine = 'chdb' as const;
  readonly #path: string;
  readonly #args: readonly string[];
  readonly #base: Settings;
  readonly #idle: Session[] = [];
  readonly #waiting: ((session: Session) => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | null = null;

  constructor(path: string, limits: ChdbLimits) {
    this.#path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
    // Half of the machine, 6 GB at most: the rest of the process (graphs, pages) needs room too. Statements that can work on disk do so from 1 GB on: five million calls
    // need no more than 4 GB of memory in all.
    const memory = limits.memoryBytes ?? Math.min(6_000_000_000, Math.floor(totalmem() / 2));
    const onDiskFrom = Math.floor(Math.min(memory, 3_000_000_000) / 3);
    this.#args = [
      `--max_server_memory_usage=${memory}`,
      '--mark_cache_size=268435456',
      '--index_mark_cache_size=67108864',
      '--background_pool_size=2',
      `--config-file=${fileURLToPath(new URL('./chdb.xml', import.meta.url))}`,
      // Deleting rows visits every part; with few slots it waits for the scheduler instead of the disk.
      '--background_merges_mutations_concurrency_ratio=16',
      '--background_schedule_pool_size=4',
    ];
    this.#base = {
      session_timezone: 'UTC',
      max_memory_usage: memory,
      max_bytes_before_external_group_by: onDiskFrom,
      max_bytes_before_external_sort: onDiskFrom,
      max_bytes_before_external_join: onDiskFrom,
      date_time_input_format: 'best_effort',
      output_format_json_quote_64bit_integers: 0,
      ...ARROW_SETTINGS,
      ...(limits.threads === undefined ? {} : { max_threads: limits.threads }),
    };
    for (let i = 0; i < CONNECTIONS; i++) this.#idle.push(this.#connect());
  }

  #connect(): Session {
    const session = new Session(this.#path, { connectionArgs: this.#args });
    try {
      applySettings(session, this.#base);
    } catch (e) {
      session.close();
      throw e;
    }
    return session;
  }

  /** Runs `work` on a connection nobody else uses; the next free one goes to whoever has waited longest. */
  async #with<R>(statement: Sql | string, work: (session: Session, text: string) => Promise<R>): Promise<R> {
    if (this.#closed !== null) throw factsError(new Error('the facts store is closed'), statement);
    const text = typeof statement === 'string' ? statement : withLiterals(statement);
    const session = this.#idle.pop() ?? (await new Promise<Session>((grant) => this.#waiting.push(grant)));
    if (this.#closed !== null) {
      this.#release(session);
      throw factsError(new Error('the facts store was closed while the statement waited'), statement);
    }
    const running = work(session, text.trim().replace(/;+$/, ''));
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    let next = session;
    try {
      return await running;
    } catch (e) {
      // What a broken statement had already written stays in its connection and would come out as the first rows of the next one.
      session.close();
      next = this.#connect();
      throw factsError(e, statement);
    } finally {
      this.#running.delete(settled);
      this.#release(next);
    }
  }

  #release(session: Session): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(session);
    else next(session);
  }

  async command(statement: Sql | string, settings: Settings = {}): Promise<void> {
    await this.#with(statement, async (session, text) => {
      if (Object.keys(settings).length === 0) {
        await session.queryAsync(text);
        return;
      }
      // A connection of its own: settings stay with the connection they were set on.
      const own = this.#connect();
      try {
        applySettings(own, settings);
        await own.queryAsync(text);
      } finally {
        own.close();
      }
    });
  }

  query<T = Record<string, unknown>>(statement: Sql | string): Promise<T[]> {
    return this.#with(statement, async (session, text) => {
      const result = await session.queryAsync(text, { format: 'JSONEachRow' });
      return parseLines(result.text()) as T[];
    });
  }

  async *stream<T = Record<string, unknown>>(statement: Sql | string): AsyncIterable<T[]> {
    if (this.#closed !== null) throw factsError(new Error('the facts store is closed'), statement);
    let finished: () => void = () => undefined;
    const running = new Promise<void>((done) => {
      finished = done;
    });
    this.#running.add(running);
    // A connection of its own: a reader that pauses must not keep others waiting.
    const session = this.#connect();
    const abort = new AbortController();
    this.#streams.add(abort);
    try {
      const text = typeof statement === 'string' ? statement : withLiterals(statement);
      const chunks = session.queryStream(text.trim().replace(/;+$/, ''), {
        format: 'JSONEachRow',
        signal: abort.signal,
      });
      for await (const chunk of chunks) {
        const rows = parseLines(chunk.text()) as T[];
        if (rows.length > 0) yield rows;
      }
    } catch (e) {
      throw factsError(e, statement);
    } finally {
      this.#streams.delete(abort);
      session.close();
      this.#running.delete(running);
      finished();
    }
  }
  readonly #streams = new Set<AbortController>();

  columns(statement: Sql | string): Promise<Record<string, Column>> {
    return this.#with(statement, async (session, text) =>
      columnsFromArrow((await session.queryAsync(text, { format: 'ArrowStream' })).bytes()),
    );
  }

  async insert(table: string, rows: readonly object[] | AsyncIterable<readonly object[]>): Promise<void> {
    const what = `INSERT INTO ${table} FORMAT JSONEachRow`;
    for await (const batch of batches(rows)) {
      for (const piece of jsonLines(batch)) {
        await this.#with(what, (session) =>
          session.insert({ table, values: Buffer.from(piece, 'utf8'), format: 'JSONEachRow' }),
        );
      }
    }
  }

  queryFile<T = Record<string, unknown>>(statement: Sql): Promise<T[]> {
    return this.query<T>(statement);
  }

  async load(file: DelimitedFile, into: string, select: string): Promise<void> {
    const { path, done } = plainPath(file.path, this.#path);
    try {
      const source = [
        'file(' + quoted(path),
        quoted(file.format),
        quoted(file.structure),
        `${quoted(file.compression)})`,
      ];
      await this.command(
        `INSERT INTO ${into} SELECT ${select} FROM ${source.join(', ')}${settingsClause({ ...FILE_ORDER, ...file.settings })}`,
      );
    } finally {
      done();
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  async #shut(): Promise<void> {
    for (const stream of this.#streams) stream.abort();
    if (this.#running.size > 0) {
      const killer = this.#connect();
      try {
        // Not SYNC: the engine then waits for an answer that only comes when this call has returned.
        await killer.queryAsync("KILL QUERY WHERE query NOT LIKE 'KILL QUERY%' ASYNC").catch(() => undefined);
      } finally {
        killer.close();
      }
      await Promise.all(this.#running);
    }
    for (const session of this.#idle.splice(0)) session.close();
    await drainPending();
  }
}

function applySettings(session: Session, settings: Settings): void {
  const list = Object.entries(settings).map(([name, value]) => `${settingName(name)} = ${settingValue(value)}`);
  session.query(`SET ${list.join(', ')}`);
}

async function* batches(rows: readonly object[] | AsyncIterable<readonly object[]>): AsyncGenerator<readonly object[]> {
  if (Array.isArray(rows)) yield rows as readonly object[];
  else yield* rows as AsyncIterable<readonly object[]>;
}

/** The engine reads `*?{}` and `::` in a path as a pattern or an archive member; such a file is reached through a link. */
function plainPath(path: string, dir: string): { path: string; done: () => void } {
  const full = resolve(path);
  if (!/[*?{}[\]]|::/.test(full)) return { path: full, done: () => undefined };
  const link = join(dir, 'tmp', `${randomUUID()}.link`);
  mkdirSync(join(dir, 'tmp'), { recursive: true, mode: 0o700 });
  symlinkSync(full, link);
  return { path: link, done: () => unlinkSync(link) };
}
