// npm test: sets up what it needs, then runs every check. `npm test -- unit` (or engines, e2e, static) runs one part.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { installIfStale, root, run } from './set-up.mjs';

installIfStale();
const parts = process.argv.slice(2);
const wanted = (part) => parts.length === 0 || parts.includes(part);

const debian = existsSync('/etc/debian_version');
const asRoot = process.getuid?.() === 0;

/** Debian packages the browser and engine tests need: a test that lacks them fails and says so; nothing is skipped in silence. */
function packages(names) {
  const missing = names.filter((n) => spawnSync('dpkg', ['-s', n], { stdio: 'ignore' }).status !== 0);
  if (missing.length === 0) return;
  if (!debian || !asRoot) {
    console.error(
      `Not checked here: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing and can only be installed as root on Debian. ` +
        `Install ${missing.length > 1 ? 'them' : 'it'} by hand; tests that need ${missing.length > 1 ? 'them' : 'it'} will fail.`,
    );
    return;
  }
  console.error(`Installing ${missing.join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 2] });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    env,
    stdio: ['ignore', 'ignore', 2],
  });
}

const step = (title, command, args) => {
  const t = Date.now();
  console.log(`\n== ${title}`);
  run(command, args);
  console.log(`== ${title}: ${((Date.now() - t) / 1000).toFixed(1)} s`);
};

/** Checks that only read, two at a time, the longest first; what each says is shown when it ends. */
async function sideBySide(checks) {
  const t = Date.now();
  const waiting = [...checks];
  const failed = [];
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [title, ...args] = check;
      const child = spawn('npx', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
      const [code] = await once(child, 'close');
      console.log(
        `\n== ${title}: ${code === 0 ? 'nothing found' : `exit code ${code}`}, ${((Date.now() - t) / 1000).toFixed(1)} s after the start\n${said.trim()}`,
      );
      if (code !== 0) failed.push(title);
    }
  };
  await Promise.all([worker(), worker()]);
  if (failed.length === 0) return;
  console.error(`\nFailed: ${failed.join(', ')}.`);
  process.exit(1);
}

if (wanted('static')) {
  await sideBySide([
    ['lint', 'eslint', '.', '--max-warnings', '0'],
    ['types', 'tsc', '-p', 'tsconfig.json'],
    ['types of the pages', 'tsc', '-p', 'src/web/tsconfig.json'],
    ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ]);
}
// Unit and engine tests share the workers: neither waits for the last file of the other.
const projects = ['unit', 'engines'].filter(wanted);
if (projects.includes('engines')) packages(['postgresql', 'kamailio', 'kamailio-extra-modules', 'sip-tester']);
if (projects.length > 0) {
  step(`${projects.join(' and ')} tests`, 'npx', ['vitest', 'run', ...projects.flatMap((p) => ['--project', p])]);
}
if (wanted('e2e')) {
  packages(['chromium', 'fonts-noto-cjk']);
  run('node', ['scripts/build-web.mjs']);
  step('browser tests', 'npx', ['vitest', 'run', '--project', 'e2e']);
}
