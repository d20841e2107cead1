import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChdb } from '../../src/store/chdb.ts';
import { openClickhouse } from '../../src/store/clickhouse.ts';
import { FactsError } from '../../src/store/facts.ts';
import type { DelimitedFile, FactsStore } from '../../src/store/facts.ts';
import { factsSchema, migrateFacts, SINGLE_NODE } from '../../src/store/migrate.ts';
import { raw, sql } from '../../src/store/sql.ts';
import { startClickhouse } from './clickhouse-node.ts';

/** One suite, every engine at hand. RINGBREAK_TEST_CLICKHOUSE_URL adds a server; the suite works in a database of its own there. */
interface Engine {
  name: string;
  open: (dir: string) => Promise<{ store: FactsStore; end: () => Promise<void> }>;
}

const ENGINES: Engine[] = [
  {
    name: 'chDB in process',
    open: async (dir) => {
      const store = await openChdb(join(dir, 'facts'));
      return { store, end: () => store.close() };
    },
  },
  {
    name: 'ClickHouse server from npm',
    open: async () => {
      const server = await startClickhouse();
      try {
        const store = await openClickhouse(server.url);
        return { store, end: () => store.close().finally(server.stop) };
      } catch (e) {
        await server.stop();
        throw e;
      }
    },
  },
];
const given = process.env['RINGBREAK_TEST_CLICKHOUSE_URL'];
if (given !== undefined && given !== '') {
  ENGINES.push({
    name: 'ClickHouse server by URL',
    open: async () => {
      const database = `ringbreak_test_${process.pid}`;
      const outside = await openClickhouse(given);
      await outside.command(`CREATE DATABASE ${database}`);
      const url = new URL(given);
      url.pathname = `/${database}`;
      const store = await openClickhouse(url.href);
      return {
        store,
        end: async () => {
          await store.close();
          await outside.command(`DROP DATABASE ${database}`);
          await outside.close();
        },
      };
    },
  });
}

/** Written once by the engine itself, before any suite opens a store. */
const shared = mkdtempSync(join(tmpdir(), 'ringbreak-parquet-'));
const parquet = join(shared, 'calls.parquet');
const ROWS = 120_000;

beforeAll(async () => {
  const writer = await openChdb(join(shared, 'writer'));
  const rows = `SELECT toInt64(number + 1) AS id, '断' || toString(number + 1) AS text FROM numbers(${ROWS}) ORDER BY id`;
  await writer.command(`INSERT INTO FUNCTION file('${parquet}', 'Parquet') ${rows}`, {
    output_format_parquet_row_group_size: 20_000,
  });
  await writer.close();
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));

const NASTY = [
  '',
  "'; DROP TABLE kept; --",
  "\\'; DROP TABLE kept; --",
  'a\\',
  '"`$1 {x:String} {{engine}}',
  'tab\tnew\nline\r\u0000zero',
  '断流 😀 é ‏عربي',
  '*/ /*',
];

describe.each(ENGINES)('facts store: $name', ({ open }) => {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-facts-'));
  let store: FactsStore;
  let end: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    ({ store, end } = await open(dir));
  });
  afterAll(async () => {
    await end?.();
    rmSync(dir, { recursive: true, force: true });
  });

  const one = async <T>(statement: Parameters<FactsStore['query']>[0]): Promise<T> => {
    const rows = await store.query<{ v: T }>(statement);
    expect(rows).toHaveLength(1);
    return (rows[0] as { v: T }).v;
  };

  describe('statements and values', () => {
    it('binds every type of value', async () => {
      const at = new Date('2023-07-01T08:30:00.123Z');
      const rows = await store.query(
        sql`SELECT ${'断流'} AS s, ${42} AS i, ${-1.5} AS f, ${1e300} AS big, ${true} AS b, ${at} AS t, ${9007199254740993n} = 9007199254740993 AS n,
          ${['a', "b'c", '断']} AS texts, ${[1, 2, 3]} AS ints, ${[0.5]} AS floats, ${[]} AS none, ${raw('1 + 1')} AS pasted, ${sql`${'in'} || 'side'`} AS nested`,
      );
      expect(rows).toEqual([
        {
          ...{ s: '断流', i: 42, f: -1.5, big: 1e300, b: true, t: '2023-07-01 08:30:00.123', n: 1 },
          ...{ texts: ['a', "b'c", '断'], ints: [1, 2, 3], floats: [0.5], none: [], pasted: 2, nested: 'inside' },
        },
      ]);
    });

    it('leaves what looks like SQL as data', async () => {
      await store.command('CREATE TABLE kept (x UInt8) ENGINE = MergeTree ORDER BY x');
      for (const text of NASTY) expect(await one(sql`SELECT ${text} AS v`)).toBe(text);
      expect(await one(sql`SELECT ${NASTY} AS v`)).toEqual(NASTY);
      expect(
        await one("SELECT count() AS v FROM system.tables WHERE database = currentDatabase() AND name = 'kept'"),
      ).toBe(1);
    });

    it('returns any text as it was given', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (texts) => {
          expect(await one(sql`SELECT ${texts} AS v`)).toEqual(texts);
        }),
        { numRuns: 25, seed: 7 },
      );
    });

    it('uses a bound value in a primary key look-up', async () => {
      await store.command(
        'CREATE TABLE keyed (k String, n UInt32) ENGINE = MergeTree ORDER BY k SETTINGS index_granularity = 64',
      );
      await store.command("INSERT INTO keyed SELECT leftPad(toString(number), 6, '0'), number FROM numbers(10000)");
      const plan = await store.query<{ explain: string }>(
        sql`EXPLAIN indexes = 1 SELECT n FROM keyed WHERE k = ${'004711'}`,
      );
      const granules = plan.map((r) => /Granules: (\d+)\/(\d+)/.exec(r.explain)).find((m) => m !== null);
      expect(Number(granules?.[1])).toBeLessThanOrEqual(2);
      expect(await one(sql`SELECT n AS v FROM keyed WHERE k = ${'004711'}`)).toBe(4711);
    });

    it('gives 64-bit integers, decimals and missing values as plain JavaScript', async () => {
      expect(
        await store.query(
          "SELECT toUInt64(9007199254740991) AS u, toInt64(-5) AS i, toDecimal128('12.50', 8) AS d, NULL AS n, CAST(NULL, 'Nullable(UInt32)') AS nn, " +
            "[toUInt64(1)] AS a, CAST('sms', 'Enum8(\\'voice\\' = 1, \\'sms\\' = 2)') AS e, toLowCardinality('x') AS l, toString(toUInt128('340282366920938463463374607431768211455')) AS k",
        ),
      ).toEqual([
        {
          ...{ u: 9007199254740991, i: -5, d: 12.5, n: null, nn: null, a: [1], e: 'sms', l: 'x' },
          k: '340282366920938463463374607431768211455',
        },
      ]);
    });

    it('counts time in UTC', async () => {
      expect(await one("SELECT toString(toDateTime('2023-01-01 00:00:00')) || ' ' || timezone() AS v")).toMatch(
        /^2023-01-01 00:00:00 /,
      );
      expect(await one("SELECT toUnixTimestamp('2023-01-01 00:00:00') AS v")).toBe(1672531200);
    });

    it('answers an empty result with no rows', async () => {
      expect(await store.query('SELECT 1 WHERE 0')).toEqual([]);
      expect(await store.query('SELECT 1 AS v;\n')).toEqual([{ v: 1 }]);
    });

    it('keeps settings to the one statement they were given for', async () => {
      await store.command('CREATE TABLE setting (v UInt64) ENGINE = MergeTree ORDER BY v');
      await store.command("INSERT INTO setting SELECT getSetting('max_block_size')", { max_block_size: 1234 });
      expect(await one('SELECT v FROM setting')).toBe(1234);
      expect(await one("SELECT getSetting('max_block_size') AS v")).not.toBe(1234);
    });

    it('tells what broke, with the statement', async () => {
      const failed = await store.query(sql`SELECT ${'needle'} FROM no_such_table`).catch((e: unknown) => e);
      expect(failed).toBeInstanceOf(FactsError);
      const error = failed as FactsError;
      expect(error.code).toBe('UNKNOWN_TABLE');
      expect(error.message).toContain('no_such_table');
      expect(error.sql).toContain('FROM no_such_table');
      expect(error.sql).toContain('needle');
      await expect(store.command('CREATE TABLE (')).rejects.toMatchObject({
        name: 'FactsError',
        code: 'SYNTAX_ERROR',
      });
      await expect(store.columns('SELECT nothing')).rejects.toMatchObject({ name: 'FactsError' });
      await expect(store.insert('no_such_table', [{ x: 1 }])).rejects.toMatchObject({ name: 'FactsError' });
    });

    it('keeps nothing of a result that broke midway', async () => {
      for (let i = 0; i < 6; i++) {
        await expect(store.query("SELECT throwIf(number = 90000, 'late') FROM numbers(100000)")).rejects.toThrow(
          /late/,
        );
        expect(await one('SELECT 1 AS v')).toBe(1);
      }
    });

    it('answers many at once, each with its own values', async () => {
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          one<string>(sql`SELECT ${`n${i}`} || toString(sum(number) * 0) AS v FROM numbers(100000)`),
        ),
      );
      expect(answers).toEqual(Array.from({ length: 30 }, (_, i) => `n${i}0`));
    });

    it('leaves the event loop free while it computes', async () => {
      let longest = 0;
      const start = performance.now();
      let last = start;
      const tick = setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      }, 5);
      await one('SELECT max(sipHash64(number)) AS v FROM numbers(40000000)');
      clearInterval(tick);
      expect(longest).toBeLessThan((performance.now() - start) / 3);
    });
  });

  describe('rows in and out', () => {
    it('inserts objects and gives them back', async () => {
      await store.command(
        "CREATE TABLE inserted (id UInt64, at DateTime64(3, 'UTC'), text String, maybe Nullable(Int32), list Array(String), amount Decimal(38, 8), key UInt128, " +
          'absent String) ENGINE = MergeTree ORDER BY id',
      );
      const rows = NASTY.map((text, i) => ({
        ...{ id: i, at: new Date(1_688_200_200_123 + i), text, maybe: i % 2 === 0 ? null : -i, list: [text, '断'] },
        ...{ amount: '123456789012345678.00000001', key: 2n ** 128n - 1n, absent: undefined },
      }));
      await store.insert('inserted', rows);
      await store.insert('inserted', []);
      const back = await store.query(
        'SELECT id, toUnixTimestamp64Milli(at) AS at, text, maybe, list, toString(amount) AS amount, toString(key) AS key, absent FROM inserted ORDER BY id',
      );
      expect(back).toEqual(
        rows.map((r) => ({ ...r, at: r.at.getTime(), key: '340282366920938463463374607431768211455', absent: '' })),
      );
    });

    it('inserts batches as they come', async () => {
      await store.command('CREATE TABLE batched (n UInt32) ENGINE = MergeTree ORDER BY n');
      async function* batches(): AsyncGenerator<{ n: number }[]> {
        for (let b = 0; b < 4; b++) {
          await Promise.resolve();
          yield Array.from({ length: 500 }, (_, i) => ({ n: b * 500 + i }));
        }
      }
      await store.insert('batched', batches());
      expect(await store.query('SELECT count() AS c, uniqExact(n) AS u, max(n) AS m FROM batched')).toEqual([
        { c: 2000, u: 2000, m: 1999 },
      ]);
    });

    it('refuses a value of the wrong type', async () => {
      await expect(store.insert('batched', [{ n: 'many' }])).rejects.toMatchObject({ name: 'FactsError' });
      expect(await one('SELECT count() AS v FROM batched')).toBe(2000);
    });

    it('streams in batches and can be left early', async () => {
      let [rows, batches, sum, outOfPlace] = [0, 0, 0, 0];
      for await (const batch of store.stream<{ n: number; t: string }>(
        sql`SELECT number AS n, ${'a\nb'} AS t FROM numbers(200000) ORDER BY n`,
      )) {
        batches++;
        for (const row of batch) {
          if (row.n !== rows++) outOfPlace++;
          sum += row.n;
        }
        expect(batch[0]?.t).toBe('a\nb');
      }
      expect([rows, sum, outOfPlace]).toEqual([200000, 19999900000, 0]);
      expect(batches).toBeGreaterThan(1);
      for await (const batch of store.stream('SELECT number FROM numbers(10000000)')) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      for await (const batch of store.stream('SELECT 1 WHERE 0')) expect(batch).toEqual([]);
      expect(await one('SELECT 1 AS v')).toBe(1);
    });

    it('streams two at once', async () => {
      const count = async (n: number): Promise<number> => {
        let rows = 0;
        for await (const batch of store.stream(sql`SELECT number FROM numbers(${n})`)) rows += batch.length;
        return rows;
      };
      expect(await Promise.all([count(150000), count(250000)])).toEqual([150000, 250000]);
    });

    it('says so when a stream breaks midway', async () => {
      const read = async (): Promise<void> => {
        for await (const batch of store.stream(
          "SELECT number, throwIf(number = 290000, 'midway') FROM numbers(300000)",
        )) {
          expect(batch.length).toBeGreaterThan(0);
        }
      };
      await expect(read()).rejects.toMatchObject({
        name: 'FactsError',
        message: expect.stringContaining('midway') as string,
      });
    });

    it('hands columns over as typed arrays', async () => {
      const columns = await store.columns(
        sql`SELECT number AS u64, toInt64(number) - 1 AS i64, toUInt32(number) AS u32, toUInt16(number) AS u16, toInt8(number) AS i8, toUInt8(number) AS u8,
          number / 2 AS f64, toFloat32(number) AS f32, number > 0 AS flag, if(number = 1, NULL, toInt32(number)) AS maybe, ${'断'} || toString(number) AS text,
          toLowCardinality(toString(number)) AS low, if(number = 1, NULL, 'x') AS maybe_text, fromUnixTimestamp64Milli(toInt64(number) + 1688200200123, 'UTC') AS at,
          toDate('1970-01-02') AS day, toDecimal64(number, 2) / 4 AS amount FROM numbers(3) ORDER BY number`,
      );
      expect(columns).toEqual({
        u64: BigUint64Array.of(0n, 1n, 2n),
        i64: BigInt64Array.of(-1n, 0n, 1n),
        u32: Uint32Array.of(0, 1, 2),
        u16: Uint32Array.of(0, 1, 2),
        i8: Int32Array.of(0, 1, 2),
        u8: Uint8Array.of(0, 1, 2),
        f64: Float64Array.of(0, 0.5, 1),
        f32: Float32Array.of(0, 1, 2),
        flag: Uint8Array.of(0, 1, 1),
        maybe: Float64Array.of(0, NaN, 2),
        text: ['断0', '断1', '断2'],
        low: ['0', '1', '2'],
        maybe_text: ['x', '', 'x'],
        at: Float64Array.of(1688200200123, 1688200200124, 1688200200125),
        day: Float64Array.of(86_400_000, 86_400_000, 86_400_000),
        amount: Float64Array.of(0, 0.25, 0.5),
      });
    });

    it('hands over many rows in order, and none as empty columns', async () => {
      const { n, t } = await store.columns(
        "SELECT toUInt32(number) AS n, 'v' || toString(number) AS t FROM numbers(300000) ORDER BY n",
      );
      expect([n?.length, n?.[299999], t?.[0], t?.[299999]]).toEqual([300000, 299999, 'v0', 'v299999']);
      const none = await store.columns("SELECT toUInt32(1) AS n, 'x' AS t WHERE 0");
      expect([none['n']?.length ?? 0, none['t']?.length ?? 0]).toEqual([0, 0]);
    });
  });

  describe('files', () => {
    const text = (i: number): string => (i % 1000 === 7 ? `a "quoted", ${i}` : `断${i}`);
    const file = (name: string, content: string | Buffer): string => {
      const path = join(dir, name);
      writeFileSync(path, content);
      return path;
    };
    const csv = (): string => {
      const lines = ['id,text'];
      for (let i = 1; i <= ROWS; i++) lines.push(`${i},"${text(i).replaceAll('"', '""')}"`);
      return `${lines.join('\n')}\n`;
    };
    const load = async (what: Omit<DelimitedFile, 'structure'> & { structure?: string }): Promise<void> => {
      await store.command('DROP TABLE IF EXISTS staged');
      await store.command('CREATE TABLE staged (row UInt64, id String, text String) ENGINE = MergeTree ORDER BY row');
      await store.load(
        { structure: 'id String, text String', ...what },
        'staged',
        'rowNumberInAllBlocks() + 1, id, text',
      );
    };
    const inOrder = async (rows = ROWS): Promise<void> => {
      expect(
        await store.query(
          'SELECT count() AS c, uniqExact(row) AS u, min(row) AS lo, max(row) AS hi, countIf(row != toUInt64(id)) AS wrong FROM staged',
        ),
      ).toEqual([{ c: rows, u: rows, lo: 1, hi: rows, wrong: 0 }]);
      expect(await one('SELECT text AS v FROM staged WHERE row = 1007')).toBe(text(1007));
      expect(await one('SELECT text AS v FROM staged WHERE row = 2008')).toBe(text(2008));
    };

    it('reads CSV in file order with row numbers, also from a name full of wildcards', async () => {
      await load({ path: file("calls*{1,2}?[x] 话单's.csv", csv()), format: 'CSVWithNames', compression: 'none' });
      await inOrder();
    });

    it('reads gzip', async () => {
      await load({ path: file('calls.csv.gz', gzipSync(csv())), format: 'CSVWithNames', compression: 'gzip' });
      await inOrder();
    });

    it('reads another separator', async () => {
      await load({
        path: file('semicolons.csv', 'id;text\n1;a\n2;"b;c"\n'),
        format: 'CSVWithNames',
        compression: 'none',
        settings: { format_csv_delimiter: ';' },
      });
      expect(await store.query('SELECT * FROM staged ORDER BY row')).toEqual([
        { row: 1, id: '1', text: 'a' },
        { row: 2, id: '2', text: 'b;c' },
      ]);
    });

    it('reads NDJSON', async () => {
      const lines = Array.from({ length: ROWS }, (_, i) =>
        JSON.stringify({ id: i + 1, text: text(i + 1), more: { x: 1 } }),
      );
      await load({
        path: file('calls.ndjson', lines.join('\n')),
        format: 'JSONEachRow',
        compression: 'none',
        settings: { input_format_skip_unknown_fields: 1, input_format_json_read_numbers_as_strings: 1 },
      });
      await inOrder();
    });

    it('reads Parquet', async () => {
      await load({ path: parquet, format: 'Parquet', compression: 'none', structure: 'id Int64, text String' });
      expect(await one(`SELECT countIf(row != toUInt64(id)) + abs(toInt64(count()) - ${ROWS}) AS v FROM staged`)).toBe(
        0,
      );
    });

    it('looks into a file of this machine, wherever the store is', async () => {
      const columns = await store.queryFile<{ name: string; type: string }>(
        sql`DESCRIBE TABLE file(${parquet}, 'Parquet')`,
      );
      expect(columns.map((c) => c.name)).toEqual(['id', 'text']);
      expect(await store.queryFile(sql`SELECT id, text FROM file(${parquet}, 'Parquet') WHERE id = 77777`)).toEqual([
        { id: 77_777, text: '断77777' },
      ]);
    });

    it('fails on a file that is cut off or not there', async () => {
      const gz = gzipSync(csv());
      const cut = file('cut.csv.gz', gz.subarray(0, gz.length >> 1));
      await expect(load({ path: cut, format: 'CSVWithNames', compression: 'gzip' })).rejects.toMatchObject({
        name: 'FactsError',
      });
      const missing = join(dir, 'missing.csv');
      await expect(load({ path: missing, format: 'CSVWithNames', compression: 'none' })).rejects.toMatchObject({
        name: 'FactsError',
      });
      expect(await one('SELECT 1 AS v')).toBe(1);
    });
  });

  describe('migrations', () => {
    it('apply once, and again change nothing', async () => {
      const before = await factsSchema(store);
      expect(before.applied).toEqual([]);
      expect(await migrateFacts(store)).toEqual(before.pending);
      expect(await migrateFacts(store)).toEqual([]);
      expect(await factsSchema(store)).toEqual({ applied: before.pending, pending: [] });
      expect(await one('SELECT count() AS v FROM calls')).toBe(0);
    });

    it('finish what was killed midway', async () => {
      const files = join(dir, 'midway');
      mkdirSync(files);
      await store.command('TRUNCATE TABLE schema_migrations');
      const table = (name: string): string =>
        `CREATE TABLE IF NOT EXISTS ${name} {{on_cluster}} (x UInt8) ENGINE = {{engine}} ORDER BY x;\n`;
      writeFileSync(
        join(files, '0001_two.sql'),
        `-- semicolon; in a comment\n${table('midway_one')}CREATE TABLE (;\n${table('midway_two')}`,
      );
      await expect(migrateFacts(store, { dir: files })).rejects.toMatchObject({ code: 'SYNTAX_ERROR' });
      writeFileSync(join(files, '0001_two.sql'), table('midway_one') + table('midway_two'));
      expect(await migrateFacts(store, { dir: files })).toEqual(['0001_two.sql']);
      expect(await one('SELECT count() AS v FROM midway_two')).toBe(0);

      writeFileSync(join(files, '0001_two.sql'), `${table('midway_one')} -- edited`);
      await expect(migrateFacts(store, { dir: files })).rejects.toThrow(
        /0001_two\.sql was changed after it had been applied/,
      );
      rmSync(join(files, '0001_two.sql'));
      await expect(migrateFacts(store, { dir: files })).rejects.toThrow(/newer version/);
    });

    it('fill the templates for whatever the tables stand on', async () => {
      const files = join(dir, 'templates');
      mkdirSync(files);
      await store.command('TRUNCATE TABLE schema_migrations');
      writeFileSync(
        join(files, '0001_r.sql'),
        'CREATE TABLE r {{on_cluster}} (k UInt8, version UInt8) ENGINE = {{engine_replacing:version}} ORDER BY k;',
      );
      await migrateFacts(store, { dir: files, topology: { ...SINGLE_NODE } });
      await store.insert('r', [{ k: 1, version: 2 }]);
      await store.insert('r', [{ k: 1, version: 1 }]);
      expect(await store.query('SELECT * FROM r FINAL')).toEqual([{ k: 1, version: 2 }]);
    });
  });

  it('closes while a statement runs, and refuses afterwards', async () => {
    const running = store.query('SELECT max(sipHash64(number)) FROM numbers(100000000000)').catch((e: unknown) => e);
    await new Promise((done) => setTimeout(done, 200));
    await store.close();
    await store.close();
    expect(await running).toBeInstanceOf(FactsError);
    await expect(store.query('SELECT 1')).rejects.toThrow(/closed/);
  });
});
