import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { SourceFile, SourceRow, SourceTable } from './reader.ts';

/** For tests: a plain file as readers see it. */
export function sourceFile(path: string, name = basename(path)): SourceFile {
  const head = readFileSync(path).subarray(0, 256 * 1024);
  const text = head.includes(0) ? null : head.toString('utf8');
  return {
    path,
    name,
    compression: 'none',
    head,
    text,
    encoding: text === null ? null : 'utf-8',
    size: statSync(path).size,
    open: () => createReadStream(path),
  };
}

/** For tests: every row of a table. */
export async function rowsOf(table: SourceTable): Promise<SourceRow[]> {
  const out: SourceRow[] = [];
  for await (const batch of table.rows()) out.push(...batch);
  return out;
}

/** For tests: the rows as objects, column -> cell; broken ones as { broken, raw }. */
export async function recordsOf(table: SourceTable): Promise<Record<string, string>[]> {
  return (await rowsOf(table)).map((row) =>
    row.broken === undefined
      ? Object.fromEntries(table.header.map((name, i) => [name, row.cells[i] ?? '']))
      : { broken: row.broken, raw: row.raw },
  );
}
