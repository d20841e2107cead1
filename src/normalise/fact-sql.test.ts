import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quotedLine } from '../sources/delimited.ts';
import { sql, raw } from '../store/sql.ts';
import { mobileSql, phoneSql } from './cell-sql.ts';
import { importPaths } from './import-files.ts';
import { canonicalNumber } from './phone-number.ts';
import { emptyFacts, emptyTables, IN_CHINA } from './testing.ts';

let store: Awaited<ReturnType<typeof emptyFacts>>;
let dir: string;
beforeAll(async () => {
  store = await emptyFacts();
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-sql-test-'));
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => emptyTables(store.facts));

describe('mobileSql', () => {
  it('reads a spelling only where canonicalNumber reads the same', async () => {
    const near = fc
      .tuple(
        fc.constantFrom('', '+86', '86', '0086', '+', '0', ' ', '+861', '-'),
        fc.stringMatching(/^1?[0-9]{8,11}[ +0-9]?$/),
      )
      .map((p) => p.join(''));
    const plain = fc
      .tuple(fc.constantFrom('', '+86', '86'), fc.integer({ min: 3_000_000_000, max: 9_999_999_999 }))
      .map(([prefix, n]) => `${prefix}1${n}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(near, plain), { minLength: 50, maxLength: 80 }), async (spellings) => {
        const rows = await store.facts.query<{ t: string; n: number }>(
          sql`SELECT t, ${raw(mobileSql('t'))} AS n FROM (SELECT arrayJoin(${spellings}) AS t)`,
        );
        expect(rows.map((r) => r.t)).toEqual(spellings);
        for (const { t, n } of rows) {
          if (n > 0)
            expect(canonicalNumber(t, IN_CHINA.home)).toMatchObject({ id: `+86${n}`, kind: 'e164', country: 'CN' });
          // Plain spellings are what it is for: none of them may take the slow way.
          if (/^(?:\+86|86)?1[3-9]\d{9}$/.test(t)) expect(n).toBeGreaterThan(0);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('phoneSql', () => {
  it('is the canonical spelling of a mobile number, and leaves every other name of a person alone', async () => {
    const texts = ['13800000001', '+8613800000001', '8613800000001', 'wxid_13800000001', '6222021234567890123', ''];
    const rows = await store.facts.query<{ n: string }>(
      sql`SELECT ${raw(phoneSql('t', IN_CHINA.home))} AS n FROM (SELECT arrayJoin(${texts}) AS t)`,
    );
    const own = canonicalNumber('13800000001', IN_CHINA.home) as { id: string };
    expect(rows.map((r) => r.n)).toEqual([own.id, own.id, own.id, ...texts.slice(3)]);
    expect(phoneSql('t', { ...IN_CHINA.home, country: 'FR' })).toBe('t');
  });
});

describe('the two ways of reading CSV', () => {
  it("find the same facts: the engine's reader, and ours when a row is broken", async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '中', "'", '\\', '\t', 'N') });
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', ' ', "'", '中', '\\', '1') });
    const row = fc.tuple(fc.nat(1000), text, plain, fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        await emptyTables(store.facts);
        const lines = rows.map(([second, city, account, quoted]) => {
          const cells = [`${1_680_646_000_000 + second * 1000}`, '13800001234', '95588', '1'];
          return quoted
            ? quotedLine([...cells, city, account])
            : `${[...cells, quotedLine([city]).trimEnd(), account].join(',')}\n`;
        });
        const header = 'started_at,caller,callee,duration_s,city,account\n';
        const [whole, broken] = [join(dir, 'whole.csv'), join(dir, 'broken.csv')];
        writeFileSync(whole, header + lines.join(''));
        writeFileSync(broken, `${header}${lines.join('')}one cell\n`);
        const first = await importPaths(store.facts, [whole], { ...IN_CHINA, as: 'calls' });
        const second = await importPaths(store.facts, [broken], { ...IN_CHINA, as: 'calls' });
        expect([first.rows, first.quarantined]).toEqual([rows.length, 0]);
        expect([second.rows, second.facts, second.duplicates, second.quarantined]).toEqual([
          rows.length + 1,
          0,
          rows.length,
          1,
        ]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('the two ways to the facts', () => {
  it('lead to the same facts: straight from a file that was sampled, and through staging from one that was not', async () => {
    const party = fc.oneof(
      fc.integer({ min: 3_000_000_000, max: 9_999_999_999 }).map((n) => `1${n}`),
      fc.constantFrom(
        '95588',
        '+85269234158',
        '0086 138 0000 1234',
        '010-12345678',
        'sip:a@b.cn',
        '1.38E+10',
        '',
        '400-812-3123',
      ),
    );
    const call = fc.record({
      started_at: fc.constantFrom('2023-04-05 06:07:08', '2023-04-05T06:07:08.123+08:00', '1680646028000', 'yesterday'),
      caller: party,
      callee: party,
      duration_s: fc.constantFrom('0', '12', '3.5', '-1'),
      answered: fc.constantFrom('', '1', 'no'),
      city: fc.constantFrom('', '上海', ' 北京 '),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 25 }), async (calls) => {
        const columns = ['started_at', 'caller', 'callee', 'duration_s', 'answered', 'city'] as const;
        const csv = join(dir, 'calls.csv');
        writeFileSync(
          csv,
          [columns, ...calls.map((c) => columns.map((n) => c[n]))].map((r) => quotedLine([...r])).join(''),
        );
        const ndjson = join(dir, 'calls.ndjson');
        writeFileSync(ndjson, calls.map((c) => `${JSON.stringify(c)}\n`).join(''));
        const found = [];
        for (const path of [csv, ndjson]) {
          await emptyTables(store.facts);
          const { rows, facts, duplicates, quarantined } = await importPaths(store.facts, [path], IN_CHINA);
          found.push({
            balance: { rows, facts, duplicates, quarantined },
            facts: await store.facts.query(
              'SELECT * EXCEPT (file_sha256) REPLACE (toString(key) AS key) FROM calls ORDER BY row',
            ),
            refused: await store.facts.query('SELECT row, `column`, reason, value FROM quarantine FINAL ORDER BY row'),
            numbers: await store.facts.query('SELECT * FROM numbers FINAL ORDER BY id'),
          });
        }
        expect(found[0]).toEqual(found[1]);
      }),
      { numRuns: 15 },
    );
  });
});
