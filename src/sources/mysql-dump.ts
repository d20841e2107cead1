import type { Bilingual } from '../model/reason.ts';
import type { ReadOptions, Reader, SourceFile, SourceRow, SourceTable } from './reader.ts';
import { isBlank, readAt } from './mysql-tuple.ts';
import { inBatches } from './reader.ts';

/**
 * A row of a dump: its cells (NULL as null), or why it could not be read, with its text. `database` is '' where the dump names none. `columns` is the same
 * array for all rows of one statement.
 */
export type DumpRow = { database: string; table: string; columns: readonly string[]; raw: string } & (
  { cells: (string | null)[]; broken?: undefined } | { broken: 'broken_tuple' | 'line_too_long'; cells?: undefined }
);

/** What a dump holds of one table: its columns in the order they were first named, and its rows, whole or broken. */
export interface DumpTable {
  database: string;
  table: string;
  columns: readonly string[];
  rows: number;
}

/** Characters kept of a tuple that can't be read. */
const KEPT = 1000;
/** Characters a statement's beginning, or a table's definition, may have. */
const MOST_HEAD = 64_000;
const MOST_CREATE = 1_000_000;

/**
 * Reads the rows of a mysqldump text, statement by statement, tuple by tuple: extended inserts of any length never stand in memory, a tuple at most
 * `options.maxLine` characters of it. Columns come from CREATE TABLE or from the INSERT itself. What is no INSERT or REPLACE, comments and the bodies of triggers
 * (between DELIMITER lines) are passed over. A tuple that can't be read is handed over with its text, and reading goes on at the next tuple that begins
 * after the place where it broke. Any bytes end in rows; only the stream's own errors are thrown.
 *
 * Source: MySQL 8.0 reference manual, "mysqldump", "String Literals", "Hexadecimal Literals".
 * @param wanted tables whose rows are wanted; others are passed over, broken or not
 * @param seen is told of every table, wanted or not
 */
export async function* dumpRows(
  file: Pick<SourceFile, 'open' | 'encoding'>,
  options: Pick<ReadOptions, 'maxLine'>,
  wanted: (table: string, database: string) => boolean = () => true,
  seen: Map<string, DumpTable> = new Map(),
): AsyncGenerator<DumpRow> {
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  const parser = new DumpParser(options.maxLine, wanted, seen);
  for await (const chunk of file.open()) yield* parser.read(decoder.decode(chunk as Buffer, { stream: true }), false);
  yield* parser.read(decoder.decode(), true);
}

const NAME = '(?:`(?:[^`]|``)*`|[^\\s`().,;]+)';
// Blanks are counted: two unbounded runs side by side would be tried in every split.
const INSERT = new RegExp(
  `^(?:INSERT|REPLACE)\\s{1,50}(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\\s{1,50}){0,3}INTO\\s{1,50}(${NAME}(?:\\.${NAME})?)\\s{0,50}(?:\\(([^()]*)\\))?\\s{0,50}VALUES?\\s{0,50}(?=[^\\sS])`,
  'i',
);
const CREATE = new RegExp(
  `^CREATE\\s{1,50}(?:TEMPORARY\\s{1,50})?TABLE\\s{1,50}(?:IF\\s{1,50}NOT\\s{1,50}EXISTS\\s{1,50})?(${NAME}(?:\\.${NAME})?)\\s{0,50}\\(`,
  'i',
);
const USE = new RegExp(`^USE\\s{1,50}(${NAME})\\s{0,50};`, 'i');
const NO_COLUMN = /^(?:PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|CONSTRAINT|FOREIGN|CHECK|PERIOD)(?![\w`])/i;
/** Where reading can go on after damage: between two tuples, at a statement's end, at a line that begins one. */
const NEXT =
  /\)\s*,\s*(?=\()|;[ \t]*\r?\n|\n(?=(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s|(?:CREATE|DROP|LOCK|UNLOCK)\s+TABLES?\s)/gi;
/** Longer than any beginning of NEXT, of a comment's end or of a DELIMITER line that a piece of text may be cut in. */
const MARK = 100;

const bare = (name: string): string => (name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name);
const nameParts = (name: string): string[] => (name.match(new RegExp(NAME, 'g')) ?? []).map(bare);

/** The table whose VALUES are being read. */
interface Into {
  table: DumpTable;
  columns: readonly string[];
  wanted: boolean;
}

class DumpParser {
  readonly #most: number;
  readonly #wanted: (table: string, database: string) => boolean;
  readonly #seen: Map<string, DumpTable>;
  #text = '';
  #atEnd = false;
  #database = '';
  #into: Into | null = null;
  /** Beginning of a broken tuple, while the place to go on is looked for. */
  #lost: string | null = null;
  /** The end of what is passed over: a comment, a trigger's body, a line. */
  #passing: RegExp | null = null;
  /** Text there must be before what was not whole is tried again: twice as much, so that all tries together stay linear. */
  #least = 0;

  constructor(most: number, wanted: (table: string, database: string) => boolean, seen: Map<string, DumpTable>) {
    this.#most = most;
    this.#wanted = wanted;
    this.#seen = seen;
  }

  *read(piece: string, atEnd: boolean): Generator<DumpRow> {
    this.#text += piece;
    this.#atEnd = atEnd;
    if (this.#text.length < this.#least && !atEnd) return;
    let at = 0;
    while (at < this.#text.length) {
      // Blanks say nothing but where a line begins: what is looked for there.
      if (this.#passing === null && this.#lost === null && isBlank(this.#text.charCodeAt(at))) {
        at++;
        continue;
      }
      let next: number | null;
      if (this.#passing !== null) next = this.#pass(at, this.#passing);
      else if (this.#into === null) next = this.#statement(at);
      else if (this.#lost !== null) next = yield* this.#resume(at, this.#lost);
      else next = yield* this.#values(at, this.#into);
      if (next === null) break;
      at = next;
    }
    this.#text = this.#text.slice(at);
    this.#least = this.#text.length * 2;
    if (atEnd && this.#lost !== null) yield* this.#give('broken_tuple', this.#lost);
  }

  /** Drops text up to the end of `until`. */
  #pass(at: number, until: RegExp): number | null {
    until.lastIndex = at;
    if (until.test(this.#text)) {
      this.#passing = null;
      return until.lastIndex;
    }
    if (this.#atEnd) return this.#text.length;
    return this.#text.length - MARK > at ? this.#text.length - MARK : null;
  }

  *#give(broken: 'broken_tuple' | 'line_too_long', raw: string): Generator<DumpRow> {
    this.#lost = null;
    if (this.#into === null) return;
    const { table, columns, wanted } = this.#into;
    table.rows++;
    if (wanted) yield { database: table.database, table: table.table, columns, broken, raw };
  }

  *#values(at: number, into: Into): Generator<DumpRow, number | null> {
    const text = this.#text;
    if (text[at] === ',') return at + 1;
    if (text[at] === ';') {
      this.#into = null;
      return at + 1;
    }
    if (text[at] !== '(') {
      const line = text.slice(at, at + MARK);
      if (line.length < MARK && !this.#atEnd && !line.includes('\n')) return null;
      if (line.startsWith('/*')) this.#passing = /\*\//g;
      else if (/^(?:ON\s+DUPLICATE|AS)\s/i.test(line)) {
        this.#into = null;
        this.#passing = /\n/g;
      } else this.#lost = '';
      return at;
    }
    const tuple = readAt(text, at, this.#atEnd, into.wanted);
    if (tuple === null && text.length - at <= this.#most) return null;
    if (tuple === null) {
      // Its end may never come: another statement may begin at the next line.
      yield* this.#give('line_too_long', text.slice(at, at + KEPT));
      this.#into = null;
      this.#passing = /\n/g;
      return at;
    }
    if (tuple.failedAt !== undefined) {
      this.#lost = text.slice(at, Math.min(tuple.failedAt, at + KEPT));
      return tuple.failedAt;
    }
    const raw = text.slice(at, tuple.end);
    const { table } = into;
    if (into.columns.length === 0) {
      // A table whose columns nobody names is as wide as its first row.
      if (table.columns.length === 0) table.columns = Array.from({ length: tuple.width }, (_, i) => `column_${i + 1}`);
      into.columns = table.columns;
    }
    if (raw.length > this.#most) yield* this.#give('line_too_long', raw.slice(0, KEPT));
    else if (tuple.width !== into.columns.length) yield* this.#give('broken_tuple', raw);
    else {
      table.rows++;
      const { database } = table;
      if (into.wanted) yield { database, table: table.table, columns: into.columns, cells: tuple.cells, raw };
    }
    return tuple.end;
  }

  /** After a broken tuple: the next one, or the next statement. */
  *#resume(at: number, lost: string): Generator<DumpRow, number | null> {
    const text = this.#text;
    NEXT.lastIndex = at;
    const mark = NEXT.exec(text);
    if (mark === null) {
      const end = this.#atEnd ? text.length : text.length - MARK;
      if (end <= at) return null;
      this.#lost = (lost + text.slice(at, Math.min(end, at + KEPT))).slice(0, KEPT);
      return end;
    }
    const between = mark[0].startsWith(')');
    const rest = text.slice(at, Math.min(between ? mark.index + 1 : mark.index, at + KEPT));
    yield* this.#give('broken_tuple', (lost + rest).slice(0, KEPT));
    if (!between) this.#into = null;
    return mark.index + mark[0].length;
  }

  /** Reads one statement's beginning, or one line, outside of VALUES from `at`; null: more text is needed. */
  #statement(at: number): number | null {
    const text = this.#text;
    // A head is looked for without waiting for the line's end: the values behind it may be megabytes.
    const head = text.slice(at, at + MOST_HEAD);
    const more = !this.#atEnd && head.length < MOST_HEAD;
    const newline = text.indexOf('\n', at);
    if (head.startsWith('/*')) {
      this.#passing = /\*\//g;
      return at + 2;
    }
    if (/^(?:INSERT|REPLACE|CREATE)\s/i.test(head)) {
      const insert = INSERT.exec(head);
      if (insert !== null) {
        this.#begin(insert[1] ?? '', insert[2]);
        return at + insert[0].length;
      }
      const create = CREATE.exec(head);
      const body = create === null ? null : columnsAt(text, at + create[0].length);
      if (body !== null) {
        this.#table(create?.[1] ?? '').columns = body.columns;
        return body.end;
      }
      const whole = create === null ? !more || head.includes(';') : this.#atEnd || text.length - at > MOST_CREATE;
      if (!whole) return null;
    }
    if (newline < 0 && more) return null;
    const use = USE.exec(head);
    if (use !== null) this.#database = bare(use[1] ?? '');
    // Statements between DELIMITER ;; and DELIMITER ; are a trigger's or a procedure's: what they insert is nowhere yet.
    const delimiter = /^DELIMITER[ \t]+(\S+)/i.exec(head);
    if (delimiter !== null && delimiter[1] !== ';') this.#passing = /\nDELIMITER[ \t]+;[ \t]*\r?\n/gi;
    else if (newline < 0) this.#passing = /\n/g;
    return newline < 0 ? text.length : newline;
  }

  #begin(name: string, list: string | undefined): void {
    const table = this.#table(name);
    const columns = list === undefined ? table.columns : nameParts(list);
    if (columns.some((c) => !table.columns.includes(c))) table.columns = [...new Set([...table.columns, ...columns])];
    this.#into = { table, columns, wanted: this.#wanted(table.table, table.database) };
  }

  #table(name: string): DumpTable {
    const parts = nameParts(name);
    const table = parts.at(-1) ?? '';
    const database = parts.length > 1 ? (parts[0] ?? '') : this.#database;
    const key = `${database}\0${table}`;
    const known = this.#seen.get(key) ?? { database, table, columns: [], rows: 0 };
    this.#seen.set(key, known);
    return known;
  }
}

/** Columns of the definition whose bracket stands before `start`; null when it does not end here. */
function columnsAt(text: string, start: number): { columns: string[]; end: number } | null {
  const columns: string[] = [];
  let depth = 1;
  let from = start;
  for (let at = start; at < text.length; at++) {
    const c = text[at];
    if (c === "'" || c === '"' || c === '`') {
      for (at++; at < text.length && text[at] !== c; at++) if (text[at] === '\\' && c !== '`') at++;
    } else if (c === '(') depth++;
    else if (c === ')') depth--;
    if (depth === 0 || (depth === 1 && c === ',')) {
      const part = text.slice(from, at).trim();
      if (!NO_COLUMN.test(part)) columns.push(...nameParts(part.slice(0, 200)).slice(0, 1));
      from = at + 1;
    }
    if (depth === 0) return { columns, end: at + 1 };
  }
  return null;
}

/** Whether the beginning of a text is a dump, and of which tables it speaks there. */
export function looksLikeDump(text: string): string[] | null {
  if (!/^-- (?:MySQL|MariaDB) dump|^(?:INSERT|REPLACE) INTO |^CREATE TABLE /im.test(text)) return null;
  return [
    ...text.matchAll(
      /^(?:CREATE TABLE(?: IF NOT EXISTS)?|(?:INSERT|REPLACE)(?: IGNORE)? INTO) (?:`?[\w$]+`?\.)?`?([\w$]+)/gim,
    ),
  ].map((m) => m[1] ?? '');
}

/** Reads a dump once for the tables it has, and the rows of each; nothing is kept of the rows. */
export async function dumpTables(file: SourceFile, options: ReadOptions): Promise<DumpTable[]> {
  const seen = new Map<string, DumpTable>();
  const none: AsyncIterator<DumpRow> = dumpRows(file, options, () => false, seen);
  await none.next();
  return [...seen.values()];
}

/** Tables of a MySQL or MariaDB dump, as they are: a profile must say what their columns mean. A table of no rows is only named. */
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
    const all = await dumpTables(file, options);
    const filled = all.filter((t) => t.rows > 0);
    const empty = all.filter((t) => t.rows === 0).map((t) => t.table);
    const named = empty.slice(0, 20).join(', ') + (empty.length > 20 ? ' ...' : '');
    const notes: Bilingual[] =
      empty.length === 0
        ? []
        : [{ zh: `${empty.length} 个表没有行：${named}`, en: `${empty.length} tables have no rows: ${named}` }];
    return filled.map((own, i): SourceTable => {
      const { database, table, columns: header } = own;
      // Dumps of several databases have tables of the same name.
      const shared = filled.some((t) => t !== own && t.table === table);
      return {
        member: shared ? `${database}.${table}` : table,
        kind: null,
        header,
        notes: i === 0 ? notes : [],
        rows: () =>
          inBatches(
            rowsUnder(
              header,
              dumpRows(file, options, (t, d) => t === table && d === database),
            ),
          ),
      };
    });
  },
};

/** Rows with their cells under the columns of the header: statements may name fewer, or in another order. */
async function* rowsUnder(header: readonly string[], rows: AsyncIterable<DumpRow>): AsyncGenerator<SourceRow> {
  let columns: readonly string[] = header;
  let places: number[] | null = null;
  for await (const row of rows) {
    if (row.columns !== columns) {
      columns = row.columns;
      places = columns.join('\0') === header.join('\0') ? null : header.map((name) => columns.indexOf(name));
    }
    if (row.broken !== undefined) yield { broken: row.broken, raw: row.raw };
    else yield { cells: places?.map((p) => row.cells[p] ?? '') ?? row.cells.map((c) => c ?? ''), raw: row.raw };
  }
}
