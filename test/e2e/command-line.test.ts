import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** A table whose label goes with one column, and traffic of a firm of twelve under two managers and a head. */
function tables(): { labelled: string; fresh: string; traffic: string; reports: string } {
  const rows = (from: number, n: number): string[] =>
    Array.from({ length: n }, (_, i) => {
      const k = from + i;
      const fraud = (k * 2654435761) % 97 < 30;
      return `p${k},${fraud ? 60 + (k % 37) : (k * 7) % 65},${(k * 13) % 50},${fraud ? 1 : 0}`;
    });
  const write = (name: string, lines: string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  const header = 'phone,strangers,calls_in,fraud';
  const traffic = ['from,to,at'];
  const reports = ['ID,ReportsToID'];
  const day = (d: number): string => new Date(Date.UTC(2024, 0, 1 + d, 9)).toISOString();
  for (let p = 3; p < 15; p++) reports.push(`u${p},u${1 + (p % 2)}`);
  for (const m of [1, 2]) reports.push(`u${m},u0`);
  for (let d = 0; d < 40; d++) {
    for (const m of [1, 2]) {
      traffic.push(`u0,u${m},${day(d)}`);
      for (let p = 3; p < 15; p++) if (1 + (p % 2) === m) traffic.push(`u${m},u${p},${day(d)}`);
    }
    traffic.push(`u${3 + (d % 12)},u${1 + ((3 + (d % 12)) % 2)},${day(d + 0.1)}`);
  }
  return {
    labelled: write('labelled.csv', [header, ...rows(0, 300)]),
    fresh: write('fresh.csv', [header, ...rows(1000, 100)]),
    traffic: write('traffic.csv', traffic),
    reports: write('reports.csv', reports),
  };
}

describe('models from the command line', () => {
  it('are trained, evaluated and applied, with reasons; the same data give the same file', async () => {
    const { labelled, fresh } = tables();
    const model = join(dir, 'model');
    const trained = await ringbreak(
      'train',
      'numbers',
      '--from',
      labelled,
      '--label',
      'fraud',
      '--id',
      'phone',
      '--out',
      model,
      '--json',
    );
    expect(trained.err).not.toMatch(/ at /);
    expect(trained.code).toBe(0);
    expect(JSON.parse(trained.out)).toMatchObject({
      task: 'numbers',
      classes: ['0', '1'],
      features: ['strangers', 'calls_in'],
    });
    const bytes = readFileSync(model);
    await ringbreak('train', 'numbers', '--from', labelled, '--label', 'fraud', '--id', 'phone', '--out', model);
    expect(readFileSync(model).equals(bytes)).toBe(true);

    const measured = await ringbreak('evaluate', 'numbers', '--model', model, '--from', fresh, '--json');
    const found = JSON.parse(measured.out) as {
      auc: number;
      macroF1: number;
      recallAtFpr: Record<string, number>;
      intervals: object;
    };
    expect(found.auc).toBeGreaterThan(0.9);
    expect(found.macroF1).toBeGreaterThan(0.8);
    expect(Object.keys(found.recallAtFpr)).toEqual(['0.01', '0.001']);
    expect(Object.keys(found.intervals)).toContain('auc');

    const said = await ringbreak('predict', 'numbers', '--model', model, '--from', fresh, '--json');
    const rows = JSON.parse(said.out) as { id: string; score: number; label: string; reasons: { measure: string }[] }[];
    expect(rows).toHaveLength(100);
    expect(rows[0]!.id).toBe('p1000');
    expect(rows.find((r) => r.label === '1')!.reasons[0]!.measure).toBe('strangers');
  }, 60_000);

  it('rank people from their traffic without a model, and say how well against who reports to whom', async () => {
    const { traffic, reports } = tables();
    const ranked = JSON.parse((await ringbreak('predict', 'roles', '--from', traffic, '--json')).out) as {
      id: string;
      label: string;
      managers: { id: string }[];
    }[];
    expect(ranked).toHaveLength(15);
    expect(ranked.find((r) => r.id === 'u5')!.managers[0]!.id).toBe('u2');
    const found = await ringbreak('evaluate', 'roles', '--from', traffic, '--reports', reports, '--json');
    expect(JSON.parse(found.out)).toMatchObject({ pairs: 14 });
    expect((JSON.parse(found.out) as { managerFirst: number }).managerFirst).toBeGreaterThan(0.8);
  });

  it.each([
    [
      ['train', 'numbers', '--from', 'labelled.csv', '--label', 'nothing', '--out', 'm'],
      /no column "nothing"; there are: phone/,
    ],
    [['train', 'numbers', '--from', 'labelled.csv', '--out', 'm'], /No label column/],
    [['train', 'songs', '--out', 'm'], /"songs" cannot be trained/],
    [['evaluate', 'numbers', '--model', 'none', '--from', 'labelled.csv'], /no model file none/],
    [['predict', 'numbers', '--model', 'model', '--from', 'absent.csv'], /No such file.*absent\.csv/],
  ])('%j is wrong usage: exit code 2', async (args, message) => {
    tables();
    const { code, err } = await ringbreak(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('the command line', () => {
  it('lists every verb under --help, and exits with 0', async () => {
    const { code, out } = await ringbreak('--help');
    expect(code).toBe(0);
    for (const verb of [
      'demo',
      'simulate',
      'import',
      'analyse',
      'numbers',
      'rings',
      'succession',
      'leaks',
      'train',
      'evaluate',
      'predict',
      'serve',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${verb}`, 'm'));
    }
  });

  it.each([
    [['bogus'], /unknown command/],
    [['numbers', '--bogus'], /unknown option/],
    [['serve', '--port', 'x'], /Not a port/],
    [['serve', '--host', '0.0.0.0'], /RINGBREAK_TOKEN/],
    [['rings', '--lang', 'fr'], /Unknown language/],
    [['thresholds', 'set', 'no-such.thing', '3'], /no threshold no-such\.thing/],
    [['thresholds', 'set', 'shift-work.run', '25'], /between 1 and 24/],
    [['thresholds', 'preview', 'shift-work.run', 'many'], /between 1 and 24/],
  ])('%j is wrong usage: exit code 2', async (args, message) => {
    const { code, out, err } = await ringbreak(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(out).toBe('');
  });

  it.each([['numbers'], ['rings'], ['succession'], ['leaks']])(
    '%s of a store that was never analysed says what to do: exit code 1',
    async (verb) => {
      const { code, out, err } = await ringbreak(verb, '--json');
      expect(err).toMatch(/Nothing has been analysed.*\n.*ringbreak import/);
      expect(err).not.toMatch(/ at /);
      expect(code).toBe(1);
      expect(out).toBe('');
    },
  );

  it('thresholds are listed, set, on record, and set back', async () => {
    const value = async (): Promise<number> => {
      const detectors = JSON.parse((await ringbreak('thresholds', '--json')).out) as {
        thresholds: { id: string; value: number }[];
      }[];
      return detectors.flatMap((d) => d.thresholds).find((t) => t.id === 'shift-work.run')!.value;
    };
    expect(await ringbreak('thresholds', 'set', 'shift-work.run', '4')).toMatchObject({
      code: 0,
      out: 'shift-work.run: 3 -> 4\n',
    });
    expect(await value()).toBe(4);
    // What it was is read from the records again.
    expect((await ringbreak('thresholds', 'set', 'shift-work.run', 'default')).out).toContain('4 -> 3 (default)');
    expect(JSON.parse((await ringbreak('thresholds', '--changes', '--json')).out)).toMatchObject([
      { was: 4, value: null },
      { was: 3, value: 4 },
    ]);
    const { code, err } = await ringbreak('thresholds', 'preview', 'shift-work.run', '4');
    expect(err).toMatch(/Nothing has been analysed/);
    expect(code).toBe(1);
  });

  it('a reader who closes the pipe early is no error', async () => {
    const child = spawn(process.execPath, [join(root, 'bin/ringbreak.mjs'), 'numbers', '--catalogue'], { cwd: dir });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (c: Buffer) => (err += c.toString()));
    expect(await new Promise((done) => child.on('close', done))).toBe(0);
    expect(err).toBe('');
  });

  it('analyse of a store without calls says what to do', async () => {
    const { code, err } = await ringbreak('analyse');
    expect(err).toMatch(/There are no calls/);
    expect(code).toBe(1);
  });
});
