// npm start: everything a stranger needs for the main job, in one command. Arguments go to `ringbreak demo`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installIfStale, root } from './set-up.mjs';

installIfStale();
const child = spawn(process.execPath, [join(root, 'bin/ringbreak.mjs'), 'demo', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
