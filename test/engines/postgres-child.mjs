// Runs PostgreSQL and ends it when whoever started this is gone, however they went: they hold the other end of stdin.
// Arguments: directory to remove at the end, user id, group id ('' for none), program, its arguments.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [dir, uid, gid, program, ...args] = process.argv.slice(2);
const as = uid === '' ? {} : { uid: Number(uid), gid: Number(gid) };
const server = spawn(program, args, { ...as, cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });

let impatient;
const end = () => {
  server.kill('SIGINT'); // fast shutdown; a SIGKILL would leave its shared memory behind
  impatient ??= setTimeout(() => server.kill('SIGKILL'), 10_000);
};
process.stdin.resume();
process.stdin.on('end', end);
process.on('SIGINT', end).on('SIGTERM', end);
server.on('exit', (code) => {
  clearTimeout(impatient);
  rmSync(dir, { recursive: true, force: true });
  process.exit(code ?? 1);
});
