import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPgliteInThread } from './pglite-thread.ts';
import { RecordsError, type RecordsStore } from './records.ts';

let dir: string;
let store: RecordsStore;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'records-'));
  store = await openPgliteInThread(join(dir, 'records'));
  await store.query('CREATE TABLE notes (id int PRIMARY KEY, at timestamptz, body jsonb)');
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('PGlite in a thread', () => {
  it('carries instants and JSON both ways', async () => {
    const at = new Date('2023-07-01T01:30:00.123Z');
    await store.query('INSERT INTO notes VALUES ($1, $2, $3)', [1, at, JSON.stringify({ a: [1] })]);
    const { rows } = await store.query('SELECT at, body FROM notes WHERE id = $1', [1]);
    expect(rows).toEqual([{ at, body: { a: [1] } }]);
  });

  it('rolls a transaction back when its work throws, and commits it otherwise', async () => {
    await expect(
      store.transaction(async (tx) => {
        await tx.query('INSERT INTO notes (id) VALUES (2)');
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await store.transaction((tx) => tx.query('INSERT INTO notes (id) VALUES (3)'));
    const { rows } = await store.query<{ id: number }>('SELECT id FROM notes ORDER BY id');
    expect(rows.map((r) => r.id)).toEqual([1, 3]);
  });

  it('says which constraint refused a statement', async () => {
    const refused = await store.query('INSERT INTO notes (id) VALUES (3)').catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(RecordsError);
    expect(refused).toMatchObject({ code: '23505', constraint: 'notes_pkey' });
  });

  it('leaves the calling thread free while it computes', async () => {
    let longest = 0;
    let last = performance.now();
    const tick = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await store.query('SELECT count(*) FROM generate_series(1, 3000000) AS n WHERE n % 7 = 0');
    clearInterval(tick);
    expect(longest).toBeLessThan(500);
  });
});
