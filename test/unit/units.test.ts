import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { FEATURES } from '../../src/features/catalogue.ts';
import { formatFor } from '../../src/web/format.ts';

const src = resolve(import.meta.dirname, '../../src');
const files = (dir: string): string[] =>
  readdirSync(join(src, dir), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
    .map((f) => readFileSync(join(src, dir, f), 'utf8'));

it('every unit of a measure, a threshold or a reason is read in Chinese', () => {
  const named = ['detect', 'rings']
    .flatMap(files)
    .flatMap((text) => [...text.matchAll(/unit: '([^']+)'/g)].map((m) => m[1]!));
  const units = new Set([...FEATURES.map((f) => f.unit), ...named]);
  expect(units.size).toBeGreaterThan(20);
  const { measure } = formatFor('zh', 'Asia/Shanghai');
  expect([...units].filter((unit) => /[a-z]/i.test(measure(2, unit)))).toEqual([]);
});
