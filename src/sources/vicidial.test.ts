import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACT_KINDS } from '../model/fact-kinds.ts';
import { mysqlDump } from './mysql-dump.ts';
import type { SourceTable } from './reader.ts';
import { recordsOf, sourceFile } from './testing.ts';
import { vicidialCsv, vicidialDump, VICIDIAL_TABLES } from './vicidial.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-vicidial-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const OPTIONS = { maxLine: 100_000 };
const place = (text: string | Buffer, name = 'asterisk.sql') => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return sourceFile(path);
};

type Row = Readonly<Record<string, string | number | null>>;
type Dump = Readonly<Record<string, readonly Row[]>>;

/**
 * Columns in the order of astguiclient's extras/MySQL_AST_CREATE_tables.sql (schema version 1500 and later), those we read and some beside them.
 */
const SCHEMA: Readonly<Record<string, string>> = {
  audio_store_details: 'audio_filename audio_format audio_filesize',
  phones: 'extension dialplan_number phone_ip computer_ip server_ip login pass status active outbound_cid',
  recording_log:
    'recording_id channel server_ip extension start_time start_epoch end_time end_epoch length_in_sec length_in_min filename location lead_id user vicidial_id',
  vicidial_admin_log:
    'admin_log_id event_date user ip_address event_section event_type record_id event_code event_sql event_notes user_group',
  vicidial_campaigns: 'campaign_id campaign_name active campaign_cid use_custom_cid cid_group_id',
  vicidial_cid_groups: 'cid_group_id cid_group_notes cid_group_type user_group',
  vicidial_closer_log:
    'closecallid lead_id list_id campaign_id call_date start_epoch end_epoch length_in_sec status phone_code phone_number user comments processed queue_seconds user_group xfercallid term_reason uniqueid agent_only queue_position called_count',
  vicidial_dial_log:
    'caller_code lead_id server_ip call_date extension channel context timeout outbound_cid sip_hangup_cause sip_hangup_reason uniqueid',
  vicidial_did_log: 'uniqueid channel server_ip caller_id_number caller_id_name extension call_date did_id did_route',
  vicidial_list: 'lead_id entry_date status vendor_lead_code source_id list_id phone_code phone_number first_name',
  vicidial_lists: 'list_id list_name campaign_id active list_description campaign_cid_override',
  vicidial_log:
    'uniqueid lead_id list_id campaign_id call_date start_epoch end_epoch length_in_sec status phone_code phone_number user comments processed user_group term_reason alt_dial called_count',
  vicidial_rt_monitor_log:
    'manager_user manager_server_ip manager_phone manager_ip agent_user agent_server_ip agent_status agent_session lead_id campaign_id caller_code monitor_start_time monitor_end_time monitor_sec monitor_type',
  vicidial_scripts: 'script_id script_name script_comments script_text active user_group',
  vicidial_server_carriers: 'carrier_id carrier_name registration_string account_entry',
  vicidial_statuses: 'status status_name selectable human_answered',
  vicidial_user_groups: 'user_group group_name allowed_campaigns',
  vicidial_user_log:
    'user_log_id user event campaign_id event_date event_epoch user_group session_id server_ip extension computer_ip browser data phone_login server_phone phone_ip',
  vicidial_users: 'user_id user pass full_name user_level user_group phone_login phone_pass active',
};

const literal = (v: string | number | null | undefined): string =>
  v === null || v === undefined ? 'NULL' : typeof v === 'number' ? `${v}` : `'${v.replace(/[\\']/g, '\\$&')}'`;

/** A dump as mysqldump writes it: tables in the order of their names, extended inserts. */
const dumpOf = (tables: Dump): string =>
  `-- MySQL dump 10.13  Distrib 8.0.32\n${Object.keys(tables)
    .sort()
    .map((table) => {
      const columns = (SCHEMA[table.replace(/_archive$/, '')] ?? '').split(' ');
      const rows = (tables[table] ?? []).map((r) => `(${columns.map((c) => literal(r[c])).join(',')})`);
      return `CREATE TABLE \`${table}\` (\n${columns.map((c) => `  \`${c}\` varchar(255)`).join(',\n')}\n) ENGINE=MyISAM;\n${
        rows.length > 0 ? `INSERT INTO \`${table}\` VALUES ${rows.join(',')};\n` : ''
      }`;
    })
    .join('')}`;

const call = (uniqueid: string, lead: number, at: string, more: Row = {}): Row => ({
  uniqueid,
  lead_id: lead,
  list_id: 101,
  campaign_id: 'CAMP',
  call_date: `2023-03-01 ${at}`,
  length_in_sec: 64,
  status: 'SALE',
  phone_code: '86',
  phone_number: `138001380${lead}`,
  user: '8001',
  user_group: 'TEAM_A',
  term_reason: 'AGENT',
  ...more,
});
const attempt = (code: string, lead: number, at: string, cid: string, more: Row = {}): Row => ({
  caller_code: code,
  lead_id: lead,
  call_date: `2023-03-01 ${at}`,
  extension: `9138001380${lead}`,
  channel: 'SIP/trunk1',
  outbound_cid: `"${code}" <${cid}>`,
  sip_hangup_cause: 0,
  sip_hangup_reason: '',
  uniqueid: '',
  ...more,
});
const user = (name: string, full: string, phone: string): Row => ({
  user: name,
  pass: 'secret-of-a-user',
  full_name: full,
  user_level: 1,
  user_group: 'TEAM_A',
  phone_login: phone,
  phone_pass: 'secret-of-a-phone',
  active: 'Y',
});

const DUMP: Dump = {
  phones: [{ extension: '101', login: 'cc101', outbound_cid: '85212340001', pass: 'secret-of-a-phone' }],
  vicidial_users: [
    user('8001', '小李 (A组)', 'cc101'),
    user('8002', "O'Neil; x", ''),
    user('8003', '早班', 'cc103'),
    user('8004', '晚班', 'cc103'),
  ],
  vicidial_user_groups: [{ user_group: 'TEAM_A', group_name: '一组', allowed_campaigns: ' CAMP ROT -' }],
  vicidial_campaigns: [
    {
      campaign_id: 'CAMP',
      campaign_name: '回访',
      campaign_cid: '85299990000',
      use_custom_cid: 'N',
      cid_group_id: '---DISABLED---',
    },
    {
      campaign_id: 'ROT',
      campaign_name: '轮换',
      campaign_cid: '85299990001',
      use_custom_cid: 'N',
      cid_group_id: 'HK1',
    },
    { campaign_id: 'NONE', campaign_name: '', campaign_cid: '0000000000', use_custom_cid: 'N', cid_group_id: null },
  ],
  vicidial_cid_groups: [{ cid_group_id: 'HK1', cid_group_notes: '香港', cid_group_type: 'NONE' }],
  vicidial_lists: [{ list_id: 102, list_name: 'some list', campaign_cid_override: '85277770000' }],
  vicidial_statuses: [{ status: 'SALE', status_name: 'Sale Made' }],
  vicidial_list: [
    { lead_id: 78, phone_code: '86', phone_number: '13800138078', vendor_lead_code: 'X', source_id: 'Y' },
  ],
  vicidial_server_carriers: [{ carrier_id: 'C1', carrier_name: 'line' }],
  vicidial_dial_log: [
    // Lead 77: the first attempt rang out, the second, a minute later, was answered.
    attempt('V1', 77, '08:59:00', '85212340009', { sip_hangup_reason: 'Request Terminated' }),
    attempt('V2', 77, '09:00:00', '85212340002'),
    attempt('V3', 78, '09:05:00', '85212340003', { sip_hangup_reason: 'Busy Here' }),
    attempt('V4', 79, '09:06:00', '85212340004', { uniqueid: '167.9' }),
  ],
  vicidial_log: [
    call('167.1', 77, '09:00:03'),
    // By its id, though hours apart.
    call('167.9', 79, '12:00:00', { length_in_sec: 0, status: 'NA', term_reason: 'NONE' }),
    // No attempt is known: the campaign's one number, the list's own, or nobody knows.
    call('167.3', 80, '10:00:00', { length_in_sec: 30, status: 'N' }),
    call('167.4', 81, '10:01:00', { list_id: 102, phone_code: '1' }),
    call('167.5', 82, '10:02:00', { campaign_id: 'ROT' }),
    call('167.6', 83, '10:03:00', { campaign_id: 'NONE' }),
    call('167.7', 84, '10:04:00', { length_in_sec: null, status: 'INCALL', term_reason: null }),
  ],
  vicidial_closer_log: [
    call('167.1', 77, '09:01:00', { closecallid: 1, campaign_id: 'CLOSERS', user: '8002' }),
    call('168.1', 90, '11:00:00', { closecallid: 2, campaign_id: 'INBOUND', queue_seconds: '8.00', user: '8003' }),
    call('168.2', 91, '11:10:00', { closecallid: 3, campaign_id: 'INBOUND', user: '8003' }),
  ],
  vicidial_did_log: [{ uniqueid: '168.1', caller_id_number: '13800138090', extension: '4008001234' }],
  recording_log: [
    {
      recording_id: 1,
      start_time: '2023-03-01 09:00:05',
      filename: 'rec1',
      location: 'http://x/rec1.mp3',
      lead_id: 77,
      vicidial_id: '167.1',
    },
    {
      recording_id: 2,
      start_time: '2023-03-01 10:01:09',
      filename: 'rec2',
      location: null,
      lead_id: 81,
      vicidial_id: '',
    },
    {
      recording_id: 3,
      start_time: '2023-03-01 11:00:02',
      filename: 'rec3',
      location: null,
      lead_id: 90,
      vicidial_id: '2',
    },
  ],
  vicidial_rt_monitor_log: [
    {
      manager_user: '6666',
      manager_ip: '10.0.0.9',
      agent_user: '8001',
      caller_code: 'BM1',
      campaign_id: 'CAMP',
      lead_id: 77,
      monitor_start_time: '2023-03-01 18:00:00',
      monitor_sec: 40,
      monitor_type: 'LISTEN',
    },
  ],
  vicidial_user_log: [
    {
      user_log_id: 1,
      user: '8001',
      event: 'LOGIN',
      campaign_id: 'CAMP',
      event_date: '2023-03-01 08:58:00',
      user_group: 'TEAM_A',
      computer_ip: '10.0.0.7',
      browser: 'Mozilla',
      phone_login: 'cc101',
      phone_ip: '10.0.1.7',
    },
    {
      user_log_id: 2,
      user: '8001',
      event: 'LOGOUT',
      campaign_id: 'CAMP',
      event_date: '2023-03-01 18:00:00',
      user_group: 'TEAM_A',
      computer_ip: '10.0.0.7',
    },
  ],
  vicidial_admin_log: [
    {
      admin_log_id: 1,
      event_date: '2023-03-01 07:00:00',
      user: '6666',
      ip_address: '203.0.113.5',
      event_section: 'LISTS',
      event_type: 'LOAD',
      record_id: '101',
      event_code: 'ADMIN LOAD LIST',
      event_sql: 'x',
    },
  ],
  vicidial_scripts: [
    { script_id: 'S1', script_name: '话术一', script_comments: '', script_text: '您好,\n请…', active: 'Y' },
  ],
};

const kindsOf = async (tables: readonly SourceTable[], kind: string) =>
  recordsOf(tables.find((t) => t.member === kind)!);

describe("a dialler's database", () => {
  it('becomes seats with what stands around them, and no password', async () => {
    const tables = await vicidialDump.tables(place(dumpOf(DUMP)), OPTIONS);
    expect(tables.map((t) => t.member)).toEqual(['seats', 'logins', 'calls', 'reviews', 'texts']);
    const seats = await kindsOf(tables, 'seats');
    expect(seats).toMatchObject([
      {
        seat: '8001',
        account: 'cc101',
        team: 'TEAM_A',
        team_name: '一组',
        caller_group: '85299990000',
        task: 'CAMP',
        task_name: '回访',
        person: '小李 (A组)',
        number: '85212340001',
      },
      // Never logged in, and the team may work on two campaigns: which one is not known.
      { seat: '8002', account: '8002', person: "O'Neil; x", task: '', caller_group: '', number: '' },
      // A phone of two users is nobody's account.
      { seat: '8003', account: '8003', phone_login: 'cc103' },
      { seat: '8004', account: '8004', phone_login: 'cc103' },
    ]);
    for (const t of tables) expect(JSON.stringify(await recordsOf(t)), t.member).not.toContain('secret-of');
  });

  it('becomes calls with the number they showed, and how that is known', async () => {
    const tables = await vicidialDump.tables(place(dumpOf(DUMP)), OPTIONS);
    const calls = await kindsOf(tables, 'calls');
    const out = calls.filter((c) => c['status'] !== '' && c['direction'] === 'out');
    expect(out).toMatchObject([
      {
        started_at: '2023-03-01 09:00:03',
        caller: '85212340002',
        caller_from: 'dial_log',
        callee: '+8613800138077',
        duration_s: '64',
        answered: '1',
        account: 'cc101',
        recording: 'http://x/rec1.mp3',
        release_cause: 'AGENT',
        status_name: 'Sale Made',
      },
      { caller: '85212340004', duration_s: '0', answered: '0', release_cause: 'NA' },
      { caller: '85299990000', caller_from: 'campaign', duration_s: '30', answered: '0' },
      { caller: '85277770000', caller_from: 'list', callee: '13800138081', recording: 'rec2' },
      // The campaign takes its numbers from a group: which one was shown, nobody wrote down.
      { caller: '', caller_from: '', campaign: 'ROT' },
      { caller: '', caller_from: '', campaign: 'NONE' },
      // Going on when the dump was made: how long it lasted is not seen, and not zero.
      { duration_s: '', answered: '', release_cause: 'INCALL' },
    ]);
    const [first, ...others] = calls.filter((c) => c['status'] === '');
    expect(first).toMatchObject({
      started_at: '2023-03-01 08:59:00',
      caller: '85212340009',
      answered: '0',
      release_cause: 'Request Terminated',
      trunk: 'SIP/trunk1',
      dialled: '913800138077',
      callee: '913800138077',
    });
    // The lead's number ends what was dialled: the 9 before it is the dial plan's.
    expect(others).toMatchObject([{ caller: '85212340003', callee: '+8613800138078', release_cause: 'Busy Here' }]);
    expect(calls.filter((c) => c['direction'] === 'in')).toMatchObject([
      { caller: '+8613800138090', callee: '4008001234', recording: 'rec3', queue_s: '8.00', account: '8003' },
      { caller: '+8613800138091', callee: 'INBOUND' },
    ]);
    // The one who was called, and then handed to a closer, called nobody.
    expect(calls.filter((c) => c['caller'] === '+8613800138077')).toEqual([]);
    expect(await kindsOf(tables, 'calls')).toEqual(calls);
  });

  it('becomes log-ins, reviews and texts; accounts are the same everywhere', async () => {
    const tables = await vicidialDump.tables(place(dumpOf(DUMP)), OPTIONS);
    expect(await kindsOf(tables, 'logins')).toMatchObject([
      { account: '6666', at: '2023-03-01 07:00:00', ip: '203.0.113.5', app: 'admin', event: 'LISTS LOAD 101' },
      { account: 'cc101', at: '2023-03-01 08:58:00', ip: '10.0.0.7', app: 'agent', phone_ip: '10.0.1.7', user: '8001' },
    ]);
    expect(await kindsOf(tables, 'reviews')).toMatchObject([
      { at: '2023-03-01 18:00:00', reviewer: '6666', seat: '8001', verdict: 'LISTEN', seconds: '40' },
    ]);
    expect(await kindsOf(tables, 'texts')).toMatchObject([
      { text_id: 'script:S1', kind: 'page', text: '您好,\n请…', name: '话术一', author: '' },
    ]);
  });

  it('says what was not read, in both languages: leads above all', async () => {
    const tables = await vicidialDump.tables(place(dumpOf(DUMP)), OPTIONS);
    for (const t of tables) await recordsOf(t);
    const notes = tables.flatMap((t) => t.notes ?? []);
    expect(notes.map((n) => n.en)).toEqual([
      expect.stringContaining('vicidial_list has 1 leads'),
      expect.stringContaining('vicidial_server_carriers 1'),
      expect.stringContaining('vicidial_user_log: 1 rows are no log-ins'),
      expect.stringContaining('vicidial_closer_log: 1 rows are outbound calls'),
      expect.stringContaining('vicidial_dial_log: 2 rows are dialling attempts'),
    ]);
    for (const n of notes) expect(n.zh).not.toBe('');
  });

  it('reads archived logs, and a row that stands in both once', async () => {
    const log = DUMP['vicidial_log'] ?? [];
    const old = call('160.1', 60, '09:00:00', { call_date: '2022-01-05 09:00:00' });
    const dump = {
      ...DUMP,
      vicidial_log_archive: [old, ...log.slice(0, 3)],
      vicidial_dial_log_archive: DUMP['vicidial_dial_log']!,
    };
    const before = await kindsOf(await vicidialDump.tables(place(dumpOf(DUMP)), OPTIONS), 'calls');
    const tables = await vicidialDump.tables(place(dumpOf(dump), 'archive.sql'), OPTIONS);
    const calls = await kindsOf(tables, 'calls');
    expect(calls.filter((c) => c['call_id'] === '160.1')).toMatchObject([{ started_at: '2022-01-05 09:00:00' }]);
    expect(calls.filter((c) => c['call_id'] !== '160.1')).toEqual(before);
    expect(tables.find((t) => t.kind === 'calls')?.notes?.map((n) => n.en)).toContainEqual(
      expect.stringContaining('3 rows stand in both vicidial_log and'),
    );
  });

  it('may be compressed, damaged, or two in one file', async () => {
    const text = dumpOf(DUMP);
    const damaged = place(text.replace("('167.9'", "(broken),('167.9'"), 'damaged.sql');
    const path = join(dir, 'packed.gz');
    writeFileSync(path, gzipSync(text));
    const plain = place(text);
    const packed = { ...plain, path, open: () => sourceFile(path).open().pipe(createGunzip()) };
    const calls = await kindsOf(await vicidialDump.tables(plain, OPTIONS), 'calls');
    expect(await kindsOf(await vicidialDump.tables(packed, OPTIONS), 'calls')).toEqual(calls);
    const read = await kindsOf(await vicidialDump.tables(damaged, OPTIONS), 'calls');
    expect(read.filter((c) => c['broken'] !== undefined)).toEqual([{ broken: 'broken_tuple', raw: '(broken)' }]);
    expect(read.filter((c) => c['broken'] === undefined)).toEqual(calls);
    const two = await vicidialDump.tables(place(`USE \`a\`;\n${text}USE \`b\`;\n${text}`, 'two.sql'), OPTIONS);
    expect(two.map((t) => t.member).filter((m) => m.endsWith('calls'))).toEqual(['a.calls', 'b.calls']);
    expect(await kindsOf(two, 'b.calls')).toEqual(calls);
  });

  it('is known by what comes first, and is no dump of another program', async () => {
    expect(vicidialDump.recognise(place(dumpOf(DUMP)))?.score).toBeGreaterThan(0.85);
    const begins = place(`${dumpOf({ audio_store_details: [{ audio_filename: 'a' }] })}`, 'begins.sql');
    expect(vicidialDump.recognise(begins)?.score).toBeGreaterThan(mysqlDump.recognise(begins)?.score ?? 1);
    // No dialler's after all: its tables are given as they are.
    expect((await vicidialDump.tables(begins, OPTIONS)).map((t) => [t.member, t.kind])).toEqual([
      ['audio_store_details', null],
    ]);
    expect(vicidialDump.recognise(place('CREATE TABLE `cdr` (`src` int);\n', 'cdr.sql'))).toBeNull();
  });

  it('does not judge: a lawful call centre’s gives the same columns, every row, and nothing about guilt', async () => {
    const lawful: Dump = {
      vicidial_users: [{ ...user('1001', '客服一号', '1001'), user_group: 'SUPPORT' }],
      vicidial_user_groups: [{ user_group: 'SUPPORT', group_name: '售后', allowed_campaigns: ' CARE -' }],
      vicidial_campaigns: [
        { campaign_id: 'CARE', campaign_name: '满意度', campaign_cid: '4008001234', use_custom_cid: 'N' },
      ],
      vicidial_log: [call('1.1', 70, '10:00:00', { user: '1001', user_group: 'SUPPORT', campaign_id: 'CARE' })],
      vicidial_scripts: [{ script_id: 'CARE', script_name: '满意度', script_text: '您好，想请您评价一下服务。' }],
    };
    const [theirs, ours] = await Promise.all(
      [DUMP, lawful].map((d, i) => vicidialDump.tables(place(dumpOf(d), `${i}.sql`), OPTIONS)),
    );
    for (const table of ours ?? []) {
      expect(table.header).toEqual(theirs?.find((t) => t.member === table.member)?.header);
      expect(table.header.slice(0, FACT_KINDS[table.kind!].columns.length)).toEqual(
        FACT_KINDS[table.kind!].columns.map((c) => c.name),
      );
      expect(table.header.join(' ')).not.toMatch(/fraud|suspect|scam|risk|score/);
      expect(await recordsOf(table)).toHaveLength(1);
    }
    expect((await kindsOf(ours ?? [], 'calls'))[0]).toMatchObject({ caller: '4008001234', caller_from: 'campaign' });
  });
});

const csvOf = (table: string, delimiter = ','): string => {
  const columns = (SCHEMA[table] ?? '').split(' ');
  const cell = (v: unknown): string =>
    v === undefined || v === null ? 'NULL' : `"${String(v as string).replaceAll('"', '""')}"`;
  return [columns, ...(DUMP[table] ?? []).map((r) => columns.map((c) => cell(r[c])))]
    .map((cells) => cells.join(delimiter))
    .join('\r\n');
};

describe('one table as CSV', () => {
  it.each(Object.keys(VICIDIAL_TABLES))('%s is known by its columns, and its rows are given', async (table) => {
    const file = place(csvOf(table), `${table}.csv`);
    expect(vicidialCsv.recognise(file)?.why.en).toBe(`its header is that of ${table}`);
    const [one] = await vicidialCsv.tables(file, OPTIONS);
    expect(one?.kind).toBe(VICIDIAL_TABLES[table]?.kind);
    const rows = await recordsOf(one!);
    expect(rows).toHaveLength(table === 'vicidial_user_log' ? 1 : (DUMP[table]?.length ?? 0));
    expect(await recordsOf(one!)).toEqual(rows);
    expect(JSON.stringify(rows)).not.toMatch(/secret-of|NULL/);
  });

  it('does not invent what other tables say', async () => {
    const [log] = await vicidialCsv.tables(place(csvOf('vicidial_log'), 'log.csv'), OPTIONS);
    expect(new Set((await recordsOf(log!)).map((r) => r['caller']))).toEqual(new Set(['']));
    expect(log?.notes?.[0]?.en).toContain('vicidial_dial_log');
    const [dial] = await vicidialCsv.tables(place(csvOf('vicidial_dial_log'), 'dial.csv'), OPTIONS);
    expect((await recordsOf(dial!))[0]).toMatchObject({ caller: '85212340009', callee: '913800138077' });
    // Accounts of single exports are the users, so that they meet those of other exports.
    const [users] = await vicidialCsv.tables(place(csvOf('vicidial_users'), 'users.csv'), OPTIONS);
    expect((await recordsOf(users!)).map((r) => r['account'])).toEqual(['8001', '8002', '8003', '8004']);
  });

  it('hands over broken rows, and reads what mysql --batch escapes', async () => {
    const file = place('script_id\tscript_name\tscript_text\nS1\tNULL\t您好\\n请\\\\\nS2\tx\n', 'scripts.tsv');
    const [table] = await vicidialCsv.tables(file, OPTIONS);
    expect(await recordsOf(table!)).toMatchObject([
      { text_id: 'script:S1', name: '', text: '您好\n请\\' },
      { broken: 'wrong_number_of_cells', raw: 'S2\tx' },
    ]);
  });

  it('is not every CSV with a user', () => {
    expect(vicidialCsv.recognise(place('user,event,at\n1,LOGIN,2\n', 'x.csv'))).toBeNull();
  });
});
