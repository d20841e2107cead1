import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateRecords, recordsSchema } from '../../src/store/migrate.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { RecordsError } from '../../src/store/records.ts';
import type { RecordsStore } from '../../src/store/records.ts';
import { startPostgres } from './postgres-server.ts';

/** One suite, every engine at hand. RINGBREAK_TEST_POSTGRES_URL adds a server; the suite works in a database of its own there. */
interface Engine {
  name: string;
  open: (dir: string) => Promise<{ store: RecordsStore; end: () => Promise<void> }>;
}

const ENGINES: Engine[] = [
  {
    name: 'PGlite in process',
    open: async (dir) => {
      const store = await openPglite(join(dir, 'records'));
      return { store, end: () => store.close() };
    },
  },
  {
    name: "Debian's PostgreSQL",
    open: async () => {
      const server = await startPostgres();
      try {
        const store = await openPostgres(server.url);
        return { store, end: () => store.close().finally(server.stop) };
      } catch (e) {
        await server.stop();
        throw e;
      }
    },
  },
];
const given = process.env['RINGBREAK_TEST_POSTGRES_URL'];
if (given !== undefined && given !== '') {
  ENGINES.push({
    name: 'PostgreSQL by URL',
    open: async () => {
      const database = `ringbreak_test_${process.pid}`;
      const outside = await openPostgres(given);
      await outside.query(`CREATE DATABASE ${database}`);
      const url = new URL(given);
      url.pathname = `/${database}`;
      const store = await openPostgres(url.href);
      return {
        store,
        end: async () => {
          await store.close();
          await outside.query(`DROP DATABASE ${database}`);
          await outside.close();
        },
      };
    },
  });
}

const NASTY = ["'; DROP TABLE kept; --", "\\'; --", 'a\\', '$1 {x:String}', 'tab\tnew\nline', '断流 😀 é', ''];

describe.each(ENGINES)('records store: $name', ({ open }) => {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-records-'));
  let store: RecordsStore;
  let end: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    ({ store, end } = await open(dir));
    await store.query('CREATE TABLE kept (id integer PRIMARY KEY, word text NOT NULL CHECK (word <> $$forbidden$$))');
  });
  afterAll(async () => {
    await end?.();
    rmSync(dir, { recursive: true, force: true });
  });

  const one = async <T>(text: string, params?: readonly unknown[]): Promise<T> => {
    const { rows } = await store.query<{ v: T }>(text, params);
    expect(rows).toHaveLength(1);
    return (rows[0] as { v: T }).v;
  };
  const words = async (): Promise<string[]> =>
    (await store.query<{ word: string }>('SELECT word FROM kept ORDER BY id')).rows.map((r) => r.word);

  it('binds values of every type and gives them back', async () => {
    const at = new Date('2023-07-01T08:30:00.123Z');
    const value = { 断: [1, null, "it's"], nested: { x: true } };
    const { rows } = await store.query(
      'SELECT $1::text AS s, $2::integer AS i, $3::double precision AS f, $4::boolean AS b, $5::timestamptz AS t, $6::jsonb AS j, $7::text[] AS a, ' +
        '$8::bigint AS small, $9::bigint AS big, $10::numeric AS n, $11::date AS d, $12::text AS missing, $13::jsonb AS list',
      [
        ...['断流', 42, -1.5, true, at, JSON.stringify(value), ['a', "b'c", '断,{}"'], 7, 9007199254740993n],
        ...['123456789012345678.00000001', '2023-07-01', undefined, JSON.stringify([1, 'x'])],
      ],
    );
    expect(rows).toEqual([
      {
        ...{
          s: '断流',
          i: 42,
          f: -1.5,
          b: true,
          t: at,
          j: value,
          a: ['a', "b'c", '断,{}"'],
          small: 7,
          big: 9007199254740993n,
        },
        ...{ n: '123456789012345678.00000001', d: '2023-07-01', missing: null, list: [1, 'x'] },
      },
    ]);
  });

  it('leaves what looks like SQL as data', async () => {
    for (const text of NASTY) expect(await one('SELECT $1::text AS v', [text])).toBe(text);
    expect(await one('SELECT $1::text[] AS v', [NASTY])).toEqual(NASTY);
    expect(await one('SELECT count(*) AS v FROM kept')).toBe(0);
  });

  it('counts in UTC, and in plain numbers', async () => {
    expect(await one("SELECT to_char(to_timestamp(0), 'YYYY-MM-DD HH24:MI') AS v")).toBe('1970-01-01 00:00');
    expect(await one('SELECT count(*) AS v FROM kept')).toBe(0);
    expect((await store.query('SELECT 1 WHERE false')).rows).toEqual([]);
  });

  it('says how many rows a statement changed', async () => {
    const insert = await store.query<{ id: number }>("INSERT INTO kept VALUES (1, 'a'), (2, 'b') RETURNING id");
    expect([insert.affected, insert.rows]).toEqual([2, [{ id: 1 }, { id: 2 }]]);
    expect((await store.query('SELECT * FROM kept')).affected).toBe(0);
    expect((await store.query("UPDATE kept SET word = 'c' WHERE id = 2")).affected).toBe(1);
    expect((await store.query('DELETE FROM kept WHERE id > 1')).affected).toBe(1);
    expect(await words()).toEqual(['a']);
  });

  it('names the row and the constraint that refused', async () => {
    const failed = (await store
      .query('INSERT INTO kept VALUES ($1, $2)', [1, 'again'])
      .catch((e: unknown) => e)) as RecordsError;
    expect(failed).toBeInstanceOf(RecordsError);
    expect([failed.code, failed.constraint]).toEqual(['23505', 'kept_pkey']);
    expect(failed.message).toContain('Key (id)=(1) already exists');
    expect(failed.message).toContain('in the statement: INSERT INTO kept VALUES ($1, $2)');
    await expect(store.query("INSERT INTO kept VALUES (9, 'forbidden')")).rejects.toMatchObject({
      code: '23514',
      constraint: 'kept_word_check',
    });
    await expect(store.query('SELECT * FROM nowhere')).rejects.toMatchObject({
      name: 'RecordsError',
      code: '42P01',
      sql: 'SELECT * FROM nowhere',
    });
    await expect(store.query('SELEC')).rejects.toMatchObject({ code: '42601' });
    await expect(store.query('SELECT $1::integer', ['many'])).rejects.toBeInstanceOf(Error);
    expect(await words()).toEqual(['a']);
  });

  it('commits a transaction whole or not at all', async () => {
    const done = await store.transaction(async (tx) => {
      await tx.query("INSERT INTO kept VALUES (2, 'b')");
      const { rows } = await tx.query<{ c: number }>('SELECT count(*) AS c FROM kept');
      return rows[0]?.c;
    });
    expect(done).toBe(2);
    const reason = new Error('changed my mind');
    const undone = store.transaction(async (tx) => {
      await tx.query("INSERT INTO kept VALUES (3, 'c')");
      throw reason;
    });
    await expect(undone).rejects.toBe(reason);
    const broken = store.transaction(async (tx) => {
      await tx.query("INSERT INTO kept VALUES (4, 'd')");
      await tx.query("INSERT INTO kept VALUES (1, 'taken')");
    });
    await expect(broken).rejects.toMatchObject({ code: '23505' });
    expect(await words()).toEqual(['a', 'b']);
  });

  it('keeps statements and transactions made at once apart', async () => {
    await store.query('CREATE TABLE counted (n integer NOT NULL)');
    await store.query('INSERT INTO counted VALUES (0)');
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0
          ? store.transaction(async (tx) => {
              const { rows } = await tx.query<{ n: number }>('SELECT n FROM counted FOR UPDATE');
              await tx.query('UPDATE counted SET n = $1', [(rows[0]?.n ?? Number.NaN) + 1]);
            })
          : one<number>('SELECT n AS v FROM counted').then((n) => expect(n).toBeLessThanOrEqual(10)),
      ),
    );
    expect(await one('SELECT n AS v FROM counted')).toBe(10);
  });

  describe('migrations', () => {
    it('apply once, and again change nothing', async () => {
      const before = await recordsSchema(store);
      expect(before.applied).toEqual([]);
      expect(await migrateRecords(store, { clock: () => new Date(5) })).toEqual(before.pending);
      expect(await migrateRecords(store)).toEqual([]);
      expect(await recordsSchema(store)).toEqual({ applied: before.pending, pending: [] });
      expect(await one('SELECT applied_at AS v FROM schema_migrations WHERE number = 1')).toEqual(new Date(5));
      await expect(
        store.query(
          "INSERT INTO judgements (subject_kind, subject, verdict, at) VALUES ('planet', 'x', 'ring', now())",
        ),
      ).rejects.toMatchObject({ code: '23514' });
    });

    it('run by two at once are applied by one', async () => {
      const files = join(dir, 'twice');
      mkdirSync(files);
      writeFileSync(
        join(files, '0001_once.sql'),
        "CREATE TABLE once (x text DEFAULT ';');\nINSERT INTO once VALUES ($$a;b$$);\n",
      );
      await store.query('DELETE FROM schema_migrations');
      const both = await Promise.all([migrateRecords(store, { dir: files }), migrateRecords(store, { dir: files })]);
      expect(both.flat()).toEqual(['0001_once.sql']);
      expect(await one('SELECT x AS v FROM once')).toBe('a;b');
    });

    it('leave nothing behind when they break, and refuse an edited file', async () => {
      const files = join(dir, 'broken');
      mkdirSync(files);
      await store.query('DELETE FROM schema_migrations');
      writeFileSync(join(files, '0001_half.sql'), 'CREATE TABLE half (x integer); CREATE NONSENSE;');
      await expect(migrateRecords(store, { dir: files })).rejects.toMatchObject({ code: '42601' });
      expect(await one("SELECT to_regclass('half') IS NULL AS v")).toBe(true);
      writeFileSync(join(files, '0001_half.sql'), 'CREATE TABLE half (x integer);');
      expect(await migrateRecords(store, { dir: files })).toEqual(['0001_half.sql']);
      writeFileSync(join(files, '0001_half.sql'), 'CREATE TABLE half (x bigint);');
      await expect(migrateRecords(store, { dir: files })).rejects.toThrow(
        /0001_half\.sql was changed after it had been applied/,
      );
    });
  });
});

describe('a PostgreSQL server that is not there', () => {
  it('is named without its password', async () => {
    const failed = (await openPostgres('postgres://me:hidden@127.0.0.1:1/db').catch((e: unknown) => e)) as Error;
    expect(failed.message).toContain('no connection to PostgreSQL at postgres://me:***@127.0.0.1:1/db');
    expect(failed.message).not.toContain('hidden');
  });
});
