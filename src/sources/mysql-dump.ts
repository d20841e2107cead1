import type { ReadOptions, Reader, SourceFile, SourceRow, SourceTable } from './reader.ts';
import { inBatches } from './reader.ts';

/** A row of a dump: its cells (NULL as null), or why it could not be read, with its text. */
export type DumpRow =
  | { table: string; columns: readonly string[]; cells: (string | null)[]; raw: string; broken?: undefined }
  | { table: string; columns: readonly string[]; broken: 'broken_tuple' | 'line_too_long'; raw: string };

const KEPT = 1000;

/**
 * Reads the rows of a mysqldump text, statement by statement, tuple by tuple: extended inserts of any length never stand in memory. Columns come from CREATE
 * TABLE or from the INSERT itself. What is no INSERT or REPLACE is passed over. A tuple that can't be read is handed over with its text, and reading goes
 * on at the next one.
 *
 * Source: MySQL 8.0 reference manual, "mysqldump" and "String Literals".
 * @param wanted tables whose rows are wanted; others are passed over
 */
export async function* dumpRows(
  file: Pick<SourceFile, 'open' | 'encoding'>,
  options: ReadOptions,
  wanted: (table: string) => boolean = () => true,
): AsyncGenerator<DumpRow> {
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  const parser = new DumpParser(options.maxLine, wanted);
  for await (const chunk of file.open()) yield* parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
  yield* parser.feed(decoder.decode());
  yield* parser.end();
}

const INSERT =
  /^(?:INSERT|REPLACE)\s+(?:LOW_PRIORITY\s+|DELAYED\s+|HIGH_PRIORITY\s+)?(?:IGNORE\s+)?INTO\s+((?:`[^`]*`|[\w$.]+)(?:\.(?:`[^`]*`|[\w$]+))?)\s*(\([^()]*\))?\s*VALUES?\s*/i;
const CREATE = /^CREATE TABLE\s+(?:IF NOT EXISTS\s+)?((?:`[^`]*`|[\w$.]+)(?:\.(?:`[^`]*`|[\w$]+))?)\s*\(/i;

const bareName = (name: string): string => (name.split('.').at(-1) ?? name).replace(/`/g, '');

class DumpParser {
  readonly #maxTuple: number;
  readonly #wanted: (table: string) => boolean;
  readonly #columns = new Map<string, string[]>();
  #text = '';
  /** Inside the VALUES of an insert. */
  #insert: { table: string; columns: readonly string[] } | null = null;
  /** Passing over a tuple that is too long. */
  #skip = false;

  constructor(maxTuple: number, wanted: (table: string) => boolean) {
    this.#maxTuple = maxTuple;
    this.#wanted = wanted;
  }

  *feed(piece: string): Generator<DumpRow> {
    this.#text += piece;
    yield* this.#read(false);
  }

  *end(): Generator<DumpRow> {
    yield* this.#read(true);
    if (this.#insert !== null && this.#text.trim() !== '' && this.#text.trim() !== ';')
      yield this.#broken('broken_tuple', this.#text);
    this.#text = '';
  }

  *#read(atEnd: boolean): Generator<DumpRow> {
    let at = 0;
    for (;;) {
      const text = this.#text;
      if (this.#insert === null) {
        const next = this.#statement(at, atEnd);
        if (next === null) break;
        at = next;
        continue;
      }
      while (at < text.length && (text[at] === ',' || /\s/.test(text[at] as string))) at++;
      if (at >= text.length) break;
      if (text[at] === ';') {
        this.#insert = null;
        at++;
        continue;
      }
      if (text[at] !== '(') {
        // ON DUPLICATE KEY ..., or damage: the rest of the line says nothing of rows.
        const newline = text.indexOf('\n', at);
        if (newline < 0 && !atEnd) break;
        const rest = text.slice(at, newline < 0 ? text.length : newline);
        if (!/^ON DUPLICATE/i.test(rest)) yield this.#broken('broken_tuple', rest);
        this.#insert = null;
        at = newline < 0 ? text.length : newline;
        continue;
      }
      const end = endOfTuple(text, at);
      if (end === null) {
        if (text.length - at > this.#maxTuple || this.#skip) {
          // Given up: the next line is where another statement may begin.
          const newline = text.indexOf('\n', at);
          if (!this.#skip) yield this.#broken('line_too_long', text.slice(at, at + KEPT));
          this.#skip = newline < 0;
          if (newline >= 0) this.#insert = null;
          at = newline < 0 ? text.length : newline + 1;
          if (newline < 0) break;
          continue;
        }
        break;
      }
      const raw = text.slice(at, end + 1);
      const cells = readTuple(raw);
      const { table, columns } = this.#insert;
      if (cells === null || (columns.length > 0 && cells.length !== columns.length))
        yield this.#broken('broken_tuple', raw);
      else if (this.#wanted(table)) {
        yield { table, columns: columns.length > 0 ? columns : cells.map((_, i) => `column_${i + 1}`), cells, raw };
      }
      at = end + 1;
    }
    this.#text = this.#text.slice(at);
  }

  #broken(broken: 'broken_tuple' | 'line_too_long', raw: string): DumpRow {
    const { table, columns } = this.#insert ?? { table: '', columns: [] };
    return { table, columns, broken, raw: raw.length > KEPT ? raw.slice(0, KEPT) : raw };
  }

  /** Reads one line or statement outside of VALUES from `at`; null: more text is needed. */
  #statement(at: number, atEnd: boolean): number | null {
    const text = this.#text;
    while (at < text.length && /\s/.test(text[at] as string)) at++;
    if (at >= text.length) return null;
    const newline = text.indexOf('\n', at);
    // The head of an insert is short, its values are not: it is looked for without waiting for the line's end.
    const head = text.slice(at, at + 20_000);
    const insert = INSERT.exec(head);
    if (insert !== null) {
      const table = bareName(insert[1] ?? '');
      const named = insert[2]
        ?.slice(1, -1)
        .split(',')
        .map((c) => c.trim().replace(/`/g, ''));
      this.#insert = { table, columns: named ?? this.#columns.get(table) ?? [] };
      return at + insert[0].length;
    }
    if (/^(?:INSERT|REPLACE)\b/i.test(head) && newline < 0 && !atEnd && head.length < 20_000) return null;
    const create = CREATE.exec(head);
    if (create !== null) {
      const close = /\n\)[^;]*;/.exec(text.slice(at));
      if (close === null) {
        if (!atEnd && text.length - at < 1_000_000) return null;
      } else {
        const body = text.slice(at + create[0].length, at + close.index);
        const columns = [...body.matchAll(/^\s*`([^`]+)`/gm)].map((m) => m[1] ?? '');
        this.#columns.set(bareName(create[1] ?? ''), columns);
        return at + close.index + close[0].length;
      }
    }
    if (newline < 0) {
      if (!atEnd && text.length - at < 1_000_000) return null;
      return text.length;
    }
    return newline + 1;
  }
}

/** Index of the bracket that closes the tuple at `start`; null when it is not there yet. */
function endOfTuple(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length; at++) {
    const c = text[at];
    if (c === ')') return at;
    if (c !== "'" && c !== '"') continue;
    for (at++; at < text.length; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === c) {
        if (text[at + 1] !== c) break;
        at++;
      }
    }
  }
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', Z: '\x1a' };
const VALUE =
  /\s*(?:(NULL)|(?:_\w+\s+)?'([^'\\]*(?:(?:\\[^]|'')[^'\\]*)*)'|(?:_\w+\s+)?0x([0-9A-Fa-f]*)|([-+\w.]+))\s*(,|\)$)/y;

/** The cells of one tuple with its brackets; null when it is none. */
export function readTuple(raw: string): (string | null)[] | null {
  const cells: (string | null)[] = [];
  VALUE.lastIndex = 1;
  for (;;) {
    const m = VALUE.exec(raw);
    if (m === null) return null;
    const [, none, text, hex, plain, end] = m;
    if (none !== undefined) cells.push(null);
    else if (text !== undefined)
      cells.push(
        text.replace(/\\([^])|''/g, (_, c: string | undefined) => (c === undefined ? "'" : (ESCAPES[c] ?? c))),
      );
    else if (hex !== undefined) cells.push(Buffer.from(hex, 'hex').toString('utf8'));
    else cells.push(plain ?? '');
    if (end !== ',') return cells;
  }
}

/** Whether the beginning of a text is a dump, and of which tables it speaks there. */
export function looksLikeDump(text: string): string[] | null {
  if (!/^-- (?:MySQL|MariaDB) dump|^(?:INSERT|REPLACE) INTO |^CREATE TABLE /im.test(text)) return null;
  return [...text.matchAll(/(?:CREATE TABLE(?: IF NOT EXISTS)?|INSERT INTO|REPLACE INTO)\s+`?([\w$]+)`?/gi)].map(
    (m) => m[1] ?? '',
  );
}

/** Tables of a MySQL or MariaDB dump, as they are: a profile must say what their columns mean. */
export const mysqlDump: Reader = {
  id: 'mysql-dump',
  anyColumns: true,
  title: { zh: 'MySQL 转储', en: 'MySQL dump' },
  source: 'MySQL 8.0 reference manual: mysqldump',
  recognise({ text }) {
    if (text === null || looksLikeDump(text) === null) return null;
    return {
      score: 0.7,
      why: { zh: '含 CREATE TABLE、INSERT INTO 语句', en: 'it has CREATE TABLE and INSERT INTO statements' },
    };
  },
  async tables(file, options) {
    const found = new Map<string, readonly string[]>();
    for await (const row of dumpRows(file, options)) if (!found.has(row.table)) found.set(row.table, row.columns);
    return [...found].map(([table, header]): SourceTable => ({
      member: table,
      kind: null,
      header,
      rows: () =>
        inBatches(
          (async function* (): AsyncGenerator<SourceRow> {
            for await (const row of dumpRows(file, options, (t) => t === table)) {
              if (row.broken === undefined) yield { cells: row.cells.map((c) => c ?? ''), raw: row.raw };
              else if (row.table === table) yield { broken: row.broken, raw: row.raw };
            }
          })(),
        ),
    }));
  },
};
