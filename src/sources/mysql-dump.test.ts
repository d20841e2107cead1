import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpRows, looksLikeDump, mysqlDump, type DumpRow } from './mysql-dump.ts';
import { readTuple } from './mysql-tuple.ts';
import { recordsOf, rowsOf, sourceFile } from './testing.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-mysql-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const OPTIONS = { maxLine: 100_000 };
const place = (text: string | Buffer, name = 'dump.sql') => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return sourceFile(path);
};

/** Rows of a text that arrives in pieces of some bytes. */
async function rowsIn(text: string | Buffer, size = 1_000_000, maxLine = OPTIONS.maxLine): Promise<DumpRow[]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const out: DumpRow[] = [];
  const source = { encoding: 'utf-8' as const, open: () => Readable.from(pieces) };
  for await (const row of dumpRows(source, { maxLine })) out.push(row);
  return out;
}
const cellsIn = async (text: string, size?: number) => (await rowsIn(text, size)).map((r) => r.cells ?? r.broken);

/** What mysqldump makes of a text. */
const quoted = (s: string): string =>
  `'${s.replace(/[\\'"\n\r\0\x1a]/g, (c) => `\\${{ '\n': 'n', '\r': 'r', '\0': '0', '\x1a': 'Z' }[c] ?? c}`)}'`;
const literal = (c: string | null): string => (c === null ? 'NULL' : quoted(c));

/** Every construct mysqldump and its kin write around and inside rows. */
const EVERYTHING = `-- MySQL dump 10.13  Distrib 8.0.32, for Linux (x86_64)
--
-- Host: localhost    Database: shop
/*!40101 SET NAMES utf8mb4 */;
/* INSERT INTO \`a\` VALUES ('in a comment'); */
USE \`shop\`;
DROP TABLE IF EXISTS \`a\`;
CREATE TABLE \`a\` (
  \`id\` int NOT NULL AUTO_INCREMENT COMMENT 'a, (b) \\'c\\'',
  \`t\` varchar(20) DEFAULT 'x,y',
  \`e\` enum('p','q)') DEFAULT NULL,
  PRIMARY KEY (\`id\`),
  KEY \`t\` (\`t\`),
  CONSTRAINT \`c\` FOREIGN KEY (\`t\`) REFERENCES \`b\` (\`t\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES \`a\` WRITE;
/*!40000 ALTER TABLE \`a\` DISABLE KEYS */;
INSERT INTO \`a\` VALUES (1,'it\\'s; (a) "test"\\n','p'),(2,'two''s',NULL),
(-3.5e2,_binary '\\0\\Z',0x61E4B8AD),
  ( 4 , X'4142' , b'101' );
INSERT INTO \`a\` (\`t\`,
  \`id\`) VALUES ('u',5) ON DUPLICATE KEY UPDATE \`t\`=VALUES(\`t\`);
REPLACE INTO \`a\` VALUES (6,N'v',TRUE);
INSERT IGNORE INTO shop.a VALUES (7,"dou""ble",0xFF00);
INSERT INTO \`a\` SELECT 8, 'no', 'row';
DELIMITER ;;
CREATE TRIGGER \`g\` BEFORE INSERT ON \`a\` FOR EACH ROW BEGIN
INSERT INTO \`a\` VALUES (9,'from a trigger','p');
END ;;
DELIMITER ;
CREATE TABLE b (x INT, \`y z\` TEXT, KEY (x));
INSERT INTO b VALUES (10,'after');
UNLOCK TABLES;
-- Dump completed
`;
const ROWS = [
  ['1', 'it\'s; (a) "test"\n', 'p'],
  ['2', "two's", null],
  ['-3.5e2', '\0\x1a', 'a中'],
  ['4', 'AB', '5'],
  ['u', '5'],
  ['6', 'v', '1'],
  ['7', 'dou"ble', '0xFF00'],
  ['10', 'after'],
];

describe('rows of a dump', () => {
  it('are those of its inserts: no comment, trigger, SELECT or key list is one', async () => {
    const rows = await rowsIn(EVERYTHING);
    expect(rows.map((r) => r.cells)).toEqual(ROWS);
    expect(new Set(rows.map((r) => `${r.database}.${r.table}`))).toEqual(new Set(['shop.a', 'shop.b']));
    expect(rows[0]?.columns).toEqual(['id', 't', 'e']);
    expect(rows[4]?.columns).toEqual(['t', 'id']);
    expect(rows[7]?.columns).toEqual(['x', 'y z']);
    expect(rows[1]?.raw).toBe("(2,'two''s',NULL)");
  });

  it('are the same wherever the text is cut into pieces', async () => {
    for (const size of [1, 2, 3, 7, 64, 333]) expect(await cellsIn(EVERYTHING, size), `${size} bytes`).toEqual(ROWS);
  });

  it('give back every text that was put in, in pieces of any size', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant(null),
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', ')', '(', ',', ';', '中', '%', '_') }),
    );
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 200 }), async (read, size) => {
        // Lone halves of surrogate pairs have no UTF-8.
        const safe = read.map((r) => r.map((c) => (c === null ? null : Buffer.from(c).toString())));
        const values = safe.map((r) => `(${r.map(literal).join(',')})`).join(',');
        expect(await cellsIn(`CREATE TABLE t (a text, b text);\nINSERT INTO \`t\` VALUES ${values};\n`, size)).toEqual(
          safe,
        );
      }),
      { numRuns: 80 },
    );
  });

  it('end, whatever the bytes are, as wide as their columns', async () => {
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.from(b)),
        fc
          .constantFrom(
            'INSERT INTO `t` VALUES (',
            'INSERT INTO t (a,b) VALUES ',
            "'",
            ')',
            ',(',
            '),(',
            ';\n',
            'CREATE TABLE `t` (\n',
            '\n) x;\n',
            '\\',
            '/*',
            '*/',
            'DELIMITER ;;\n',
            '\nDELIMITER ;\n',
            '_binary ',
            '0x',
            '1',
          )
          .map((s) => Buffer.from(s)),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (parts, size) => {
        for (const row of await rowsIn(Buffer.concat(parts), size, 200)) {
          expect(row.raw.length).toBeLessThanOrEqual(1000);
          if (row.cells !== undefined) expect(row.cells).toHaveLength(row.columns.length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('damage', () => {
  it('costs the tuple it is in, and no other', async () => {
    const text = `INSERT INTO t (a,b) VALUES (1,'a'b'),(2,'c'),(NOW(),'d'),(3),(),(4,'e');\nINSERT INTO t (a,b) VALUES (5,'f');\n`;
    expect(await cellsIn(text)).toEqual([
      'broken_tuple',
      ['2', 'c'],
      'broken_tuple',
      'broken_tuple',
      'broken_tuple',
      ['4', 'e'],
      ['5', 'f'],
    ]);
    expect((await rowsIn(text)).filter((r) => r.broken !== undefined).map((r) => r.raw)).toEqual([
      "(1,'a'b')",
      "(NOW(),'d')",
      '(3)',
      '()',
    ]);
  });

  it('ends with the statement; a file cut in the middle of a row loses that row', async () => {
    expect(await cellsIn('INSERT INTO t (a) VALUES (1),(oops\nINSERT INTO t (a) VALUES (2);\n')).toEqual([
      ['1'],
      'broken_tuple',
      ['2'],
    ]);
    expect(await cellsIn("INSERT INTO t (a) VALUES (1),('cut he")).toEqual([['1'], 'broken_tuple']);
    expect(await cellsIn("INSERT INTO t (a) VALUES ('open);\nINSERT INTO t (a) VALUES (2),(3);\n")).toEqual([
      'broken_tuple',
      ['2'],
      ['3'],
    ]);
  });

  it('does not let one unclosed quote stand for the rest of a large file', async () => {
    const rest = `INSERT INTO t (a) VALUES ${"('x'),".repeat(50)}('x');\n`.repeat(200);
    const rows = await rowsIn(`INSERT INTO t (a) VALUES ('open);\n${rest}`, 4096, 5000);
    expect(rows.filter((r) => r.broken !== undefined).length).toBeLessThan(3);
    expect(rows.filter((r) => r.broken === undefined).length).toBeGreaterThan(51 * 198);
  });

  it('is also a tuple longer than may be held, and the next statement is read', async () => {
    const rows = await rowsIn(
      `INSERT INTO t (a) VALUES ('${'x'.repeat(50_000)}'),(1);\nINSERT INTO t (a) VALUES (2);\n`,
      1000,
      2000,
    );
    expect(rows.map((r) => r.cells ?? r.broken)).toEqual(['line_too_long', ['2']]);
  });
});

it('reads a tuple of ten megabytes, and an insert of many pieces, in time that grows with it', async () => {
  expect(readTuple(`('${'x\\n'.repeat(3_000_000)}',1)`)?.[0]?.length).toBe(6_000_000);
  const rows = await rowsIn(`INSERT INTO t (a) VALUES ('${'y'.repeat(8_000_000)}'),(2);\n`, 16_384, 16_000_000);
  expect(rows.map((r) => r.cells?.[0]?.length)).toEqual([8_000_000, 1]);
});

describe('the reader of dumps', () => {
  it('gives a table for each that has rows, from a compressed file too, and names the empty ones', async () => {
    const plain = place(`${EVERYTHING}CREATE TABLE nothing (x int);\n`);
    const packed = join(dir, 'dump.sql.gz');
    writeFileSync(packed, gzipSync(readFileSync(plain.path)));
    const opened = { ...plain, path: packed, open: () => sourceFile(packed).open().pipe(createGunzip()) };
    for (const file of [plain, opened]) {
      expect(mysqlDump.recognise(file)?.score).toBe(0.7);
      const tables = await mysqlDump.tables(file, OPTIONS);
      expect(tables.map((t) => [t.member, t.kind, t.header])).toEqual([
        ['a', null, ['id', 't', 'e']],
        ['b', null, ['x', 'y z']],
      ]);
      // The statement that names two columns, in another order, stands under the header all the same.
      expect((await recordsOf(tables[0]!))[4]).toEqual({ id: '5', t: 'u', e: '' });
      expect(await rowsOf(tables[0]!)).toEqual(await rowsOf(tables[0]!));
      expect(tables[0]?.notes?.[0]?.en).toContain('nothing');
    }
  });

  it('keeps tables of two databases apart', async () => {
    const tables = await mysqlDump.tables(
      place('USE `one`;\nINSERT INTO t (a) VALUES (1);\nUSE two;\nINSERT INTO t (a) VALUES (2);\n'),
      OPTIONS,
    );
    expect(tables.map((t) => t.member)).toEqual(['one.t', 'two.t']);
    expect(await recordsOf(tables[1]!)).toEqual([{ a: '2' }]);
  });

  it('has a header for rows of a table whose first row is broken and whose columns nobody named', async () => {
    const [table] = await mysqlDump.tables(place("INSERT INTO t VALUES (x y),(1,'a');\n"), OPTIONS);
    expect(table?.header).toEqual(['column_1', 'column_2']);
    expect(await recordsOf(table!)).toMatchObject([{ broken: 'broken_tuple' }, { column_1: '1', column_2: 'a' }]);
  });

  it('takes no other text for a dump', () => {
    expect(looksLikeDump('caller,callee\n1,2\n')).toBeNull();
    expect(looksLikeDump('CREATE TABLE IF NOT EXISTS `db`.`t` (')).toEqual(['t']);
  });
});
