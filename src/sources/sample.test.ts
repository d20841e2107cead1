import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleRows, type SampleRules } from './sample.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-sample-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const RULES: SampleRules = { compression: 'none', encoding: 'utf-8', delimiter: ',', width: 2 };
const row = (i: number): string[] => [`${i}`, `上海${'x'.repeat(i % 97)}`];
const text = (n: number): string => Array.from({ length: n }, (_, i) => `${row(i).join(',')}\n`).join('');

async function sampled(path: string, rules: SampleRules): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const cells of sampleRows(path, rules)) rows.push(cells);
  return rows;
}

it('takes whole rows from the beginning to the end of a large file, and each row as it is', async () => {
  const path = join(dir, 'large.csv');
  const n = 300_000;
  writeFileSync(path, text(n));
  const rows = await sampled(path, RULES);
  for (const cells of rows) expect(cells).toEqual(row(Number(cells[0])));
  const at = rows.map((cells) => Number(cells[0]));
  expect(at[0]).toBe(0);
  expect(Math.max(...at.slice(-1))).toBeGreaterThan(n * 0.9);
  expect(new Set(at).size).toBe(at.length);
  expect(at.length).toBeLessThan(n);
});

it('takes the first rows of a compressed file, and every row of a small one', async () => {
  const small = join(dir, 'small.csv');
  writeFileSync(small, text(50));
  expect(await sampled(small, RULES)).toEqual(Array.from({ length: 50 }, (_, i) => row(i)));
  const packed = join(dir, 'packed.csv.gz');
  writeFileSync(packed, gzipSync(text(50)));
  expect(await sampled(packed, { ...RULES, compression: 'gzip' })).toHaveLength(50);
  writeFileSync(join(dir, 'empty.csv'), '');
  expect(await sampled(join(dir, 'empty.csv'), RULES)).toEqual([]);
});
