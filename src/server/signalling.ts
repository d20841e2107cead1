import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CaptureWriter, listenHep, MOST_CAPTURED, type HepCounts } from '../sources/hep-listener.ts';
import { queueImport } from './imports.ts';
import type { ServerContext } from './route.ts';

export interface SignallingOptions {
  host: string;
  /** 0: any free one. */
  udpPort: number;
  tcpPort: number;
  everySeconds: number;
  authority?: string;
}

export interface Signalling {
  udpPort: number;
  tcpPort: number;
  counts: HepCounts;
  /** Stops listening and stores the rest. */
  close(): Promise<void>;
}

/**
 * Takes mirrored SIP signalling (HEP3) in beside the pages: captured to files, each of which goes through the same queue as an upload when it is closed. A file that was stored is kept as an
 * original under its content's address; one that was refused stays where it is.
 */
export async function takeInSignalling(context: ServerContext, options: SignallingOptions): Promise<Signalling> {
  const { app } = context;
  const reading = options.authority === undefined ? {} : { authority: options.authority };
  let stored: Promise<void> = Promise.resolve();
  const writer = new CaptureWriter(join(app.dataDir, 'captures'), {
    mostBytes: MOST_CAPTURED,
    clock: app.clock,
    onClosed: (path) => {
      const { job, ended } = queueImport(context, { id: randomUUID(), name: basename(path), path }, reading);
      stored = ended.then(() => {
        if (job.state === 'done') rmSync(path, { force: true });
      });
    },
  });
  const listener = await listenHep({ ...options, onPacket: (packet) => writer.write(packet) });
  writer.takeUp();
  const timer = setInterval(() => writer.rotate(), Math.max(1, options.everySeconds) * 1000);
  return {
    udpPort: listener.udpPort,
    tcpPort: listener.tcpPort,
    counts: listener.counts,
    async close() {
      clearInterval(timer);
      await listener.close();
      writer.rotate();
      await stored;
    },
  };
}
