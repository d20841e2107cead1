import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { guard, type Access } from './guard.ts';
import type { ServerContext } from './route.ts';

/** How many ports after the wanted one are tried. */
const PORTS_TRIED = 20;

export interface Listening {
  url: string;
  port: number;
  /** The wanted port was taken, so another one is used. */
  moved: boolean;
  /** Tells other processes where `dataDir` is being served. Called once the stores are open. */
  announce(): void;
  close(): Promise<void>;
}

/**
 * Listens for HTTP and, at /live, for WebSockets. A taken port means the next free one.
 * Throws when none is free or the address is not this machine's.
 */
export async function listen(context: ServerContext, app: Hono, access: Access, port: number): Promise<Listening> {
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (path !== '/live') throw new Error('only /live is a WebSocket');
      guard(access, { method: 'GET', path, header: (name) => headerOf(request, name) }, true);
    } catch {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) =>
      context.live.join(page, { type: 'status', status: context.board.status }),
    );
  });

  const taken = await bind(server, access.host, port);
  const shown = access.host.includes(':') ? `[${access.host}]` : access.host;
  const url = `http://${shown === '0.0.0.0' ? 'localhost' : shown}:${taken}/`;
  const note = join(context.app.dataDir, 'serving.json');
  let announced = false;
  return {
    url,
    port: taken,
    moved: port !== 0 && taken !== port,
    announce: () => {
      mkdirSync(context.app.dataDir, { recursive: true });
      writeFileSync(note, `${JSON.stringify({ url, pid: process.pid })}\n`);
      announced = true;
    },
    close: async () => {
      if (announced) rmSync(note, { force: true });
      context.live.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** Binds to `port`, or the next free one. Port 0 takes any. */
async function bind(server: Server, host: string, port: number): Promise<number> {
  for (let i = 0; ; i++) {
    try {
      await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(port === 0 ? 0 : port + i, host, () => {
          server.off('error', fail);
          done();
        });
      });
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || port === 0 || i >= PORTS_TRIED) throw error;
    }
  }
}
