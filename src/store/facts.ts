import type { Sql } from './sql.ts';

/** A column handed over as a typed array (numbers) or plain array (strings): the way from the engine into graphs. */
export type Column =
  Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | BigInt64Array | BigUint64Array | string[];

export interface DelimitedFile {
  path: string;
  /** ClickHouse input format, with header where the format has one. */
  format:
    'CSV' | 'CSVWithNames' | 'TSVWithNames' | 'JSONEachRow' | 'LineAsString' | 'Parquet' | 'CustomSeparatedWithNames';
  compression: 'none' | 'gzip' | 'zstd';
  /** Structure given to the engine, `col String, ...`; every column a String except for Parquet. */
  structure: string;
  /** Extra SETTINGS, e.g. format_csv_delimiter. */
  settings?: Readonly<Record<string, string | number>>;
}

/**
 * The facts store: calls, logins, payments ... in columns. One SQL text for all engines (chDB in process, a ClickHouse server or
 * cluster by URL). Only src/store imports a driver.
 */
export interface FactsStore {
  readonly engine: 'chdb' | 'clickhouse';
  /** What is different where the fact tables are spread over servers; undefined where everything is in one place. */
  readonly cluster?: FactsCluster;
  /** Runs a statement that returns no rows (DDL, INSERT ... SELECT). */
  command(statement: Sql | string, settings?: Readonly<Record<string, string | number>>): Promise<void>;
  /** All rows as objects. For results that fit in memory; 64-bit integers come as JavaScript numbers. */
  query<T = Record<string, unknown>>(statement: Sql | string): Promise<T[]>;
  /** Rows in batches, for results that may not fit. */
  stream<T = Record<string, unknown>>(statement: Sql | string): AsyncIterable<T[]>;
  /** Columns by name, as typed arrays where numeric. */
  columns(statement: Sql | string): Promise<Record<string, Column>>;
  /** Inserts objects (column -> value). Returns after the engine acknowledged them. */
  insert(table: string, rows: readonly object[] | AsyncIterable<readonly object[]>): Promise<void>;
  /**
   * Reads a local file with the engine's own reader: `INSERT INTO <into> SELECT <select> FROM <the file>`. `select` may use
   * rowNumberInAllBlocks(); the reader is then kept in file order. Works for a remote server too (the bytes are streamed to it).
   */
  load(file: DelimitedFile, into: string, select: string): Promise<void>;
  /** Asks of a file on this machine, wherever the store is: `SELECT ... FROM file(PATH, FORMAT)`, of no tables. For structures and single rows. */
  queryFile<T = Record<string, unknown>>(statement: Sql): Promise<T[]>;
  /** Kills what is running and gives the data directory back. */
  close(): Promise<void>;
}

/**
 * The two things that one statement cannot do on a cluster. Everything else is the same SQL: a fact table `calls` is a Distributed table
 * over `calls_local` on every node, all other tables are on the node that is asked.
 */
export interface FactsCluster {
  /** Its name in the servers' `remote_servers`. */
  readonly name: string;
  readonly shards: number;
  /** Whether a table is spread over the nodes. */
  holds(table: string): boolean;
  /** Throws when the node asked is not the one that holds the store, or the number of shards has changed. Called before migrations. */
  check(): Promise<void>;
  /** Runs a statement of the schema, for a fact table on every node. */
  define(statement: string): Promise<void>;
  /**
   * Deletes rows of a spread table on every node and waits until they are gone. With `listed`, only those whose `column` (UInt64) is
   * in the table `from` of the node asked.
   */
  deleteRows(table: string, where: string, listed?: { column: string; from: string }): Promise<void>;
}

/** A query that broke: carries the statement's text and the engine's own words. */
export class FactsError extends Error {
  readonly sql: string;
  /** The engine's name for what went wrong (UNKNOWN_TABLE, MEMORY_LIMIT_EXCEEDED ...), '' when it gave none. */
  readonly code: string;
  /** Address of the server that was away, '' when none was. */
  readonly node: string;
  constructor(message: string, sqlText: string, options?: ErrorOptions & { code?: string; node?: string }) {
    super(message, options);
    this.name = 'FactsError';
    this.sql = sqlText;
    this.code = options?.code ?? '';
    this.node = options?.node ?? '';
  }
}
