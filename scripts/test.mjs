// npm test: sets up what it needs, then runs every check. `npm test -- unit` (or engines, e2e, static) runs one part.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installIfStale, run } from './set-up.mjs';

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

if (wanted('static')) {
  step('types', 'npx', ['tsc', '-p', 'tsconfig.json']);
  step('types of the pages', 'npx', ['tsc', '-p', 'src/web/tsconfig.json']);
  step('lint', 'npx', ['eslint', '.', '--max-warnings', '0']);
  step('format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']);
}
if (wanted('unit')) step('unit and scenario tests', 'npx', ['vitest', 'run', '--project', 'unit']);
if (wanted('engines')) {
  packages(['postgresql', 'kamailio', 'kamailio-extra-modules', 'sip-tester']);
  step('one suite on every engine', 'npx', ['vitest', 'run', '--project', 'engines']);
}
if (wanted('e2e')) {
  packages(['chromium', 'fonts-noto-cjk']);
  run('node', ['scripts/build-web.mjs']);
  step('browser tests', 'npx', ['vitest', 'run', '--project', 'e2e']);
}
