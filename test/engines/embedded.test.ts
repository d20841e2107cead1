import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lockHolder, openStores, StoreBusyError, StoreDirectoryError } from '../../src/store/open.ts';
import type { Stores } from '../../src/store/open.ts';
import { sql } from '../../src/store/sql.ts';
import { ended } from './clickhouse-node.ts';

const root = mkdtempSync(join(tmpdir(), 'ringbreak-embedded-'));
const children = new Set<ChildProcess>();

/** A process of its own on `dataDir`, with what it printed so far. */
function child(
  dataDir: string,
  task: 'hold' | 'insert',
): { process: ChildProcess; lines: () => string[]; errors: () => string } {
  const [script, cwd] = [join(import.meta.dirname, 'embedded-child.ts'), join(import.meta.dirname, '..', '..')];
  const spawned = spawn(process.execPath, ['--import', 'tsx', script, dataDir, task], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  spawned.stdout.on('data', (d: Buffer) => (out += d.toString()));
  spawned.stderr.on('data', (d: Buffer) => (err += d.toString()));
  children.add(spawned);
  // The last piece may be half a line.
  return { process: spawned, lines: () => out.split('\n').slice(0, -1), errors: () => err };
}

async function until(what: string, ready: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20)))
    if (ready()) return;
  throw new Error(`waited two minutes for ${what}`);
}

const open = (dataDir: string): Promise<Stores> => openStores({ dataDir, env: {}, clock: Date.now });

beforeAll(() => chmodSync(root, 0o755));
afterEach(async () => {
  for (const c of children) {
    c.kill('SIGKILL');
    await ended(c);
  }
  children.clear();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('memory', () => {
  it('goes back to the system when a statement gave it back: the allocator has read what it was told', async () => {
    const stores = await open(join(root, 'memory'));
    const facts = await stores.facts();
    const [said] = await facts.query<{ text: string }>(sql`SELECT stats AS text FROM system.jemalloc_stats`);
    await stores.close();
    expect(said?.text).toMatch(/opt\.dirty_decay_ms: 1000\b/);
    expect(said?.text).toMatch(/opt\.background_thread: true/);
  });
});

describe('one process at a time', () => {
  it('tells a second one who holds the directory, and lets it in afterwards', async () => {
    const dataDir = join(root, 'shared');
    const first = await open(dataDir);
    await first.facts();
    const second = child(dataDir, 'hold');
    await ended(second.process);
    expect(second.process.exitCode).toBe(1);
    expect(second.errors()).toMatch(
      new RegExp(
        `^StoreBusyError: the data directory ${dataDir} is in use by process ${process.pid} \\(.+\\) since 20.+--data`,
      ),
    );
    await expect(open(dataDir)).rejects.toBeInstanceOf(StoreBusyError);
    expect(lockHolder(dataDir)).toMatchObject({ pid: process.pid, host: hostname() });

    writeFileSync(join(dataDir, 'serving.json'), JSON.stringify({ pid: process.pid, url: 'http://127.0.0.1:9' }));
    await expect(open(dataDir)).rejects.toThrow('It serves at http://127.0.0.1:9: open that');

    await first.close();
    expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);
    const third = child(dataDir, 'hold');
    await until('the third process to hold the store', () => third.lines().includes('held'));
    const refused = (await open(dataDir).catch((e: unknown) => e)) as StoreBusyError;
    expect(refused.holder.pid).toBe(third.process.pid);
    expect(refused.holder.command).toContain('embedded-child.ts');
  });

  it('takes over from one that was killed, and from a number that another process got since', async () => {
    const dataDir = join(root, 'stale');
    const killed = child(dataDir, 'hold');
    await until('the child to hold the store', () => killed.lines().includes('held'));
    killed.process.kill('SIGKILL');
    await ended(killed.process);
    expect(existsSync(join(dataDir, 'lock.json'))).toBe(true);
    expect(lockHolder(dataDir)).toBeNull();
    await (await open(dataDir)).close();

    const reused = {
      pid: process.ppid,
      host: hostname(),
      started: 'an-earlier-boot:1',
      command: 'x',
      since: '2023-01-01T00:00:00Z',
    };
    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify(reused));
    await (await open(dataDir)).close();

    writeFileSync(join(dataDir, 'lock.json'), '');
    await (await open(dataDir)).close();

    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify({ ...reused, host: 'another-machine' }));
    await expect(open(dataDir)).rejects.toThrow(/on another-machine .* delete .*lock\.json/);
  });

  it('only one of many that start at once gets in', async () => {
    const dataDir = join(root, 'race');
    mkdirSync(dataDir);
    writeFileSync(
      join(dataDir, 'lock.json'),
      JSON.stringify({ pid: 1, host: hostname(), started: 'x:1', command: '', since: '' }),
    );
    const racers = [1, 2, 3].map(() => child(dataDir, 'hold'));
    await until('all racers to decide', () => racers.every((r) => r.lines().length > 0 || r.process.exitCode !== null));
    expect(racers.filter((r) => r.lines().includes('held'))).toHaveLength(1);
    expect(racers.filter((r) => r.errors().startsWith('StoreBusyError'))).toHaveLength(2);
  });
});

describe('a directory that cannot be used', () => {
  it('is named with the reason', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(open(join(root, 'file', 'data'))).rejects.toThrow(
      /data directory .*file\/data cannot be used: a part of the path is a file/,
    );
    await expect(open(join(root, 'file'))).rejects.toBeInstanceOf(StoreDirectoryError);
    // /proc takes no files from anybody, root included.
    await expect(open('/proc/ringbreak')).rejects.toBeInstanceOf(StoreDirectoryError);
  });

  it('that holds something else is left alone', async () => {
    const dataDir = join(root, 'foreign');
    mkdirSync(join(dataDir, 'records'), { recursive: true });
    writeFileSync(join(dataDir, 'records', 'diary.txt'), 'dear');
    const stores = await open(dataDir);
    await expect(stores.records()).rejects.toThrow(/holds files that are not a records store/);
    expect(readFileSync(join(dataDir, 'records', 'diary.txt'), 'utf8')).toBe('dear');
    await stores.close();
  });

  it('is private when it is made', async () => {
    const dataDir = join(root, 'private');
    const stores = await open(dataDir);
    await stores.facts();
    const mode = (path: string): number => statSync(join(dataDir, path)).mode & 0o777;
    expect([mode('.'), mode('facts'), mode('lock.json')]).toEqual([0o700, 0o700, 0o600]);
    await stores.close();
  });

  it('refuses nonsense in the environment', async () => {
    const stores = await openStores({
      dataDir: join(root, 'nonsense'),
      env: { RINGBREAK_THREADS: 'many' },
      clock: Date.now,
    });
    await expect(stores.facts()).rejects.toThrow('RINGBREAK_THREADS=many is not a positive whole number');
    await stores.close();
    await expect(stores.facts()).rejects.toThrow(/closed/);
  });
});

describe('kill -9', () => {
  it('loses no acknowledged batch, and keeps no half of one', { timeout: 180_000 }, async () => {
    const dataDir = join(root, 'killed');
    let acknowledged = -1;
    const writer = child(dataDir, 'insert');
    await until('40 acknowledged batches', () => {
      acknowledged = Number(writer.lines().at(-1) ?? -1);
      return acknowledged >= 40 || writer.process.exitCode !== null;
    });
    expect(writer.errors()).toBe('');
    writer.process.kill('SIGKILL');
    await ended(writer.process);
    acknowledged = Number(writer.lines().at(-1));

    const stores = await open(dataDir);
    const whole = await (
      await stores.facts()
    ).query<{ batch: number; c: number }>('SELECT batch, count() AS c FROM batches GROUP BY batch ORDER BY batch');
    const { rows } = await (
      await stores.records()
    ).query<{ batch: number }>('SELECT batch FROM batches ORDER BY batch');
    await stores.close();
    const expected = Array.from({ length: acknowledged + 1 }, (_, batch) => batch);
    expect(whole.slice(0, expected.length)).toEqual(expected.map((batch) => ({ batch, c: 1000 })));
    expect(rows.slice(0, expected.length)).toEqual(expected.map((batch) => ({ batch })));
    // One more may have been written whole without its writer hearing of it.
    expect(whole.length).toBeLessThanOrEqual(expected.length + 1);
    expect(whole.every((b) => b.c === 1000)).toBe(true);
  });
});
