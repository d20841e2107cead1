import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FACT_KINDS } from '../src/model/fact-kinds.ts';
import { openChdb } from '../src/store/chdb.ts';
import type { FactsStore } from '../src/store/facts.ts';
import { migrateFacts } from '../src/store/migrate.ts';

/**
 * The engine's limit: its own CSV reader straight into a table with the types and the order of `calls`. No numbers read, no checks, no keys, no
 * provenance. `file` has canonical columns; those it lacks stay at their defaults.
 */
export async function loadBare(facts: FactsStore, file: string): Promise<void> {
  const there = new Set((await headerOf(file)).split(','));
  const columns = FACT_KINDS.calls.columns.filter((c) => there.has(c.name));
  const types: Record<string, string> = { instant: "DateTime64(3, 'UTC')", seconds: 'Float64' };
  await facts.command('CREATE TABLE bare AS calls');
  await facts.load(
    {
      path: file,
      format: 'CSVWithNames',
      compression: 'none',
      structure: columns.map((c) => `${c.name} ${types[c.type] ?? 'String'}`).join(', '),
      settings: { max_threads: 2, max_insert_threads: 2 },
    },
    `bare (${columns.map((c) => c.name.replace(/_s$/, '_ms')).join(', ')})`,
    columns
      .map((c) =>
        c.type === 'seconds' ? `toUInt32(${c.name} * 1000)` : c.type === 'flag' ? `${c.name} = '1'` : c.name,
      )
      .join(', '),
  );
}

async function headerOf(file: string): Promise<string> {
  const lines = createInterface({ input: createReadStream(file) });
  for await (const line of lines) return line;
  return '';
}

/** Loads the file into a store of its own; returns the rows. */
export async function bareLoad(dir: string, file: string): Promise<number> {
  const facts = await openChdb(dir);
  try {
    await migrateFacts(facts);
    await loadBare(facts, file);
    return (await facts.query<{ n: number }>('SELECT count() AS n FROM bare'))[0]?.n ?? 0;
  } finally {
    await facts.close();
  }
}
