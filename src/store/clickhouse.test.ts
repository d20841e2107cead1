import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClickhouseFacts, clickhouseClient } from './clickhouse.ts';
import { FactsError, type DelimitedFile } from './facts.ts';

/** Asks a server that goes away in some way, by every kind of statement; returns what each said. */
async function asked(away: (request: IncomingMessage, response: ServerResponse) => void): Promise<FactsError[]> {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-away-'));
  const path = join(dir, 'a.csv');
  writeFileSync(path, 'a\n1\n');
  const file = { path, structure: 'a String', format: 'CSVWithNames', compression: 'none', settings: {} };
  const server = createServer(away);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/db`;
  const facts = new ClickhouseFacts(clickhouseClient(url), url);
  const said: unknown[] = [];
  try {
    for (const work of [
      () => facts.command('SELECT 1'),
      () => facts.query('SELECT 1'),
      () => facts.columns('SELECT 1'),
      () => facts.insert('t', [{ a: 1 }]),
      () => facts.load(file as unknown as DelimitedFile, 't', '*'),
    ]) {
      const failed = await work().then(
        () => 'no error',
        (e: unknown) => e,
      );
      expect(failed).toBeInstanceOf(FactsError);
      said.push(failed);
    }
    const { host } = new URL(url);
    return said.map((e) => {
      const error = e as FactsError;
      if (error.node !== '') expect(error.node).toBe(host);
      return error;
    });
  } finally {
    await facts.close();
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true });
  }
}

describe('a server that dies', () => {
  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['before it answers', (request) => void request.socket.destroy()],
    [
      'while it answers',
      (request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write('{"a":1}\n');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
    [
      'in the middle of an error',
      (request, response) => {
        response.writeHead(500, { 'Content-Length': 1000 });
        response.write('Code: 210. DB');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
  ])('%s is named, with what to do', async (_when, away) => {
    for (const error of await asked(away)) {
      expect(error.node).not.toBe('');
      expect(error.message).toMatch(/^The ClickHouse server at \S+ does not answer\. Start it again/);
    }
  });
});

describe('a server that fails', () => {
  it('without a word is said to have done so', async () => {
    const failed = await asked((_, response) => void response.writeHead(500).end());
    for (const error of failed)
      expect(error.message).toMatch(/^the server answered with an error and no word about it/);
  });
});
