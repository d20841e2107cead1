import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { degrade, LOSSES, slice } from '../../bench/degrade.ts';
import { FACT_KIND_NAMES } from '../../src/model/fact-kinds.ts';
import { silent } from '../../src/model/progress.ts';
import { simulate } from '../../src/simulate/index.ts';
import { readHeader } from '../../src/sources/delimited.ts';

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-degrade-'));
const world = join(dir, 'world');
beforeAll(() => simulate({ preset: 'pudong', seed: 61, scale: 0.03, out: world }, silent), 60_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const rowsOf = (folder: string, kind: string): string[] => {
  const path = join(folder, `${kind}.csv`);
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
};
const cell = (line: string, header: string, name: string): string =>
  readHeader(line, ',')?.[header.split(',').indexOf(name)] ?? '';
const TIME: Record<string, string> = {
  calls: 'started_at',
  logins: 'at',
  cases: 'reported_at',
  payments: 'at',
  reviews: 'at',
  memberships: 'joined_at',
  texts: 'at',
};

describe('what was known by a time', () => {
  it('holds nothing from later, and two slices are the whole', async () => {
    const middle = Date.parse('2023-03-15T12:00:00+08:00');
    const [before, after] = [join(dir, 'before'), join(dir, 'after')];
    await slice(world, before, -Infinity, middle);
    await slice(world, after, middle, Infinity);
    for (const kind of FACT_KIND_NAMES) {
      const [all, early, late] = [world, before, after].map((d) => rowsOf(d, kind)) as [string[], string[], string[]];
      expect([...early.slice(1), ...late.slice(1)].sort(), kind).toEqual(all.slice(1).sort());
      const time = TIME[kind];
      if (time === undefined) expect(late, kind).toHaveLength(1);
      for (const line of time === undefined ? [] : early.slice(1)) {
        const at = Date.parse(cell(line, early[0]!, time!));
        expect(Number.isNaN(at) || at < middle, `${kind}: ${line}`).toBe(true);
      }
    }
    expect(rowsOf(after, 'calls').length).toBeGreaterThan(1000);
  });
});

describe('what was lost', () => {
  it('is lost, and nothing else is', async () => {
    const loss = LOSSES.find((l) => l.name === 'accounts and dialler')!;
    const out = join(dir, 'lost');
    await degrade(world, out, loss);
    for (const kind of ['seats', 'logins', 'reviews']) expect(rowsOf(out, kind)).toEqual([]);
    expect(rowsOf(out, 'payments')).toEqual(rowsOf(world, 'payments'));
    const [calls, all] = [rowsOf(out, 'calls'), rowsOf(world, 'calls')];
    expect(calls).toHaveLength(all.length);
    expect(all.some((l) => cell(l, all[0]!, 'account') !== '')).toBe(true);
    for (const line of calls.slice(1)) expect(cell(line, calls[0]!, 'account')).toBe('');
  });

  it('takes the share of rows it says, the same ones each time', async () => {
    const loss = LOSSES.find((l) => l.rows === 0.5)!;
    const [a, b] = [join(dir, 'half'), join(dir, 'again')];
    await degrade(world, a, loss);
    await degrade(world, b, loss);
    expect(rowsOf(a, 'calls')).toEqual(rowsOf(b, 'calls'));
    expect(rowsOf(a, 'calls').length / rowsOf(world, 'calls').length).toBeCloseTo(0.5, 1);
  });
});
