/** For tests and the fuzzer: a file of each format our readers know, as its program writes it, with what it says. Numbers are made up. */
export interface Golden {
  reader: string;
  name: string;
  bytes: Buffer;
  /** Per table (member): the first records, the columns that matter. */
  says: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

const text = (reader: string, name: string, body: string, says: Golden['says']): Golden => ({
  reader,
  name,
  bytes: Buffer.from(body),
  says,
});

const packet = (chunks: readonly [number, Buffer][]): Buffer => {
  const body = Buffer.concat(
    chunks.map(([type, data]) => {
      const head = Buffer.alloc(6);
      head.writeUInt16BE(type, 2);
      head.writeUInt16BE(data.length + 6, 4);
      return Buffer.concat([head, data]);
    }),
  );
  const head = Buffer.alloc(6);
  head.write('HEP3', 'latin1');
  head.writeUInt16BE(body.length + 6, 4);
  return Buffer.concat([head, body]);
};
const u32 = (n: number): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n >>> 0);
  return b;
};

/** A HEP3 packet that carries SIP, for tests. */
export const hepPacket = (second: number, from: string, to: string, sip: string): Buffer =>
  packet([
    [1, Buffer.from([2])],
    [2, Buffer.from([17])],
    [3, Buffer.from(from.split('.').map(Number))],
    [4, Buffer.from(to.split('.').map(Number))],
    [7, Buffer.from([0x13, 0xc4])],
    [8, Buffer.from([0x13, 0xc4])],
    [9, u32(second)],
    [10, u32(250_000)],
    [11, Buffer.from([1])],
    [12, u32(2001)],
    [15, Buffer.from(sip.replace(/\n/g, '\r\n'))],
  ]);

const invite = (id: string, cseq = 1): string => `INVITE sip:13800138000@gw.example SIP/2.0
Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK${id}${cseq}
f: "客服" <sip:+85212340001@gw.example>;tag=a${id}
To: <sip:13800138000@gw.example>
Call-ID: ${id}
CSeq: ${cseq} INVITE
P-Asserted-Identity: <sip:+8613700009999@gw.example>

v=0
`;
const response = (id: string, status: string, method = 'INVITE'): string => `SIP/2.0 ${status}
From: <sip:+85212340001@gw.example>;tag=a${id}
To: <sip:13800138000@gw.example>;tag=b
Call-ID: ${id}
CSeq: 1 ${method}

`;
const bye = (id: string): string => `BYE sip:13800138000@gw.example SIP/2.0
Call-ID: ${id}
CSeq: 2 BYE

`;

/** 2023-03-01 00:00:00 UTC. */
const T = 1_677_628_800;

export const GOLDEN: readonly Golden[] = [
  text(
    'asterisk-queue-log',
    'queue_log',
    `${T}|NONE|NONE|SIP/8001|ADDMEMBER|
${T + 1}|1677.1|kefu|NONE|ENTERQUEUE||13800138000|1
${T + 9}|1677.1|kefu|SIP/8001|CONNECT|8|1677.2|3
${T + 69}|1677.1|kefu|SIP/8001|COMPLETEAGENT|8|60|1
${T + 70}|1677.3|kefu|NONE|ENTERQUEUE||13900139000|1
${T + 90}|1677.3|kefu|NONE|ABANDON|1|1|20
`,
    {
      calls: [
        {
          started_at: `${T + 1}000`,
          caller: '13800138000',
          callee: 'kefu',
          duration_s: '60',
          answered: '1',
          account: 'SIP/8001',
          release_cause: 'COMPLETEAGENT',
        },
        { caller: '13900139000', answered: '0', release_cause: 'ABANDON', held_s: '20' },
      ],
      logins: [{ account: 'SIP/8001', at: `${T}000`, event: 'ADDMEMBER' }],
    },
  ),
  text(
    'asterisk-cel',
    'cel.csv',
    `"CHAN_START","${T}.000000","","8001","","","","13800138000","from-internal","SIP/8001-1","","","3","acc1","167.1","167.1","","","",""
"CHAN_START","${T + 1}.000000","","","","","","s","from-trunk","SIP/trunk-2","","","3","","167.2","167.1","","","",""
"ANSWER","${T + 6}.500000","","13800138000","","","","","from-trunk","SIP/trunk-2","AppDial","","3","","167.2","167.1","","","",""
"ANSWER","${T + 6}.600000","","8001","","","","13800138000","from-internal","SIP/8001-1","Dial","","3","acc1","167.1","167.1","","","",""
"HANGUP","${T + 66}.500000","","13800138000","","","","","from-trunk","SIP/trunk-2","AppDial","","3","","167.2","167.1","","","",""
"HANGUP","${T + 66}.600000","","8001","","","","13800138000","from-internal","SIP/8001-1","","","3","acc1","167.1","167.1","","","",""
"LINKEDID_END","${T + 66}.600000","","8001","","","","13800138000","from-internal","SIP/8001-1","","","3","acc1","167.1","167.1","","","",""
`,
    {
      '': [
        {
          started_at: `${T}000`,
          caller: '8001',
          callee: '13800138000',
          answered: '1',
          duration_s: '60',
          account: 'acc1',
          call_id: '167.1',
        },
      ],
    },
  ),
  text(
    'freeswitch-json',
    'a1b2.cdr.json',
    `{"core-uuid":"c","channel_data":{},"variables":{"uuid":"a1b2","direction":"inbound","start_uepoch":"${T}250000","answer_epoch":"${T + 5}","billsec":"60","hangup_cause":"NORMAL_CLEARING","sip_network_ip":"203.0.113.9","sip_user_agent":"VOS%20X"},"callflow":[{"caller_profile":{"caller_id_number":"%2B85212340001","destination_number":"13800138000","context":"public"}}]}
{"variables":{}}
`,
    {
      '': [
        {
          started_at: `${T}250`,
          caller: '+85212340001',
          callee: '13800138000',
          duration_s: '60',
          answered: '1',
          origin_ip: '203.0.113.9',
          user_agent: 'VOS X',
          release_cause: 'NORMAL_CLEARING',
        },
        { broken: 'broken_json' },
      ],
    },
  ),
  text(
    'kamailio-acc-log',
    'kamailio.log',
    `Mar  1 08:00:00 sip kamailio[99]: INFO: <script>: something else
Mar  1 08:00:05 sip kamailio[99]: NOTICE: acc [acc.c:287]: acc_log_request(): ACC: transaction answered: timestamp=${T + 5};method=INVITE;from_tag=a;to_tag=b;call_id=c1;code=200;reason=OK;src_user=+85212340001;src_domain=x;src_ip=203.0.113.9;dst_ouser=13800138000;dst_user=13800138000;dst_domain=y
Mar  1 08:01:05 sip kamailio[99]: NOTICE: acc [acc.c:287]: acc_log_request(): ACC: transaction answered: timestamp=${T + 65};method=BYE;from_tag=a;to_tag=b;call_id=c1;code=200;reason=OK;src_user=+85212340001;src_ip=203.0.113.9;dst_user=13800138000
Mar  1 08:02:00 sip kamailio[99]: NOTICE: acc [acc.c:287]: acc_log_request(): ACC: call missed: timestamp=${T + 120};method=INVITE;from_tag=q;to_tag=;call_id=c2;code=486;reason=Busy here;src_user=8002;dst_user=13900139000
Mar  1 08:03:00 sip kamailio[99]: NOTICE: acc: ACC: transaction answered: nonsense;method=INVITE
`,
    {
      '': [
        { broken: 'not_an_acc_line' },
        {
          started_at: `${(T + 5) * 1000}`,
          caller: '+85212340001',
          callee: '13800138000',
          duration_s: '60',
          answered: '1',
          origin_ip: '203.0.113.9',
        },
        { caller: '8002', callee: '13900139000', answered: '0', release_cause: '486 Busy here' },
      ],
    },
  ),
  text(
    'kamailio-acc-table',
    'acc',
    `id(int,auto) method(string) from_tag(string) to_tag(string) callid(string) sip_code(string) sip_reason(string) time(int) src_user(string) src_ip(string) dst_user(string)
1:INVITE:a:b:c1@h\\:1:200:OK:${T + 5}:+85212340001:203.0.113.9:13800138000
2:BYE:a:b:c1@h\\:1:200:OK:${T + 65}:+85212340001:203.0.113.9:13800138000
`,
    { '': [{ call_id: 'c1@h:1', caller: '+85212340001', callee: '13800138000', duration_s: '60', answered: '1' }] },
  ),
  text(
    'kamailio-acc-table',
    'acc_cdrs.csv',
    `id,start_time,end_time,duration,caller,callee,call_id
1,2023-03-01 00:00:05,2023-03-01 00:01:05,60.000,+85212340001,13800138000,c1
`,
    {
      '': [
        {
          started_at: `${(T + 5) * 1000}`,
          caller: '+85212340001',
          callee: '13800138000',
          duration_s: '60.000',
          answered: '1',
        },
      ],
    },
  ),
  {
    reader: 'hep3',
    name: 'capture.hep',
    bytes: Buffer.concat([
      hepPacket(T, '203.0.113.9', '10.0.0.1', invite('x1')),
      hepPacket(T, '10.0.0.1', '203.0.113.9', response('x1', '407 Proxy Authentication Required')),
      hepPacket(T + 1, '203.0.113.9', '10.0.0.1', invite('x1', 2)),
      hepPacket(T + 2, '10.0.0.1', '203.0.113.9', response('x1', '180 Ringing')),
      Buffer.from('HEP3\x00\x02garbage'),
      hepPacket(T + 6, '10.0.0.1', '203.0.113.9', response('x1', '200 OK')),
      hepPacket(T + 6, '10.0.0.1', '203.0.113.9', response('x1', '200 OK')),
      hepPacket(T + 66, '203.0.113.9', '10.0.0.1', bye('x1')),
      hepPacket(T + 70, '203.0.113.9', '10.0.0.1', invite('x2')),
      hepPacket(T + 75, '10.0.0.1', '203.0.113.9', response('x2', '486 Busy Here')),
    ]),
    says: {
      '': [
        { broken: 'broken_packet' },
        {
          started_at: `${T}250`,
          caller: '+85212340001',
          callee: '13800138000',
          duration_s: '60',
          ring_s: '6',
          answered: '1',
          call_id: 'x1',
          origin_ip: '203.0.113.9',
          p_asserted_identity: '+8613700009999',
          from_display: '客服',
          release_cause: 'BYE',
        },
        { call_id: 'x2', answered: '0', duration_s: '0', release_cause: '486 Busy Here' },
      ],
    },
  },
  text(
    'mysql-dump',
    'other.sql',
    "-- MySQL dump 10.13\nCREATE TABLE `cdr` (\n  `calldate` datetime,\n  `src` varchar(80),\n  `dst` varchar(80),\n  `billsec` int,\n  `disposition` varchar(45)\n) ENGINE=InnoDB;\nINSERT INTO `cdr` VALUES ('2023-03-01 08:00:00','8001','13800138000',60,'ANSWERED'),('2023-03-01 08:02:00','8001',NULL,0,'BUSY');\n",
    {
      cdr: [
        { calldate: '2023-03-01 08:00:00', src: '8001', dst: '13800138000', billsec: '60' },
        { dst: '', disposition: 'BUSY' },
      ],
    },
  ),
  text(
    'vicidial-csv',
    'dial_log.csv',
    'caller_code,lead_id,call_date,outbound_cid,extension,uniqueid\nV1,7,2023-03-01 08:00:00,"""x"" <85212340002>",913800138000,\n',
    { '': [{ started_at: '2023-03-01 08:00:00', caller: '85212340002', callee: '913800138000', answered: '0' }] },
  ),
  text(
    'vicidial-dump',
    'asterisk.sql',
    "-- MySQL dump 10.13\nCREATE TABLE `vicidial_rt_monitor_log` (\n  `manager_user` varchar(20),\n  `agent_user` varchar(20),\n  `monitor_start_time` datetime,\n  `monitor_type` varchar(10)\n) ENGINE=x;\nINSERT INTO `vicidial_rt_monitor_log` VALUES ('6666','8001','2023-03-01 18:00:00','LISTEN');\n",
    { reviews: [{ at: '2023-03-01 18:00:00', reviewer: '6666', seat: '8001', verdict: 'LISTEN' }] },
  ),
  text(
    'phone-xml',
    'report.xml',
    `<?xml version="1.0" encoding="utf-8"?>
<project id="1" name="手机" reportVersion="5.3">
<metadata section="Device Info"><item name="MSISDN"><![CDATA[+8613800001111]]></item><item name="IMEI">860000000000017</item></metadata>
<decodedData>
<modelType type="Call"><model type="Call" id="c1"><field name="Type" type="CallType"><value type="CallType">Outgoing</value></field><field name="TimeStamp" type="TimeStamp"><value>2023-03-01T09:00:01.000+08:00</value></field><field name="Duration"><value>00:01:23</value></field><multiModelField name="Parties" type="Party"><model type="Party" id="p"><field name="Identifier"><value>+8613912345678</value></field><field name="Role"><value>To</value></field></model></multiModelField></model></modelType>
<modelType type="Chat"><model type="Chat" id="h1"><multiModelField name="Messages"><model type="InstantMessage" id="m1"><field name="Body"><value>加群 &amp; 退款</value></field><field name="TimeStamp"><value>2023-03-01T09:05:00+08:00</value></field><modelField name="From"><model type="Party" id="q"><field name="Identifier"><value>wx_kefu</value></field><field name="Role"><value>From</value></field></model></modelField></model></multiModelField></model></modelType>
</decodedData></project>
`,
    {
      calls: [
        {
          started_at: '2023-03-01T09:00:01.000+08:00',
          caller: '8613800001111',
          callee: '+8613912345678',
          duration_s: '00:01:23',
          kind: 'voice',
          direction: 'out',
          imei: '860000000000017',
        },
      ],
      texts: [{ text_id: 'm1', text: '加群 & 退款', author: 'wx_kefu' }],
    },
  ),
  text(
    'phone-xml',
    'mobiledit.xml',
    `<?xml version="1.0"?><mobiledit_export><device><imei>860000000000025</imei></device><calls><call><type>Missed</type><number>+85212340001</number><name>?</name><date>2023-03-01 09:00:00</date><duration>0</duration></call></calls><messages><message><type>Sent</type><number>13912345678</number><date>2023-03-01 09:10:00</date><text>你好</text></message></messages></mobiledit_export>`,
    {
      calls: [
        { caller: '+85212340001', callee: 'device:860000000000025', answered: '0', kind: 'voice' },
        { caller: 'device:860000000000025', callee: '13912345678', kind: 'sms' },
      ],
      texts: [{ text: '你好', author: 'device:860000000000025' }],
    },
  ),
];
