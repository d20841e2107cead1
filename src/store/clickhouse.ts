import { setMaxListeners } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { ARROW_SETTINGS, columnsFromArrow } from './arrow.ts';
import { factsError, FILE_ORDER, jsonLines, quoted, settingsClause } from './facts-text.ts';
import type { Settings } from './facts-text.ts';
import type { Column, DelimitedFile, FactsCluster, FactsError, FactsStore } from './facts.ts';
import { withoutPassword } from './address.ts';
import type { Sql } from './sql.ts';

/** A statement may compute for long before its first byte comes back. */
const HOUR = 3_600_000;

/** Connects to a ClickHouse server: `http://user:password@host:8123/database`. Throws when it cannot be reached. */
export async function openClickhouse(url: string): Promise<FactsStore> {
  const client = clickhouseClient(url);
  await reached(client, url);
  return new ClickhouseFacts(client, url);
}

/** A client that has not asked anything yet; `settings` go with every statement. */
export function clickhouseClient(url: string, settings: Settings = {}): ClickHouseClient {
  return createClient({
    url,
    application: 'ringbreak',
    // Every failure is thrown; whoever catches it decides what is shown.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: HOUR,
    clickhouse_settings: {
      session_timezone: 'UTC',
      date_time_input_format: 'best_effort',
      output_format_json_quote_64bit_integers: 0,
      // An error found late must arrive as an error, not as the tail of a result.
      wait_end_of_query: 1,
      // Keeps a connection that computes for long from being taken for a dead one.
      send_progress_in_http_headers: 1,
      http_headers_progress_interval_ms: '20000',
      cancel_http_readonly_queries_on_client_close: 1,
      http_write_exception_in_output_format: 0,
      ...settings,
    } as ClickHouseSettings,
  });
}

/** Throws, and closes the client, when the server does not answer. */
export async function reached(client: ClickHouseClient, url: string): Promise<void> {
  const pong = await client.ping({ select: true });
  if (pong.success) return;
  await client.close();
  throw new Error(
    `no connection to ClickHouse at ${withoutPassword(url)}: ${pong.error.message || String((pong.error as NodeJS.ErrnoException).code)} ` +
      '(check RINGBREAK_CLICKHOUSE_URL and that the server runs)',
    { cause: pong.error },
  );
}

export class ClickhouseFacts implements FactsStore {
  readonly engine = 'clickhouse' as const;
  readonly cluster?: FactsCluster;
  readonly #client: ClickHouseClient;
  readonly #address: string;
  readonly #abort = new AbortController();
  #closed: Promise<void> | null = null;

  constructor(client: ClickHouseClient, url: string) {
    this.#client = client;
    this.#address = new URL(url).host;
    // Every statement that runs listens to it.
    setMaxListeners(0, this.#abort.signal);
  }

  /** The statement as the server is given it. */
  protected text(statement: string): string {
    return statement;
  }

  /** What went wrong, in words for whoever asked. */
  protected failed(cause: unknown, statement: Sql | string, away = ''): Promise<FactsError> {
    return Promise.resolve(factsError(cause, statement, this.#address, away));
  }

  #request(statement: Sql | string) {
    if (this.#closed !== null) throw factsError(new Error('the facts store is closed'), statement);
    return {
      query: this.text(typeof statement === 'string' ? statement : statement.text)
        .trim()
        .replace(/;+$/, ''),
      query_params: typeof statement === 'string' ? {} : { ...statement.params },
      abort_signal: this.#abort.signal,
    };
  }

  async command(statement: Sql | string, settings: Settings = {}): Promise<void> {
    try {
      await this.#client.command({ ...this.#request(statement), clickhouse_settings: settings as ClickHouseSettings });
    } catch (e) {
      throw await this.failed(e, statement);
    }
  }

  async query<T = Record<string, unknown>>(statement: Sql | string): Promise<T[]> {
    try {
      const result = await this.#client.query({ ...this.#request(statement), format: 'JSONEachRow' });
      return await result.json<T>();
    } catch (e) {
      throw await this.failed(e, statement);
    }
  }

  async *stream<T = Record<string, unknown>>(statement: Sql | string): AsyncIterable<T[]> {
    try {
      const result = await this.#client.query({
        ...this.#request(statement),
        format: 'JSONEachRow',
        // The whole result would otherwise be kept on the server first.
        clickhouse_settings: { wait_end_of_query: 0 },
      });
      for await (const rows of result.stream<T>()) {
        if (rows.length > 0) yield rows.map((row) => row.json<T>());
      }
    } catch (e) {
      throw await this.failed(e, statement);
    }
  }

  async columns(statement: Sql | string): Promise<Record<string, Column>> {
    try {
      const request = this.#request(statement);
      const { stream } = await this.#client.exec({
        ...request,
        query: `${request.query} FORMAT ArrowStream`,
        clickhouse_settings: ARROW_SETTINGS as unknown as ClickHouseSettings,
      });
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      return columnsFromArrow(Buffer.concat(pieces));
    } catch (e) {
      throw await this.failed(e, statement);
    }
  }

  async insert(table: string, rows: readonly object[] | AsyncIterable<readonly object[]>): Promise<void> {
    const what = `INSERT INTO ${table} FORMAT JSONEachRow`;
    try {
      for await (const batch of Array.isArray(rows) ? [rows as readonly object[]] : (rows as AsyncIterable<object[]>)) {
        for (const piece of jsonLines(batch)) await this.#send(what, [Buffer.from(piece, 'utf8')]);
      }
    } catch (e) {
      throw await this.failed(e, what);
    }
  }

  async load(file: DelimitedFile, into: string, select: string): Promise<void> {
    const statement =
      `INSERT INTO ${into} SELECT ${select} FROM input(${quoted(file.structure)})` +
      `${settingsClause({ ...FILE_ORDER, ...file.settings })} FORMAT ${file.format}`;
    // The bytes travel as they are; the server unpacks them.
    const encoding = file.compression === 'none' ? {} : { 'Content-Encoding': file.compression };
    try {
      await this.#send(statement, (await open(file.path)).createReadStream(), encoding);
    } catch (e) {
      throw await this.failed(e, statement);
    }
  }

  async queryFile<T = Record<string, unknown>>(statement: Sql): Promise<T[]> {
    // The server does not see this machine's files. The engine in the process reads them as the server would.
    const dir = await mkdtemp(join(tmpdir(), 'ringbreak-file-'));
    try {
      const { openChdb } = await import('./chdb.ts');
      const local = await openChdb(dir);
      try {
        return await local.query<T>(statement);
      } finally {
        await local.close();
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  async #send(query: string, body: Iterable<Buffer> | AsyncIterable<Buffer>, headers = {}): Promise<void> {
    const { stream } = await this.#client.exec({
      query,
      values: Readable.from(body, { objectMode: false }),
      http_headers: headers,
      abort_signal: this.#abort.signal,
    });
    stream.resume();
    await new Promise<void>((done, fail) => stream.once('end', done).once('error', fail).once('close', done));
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      this.#abort.abort();
      await this.#client.close();
    })();
    return this.#closed;
  }
}
