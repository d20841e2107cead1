import { existsSync } from 'node:fs';
import type { FactKindName } from '../model/fact-kinds.ts';
import { openDecompressed } from '../sources/inspect.ts';
import { originalPath } from '../sources/originals.ts';
import type { SourceRow } from '../sources/reader.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw as pasted, sql } from '../store/sql.ts';
import type { LedgerEntry } from './ledger.ts';
import { recognise, type RecognitionOptions, type Recognised } from './layout.ts';
import { partsOf } from './parts.ts';
import { delimitedRows, MAX_LINE, type Layout } from './stage.ts';

/** Where a row's text is looked for. */
export type RowOrigin = Pick<LedgerEntry, 'sha256' | 'kind' | 'profile' | 'original' | 'member' | 'path'>;

export interface RawRowOptions extends Pick<RecognitionOptions, 'profiles'> {
  /** Directory of the kept originals. */
  originals: string;
  tempDir?: string;
}

/** Why there is no text: the original was not kept, or is not what was imported any more. */
export type NoRawRow = 'not_kept' | 'not_found';

/**
 * The text of a row as it stands in the original that was kept: of a workbook its cells with tabs between, of a call put together from
 * several lines all of them. The original is read from the start, as it was when it was imported.
 */
export async function rawRow(
  facts: FactsStore,
  origin: RowOrigin,
  row: number,
  options: RawRowOptions,
): Promise<{ text: string } | { missing: NoRawRow }> {
  const kept = originalPath(options.originals, origin.original);
  if (!existsSync(kept)) return { missing: 'not_kept' };
  // The name counts in recognition (.xlsx, calls.csv): it is the one it was imported under.
  const name = origin.path.split('!/', 1)[0] ?? origin.path;
  for await (const part of partsOf(kept, name, options)) {
    if ('refusal' in part || (part.container?.member ?? '') !== origin.member) continue;
    const asked = options.profiles.find((p) => p.name === origin.profile);
    const found = await recognise(facts, part, {
      profiles: options.profiles,
      maxLine: MAX_LINE,
      ...(asked === undefined ? { as: origin.kind as FactKindName } : { profile: asked }),
    }).catch(() => [] as Recognised[]);
    const table = found.find((r) => r.layout.id === origin.sha256);
    if (table === undefined) return { missing: 'not_found' };
    const text = await rowText(facts, table.layout, row);
    return text === null ? { missing: 'not_found' } : { text };
  }
  return { missing: 'not_found' };
}

async function rowText(facts: FactsStore, layout: Layout, row: number): Promise<string | null> {
  if (layout.table !== null) return nth(layout.table.rows(), row);
  const { format } = layout.file;
  if (format === 'parquet') {
    const offset = pasted(String(row - 1));
    const [values] = await facts.queryFile(
      sql`SELECT * FROM file(${layout.file.path}, 'Parquet') LIMIT 1 OFFSET ${offset} SETTINGS max_threads = 1`,
    );
    return values === undefined ? null : JSON.stringify(values);
  }
  const lines = format === 'ndjson' ? { ...layout, delimiter: '\0', hasHeaderRow: false } : layout;
  const skipped = await wholeLinesBefore(lines, row);
  let at = skipped.rows;
  const rest = delimitedRows(
    { ...lines, hasHeaderRow: lines.hasHeaderRow && skipped.bytes === 0 },
    null,
    MAX_LINE,
    skipped.bytes,
  );
  for await (const record of rest) if (++at === row) return record.raw ?? record.cells?.join(layout.delimiter) ?? null;
  return null;
}

async function nth(batches: AsyncIterable<readonly SourceRow[]>, row: number): Promise<string | null> {
  let before = 0;
  for await (const batch of batches) {
    const found = batch[row - 1 - before];
    if (found !== undefined) return found.raw ?? found.cells?.join('\t') ?? null;
    before += batch.length;
  }
  return null;
}

const [QUOTE, NEWLINE, RETURN] = [0x22, 0x0a, 0x0d];

/**
 * How much of a text can be passed over because its lines are rows for certain: no quotes and no blank lines up to there. Counting newlines is a hundred
 * times as fast as cutting cells, and a row may stand gigabytes into its file.
 */
async function wholeLinesBefore(layout: Layout, row: number): Promise<{ rows: number; bytes: number }> {
  const none = { rows: 0, bytes: 0 };
  if (!['utf-8', 'gb18030', 'big5'].includes(layout.encoding) || (row === 1 && !layout.hasHeaderRow)) return none;
  let passed = none;
  let bytes = 0;
  // The header's own line is passed with the first piece.
  let lines = layout.hasHeaderRow ? -1 : 0;
  let previous = NEWLINE;
  for await (const piece of openDecompressed(layout.file.path, layout.file.compression)) {
    const chunk = piece as Buffer;
    if (chunk.includes(QUOTE)) return passed;
    let end = -1;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
      const before = at === 0 ? previous : chunk[at - 1];
      if (before === NEWLINE || (before === RETURN && (at < 2 || chunk[at - 2] === NEWLINE))) return passed;
      lines++;
      end = at;
      if (lines === row - 1) return { rows: lines, bytes: bytes + at + 1 };
    }
    previous = chunk[chunk.length - 1] ?? NEWLINE;
    bytes += chunk.length;
    if (end >= 0 && lines > 0) passed = { rows: lines, bytes: bytes - chunk.length + end + 1 };
  }
  return passed;
}
