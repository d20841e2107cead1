import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of the test's own. `stop` ends it and removes its files. */
export interface TestServer {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

/** A port nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** Asks until it is answered, the process has ended, or the time is up. */
export async function waitFor(
  what: string,
  child: ChildProcess,
  log: () => string,
  ready: () => Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${what} ended before it was ready (${child.exitCode ?? child.signalCode}):\n${log()}`);
    }
    if (await ready().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what} was not ready after a minute:\n${log()}`);
}

export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()));

/**
 * A real ClickHouse server with nothing but npm: `libchdb.so` holds all of ClickHouse, and asked over its command line entry point to
 * listen while it sleeps, it is one. Bound to 127.0.0.1; the sleep ends by itself after twenty minutes.
 */
export async function startClickhouse(): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-clickhouse-'));
  const [http, tcp] = [await freePort(), await freePort()];
  const config = join(dir, 'config.xml');
  writeFileSync(
    config,
    '<clickhouse><max_server_memory_usage>2000000000</max_server_memory_usage><background_pool_size>2</background_pool_size></clickhouse>',
  );
  const sleep =
    'SELECT sleepEachRow(1) FROM numbers(1200) SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1';
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'clickhouse-child.mjs'),
      dir,
      'clickhouse',
      `--path=${join(dir, 'data')}`,
      `--http_port=${http}`,
      `--tcp_port=${tcp}`,
      '--listen_host=127.0.0.1',
      `--config-file=${config}`,
      // Not Null: a node would then answer its peers with nothing.
      '--output-format=TSV',
      `--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; ${sleep}`,
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.on('data', (d: Buffer) => (words = (words + d.toString()).slice(-4000)));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended(child);
  };
  const url = `http://127.0.0.1:${http}`;
  try {
    await waitFor(
      'the ClickHouse server',
      child,
      () => words,
      async () => (await fetch(`${url}/ping`)).ok,
    );
  } catch (e) {
    await stop();
    throw e;
  }
  return { url, pid: child.pid ?? 0, stop };
}
