import { closeSync, openSync, writeSync } from 'node:fs';
import { FACT_KINDS } from '../model/fact-kinds.ts';
import type { FactKindName } from '../model/fact-kinds.ts';

export type Cell = string | number | undefined;

const quote = (cell: Cell): string => {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const s = cell;
  return /[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;
};

/** RFC 4180 file written in large pieces. */
export class CsvFile {
  rows = 0;
  private readonly fd: number;
  private pieces: string[] = [];
  private held = 0;

  constructor(path: string, header: readonly string[]) {
    this.fd = openSync(path, 'w');
    this.line(header.join(','));
    this.rows = 0;
  }

  write(cells: readonly Cell[]): void {
    this.line(cells.map(quote).join(','));
  }

  line(text: string): void {
    this.pieces.push(text, '\n');
    this.held += text.length + 1;
    this.rows++;
    if (this.held > 1 << 20) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.from(this.pieces.join(''), 'utf8');
    let from = 0;
    while (from < bytes.length) from += writeSync(this.fd, bytes, from);
    this.pieces = [];
    this.held = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.fd);
  }
}

/** Rows of one kind from all parts of the world, written interleaved by time. Calls and dealings, which are too many, are written as they come. */
export class Ledger {
  private readonly lines: string[] = [];
  private readonly times: number[] = [];
  private readonly columns: readonly string[];
  readonly kind: Exclude<FactKindName, 'calls' | 'dealings'>;

  constructor(kind: Exclude<FactKindName, 'calls' | 'dealings'>) {
    this.kind = kind;
    this.columns = FACT_KINDS[kind].columns.map((c) => c.name);
  }

  get rows(): number {
    return this.lines.length;
  }

  /** `order` is the instant the row is filed under; rows without a time of their own pass any number that scatters them. */
  add(order: number, cells: Readonly<Record<string, Cell>>): void {
    for (const name of Object.keys(cells)) {
      if (!this.columns.includes(name))
        throw new Error(`simulate: ${this.kind} has no column '${name}'; see FACT_KINDS`);
    }
    this.lines.push(this.columns.map((name) => quote(cells[name])).join(','));
    this.times.push(order);
  }

  /** Writes everything in time order (equal times in order of arrival). */
  writeTo(path: string): number {
    const order = Uint32Array.from(this.times.keys()).sort((a, b) => this.times[a]! - this.times[b]! || a - b);
    const file = new CsvFile(path, this.columns);
    for (const i of order) file.line(this.lines[i]!);
    file.close();
    return this.lines.length;
  }
}
