import { linkSync, mkdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/** Who holds a data directory. */
export interface LockHolder {
  pid: number;
  host: string;
  /** Kernel start time of the process: tells it from a later process that got the same number. '' where there is no /proc. */
  started: string;
  command: string;
  /** ISO 8601. */
  since: string;
  /** Where it serves the pages, if it does. */
  url?: string;
}

/** The embedded stores belong to one process at a time, and another one has them. */
export class StoreBusyError extends Error {
  readonly holder: LockHolder;
  constructor(dataDir: string, holder: LockHolder) {
    const elsewhere = holder.host !== hostname();
    super(
      `the data directory ${dataDir} is in use by process ${holder.pid}${elsewhere ? ` on ${holder.host}` : ''} ` +
        `(${holder.command}) since ${holder.since}. ` +
        (holder.url === undefined ? '' : `It serves at ${holder.url}: open that, or `) +
        `${holder.url === undefined ? 'W' : 'w'}ait for it or stop it, or name another directory with --data.` +
        (elsewhere ? ` If that machine is gone for good, delete ${join(dataDir, LOCK)}.` : ''),
    );
    this.name = 'StoreBusyError';
    this.holder = holder;
  }
}

/** The data directory cannot be used at all: missing and not to be created, not writable, or its disk full. */
export class StoreDirectoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreDirectoryError';
  }
}

const LOCK = 'lock.json';

/**
 * Takes the directory for this process and returns how to give it back. Creates the directory (mode 0700). A lock left by a process
 * that is gone is taken over. Throws StoreBusyError or StoreDirectoryError.
 */
export function lockDirectory(dataDir: string, clock: () => number): () => void {
  const path = join(dataDir, LOCK);
  const me: LockHolder = {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    command: process.argv
      .slice(1)
      .map((part) => part.replace(/^.*[/\\]/, ''))
      .join(' ')
      .slice(0, 200),
    since: new Date(clock()).toISOString(),
  };
  const draft = join(dataDir, `lock-${process.pid}.tmp`);
  try {
    makeDirectory(dataDir);
    writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
  } catch (e) {
    throw directoryError(dataDir, e);
  }
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (create(draft, path)) {
        process.once('exit', release);
        return release;
      }
      const holder = lockHolder(dataDir);
      if (holder !== null) throw new StoreBusyError(dataDir, holder);
      removeStale(path);
    }
  } finally {
    unlinkSync(draft);
  }
  throw new StoreDirectoryError(
    `the lock ${path} could not be taken: delete it if no other Ringbreak runs, then try again.`,
  );

  function release(): void {
    process.removeListener('exit', release);
    const now = read(path);
    if (now?.pid === me.pid && now.started === me.started) unlinkSync(path);
  }
}

/** Parents first. Node's own `recursive` never returns where a file system denies that a parent exists (/proc). */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** A link is made whole or not at all, so nobody ever reads half a lock. */
function create(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false;
    try {
      // No hard links on this file system.
      writeFileSync(path, readFileSync(draft), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (failed) {
      if ((failed as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw directoryError(path, failed);
    }
  }
}

/** The living process that holds the directory, or null. */
export function lockHolder(dataDir: string): LockHolder | null {
  const holder = read(join(dataDir, LOCK));
  if (holder === null || !alive(holder)) return null;
  try {
    // Kept by the server; only its holder's note counts.
    const note = JSON.parse(readFileSync(join(dataDir, 'serving.json'), 'utf8')) as { pid?: number; url?: string };
    if (note.pid === holder.pid && note.url !== undefined) return { ...holder, url: note.url };
  } catch {
    // It does not serve.
  }
  return holder;
}

function read(path: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

function alive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return true; // cannot be looked at from here: believe it
  try {
    process.kill(holder.pid, 0);
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.started === '' || startOf(holder.pid) === holder.started;
}

/** Start time in clock ticks since boot, with the boot's own id; '' for a zombie, which holds nothing any more. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses; fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

/** Moved aside before it is deleted: when two processes find the same dead lock, only one gets to move it. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // the other one was first
  }
  const moved = read(aside);
  if (moved !== null && alive(moved)) create(aside, path); // it had just been taken by a living process: give it back
  unlinkSync(aside);
}

/** Why a directory can't be used, and what to do. */
export function directoryError(dataDir: string, cause: unknown): StoreDirectoryError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const why: Record<string, string> = {
    EACCES: 'this user may not write there: change its owner or mode',
    EPERM: 'this user may not write there: change its owner or mode',
    EROFS: 'its file system is read-only',
    ENOTDIR: 'a part of the path is a file, not a directory',
    EEXIST: 'there is a file of that name',
    ENOSPC: 'the disk is full: free some space',
    EDQUOT: "this user's disk quota is used up",
    ENAMETOOLONG: 'the path is too long',
  };
  const words = why[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new StoreDirectoryError(
    `the data directory ${dataDir} cannot be used: ${words}; or name another one with --data.`,
    {
      cause,
    },
  );
}
