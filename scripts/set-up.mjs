// What `npm start` and `npm test` do before anything else. Node's own modules only: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Runs a command and ends the process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.status !== 0) {
    console.error(`\n${command} ${args.join(' ')} failed (${done.error?.message ?? `exit code ${done.status}`}).`);
    process.exit(done.status ?? 1);
  }
}

/** Installs dependencies when the lockfile is newer than what is installed. `npm install`, not `npm ci`: see docs/decisions/0001. */
export function installIfStale() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `Ringbreak needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and try again.`,
    );
    process.exit(1);
  }
  if (mtime(join(root, 'package-lock.json')) <= mtime(join(root, 'node_modules/.package-lock.json'))) return;
  console.error('Installing dependencies (the lockfile is newer than node_modules) ...');
  run('npm', ['install', '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] });
}

const newest = (dir) =>
  readdirSync(dir, { withFileTypes: true }).reduce(
    (t, e) => Math.max(t, e.isDirectory() ? newest(join(dir, e.name)) : mtime(join(dir, e.name))),
    0,
  );

/** True when the built pages are older than what they are built from. */
export function pagesAreStale() {
  const sources = Math.max(
    newest(join(root, 'src/web')),
    newest(join(root, 'src/model')),
    mtime(join(root, 'src/server/contract.ts')),
    mtime(join(root, 'package-lock.json')),
  );
  return mtime(join(root, 'dist/web/index.html')) < sources;
}
