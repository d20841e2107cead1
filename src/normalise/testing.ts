import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactsStore } from '../store/facts.ts';
import { openChdb } from '../store/chdb.ts';
import { migrateFacts } from '../store/migrate.ts';
import type { ImportOptions } from './import-files.ts';

/** For tests: an empty facts store in a directory of its own. One at a time per process. */
export async function emptyFacts(): Promise<{ facts: FactsStore; dir: string; close: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-test-'));
  const facts = await openChdb(join(dir, 'facts'), { memoryBytes: 1_000_000_000, threads: 2 });
  await migrateFacts(facts);
  const close = async (): Promise<void> => {
    await facts.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { facts, dir, close };
}

let now = Date.UTC(2024, 0, 1);

/** For tests: options of an import in mainland China, with a clock that moves on. */
export const IN_CHINA: ImportOptions = {
  home: { country: 'CN', zone: 'Asia/Shanghai' },
  clock: () => (now += 1000),
  // The way that large files go, which is the more involved one.
  straightFrom: 0,
};

/** Empties the tables an import writes. */
export async function emptyTables(
  facts: FactsStore,
  tables = ['calls', 'files', 'quarantine', 'numbers'],
): Promise<void> {
  for (const table of tables) await facts.command(`TRUNCATE TABLE ${table}`);
}
