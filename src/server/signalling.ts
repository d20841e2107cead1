import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { captureHep, type Capture } from '../sources/hep-listener.ts';
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

/**
 * Takes mirrored SIP signalling (HEP3) in beside the pages: captured to files, each of which goes through the same queue as an upload when it is closed. A file that was stored is kept as an
 * original under its content's address; one that was refused stays where it is. Closing it stores the rest.
 */
export async function takeInSignalling(context: ServerContext, options: SignallingOptions): Promise<Capture> {
  const { app } = context;
  const reading = options.authority === undefined ? {} : { authority: options.authority };
  let stored: Promise<void> = Promise.resolve();
  const capture = await captureHep({
    ...options,
    dir: join(app.dataDir, 'captures'),
    clock: app.clock,
    onFile: (path) => {
      const { job, ended } = queueImport(context, { id: randomUUID(), name: basename(path), path }, reading);
      stored = ended.then(() => {
        if (job.state === 'done') rmSync(path, { force: true });
      });
    },
  });
  const timer = setInterval(() => capture.rotate(), Math.max(1, options.everySeconds) * 1000);
  return {
    ...capture,
    async close() {
      clearInterval(timer);
      await capture.close();
      await stored;
    },
  };
}
