import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { ended, freePort, waitFor } from './clickhouse-node.ts';
import type { TestServer } from './clickhouse-node.ts';

/**
 * Debian's PostgreSQL, run for this test alone: a cluster in a temporary directory, a free port on 127.0.0.1, no unix socket. Root may
 * not run it, so as root it runs as the package's user `postgres`.
 */
export async function startPostgres(): Promise<TestServer> {
  const bin = binaries() ?? installed();
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-postgres-'));
  const root = process.getuid?.() === 0;
  const [uid, gid] = root ? [id('-u'), id('-g')] : [undefined, undefined];
  if (uid !== undefined && gid !== undefined) chownSync(dir, uid, gid);
  const as = uid === undefined || gid === undefined ? {} : { uid, gid };
  const data = join(dir, 'data');
  const removed = (): void => rmSync(dir, { recursive: true, force: true });
  try {
    execFileSync(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'ringbreak', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
      { ...as, cwd: dir, stdio: 'pipe' },
    );
  } catch (e) {
    removed();
    throw e;
  }
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=16MB',
    'max_connections=30',
  ];
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'postgres-child.mjs'),
      ...[dir, String(uid ?? ''), String(gid ?? ''), join(bin, 'postgres'), '-D', data, '-p', String(port)],
      ...settings.flatMap((s) => ['-c', s]),
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.on('data', (d: Buffer) => (words = (words + d.toString()).slice(-4000)));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended(child);
  };
  const url = `postgres://ringbreak@127.0.0.1:${port}/postgres`;
  try {
    await waitFor(
      'PostgreSQL',
      child,
      () => words,
      async () => {
        const client = new pg.Client(url);
        try {
          await client.connect();
          return true;
        } finally {
          await client.end().catch(() => undefined);
        }
      },
    );
  } catch (e) {
    await stop();
    throw e;
  }
  return { url, pid: child.pid ?? 0, stop };
}

const id = (flag: '-u' | '-g'): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim());

function binaries(): string | null {
  const packaged = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql')
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join('/usr/lib/postgresql', version, 'bin'))
    : [];
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  return (
    [...packaged, ...onPath].find((dir) => existsSync(join(dir, 'postgres')) && existsSync(join(dir, 'initdb'))) ?? null
  );
}

/** Debian's package, where this may install one. Its own cluster is not created: only the programs are wanted. */
function installed(): string {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]): void =>
      void execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 240_000 });
    execFileSync('mkdir', ['-p', '/etc/postgresql-common']);
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'postgresql');
    const bin = binaries();
    if (bin !== null) return bin;
  }
  throw new Error(
    'PostgreSQL is needed to test the records store on a server: install the package `postgresql` (only its programs are used), ' +
      'or set RINGBREAK_POSTGRES_URL to a server whose database may be emptied.',
  );
}
