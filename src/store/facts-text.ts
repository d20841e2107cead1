import { FactsError } from './facts.ts';
import type { Sql } from './sql.ts';

/** The statement as it was written, with its values beside it: what an error shows. */
export function shown(statement: Sql | string): string {
  if (typeof statement === 'string') return statement;
  const values = Object.entries(statement.params).map(([name, value]) => {
    const text = JSON.stringify(value, (_k, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)) ?? 'null';
    return `${name} = ${text.length > 200 ? `${text.slice(0, 200)}...` : text}`;
  });
  return values.length === 0 ? statement.text : `${statement.text}\n-- ${values.join(', ')}`;
}

/** What to do next, for the ways an engine most often gives up. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /NOT_ENOUGH_SPACE|No space left on device|CANNOT_RESERVE_SPACE/i,
    'The disk is full: free some space (`ringbreak doctor` shows how much is left), then run the same command again; nothing acknowledged is lost.',
  ],
  [
    /MEMORY_LIMIT_EXCEEDED/,
    'The engine reached its memory ceiling: raise RINGBREAK_MEMORY_MB, or look at a shorter time span.',
  ],
  [
    // Of rows on their way to the nodes; which of them it was, the engine does not say, and now all answer.
    /^Attempt to read after eof: Insertion status/,
    'A node of the cluster went away while rows were stored and is back: run the same command again. What was begun is taken back first.',
  ],
  [
    /Permission denied|Read-only file system|READONLY/i,
    'The data directory cannot be written to: check its owner and mode.',
  ],
];

/** The ways in which engine and driver say that a server is not there (any more). */
const AWAY =
  /NETWORK_ERROR|ALL_CONNECTION_TRIES_FAILED|SOCKET_TIMEOUT|CANNOT_READ_FROM_SOCKET|CANNOT_WRITE_TO_SOCKET|DNS_ERROR|reading from socket|writing to socket|receiving packet from|Connection (reset|refused)|ECONNREFUSED|ECONNRESET|EPIPE|EHOSTUNREACH|ETIMEDOUT|ENOTFOUND|socket hang up/i;

/** The last address in the engine's words is the one that did not answer; its own side of a connection is called `local`. */
function awayNode(words: string, asked: string): string {
  if (asked === '' || !AWAY.test(words)) return '';
  const named = [
    ...words.replace(/local(?: address)?: \S+/g, '').matchAll(/([\w.-]+|\[[\da-f:]+\]):(\d{2,5})\b(?!:)/gi),
  ];
  return named.at(-1)?.[0] ?? asked;
}

/**
 * The engine's words as a FactsError: no stack prefix, its error name, the statement, and what to do next where that is known.
 *
 * @param asked address of the server that was asked; '' for the engine in this process
 * @param away address of a node known to be away, where the words name none
 */
export function factsError(cause: unknown, statement: Sql | string, asked = '', away = ''): FactsError {
  if (cause instanceof FactsError) return cause;
  const spoken = cause instanceof Error ? spokenBy(cause) : String(cause);
  const said = spoken.replace(/\s*\(version [^)]*\)+\s*$/, '').trim();
  const code = String((cause as { type?: unknown } | null)?.type ?? /\(([A-Z][A-Z0-9_]+)\)$/.exec(said)?.[1] ?? '');
  const words = said.replace(/^Query failed: /, '').replace(/^Code: \d+\. DB::(\w+Exception|Exception): /, '');
  const full = code === '' || words.endsWith(`(${code})`) ? words : `${words} (${code})`;
  const node = awayNode(full, asked) || away;
  const advice = ADVICE.find(([pattern]) => pattern.test(full))?.[1];
  const text = shown(statement);
  const excerpt = text.length > 2000 ? `${text.slice(0, 2000)}...` : text;
  // Only the first line is shown to people who did not ask for more.
  const first = node === '' ? `${full}${advice === undefined ? '' : ` ${advice}`}` : `${nodeAway(node)}\n${full}`;
  return new FactsError(`${first}\nin the statement: ${excerpt}`, text, { cause, code, node });
}

/** A driver's message with the system's code where it has one: of a server that dies while it answers, Node says `aborted` and no more. */
function spokenBy(cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException;
  const system = typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : '';
  if (cause.message === '') return system || 'the server answered with an error and no word about it';
  return system === '' || cause.message.includes(system) ? cause.message : `${cause.message} (${system})`;
}

const nodeAway = (node: string): string =>
  `The ClickHouse server at ${node} does not answer. Start it again, or wait until it is back, then run the same command again: ` +
  'what was begun is taken back first, so nothing is lost and nothing is counted twice.';

/** Rows as newline-delimited JSON in pieces of a few megabytes. Dates as ISO 8601, big integers exactly. */
export function* jsonLines(rows: readonly object[], pieceChars = 8_000_000): Generator<string> {
  let piece: string[] = [];
  let size = 0;
  for (const row of rows) {
    const line = jsonLine(row);
    piece.push(line);
    size += line.length + 1;
    if (size >= pieceChars) {
      yield piece.join('\n') + '\n';
      piece = [];
      size = 0;
    }
  }
  if (piece.length > 0) yield piece.join('\n') + '\n';
}

/** A replacer makes writing five times as slow; only rows with big integers need it. */
function jsonLine(row: object): string {
  try {
    return JSON.stringify(row);
  } catch (e) {
    if (!(e instanceof TypeError)) throw e;
    return JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  }
}

export const parseLines = (text: string): unknown[] => {
  const body = text.trimEnd();
  // A newline inside a value is escaped in JSON, so every raw one ends a row.
  return body === '' ? [] : (JSON.parse(`[${body.replaceAll('\n', ',')}]`) as unknown[]);
};

export type Settings = Readonly<Record<string, string | number>>;

export function settingsClause(settings: Settings): string {
  const parts = Object.entries(settings).map(([name, value]) => `${settingName(name)} = ${settingValue(value)}`);
  return parts.length === 0 ? '' : ` SETTINGS ${parts.join(', ')}`;
}

export function settingName(name: string): string {
  if (!/^[a-z]\w*$/i.test(name)) throw new TypeError(`${JSON.stringify(name)} is not the name of a setting`);
  return name;
}

export const settingValue = (value: string | number): string =>
  typeof value === 'number' ? String(value) : quoted(value);

/** A single-quoted literal. Backslash first, or a value could escape its own closing quote. */
export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * Keeps the rows in file order, so that rowNumberInAllBlocks() is the row of the file: the file is one stream until its rows are numbered, and
 * spreads over the threads after that. Blocks are an eighth as long as the engine's own: views hold several copies of each. What is parsed ahead comes in small pieces for the same
 * reason (decisions/0015).
 */
export const FILE_ORDER: Settings = {
  // Mapped into memory, as the engine would have it here, a file counts as this process's own until it has been read.
  storage_file_read_method: 'pread',
  max_threads: 2,
  max_parsing_threads: 2,
  min_chunk_bytes_for_parallel_parsing: 1_048_576,
  max_insert_threads: 2,
  parallelize_output_from_storages: 0,
  parallel_view_processing: 1,
  min_insert_block_size_rows: 131_072,
  min_insert_block_size_bytes: 0,
  // Rows of few columns go on in longer blocks, for fewer parts; such a block of full rows has more bytes already.
  min_insert_block_size_rows_for_materialized_views: 524_288,
  min_insert_block_size_bytes_for_materialized_views: 33_554_432,
  input_format_parquet_preserve_order: 1,
};
