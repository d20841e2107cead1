import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN, hepPacket } from './golden.ts';
import { CaptureWriter, listenHep } from './hep-listener.ts';
import { hepCapture } from './hep.ts';
import { recordsOf, sourceFile } from './testing.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-hep-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the live listener', () => {
  it('takes packets over UDP and TCP, counts what is none, and what it wrote reads back as calls', async () => {
    const closed: string[] = [];
    const writer = new CaptureWriter(dir, { mostBytes: 1e9, clock: () => 0, onClosed: (path) => closed.push(path) });
    const listener = await listenHep({ host: '127.0.0.1', udpPort: 0, tcpPort: 0, onPacket: (p) => writer.write(p) });
    const packets = [1, 2].map((n) =>
      hepPacket(n, '10.0.0.1', '10.0.0.2', `OPTIONS sip:x SIP/2.0\nCall-ID: ${n}\nCSeq: 1 OPTIONS\n\n`),
    );
    const udp = createSocket('udp4');
    for (const p of [packets[0]!, Buffer.from('no packet')]) udp.send(p, listener.udpPort, '127.0.0.1');
    const tcp = connect(listener.tcpPort, '127.0.0.1');
    await once(tcp, 'connect');
    const capture = GOLDEN.find((g) => g.reader === 'hep3')!.bytes;
    // In pieces that end anywhere.
    for (let at = 0; at < capture.length; at += 37) tcp.write(capture.subarray(at, at + 37));
    tcp.end(packets[1] ?? Buffer.alloc(0));
    await once(tcp, 'close');
    await expect.poll(() => [listener.counts.packets, listener.counts.malformed]).toEqual([11, 2]);
    udp.close();
    await listener.close();
    writer.rotate();
    expect(closed).toHaveLength(1);
    const [table] = await hepCapture.tables(sourceFile(closed[0]!), { maxLine: 1000 });
    expect(await recordsOf(table!)).toMatchObject([
      { call_id: 'x1', duration_s: '60' },
      { call_id: 'x2', answered: '0' },
    ]);
  });

  it('takes up what a process that was killed left behind', () => {
    const left = join(dir, 'left');
    const nobody = { mostBytes: 1e9, clock: () => 0, onClosed: () => undefined };
    const killed = new CaptureWriter(left, { ...nobody, mostBytes: 3 });
    killed.write(Buffer.from('abc'));
    killed.write(Buffer.from('d'));
    const found: string[] = [];
    new CaptureWriter(left, { ...nobody, onClosed: (path) => found.push(path) }).takeUp();
    expect(found.map((p) => readFileSync(p, 'utf8'))).toEqual(['abc', 'd']);
  });

  it('closes a file when it is large enough, and keeps no empty one', () => {
    const closed: string[] = [];
    const writer = new CaptureWriter(join(dir, 'rotated'), {
      mostBytes: 10,
      clock: () => 0,
      onClosed: (path) => closed.push(path),
    });
    writer.write(Buffer.from('0123456789'));
    writer.write(Buffer.from('abc'));
    writer.rotate();
    writer.rotate();
    expect(closed.map((p) => readFileSync(p, 'utf8'))).toEqual(['0123456789', 'abc']);
  });
});
