import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of the test's own. `stop` ends it and removes its files. */
export interface TestServer {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

/** A port nobody listens on just now. Below those that outgoing connections are given: a server that comes back finds its own still free. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise<boolean>((done) => {
      const server = createServer();
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (free) return port;
  }
  throw new Error('No free port was found between 20000 and 32000.');
}

/** Whether somebody listens there. */
const listens = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => done(false));
    socket.once('connect', () => socket.end(() => done(true)));
  });

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

/** One process of a server: where it keeps its data, and how it is told to listen. */
function spawnNode(dir: string, http: number, tcp: number): { child: ChildProcess; ready: () => Promise<void> } {
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
      `--config-file=${join(dir, 'config.xml')}`,
      // Not Null: a node would then answer its peers with nothing.
      '--output-format=TSV',
      `--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; ${sleep}`,
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr?.on('data', (d: Buffer) => (words = (words + d.toString()).slice(-4000)));
  // Its peers come by the other port, which opens a moment later.
  const answers = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${http}/ping`)).ok && (await listens(tcp));
  return { child, ready: () => waitFor('the ClickHouse server', child, () => words, answers) };
}

const CONFIG =
  '<max_server_memory_usage>2000000000</max_server_memory_usage><background_pool_size>2</background_pool_size>';

/**
 * A real ClickHouse server with nothing but npm: `libchdb.so` holds all of ClickHouse, and asked over its command line entry point to
 * listen while it sleeps, it is one. Bound to 127.0.0.1; the sleep ends by itself after twenty minutes.
 */
export async function startClickhouse(): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-clickhouse-'));
  const [http, tcp] = [await freePort(), await freePort()];
  writeFileSync(join(dir, 'config.xml'), `<clickhouse>${CONFIG}</clickhouse>`);
  const { child, ready } = spawnNode(dir, http, tcp);
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    await ended(child);
  };
  try {
    await ready();
  } catch (e) {
    await stop();
    throw e;
  }
  return { url: `http://127.0.0.1:${http}`, pid: child.pid ?? 0, stop };
}

/** A node of a cluster: it can be killed, and comes back with its data under the same ports. */
export interface TestNode {
  url: string;
  /** Where its peers find it, as their errors name it. */
  address: string;
  kill: () => Promise<void>;
  runs: () => boolean;
  /** Starts it again unless it runs. */
  start: () => Promise<void>;
}

export interface TestCluster {
  /** Its name in `remote_servers`. */
  name: string;
  nodes: TestNode[];
  /** Starts every node that is not there: a peer's death sometimes aborts a node that is hosted like this. */
  mend: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Whether a node is there and gets an answer from every other one. */
const reachesAll = async (url: string, cluster: string): Promise<boolean> => {
  const question = `SELECT count() FROM clusterAllReplicas('${cluster}', system.one)`;
  return fetch(url, { method: 'POST', body: question }).then(
    (response) => response.ok,
    () => false,
  );
};

/** Nodes of one cluster, each a shard of its own, as `startClickhouse` starts them. There is no Keeper. */
export async function startCluster(count: number): Promise<TestCluster> {
  const name = 'ringbreak';
  const ports: { http: number; tcp: number }[] = [];
  for (let i = 0; i < count; i++) ports.push({ http: await freePort(), tcp: await freePort() });
  const shards = ports
    .map(({ tcp }) => `<shard><replica><host>127.0.0.1</host><port>${tcp}</port></replica></shard>`)
    .join('');
  const dirs: string[] = [];
  const children = new Map<number, ChildProcess>();
  const runs = (i: number): boolean => {
    const child = children.get(i);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  };
  const nodes = ports.map(({ http, tcp }, i): TestNode => {
    const dir = mkdtempSync(join(tmpdir(), 'ringbreak-shard-'));
    dirs.push(dir);
    writeFileSync(
      join(dir, 'config.xml'),
      `<clickhouse>${CONFIG}<remote_servers><${name}>${shards}</${name}></remote_servers></clickhouse>`,
    );
    return {
      url: `http://127.0.0.1:${http}`,
      address: `127.0.0.1:${tcp}`,
      async kill() {
        const child = children.get(i);
        child?.kill('SIGKILL');
        if (child !== undefined) await ended(child);
      },
      runs: () => runs(i),
      async start() {
        if (runs(i)) return;
        const { child, ready } = spawnNode(dir, http, tcp);
        children.set(i, child);
        await ready();
      },
    };
  });
  const stop = async (): Promise<void> => {
    for (const node of nodes) await node.kill();
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  };
  const mend = async (): Promise<void> => {
    // One whose peer died may end a moment later than it: only when each reaches all others, all are there.
    for (const end = Date.now() + 60_000; ; await new Promise((done) => setTimeout(done, 100))) {
      await Promise.all(nodes.map((n) => n.start()));
      const reach = await Promise.all(nodes.map((n) => reachesAll(n.url, name)));
      if (reach.every(Boolean)) return;
      if (Date.now() > end) throw new Error('the nodes did not find each other within a minute');
    }
  };
  try {
    await mend();
  } catch (e) {
    await stop();
    throw e;
  }
  return { name, nodes, mend, stop };
}
