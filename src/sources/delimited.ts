/** A record of a delimited file: its cells, or why it could not be split into cells, with its text. */
export type DelimitedRecord =
  | { row: number; cells: string[]; raw: string; broken?: undefined }
  | { row: number; broken: BrokenRow; raw: string; cells?: undefined };

export type BrokenRow =
  | 'wrong_number_of_cells'
  | 'broken_quotes'
  | 'line_too_long'
  | 'broken_tuple'
  | 'broken_json'
  | 'broken_xml'
  | 'broken_packet'
  | 'not_an_acc_line';

export interface DelimitedRules {
  delimiter: string;
  /** Cells a row must have; null for the header itself. */
  width: number | null;
  /** Characters a row may have; longer ones are given up and only their beginning is kept. */
  maxLine: number;
}

const KEPT_OF_LONG = 1000;
const NEED_MORE = Symbol('need more');

/**
 * Reads RFC 4180 records from text that arrives in pieces, row by row, without giving up at the first broken one: a row with the wrong
 * number of cells or broken quotes is handed over as broken, and reading goes on at the next line. Row 1 is the first record fed.
 * Blank lines are no rows. Cells are read as the engine's CSV reader does: outer blanks of unquoted cells fall away, \N is empty.
 */
export class DelimitedReader {
  readonly #rules: DelimitedRules;
  #text = '';
  #row = 0;
  #skipping = false;

  constructor(rules: DelimitedRules) {
    this.#rules = rules;
  }

  /** Records that are complete after this piece. */
  *feed(piece: string): Generator<DelimitedRecord> {
    this.#text += piece;
    yield* this.#records(false);
  }

  /** What is left at the end of the file. */
  *end(): Generator<DelimitedRecord> {
    yield* this.#records(true);
  }

  *#records(atEnd: boolean): Generator<DelimitedRecord> {
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      if (this.#skipping) {
        if (newline < 0) {
          at = text.length;
          break;
        }
        this.#skipping = false;
        at = newline + 1;
        continue;
      }
      const lineEnd = newline < 0 ? text.length : newline;
      if (lineEnd - at > this.#rules.maxLine) {
        yield this.#broken('line_too_long', text.slice(at, at + KEPT_OF_LONG));
        this.#skipping = newline < 0;
        at = newline < 0 ? text.length : newline + 1;
        continue;
      }
      if (newline < 0 && !atEnd) break;
      const line = text.slice(at, lineEnd > at && text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd);
      if (line === '') {
        at = lineEnd + 1;
        continue;
      }
      if (!line.includes('"')) {
        yield this.#complete(line.split(this.#rules.delimiter).map(unquoted), line);
        at = lineEnd + 1;
        continue;
      }
      const read = this.#quotedRecord(text, at, atEnd);
      if (read === NEED_MORE) break;
      if (read === null) {
        yield this.#broken('broken_quotes', line);
        at = lineEnd + 1;
      } else {
        yield this.#complete(read.cells, text.slice(at, read.next).replace(/\r?\n$/, ''));
        at = read.next;
      }
    }
    this.#text = at === 0 ? text : text.slice(at);
  }

  #complete(cells: string[], raw: string): DelimitedRecord {
    const { width } = this.#rules;
    if (width !== null && cells.length !== width) return this.#broken('wrong_number_of_cells', raw);
    return { row: ++this.#row, cells, raw };
  }

  #broken(broken: BrokenRow, raw: string): DelimitedRecord {
    return { row: ++this.#row, broken, raw };
  }

  /** One record with quoted cells, which may run over several lines; null when its quotes are broken. */
  #quotedRecord(
    text: string,
    start: number,
    atEnd: boolean,
  ): { cells: string[]; next: number } | null | typeof NEED_MORE {
    const { delimiter, maxLine } = this.#rules;
    const cells: string[] = [];
    let at = start;
    for (;;) {
      while (text[at] === ' ' || (text[at] === '\t' && delimiter !== '\t')) at++;
      if (text[at] === '"') {
        let cell = '';
        let from = at + 1;
        for (;;) {
          const quote = text.indexOf('"', from);
          if (quote < 0 || quote - start > maxLine) {
            // Unclosed: perhaps more is to come; at the end of the file, or beyond all measure, it is broken.
            if (atEnd || text.length - start > maxLine) return null;
            return NEED_MORE;
          }
          if (quote + 1 >= text.length && !atEnd) return NEED_MORE;
          cell += text.slice(from, quote);
          if (text[quote + 1] !== '"') {
            at = quote + 1;
            break;
          }
          cell += '"';
          from = quote + 2;
        }
        while (text[at] === ' ' || (text[at] === '\t' && delimiter !== '\t')) at++;
        cells.push(cell);
      } else {
        let end = at;
        while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
        if (end >= text.length && !atEnd) return NEED_MORE;
        const cut = text[end] !== delimiter && text[end - 1] === '\r' && end > at ? end - 1 : end;
        cells.push(unquoted(text.slice(at, cut)));
        at = end;
      }
      if (at >= text.length) return atEnd ? { cells, next: at } : NEED_MORE;
      if (text[at] === delimiter) {
        at++;
        continue;
      }
      if (text[at] === '\r' && text[at + 1] === '\n') return { cells, next: at + 2 };
      if (text[at] === '\r' && at + 1 >= text.length) return atEnd ? { cells, next: at + 1 } : NEED_MORE;
      if (text[at] === '\n') return { cells, next: at + 1 };
      return null;
    }
  }
}

const unquoted = (cell: string): string => {
  const trimmed = cell.replace(/^[ \t]+|[ \t]+$/g, '');
  return trimmed === '\\N' ? '' : trimmed;
};

const CANDIDATES = [',', ';', '\t', '|'] as const;

/** The delimiter a header line is most likely cut by; a comma when nothing speaks for another. */
export function sniffDelimiter(head: string): string {
  const line = (head.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  let best: string = ',';
  for (const candidate of CANDIDATES) {
    if (line.split(candidate).length > line.split(best).length) best = candidate;
  }
  return best;
}

/** The first record of a text, as a header; null when its quotes are broken or it is longer than the text. */
export function readHeader(head: string, delimiter: string): string[] | null {
  const reader = new DelimitedReader({ delimiter, width: null, maxLine: head.length + 1 });
  const text = head.replace(/^\ufeff/, '');
  for (const record of reader.feed(text)) return record.cells?.map((c) => c.trim()) ?? null;
  for (const record of reader.end()) return record.cells?.map((c) => c.trim()) ?? null;
  return null;
}

/** A record as one line of RFC 4180, every cell quoted. */
export const quotedLine = (cells: readonly string[]): string =>
  `"${cells.map((c) => c.replaceAll('"', '""')).join('","')}"\n`;
