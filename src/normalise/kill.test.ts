import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openChdb } from '../store/chdb.ts';
import { listImports, recoverImports, type ImportReport } from './import-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-kill-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the import in a process of its own; kills it (SIGKILL) so many milliseconds after it began, or lets it end. */
async function importOnce(store: string, file: string, killAfter: number | null): Promise<ImportReport | null> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'testing-child.ts'), store, file],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = said;
    said += chunk.toString();
    if (killAfter !== null && before === '' && said.startsWith('go'))
      setTimeout(() => child.kill('SIGKILL'), killAfter);
  });
  await once(child, 'close');
  const last = said.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as ImportReport) : null;
}

it(
  'an import killed at any moment is completed by the next one, without a lost or doubled row',
  { timeout: 240_000 },
  async () => {
    const n = 40_000;
    const rows = Array.from(
      { length: n },
      (_, i) => `${1_680_646_000_000 + i * 1000},138${10_000_000 + (i % 900)},95588,${i % 7}`,
    );
    const file = join(dir, 'calls.csv');
    const bad = 'x,y,z,1';
    writeFileSync(file, ['started_at,caller,callee,duration_s', ...rows, rows[5], bad, ''].join('\n'));
    for (const [round, moments] of [
      [60, 250],
      [450, 900],
    ].entries()) {
      const store = join(dir, `facts${round}`);
      for (const moment of moments) await importOnce(store, file, moment);
      expect(await importOnce(store, file, null)).toMatchObject({ rows: n + 2 });
      const facts = await openChdb(store);
      try {
        expect(await recoverImports(facts, Date.now())).toEqual([]);
        expect(await facts.query('SELECT count() AS n, uniqExact(row) AS rows, max(row) AS last FROM calls')).toEqual([
          { n, rows: n, last: n },
        ]);
        expect(await facts.query('SELECT row FROM quarantine FINAL')).toEqual([{ row: n + 2 }]);
        // 900 callers and 95588: what the bad row names is no number of a fact.
        expect(await facts.query('SELECT count() AS n FROM numbers')).toEqual([{ n: 901 }]);
        expect(await facts.query("SELECT name FROM system.tables WHERE name LIKE 'stage%'")).toEqual([]);
        // One of them took the file in, perhaps one that was killed after it was done; whoever came later found it known.
        const ledger = await listImports(facts);
        expect(ledger.every((e) => e.state !== 'loading')).toBe(true);
        const done = ledger.filter((e) => e.state === 'done').map((e) => [e.facts, e.duplicates, e.quarantined]);
        expect(done.at(-1)).toEqual([n, 1, 1]);
        expect(done.slice(0, -1).every(([kept]) => kept === 0)).toBe(true);
      } finally {
        await facts.close();
      }
    }
  },
);
