import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FACT_KIND_NAMES, FACT_KINDS } from '../model/fact-kinds.ts';
import { formatsDocument } from './document.ts';
import { importPaths, previewFile, type ImportOptions } from './import-files.ts';
import { loadProfiles } from './profile.ts';
import { emptyFacts, emptyTables, IN_CHINA } from './testing.ts';

let store: Awaited<ReturnType<typeof emptyFacts>>;
let dir: string;
beforeAll(async () => {
  store = await emptyFacts();
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-profiles-'));
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() =>
  emptyTables(store.facts, [...FACT_KIND_NAMES.map((k) => FACT_KINDS[k].table), 'files', 'quarantine', 'numbers']),
);

interface Case {
  profile: string;
  name: string;
  text: string;
  encoding?: 'utf8' | 'gb18030';
  options?: Partial<ImportOptions>;
  table: string;
  columns: string;
  facts: Record<string, unknown>[];
  quarantined?: string[];
}

const CASES: readonly Case[] = [
  {
    profile: 'carrier-cn',
    name: '移动-话单.csv',
    encoding: 'gb18030',
    text: `中国移动通信客户通话详单,,,,,,,
用户号码：13800001111,,查询时间：2023-03-05,,,,,
序号,呼叫类型,对方号码,起始时间,通话时长,通话地,LAC,CI
1,主叫,13912345678,2023-03-01 08:00:01,1分23秒,上海,4301,12345
2,被叫,95588,2023年3月1日 9:05:01,00:02:03,上海,4301,12346
3,主叫,1.39E+10,2023-03-01 10:00:00,45,杭州,,
合计,,,,3,,,
`,
    table: 'calls',
    columns: 'caller, callee, toString(started_at) AS at, duration_ms AS ms, direction, cell, city',
    facts: [
      {
        caller: '+8613800001111',
        callee: '+8613912345678',
        at: '2023-03-01 00:00:01.000',
        ms: 83_000,
        direction: '主叫',
        cell: '4301-12345',
        city: '上海',
      },
      {
        caller: '95588',
        callee: '+8613800001111',
        at: '2023-03-01 01:05:01.000',
        ms: 123_000,
        direction: '被叫',
        cell: '4301-12346',
        city: '上海',
      },
    ],
    quarantined: ['spreadsheet_damaged'],
  },
  {
    profile: 'carrier-cn',
    name: '电信.csv',
    text: `计费号码,话单类型,对端号码,通话开始时间,通话时长(分钟),IMSI
17700001111,呼出,051288886666,20230301080001,2,460110000000001
17700001111,短信接收,13912345678,2023/3/1 8:05,0,460110000000001
`,
    table: 'calls',
    columns: 'caller, callee, toString(started_at) AS at, duration_ms AS ms, toString(kind) AS kind, imsi',
    facts: [
      {
        caller: '+8617700001111',
        callee: '+8651288886666',
        at: '2023-03-01 00:00:01.000',
        ms: 120_000,
        kind: 'voice',
        imsi: '460110000000001',
      },
      {
        caller: '+8613912345678',
        callee: '+8617700001111',
        at: '2023-03-01 00:05:00.000',
        ms: 0,
        kind: 'sms',
        imsi: '460110000000001',
      },
    ],
  },
  {
    profile: 'carrier-cn',
    name: '联通 18600001111.csv',
    text: `呼叫方式,对方号码,通话日期,通话时长
主叫,13912345678,2023-03-01 08:00:01,61
`,
    options: { ownNumber: '18600001111' },
    table: 'calls',
    columns: 'caller, callee, caller_country AS country',
    facts: [{ caller: '+8618600001111', callee: '+8613912345678', country: 'CN' }],
  },
  {
    profile: 'carrier-cn-pairs',
    name: '网间话单.csv',
    text: `主叫号码,被叫号码,起始时间,通话时长,接通状态,入中继群,主叫IP
0085212340001,13912345678,2023-03-01 08:00:01,61,接通,GX-7,203.0.113.9
`,
    table: 'calls',
    columns: 'caller, callee, answered, trunk, origin_ip AS ip, caller_country AS country',
    facts: [
      {
        caller: '+85212340001',
        callee: '+8613912345678',
        answered: 1,
        trunk: 'GX-7',
        ip: '203.0.113.9',
        country: 'HK',
      },
    ],
  },
  {
    profile: 'volcengine',
    name: 'cloud.csv',
    text: `callId,caller,callerCountryIsoCode,callee,beginCallTime,ringTime,startTime,endTime,releaseType,callDuration,callResult
c1,+85212340001,CN,13912345678,1677628801000,,,,1,61,success
`,
    table: 'calls',
    columns:
      'caller, callee, toString(started_at) AS at, duration_ms AS ms, answered, origin_country AS origin, call_id AS id',
    facts: [
      {
        caller: '+85212340001',
        callee: '+8613912345678',
        at: '2023-03-01 00:00:01.000',
        ms: 61_000,
        answered: 1,
        origin: 'CN',
        id: 'c1',
      },
    ],
  },
  {
    profile: 'asterisk-cdr',
    name: 'Master.csv',
    text: `"acc1","1001","13800138000","from-internal","""A"" <1001>","SIP/1001-1","SIP/trunk-2","Dial","x","2023-03-01 09:00:01","2023-03-01 09:00:05","2023-03-01 09:01:05",64,60,"ANSWERED","DOCUMENTATION","1677.1",""
"acc1","1001","13900138000","from-internal","","SIP/1001-3","","Dial","x","2023-03-01 09:10:01","","2023-03-01 09:10:31",30,0,"NO ANSWER","DOCUMENTATION","1677.3",""
`,
    table: 'calls',
    columns: 'caller, callee, duration_ms AS ms, answered, account, call_id AS id',
    facts: [
      { caller: '1001', callee: '+8613800138000', ms: 60_000, answered: 1, account: 'acc1', id: '1677.1' },
      { caller: '1001', callee: '+8613900138000', ms: 0, answered: 0, account: 'acc1', id: '1677.3' },
    ],
  },
  {
    profile: 'asterisk-cdr-table',
    name: 'cdr-export.csv',
    text: `calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,recordingfile
2023-03-01 09:00:01,x,8001,13800138000,from,SIP/1,SIP/t,Dial,,64,60,ANSWERED,3,acc,1677.1,,a.wav
`,
    table: 'calls',
    columns: 'caller, callee, duration_ms AS ms, recording',
    facts: [{ caller: '8001', callee: '+8613800138000', ms: 60_000, recording: 'a.wav' }],
  },
  {
    profile: 'freeswitch-cdr',
    name: 'fs.csv',
    text: `"客服","85212340001","13800138000","public","2023-03-01 09:00:01","2023-03-01 09:00:05","2023-03-01 09:01:05","64","60","NORMAL_CLEARING","0b6a3a5e-1111-4d7e-9c1c-5a5a5a5a5a5a","","acc","PCMA","PCMA"
`,
    table: 'calls',
    columns: 'caller, callee, duration_ms AS ms, account, release_cause AS cause',
    // Without a plus it is not certain that these digits begin with a country: they stay as they are.
    facts: [{ caller: '85212340001', callee: '+8613800138000', ms: 60_000, account: 'acc', cause: 'NORMAL_CLEARING' }],
  },
  {
    profile: 'wechat-bill',
    name: '微信支付账单.csv',
    text: `\ufeff微信支付账单明细,,,,,,,,
微信昵称：[小明],,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2023-03-01 20:00:01,微信红包,张三,"/",支出,¥200.00,零钱,已转账,"1000012345\t","/","/"
2023-03-02 20:00:01,转账,李四,"转账备注",收入,"¥1,250.00",/,已收钱,"100002\t","/","/"
2023-03-03 20:00:01,零钱提现,/,"/",/,¥5.00,银行卡,提现已到账,"100003\t","/","/"
`,
    table: 'payments',
    columns: '`from`, `to`, toString(amount) AS amount, payment_id AS id, toString(channel) AS channel',
    facts: [
      { from: '小明', to: '张三', amount: '200', id: '1000012345', channel: 'red_packet' },
      { from: '李四', to: '小明', amount: '1250', id: '100002', channel: 'third_party' },
    ],
    quarantined: ['empty'],
  },
  {
    profile: 'alipay-bill',
    name: '支付宝交易明细.csv',
    encoding: 'gb18030',
    text: `------------------------------------------------------------------------------------
导出信息：
姓名：某人
支付宝账户：13800001111
------------------------------------------------------------------------------------
交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,
2023-03-01 20:00:01,转账红包,张三,zha***@example.com,转账,支出,200.00,余额宝,交易成功,20230301001\t,\t,,
2023-03-02 20:00:01,收入,某公司,139******78,代发,收入,400.00,,交易成功,20230302001\t,\t,,
`,
    table: 'payments',
    columns: '`from`, `to`, toString(amount) AS amount, payment_id AS id',
    facts: [
      { from: '13800001111', to: 'zha***@example.com', amount: '200', id: '20230301001' },
      { from: '139******78', to: '13800001111', amount: '400', id: '20230302001' },
    ],
  },
  {
    profile: 'bank-statement',
    name: '交易流水.csv',
    text: `交易卡号,交易日期,交易时间,交易金额,借贷标志,对手账号,对手户名,币种,摘要,交易流水号
6222000000000001,2023-03-01,20:00:01,"5,000.00",借,6222000000000002,某人,人民币,转账,9001
6222000000000001,2023-03-02,20:00:01,300,贷,6222000000000003,某人,人民币,工资,9002
`,
    table: 'payments',
    columns: '`from`, `to`, toString(amount) AS amount, toString(at) AS at, currency',
    facts: [
      {
        from: '6222000000000001',
        to: '6222000000000002',
        amount: '5000',
        at: '2023-03-01 12:00:01.000',
        currency: 'CNY',
      },
      {
        from: '6222000000000003',
        to: '6222000000000001',
        amount: '300',
        at: '2023-03-02 12:00:01.000',
        currency: 'CNY',
      },
    ],
  },
  {
    profile: 'bank-statement-signed',
    name: '明细.csv',
    text: `卡号：6222000000000001,,,
交易时间,交易金额,对方账号,摘要
2023-03-01 20:00:01,-5000.00,6222000000000002,转账
2023-03-02,+300.00,6222000000000003,工资
`,
    table: 'payments',
    columns: '`from`, `to`, toString(amount) AS amount, toString(at) AS at',
    // A day without a time is that day's first moment in China.
    facts: [
      { from: '6222000000000001', to: '6222000000000002', amount: '5000', at: '2023-03-01 12:00:01.000' },
      { from: '6222000000000003', to: '6222000000000001', amount: '300', at: '2023-03-01 16:00:00.000' },
    ],
  },
  {
    profile: 'group-members',
    name: '群成员.csv',
    text: `群号：778899,,
成员QQ,昵称,群身份,入群时间
10001,老板,群主,2023-02-01 08:00:00
10002,小李,管理员,2023年2月2日 8:00:00
10003,小王,普通成员,
`,
    table: 'memberships',
    columns: '`group`, member, toString(role) AS role, toString(joined_at) AS joined',
    facts: [
      { group: '778899', member: '10001', role: 'owner', joined: '2023-02-01 00:00:00.000' },
      { group: '778899', member: '10002', role: 'admin', joined: '2023-02-02 00:00:00.000' },
      { group: '778899', member: '10003', role: 'member', joined: null },
    ],
  },
];

const place = (c: Case): string => {
  const path = join(dir, c.name);
  writeFileSync(path, iconv.encode(c.text, c.encoding ?? 'utf8'));
  return path;
};

describe.each(CASES.map((c): [string, Case] => [`${c.profile}: ${c.name}`, c]))('%s', (_, c) => {
  it('is recognised by what is in it, and read as its program meant it', async () => {
    const options = { ...IN_CHINA, ...c.options };
    const [preview] = await previewFile(store.facts, place(c), options);
    expect(preview).toMatchObject({ profile: c.profile });
    const report = await importPaths(store.facts, [place(c)], options);
    expect(report.failed).toEqual([]);
    expect(await store.facts.query(`SELECT ${c.columns} FROM ${c.table} ORDER BY row`)).toEqual(c.facts);
    const refused = await store.facts.query<{ reason: string }>(
      'SELECT toString(reason) AS reason FROM quarantine ORDER BY row',
    );
    expect(refused.map((r) => r.reason)).toEqual(c.quarantined ?? []);
    expect(report.rows).toBe(c.facts.length + (c.quarantined ?? []).length);
  });
});

it('every profile of Chinese sources and switches has a golden file', () => {
  const others = new Set(['callmine', 'email-metadata']);
  const known = new Set(CASES.map((c) => c.profile));
  expect(loadProfiles().filter((p) => !known.has(p.name) && !others.has(p.name))).toEqual([]);
});

it('docs/formats.md is what the readers and profiles say', () => {
  const path = join(import.meta.dirname, '../../docs/formats.md');
  expect(readFileSync(path, 'utf8')).toBe(formatsDocument());
});
