import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let dir: string;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'ringbreak-cli-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the executable as a shell would. */
function ringbreak(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'bin/ringbreak.mjs'), ...args], {
      cwd: dir,
      env: { ...process.env, RINGBREAK_LANG: 'en', RINGBREAK_DATA: join(dir, 'data') },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (c: Buffer) => (out += c.toString()));
    child.stderr.on('data', (c: Buffer) => (err += c.toString()));
    child.on('error', fail).on('close', (code) => done({ code, out, err }));
  });
}

describe('the command line', () => {
  it('lists every verb under --help, and exits with 0', async () => {
    const { code, out } = await ringbreak('--help');
    expect(code).toBe(0);
    for (const verb of ['demo', 'simulate', 'import', 'analyse', 'numbers', 'rings', 'succession', 'serve']) {
      expect(out).toMatch(new RegExp(`^  ${verb}`, 'm'));
    }
  });

  it.each([
    [['bogus'], /unknown command/],
    [['numbers', '--bogus'], /unknown option/],
    [['serve', '--port', 'x'], /Not a port/],
    [['serve', '--host', '0.0.0.0'], /RINGBREAK_TOKEN/],
    [['rings', '--lang', 'fr'], /Unknown language/],
  ])('%j is wrong usage: exit code 2', async (args, message) => {
    const { code, out, err } = await ringbreak(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(out).toBe('');
  });

  it.each([['numbers'], ['rings'], ['succession']])(
    '%s of a store that was never analysed says what to do: exit code 1',
    async (verb) => {
      const { code, out, err } = await ringbreak(verb, '--json');
      expect(err).toMatch(/Nothing has been analysed.*\n.*ringbreak import/);
      expect(err).not.toMatch(/ at /);
      expect(code).toBe(1);
      expect(out).toBe('');
    },
  );

  it('analyse of a store without calls says what to do', async () => {
    const { code, err } = await ringbreak('analyse');
    expect(err).toMatch(/There are no calls/);
    expect(code).toBe(1);
  });
});
