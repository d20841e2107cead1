import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Reading order of src/: a folder imports itself and what stands before it, nothing behind it. `store` stands before the readers
 * because the import flow speaks to the facts port (docs/decisions/0002).
 */
export const FLOW = [
  'model',
  'store',
  'sources',
  'normalise',
  'features',
  'detect',
  'text',
  'rings',
  'leaks',
  'money',
  'screen',
  'law',
  'casework',
  'evidence',
  'access',
  'pipeline.ts',
  'app.ts',
  'simulate',
  'server',
  'cli',
] as const;

const DRIVERS = ['chdb', '@clickhouse/client', '@electric-sql/pglite', 'pg'];
const root = resolve(import.meta.dirname, '../../src');

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? filesBelow(join(dir, e.name)) : /\.(ts|tsx)$/.test(e.name) ? [join(dir, e.name)] : [],
  );

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => m[1] ?? '');

const roomOf = (path: string): string => relative(root, path).split('/')[0] ?? '';

/** Why `from` may not import `spec`; null when it may. */
function violation(from: string, spec: string): string | null {
  const room = roomOf(from);
  const isTest = /\.test\.tsx?$/.test(from);
  if (!spec.startsWith('.')) {
    const driver = DRIVERS.find((d) => spec === d || spec.startsWith(`${d}/`));
    return driver !== undefined && room !== 'store' && !isTest ? `only src/store imports the driver ${driver}` : null;
  }
  const target = resolve(dirname(from), spec);
  if (!target.startsWith(root)) return null;
  const to = roomOf(target);
  if (to === room) return null;
  if (room === 'web') {
    return to === 'model' || relative(root, target) === 'server/contract.ts'
      ? null
      : `web sees model and server/contract only`;
  }
  if (to === 'web') return 'nothing imports web';
  if (to === 'simulate' && room !== 'cli' && !isTest) return 'the simulator is imported by cli and tests only';
  if (isTest && to === 'simulate') return null;
  const [a, b] = [FLOW.indexOf(room as never), FLOW.indexOf(to as never)];
  if (a < 0) return `${room} has no place in FLOW`;
  if (b < 0) return `${to} has no place in FLOW`;
  return b < a ? null : `${room} stands before ${to} and may not import it`;
}

describe('folder order', () => {
  it('holds for every import in src', () => {
    const wrong = filesBelow(root).flatMap((f) =>
      importsOf(f).flatMap((spec) => {
        const why = violation(f, spec);
        return why === null ? [] : [`${relative(root, f)} -> ${spec}: ${why}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('notices a wrong direction, a driver outside the store, and the simulator in the product', () => {
    expect(violation(join(root, 'model/x.ts'), '../rings/y.ts')).toMatch(/may not import/);
    expect(violation(join(root, 'rings/x.ts'), 'chdb')).toMatch(/only src\/store/);
    expect(violation(join(root, 'server/x.ts'), '../simulate/y.ts')).toMatch(/simulator/);
    expect(violation(join(root, 'web/x.tsx'), '../server/app.ts')).toMatch(/contract only/);
  });
});
