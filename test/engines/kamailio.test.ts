import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureWriter, listenHep, type HepListener } from '../../src/sources/hep-listener.ts';
import type { Reader } from '../../src/sources/reader.ts';
import { readersOf } from '../../src/sources/readers.ts';
import { recordsOf, sourceFile } from '../../src/sources/testing.ts';

/** Where Debian puts Kamailio's modules. */
const MODULES = ['/usr/lib/x86_64-linux-gnu/kamailio/modules/', '/usr/lib/aarch64-linux-gnu/kamailio/modules/'].find(
  (d) => existsSync(d),
);
const CALLS = 4;
const COLUMNS =
  'id(int,auto) method(string) from_tag(string) to_tag(string) callid(string) sip_code(string) sip_reason(string) time(int) src_user(string) src_ip(string) dst_ouser(string) dst_user(string)\n';

const config = (dir: string, ports: { sip: number; called: number; hep: number }): string => `#!KAMAILIO
debug=2
log_stderror=yes
children=2
disable_tcp=yes
listen=udp:127.0.0.1:${ports.sip}
mpath="${MODULES}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "db_text.so"
loadmodule "acc.so"
loadmodule "siptrace.so"
modparam("db_text", "db_mode", 1)
modparam("acc", "log_flag", 1)
modparam("acc", "log_missed_flag", 2)
modparam("acc", "db_flag", 1)
modparam("acc", "db_missed_flag", 2)
modparam("acc", "db_url", "text://${dir}/db")
modparam("acc", "log_extra", "src_user=$fU;src_ip=$si;dst_ouser=$tU;dst_user=$rU")
modparam("acc", "db_extra", "src_user=$fU;src_ip=$si;dst_ouser=$tU;dst_user=$rU")
modparam("siptrace", "duplicate_uri", "sip:127.0.0.1:${ports.hep}")
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_flag", 22)
request_route {
  sip_trace("sip:127.0.0.1:${ports.hep}", "$ci", "t");
  setflag(22);
  if (is_method("INVITE")) { setflag(1); setflag(2); record_route(); }
  if (is_method("BYE")) { setflag(1); }
  # sipp sends no Route headers: everything goes to the called end.
  $du = "sip:127.0.0.1:${ports.called}";
  t_relay();
}
`;

const freePort = async (): Promise<number> => {
  const probe = createSocket('udp4');
  probe.bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
};

/** Waits for what the other program will have done in a moment; says what it said when it does not. */
async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if (done()) return;
    await new Promise((r) => setTimeout(r, 100));
  }
  throw new Error(`Kamailio did not get there within 15 s. It said:\n${log.slice(-3000)}`);
}

const listensOn = (port: number): boolean =>
  readFileSync('/proc/net/udp', 'utf8').includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);

let dir: string;
let kamailio: ChildProcess;
let called: ChildProcess;
let listener: HepListener;
let log = '';
const captures: string[] = [];

const stopped = async (child: ChildProcess | undefined): Promise<void> => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(late);
};

beforeAll(async () => {
  if (MODULES === undefined || spawnSync('sipp', ['-v']).error !== undefined) {
    throw new Error('Kamailio or sipp is missing: apt-get install kamailio kamailio-extra-modules sip-tester');
  }
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-kamailio-'));
  mkdirSync(join(dir, 'db'));
  for (const table of ['acc', 'missed_calls']) writeFileSync(join(dir, 'db', table), COLUMNS);
  writeFileSync(join(dir, 'db/version'), 'table_name(string) table_version(int)\nacc:5\nmissed_calls:4\n');
  const writer = new CaptureWriter(join(dir, 'captures'), {
    mostBytes: 1e9,
    clock: Date.now,
    onClosed: (path) => captures.push(path),
  });
  listener = await listenHep({ host: '127.0.0.1', udpPort: 0, tcpPort: 0, onPacket: (p) => writer.write(p) });
  const [sip, calledPort, caller] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(dir, 'kamailio.cfg'), config(dir, { sip, called: calledPort, hep: listener.udpPort }));
  const quiet = { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
  called = spawn('sipp', ['-sn', 'uas', '-i', '127.0.0.1', '-p', `${calledPort}`, '-nostdin'], {
    ...quiet,
    stdio: 'ignore',
  });
  kamailio = spawn('kamailio', ['-f', join(dir, 'kamailio.cfg'), '-DD', '-E', '-Y', dir, '-w', dir], quiet);
  kamailio.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => kamailio.exitCode !== null || listensOn(sip));
  const args = [
    '-sn',
    'uac',
    `127.0.0.1:${sip}`,
    '-i',
    '127.0.0.1',
    '-p',
    `${caller}`,
    '-s',
    '13800138000',
    '-m',
    `${CALLS}`,
    '-r',
    `${CALLS}`,
    '-d',
    '1200',
    '-nostdin',
  ];
  const dialling = spawn('sipp', args, { ...quiet, stdio: 'ignore' });
  const [code] = (await once(dialling, 'exit')) as [number];
  expect(code, log.slice(-2000)).toBe(0);
  await until(() => (log.match(/method=BYE/g) ?? []).length >= CALLS);
  await stopped(kamailio);
  await listener.close();
  writer.rotate();
}, 60_000);

afterAll(async () => {
  await stopped(kamailio);
  await stopped(called);
  rmSync(dir, { recursive: true, force: true });
});

/** The calls of a file, by the reader that knows it. */
async function callsOf(path: string): Promise<{ reader: Reader; calls: Record<string, string>[] }> {
  const file = sourceFile(path);
  const [best] = readersOf(file);
  expect(best, path).toBeDefined();
  const [table] = await best!.reader.tables(file, { maxLine: 10_000 });
  return { reader: best!.reader, calls: await recordsOf(table!) };
}

describe('what a real Kamailio writes of real calls (sipp)', () => {
  const whole = { caller: 'sip:sipp@127.0.0.1', callee: '13800138000', answered: '1' };

  it('its accounting log reads as the calls that were made', async () => {
    const path = join(dir, 'kamailio.log');
    writeFileSync(path, log);
    const { reader, calls } = await callsOf(path);
    expect(reader.id).toBe('kamailio-acc-log');
    expect(calls).toHaveLength(CALLS);
    for (const call of calls) {
      expect(call).toMatchObject({ callee: '13800138000', caller: 'sipp', answered: '1', origin_ip: '127.0.0.1' });
      // Accounting counts whole seconds.
      expect(Math.abs(Number(call['duration_s']) - 1.2)).toBeLessThanOrEqual(1);
    }
  });

  it('so do its tables', async () => {
    expect(readFileSync(join(dir, 'db/acc'), 'utf8').split('\n').length).toBeGreaterThan(CALLS);
    const { reader, calls } = await callsOf(join(dir, 'db/acc'));
    expect(reader.id).toBe('kamailio-acc-table');
    expect(calls).toHaveLength(CALLS);
    for (const call of calls) expect(call).toMatchObject({ callee: '13800138000', answered: '1' });
  });

  it('and its mirror in HEP3, to the millisecond', async () => {
    expect(listener.counts.malformed).toBe(0);
    const { reader, calls } = await callsOf(captures[0]!);
    expect(reader.id).toBe('hep3');
    expect(calls).toHaveLength(CALLS);
    for (const call of calls) {
      expect(call).toMatchObject(whole);
      expect(Math.abs(Number(call['duration_s']) - 1.2)).toBeLessThan(0.3);
    }
  });
});
