import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { decodeHep, HepSplitter } from './hep.ts';

/** Packets met since the start. */
export interface HepCounts {
  packets: number;
  /** What came and was no HEP3 packet; it is not kept. */
  malformed: number;
}

export interface HepListener {
  udpPort: number;
  tcpPort: number;
  counts: HepCounts;
  close(): Promise<void>;
}

/** A capture file is closed at this size even before its time. */
const MOST_CAPTURED = 256e6;
/** A sender that never completes a packet is cut off: 64 KB is the longest one there is. */
const MOST_PENDING = 1 << 17;

/**
 * Listens for HEP3 on UDP and TCP (port 0: any free one) and hands over each packet's bytes as they came. Loopback unless told otherwise: signalling names who called
 * whom. Only reads; nothing is ever answered.
 */
export async function listenHep(options: {
  host: string;
  udpPort: number;
  tcpPort: number;
  onPacket: (packet: Buffer) => void;
}): Promise<HepListener> {
  const counts: HepCounts = { packets: 0, malformed: 0 };
  const take = (packet: Buffer): void => {
    if (decodeHep(packet) === null) {
      counts.malformed++;
      return;
    }
    counts.packets++;
    options.onPacket(packet);
  };
  const udp: UdpSocket = createSocket(options.host.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', take);
  udp.bind(options.udpPort, options.host);
  await once(udp, 'listening');
  const sockets = new Set<Socket>();
  const tcp: Server = createServer((socket) => {
    sockets.add(socket);
    const splitter = new HepSplitter();
    let pending = 0;
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.length;
      for (const part of splitter.feed(chunk)) {
        pending = 0;
        if (part.broken === undefined) take(part.packet);
        else counts.malformed++;
      }
      if (pending > MOST_PENDING) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  tcp.listen(options.tcpPort, options.host);
  try {
    await once(tcp, 'listening');
  } catch (e) {
    udp.close();
    throw e;
  }
  const address = tcp.address();
  return {
    udpPort: udp.address().port,
    tcpPort: typeof address === 'object' && address !== null ? address.port : options.tcpPort,
    counts,
    async close() {
      udp.close();
      for (const socket of sockets) socket.destroy();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

/**
 * Writes packets into files of a directory, one after the other, each closed after some seconds or bytes and handed over: what was captured is evidence, kept as it
 * came, and imported like any other file. A file that holds nothing is not kept.
 */
export class CaptureWriter {
  readonly #dir: string;
  readonly #most: number;
  readonly #clock: () => number;
  readonly #onClosed: (path: string) => void;
  #file: { fd: number; path: string; bytes: number } | null = null;
  #serial = 0;

  constructor(dir: string, options: { mostBytes: number; clock: () => number; onClosed: (path: string) => void }) {
    this.#dir = dir;
    this.#most = options.mostBytes;
    this.#clock = options.clock;
    this.#onClosed = options.onClosed;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  write(packet: Buffer): void {
    if (this.#file === null) {
      const name = `capture-${new Date(this.#clock()).toISOString().replace(/[:.]/g, '-')}-${this.#serial++}.hep`;
      const path = join(this.#dir, name);
      this.#file = { fd: openSync(`${path}.part`, 'w', 0o600), path, bytes: 0 };
    }
    writeSync(this.#file.fd, packet);
    this.#file.bytes += packet.length;
    if (this.#file.bytes >= this.#most) this.rotate();
  }

  /** Hands over what an earlier process left behind when it was killed; to be called once, before anything is written. */
  takeUp(): void {
    for (const name of readdirSync(this.#dir).sort()) {
      if (!/^capture-.*\.hep(\.part)?$/.test(name)) continue;
      const path = join(this.#dir, name.replace(/\.part$/, ''));
      if (name.endsWith('.part')) renameSync(join(this.#dir, name), path);
      this.#onClosed(path);
    }
  }

  /** Closes the file that is being written, if any, and hands it over. */
  rotate(): void {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    closeSync(file.fd);
    if (file.bytes === 0) {
      rmSync(`${file.path}.part`, { force: true });
      return;
    }
    renameSync(`${file.path}.part`, file.path);
    this.#onClosed(file.path);
  }
}

/** Signalling that is being captured to files. */
export interface Capture extends Omit<HepListener, 'close'> {
  /** Hands over what has come so far. */
  rotate(): void;
  /** Stops listening and hands over the rest. */
  close(): Promise<void>;
}

/** Listens and captures into files of `dir`, handing over each as it is closed, those first that a killed process left behind. The caller says when: `rotate`. */
export async function captureHep(options: {
  dir: string;
  host: string;
  udpPort: number;
  tcpPort: number;
  clock: () => number;
  onFile: (path: string) => void;
}): Promise<Capture> {
  const { dir, clock, onFile, ...where } = options;
  const writer = new CaptureWriter(dir, { mostBytes: MOST_CAPTURED, clock, onClosed: onFile });
  const listener = await listenHep({ ...where, onPacket: (packet) => writer.write(packet) });
  writer.takeUp();
  return {
    ...listener,
    rotate: () => writer.rotate(),
    async close() {
      await listener.close();
      writer.rotate();
    },
  };
}
