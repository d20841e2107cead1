// Builds the pages into dist/web when they are older than their sources. Runs after `npm install`, before tests, and at start.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pagesAreStale, root, run } from './set-up.mjs';

const vite = join(root, 'node_modules/vite/bin/vite.js');
if (existsSync(vite) && (process.argv.includes('--force') || pagesAreStale())) {
  run(process.execPath, [vite, 'build', '--config', 'src/web/vite.config.ts', '--logLevel', 'warn']);
}
