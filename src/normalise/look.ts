import type { Bilingual } from '../model/reason.ts';
import { inspectFile } from '../sources/inspect.ts';
import type { SourceTable } from '../sources/reader.ts';
import { readersOf } from '../sources/readers.ts';
import { textTable } from '../sources/text-table.ts';
import { candidatesFor, knownWords } from './candidates.ts';
import { sourceFile } from './encoding.ts';
import { tableFacts } from './mapping.ts';
import type { RecognitionOptions, Runner } from './layout.ts';
import { partsOf } from './parts.ts';

/** A table as a person who must say what its columns mean sees it. */
export interface Looked {
  /** Of the file: archive member and table; '' for a file that is one table. */
  member: string;
  header: readonly string[];
  /** First rows, as they stand in the file. */
  rows: string[][];
  /** Labelled lines above the header. */
  preamble: Record<string, string>;
  candidates: Runner[];
  /** Canonical column that the best candidate sees in each column, null for none. */
  guess: (string | null)[];
  notes: readonly Bilingual[];
}

const SHOWN = 8;

/** The tables of a file nobody could name: headers and first rows. Reads no more than its beginning where the format allows. Never throws for what a file holds. */
export async function lookAt(path: string, name: string, options: RecognitionOptions): Promise<Looked[]> {
  const found: Looked[] = [];
  for await (const part of partsOf(path, name)) {
    if ('refusal' in part) continue;
    const tables = await tablesOf(part.path, part.name, options).catch(() => []);
    for (const table of tables) {
      if (table.kind !== null) continue;
      const facts = { ...tableFacts(table.header), preamble: table.preamble ?? new Map<string, string>() };
      const candidates = candidatesFor(facts, options.profiles);
      found.push({
        guess: table.header.map((_, i) => {
          const seen = [...(candidates[0]?.mapping.sources ?? [])].find(([, s]) => s.plain && s.columns.includes(i));
          return seen?.[0] ?? null;
        }),
        member: [part.container?.member ?? '', table.member].filter((m) => m !== '').join('#'),
        header: table.header,
        rows: await firstRows(table),
        preamble: Object.fromEntries(facts.preamble),
        candidates: candidates
          .slice(0, 4)
          .map(({ id, kind, score, why, missing }) => ({ id, kind, score, why, missing })),
        notes: table.notes ?? [],
      });
    }
  }
  return found;
}

async function tablesOf(path: string, name: string, options: RecognitionOptions): Promise<SourceTable[]> {
  const file = await inspectFile(path, options.maxLine);
  const encoding =
    file.format === 'binary'
      ? null
      : (file.encoding ?? (options.profile?.encoding as 'gb18030' | undefined) ?? 'gb18030');
  const source = sourceFile(file, name, encoding);
  const rules = { maxLine: options.maxLine, words: knownWords(options.profiles) };
  const [reader] = readersOf(source);
  if (reader !== undefined) return reader.reader.tables(source, rules);
  const table = textTable(source, rules);
  return table === null ? [] : [table];
}

async function firstRows(table: SourceTable): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const batch of table.rows()) {
    for (const row of batch) {
      if (row.cells !== undefined) rows.push([...row.cells]);
      if (rows.length >= SHOWN) return rows;
    }
  }
  return rows;
}
