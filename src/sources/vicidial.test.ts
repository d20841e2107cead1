import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpRows, mysqlDump, readTuple } from './mysql-dump.ts';
import { recordsOf, sourceFile } from './testing.ts';
import { vicidialCsv, vicidialDump } from './vicidial.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-dump-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const OPTIONS = { maxLine: 100_000 };
const file = (text: string | Buffer, name = 'dump.sql') => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return sourceFile(path);
};

/** What mysqldump makes of a text. */
const quoted = (s: string): string =>
  `'${s.replace(/[\\'"\n\r\0\x1a]/g, (c) => `\\${{ '\n': 'n', '\r': 'r', '\0': '0', '\x1a': 'Z' }[c] ?? c}`)}'`;

const DUMP = `-- MySQL dump 10.13  Distrib 8.0.32
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS \`vicidial_users\`;
CREATE TABLE \`vicidial_users\` (
  \`user_id\` int NOT NULL AUTO_INCREMENT,
  \`user\` varchar(20) NOT NULL,
  \`full_name\` varchar(50) DEFAULT NULL,
  \`user_group\` varchar(20) DEFAULT NULL,
  \`phone_login\` varchar(15) DEFAULT NULL,
  PRIMARY KEY (\`user_id\`)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_users\` VALUES (1,'8001','小李 (A组)','TEAM_A','cc101'),(2,'8002','O\\'Neil; x','TEAM_A',NULL);
CREATE TABLE \`phones\` (
  \`extension\` varchar(100),
  \`login\` varchar(15),
  \`outbound_cid\` varchar(20)
) ENGINE=MyISAM;
INSERT INTO \`phones\` VALUES ('101','cc101','85212340001');
CREATE TABLE \`vicidial_dial_log\` (
  \`caller_code\` varchar(30), \`lead_id\` int, \`call_date\` datetime, \`extension\` varchar(100), \`outbound_cid\` varchar(100), \`uniqueid\` varchar(20), \`sip_hangup_reason\` varchar(50)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_dial_log\` (\`caller_code\`,\`lead_id\`,\`call_date\`,\`extension\`,\`outbound_cid\`,\`uniqueid\`,\`sip_hangup_reason\`) VALUES
('V1',77,'2023-03-01 09:00:00','913800138000','"x" <85212340002>','',''),
('V2',78,'2023-03-01 09:05:00','913900139000','85212340003','','Busy Here');
CREATE TABLE \`vicidial_log\` (
  \`uniqueid\` varchar(20),
  \`lead_id\` int,
  \`list_id\` bigint,
  \`campaign_id\` varchar(8),
  \`call_date\` datetime,
  \`length_in_sec\` int,
  \`status\` varchar(6),
  \`phone_code\` varchar(10),
  \`phone_number\` varchar(18),
  \`user\` varchar(20),
  \`user_group\` varchar(20),
  \`term_reason\` varchar(20)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_log\` VALUES ('167.1',77,101,'CAMP','2023-03-01 09:00:03',64,'SALE','86','13800138000','8001','TEAM_A','AGENT'),(broken),('167.2',79,101,'CAMP','2023-03-01 10:00:03',0,'NA','86','13700137000','8001','TEAM_A','NONE');
CREATE TABLE \`vicidial_campaigns\` (
  \`campaign_id\` varchar(8),
  \`campaign_cid\` varchar(20)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_campaigns\` VALUES ('CAMP','85299990000');
CREATE TABLE \`vicidial_rt_monitor_log\` (
  \`manager_user\` varchar(20),
  \`agent_user\` varchar(20),
  \`monitor_start_time\` datetime,
  \`monitor_type\` varchar(10)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_rt_monitor_log\` VALUES ('6666','8001','2023-03-01 18:00:00','LISTEN');
CREATE TABLE \`vicidial_user_log\` (
  \`user\` varchar(20),
  \`event\` varchar(50),
  \`event_date\` datetime,
  \`campaign_id\` varchar(8),
  \`computer_ip\` varchar(15)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_user_log\` VALUES ('8001','LOGIN','2023-03-01 08:58:00','CAMP','10.0.0.7'),('8001','LOGOUT','2023-03-01 18:00:00','CAMP','10.0.0.7');
CREATE TABLE \`vicidial_lists\` (
  \`list_id\` bigint,
  \`list_name\` varchar(30)
) ENGINE=MyISAM;
INSERT INTO \`vicidial_lists\` VALUES (101,'some list');
`;

describe("a dialler's database", () => {
  it('becomes seats, log-ins, calls with the number they showed, reviews; the rest is named', async () => {
    const dump = file(DUMP);
    expect(vicidialDump.recognise(dump)?.score).toBeGreaterThan(mysqlDump.recognise(dump)?.score ?? 1);
    const tables = await vicidialDump.tables(dump, OPTIONS);
    const of = async (kind: string) => recordsOf(tables.find((t) => t.kind === kind)!);
    expect(await of('seats')).toMatchObject([
      { seat: '8001', account: 'cc101', team: 'TEAM_A', person: '小李 (A组)', number: '85212340001', task: 'CAMP' },
      { seat: '8002', account: '8002', person: "O'Neil; x", number: '' },
    ]);
    expect(await of('calls')).toMatchObject([
      {
        started_at: '2023-03-01 09:05:00',
        caller: '85212340003',
        callee: '913900139000',
        answered: '0',
        release_cause: 'Busy Here',
      },
      {
        started_at: '2023-03-01 09:00:03',
        caller: '85212340002',
        callee: '+8613800138000',
        duration_s: '64',
        answered: '1',
        account: 'cc101',
      },
      { broken: 'broken_tuple', raw: '(broken)' },
      { caller: '85299990000', callee: '+8613700137000', answered: '0' },
    ]);
    expect(await of('logins')).toMatchObject([{ account: '8001', at: '2023-03-01 08:58:00', ip: '10.0.0.7' }]);
    expect(await of('reviews')).toMatchObject([{ reviewer: '6666', seat: '8001', verdict: 'LISTEN' }]);
    expect(tables.flatMap((t) => t.notes ?? []).map((n) => n.en)).toContainEqual(
      expect.stringContaining('vicidial_lists 1'),
    );
  });

  it('comes as single tables too; a call without the number it showed is not given one', async () => {
    const csv = file(
      'uniqueid,lead_id,length_in_sec,phone_number,campaign_id,call_date\n1.1,7,3,13800138000,C,2023-03-01 09:00:00\n',
      'log.csv',
    );
    expect(vicidialCsv.recognise(csv)?.why.en).toContain('vicidial_log');
    const [table] = await vicidialCsv.tables(csv, OPTIONS);
    expect(await recordsOf(table!)).toMatchObject([{ caller: '', callee: '13800138000' }]);
    expect(table?.notes?.[0]?.en).toContain('vicidial_dial_log');
  });
});

describe('a dump', () => {
  it('gives back every text that was put in', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant(null),
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', ')', '(', ',', ';', '中') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), async (rows) => {
        // Lone halves of surrogate pairs have no UTF-8.
        const safe = rows.map((r) => r.map((c) => (c === null ? null : Buffer.from(c).toString())));
        const values = safe.map((r) => `(${r.map((c) => (c === null ? 'NULL' : quoted(c))).join(',')})`).join(',');
        const dump = file(
          `CREATE TABLE \`t\` (\n  \`a\` text,\n  \`b\` text\n) ENGINE=x;\nINSERT INTO \`t\` VALUES ${values};\n`,
        );
        const read: (string | null)[][] = [];
        for await (const row of dumpRows(dump, OPTIONS)) if (row.broken === undefined) read.push(row.cells);
        expect(read).toEqual(safe);
      }),
      { numRuns: 60 },
    );
  });

  it('ends whatever its bytes are, in time', async () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('INSERT INTO `t` VALUES (', "'", ')', ',(', ';\n', 'CREATE TABLE `t` (\n', '\n) x;\n', '\\'),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        for await (const row of dumpRows(file(parts.join('')), { maxLine: 200 }))
          expect(row.raw.length).toBeLessThan(2000);
      }),
      { numRuns: 100 },
    );
  });

  it('reads a tuple of ten megabytes', () => {
    expect(readTuple(`('${'x\\n'.repeat(3_000_000)}',1)`)?.[0]?.length).toBe(6_000_000);
  });
});
