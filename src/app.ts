import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { homeFrom, type Home } from './model/home.ts';
import type { ImportOptions } from './normalise/import-files.ts';
import type { FactsStore } from './store/facts.ts';
import { openStores, type Stores } from './store/open.ts';
import type { RecordsStore } from './store/records.ts';

/** The checkout this program runs from. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '..');

export interface World {
  /** Directory of the embedded stores. */
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  clock: () => number;
}

/** One process, one opening of each store. Everything below (server, command line) is given an `App` and opens nothing itself. */
export interface App extends World {
  readonly home: Home;
  readonly codeVersion: string;
  /** Takes the data directory for this process without opening a store. Throws StoreBusyError when another process has it. */
  claim(): Promise<void>;
  /** Opens (and migrates) the facts store at the first call. */
  facts(): Promise<FactsStore>;
  records(): Promise<RecordsStore>;
  close(): Promise<void>;
}

/** Makes the application; nothing is opened, and no engine is loaded, before a store is asked for. */
export function openApp(world: World): App {
  let stores: Promise<Stores> | undefined;
  const opened = (): Promise<Stores> => {
    stores ??= openStores(world).catch((error: unknown) => {
      // Tried again at the next question: the other process may be gone by then.
      stores = undefined;
      throw error;
    });
    return stores;
  };
  return {
    ...world,
    home: homeFrom(world.env),
    codeVersion: codeVersion(),
    claim: async () => void (await opened()),
    facts: async () => (await opened()).facts(),
    records: async () => (await opened()).records(),
    close: async () => {
      // Stores that could not be opened have been reported by whoever asked for them.
      await (await stores?.catch(() => undefined))?.close();
    },
  };
}

/** Whose name stands under imports and judgements: RINGBREAK_PERSON, else the operating system's user. */
export const personOf = (env: App['env']): string => env['RINGBREAK_PERSON'] ?? userInfo().username;

/** What every import of this process has in common: home, clock, who, where originals and people's own profiles are kept. */
export const importSettings = (app: App): ImportOptions => ({
  home: app.home,
  clock: app.clock,
  tempDir: app.dataDir,
  by: personOf(app.env),
  originals: join(app.dataDir, 'originals'),
  ownProfiles: join(app.dataDir, 'profiles'),
});

/** Package version and, in a checkout, the commit: recorded with every analysis run. Example: `0.1.0+1a2b3c4d5e6f`. */
export function codeVersion(root = PROJECT_ROOT): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const commit = commitOf(root);
  return commit === null ? version : `${version}+${commit.slice(0, 12)}`;
}

/** The checked-out commit, read from git's own files; null outside a checkout. */
function commitOf(root: string): string | null {
  const read = (...path: string[]): string | null => {
    try {
      return readFileSync(join(root, '.git', ...path), 'utf8').trim();
    } catch {
      return null;
    }
  };
  const head = read('HEAD');
  if (head === null || !head.startsWith('ref: ')) return head;
  const ref = head.slice(5);
  const packed = read('packed-refs')
    ?.split('\n')
    .find((line) => line.endsWith(` ${ref}`));
  return read(ref) ?? packed?.split(' ')[0] ?? null;
}
