import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quotedLine } from '../sources/delimited.ts';
import { sql, raw } from '../store/sql.ts';
import { mobileSql } from './fact-sql.ts';
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
