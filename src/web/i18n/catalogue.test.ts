import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

type Tree = { [key: string]: string | Tree };

const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([k, v]) =>
    typeof v === 'string' ? [[path + k, v] as [string, string]] : leaves(v, `${path}${k}.`),
  );

/** English needs a singular where Chinese has none. */
const names = (tree: Tree): string[] =>
  leaves(tree)
    .map(([k]) => k)
    .filter((k) => !k.endsWith('_one'))
    .sort();

const blanks = (text: string): string[] => [...text.matchAll(/\{\{(\w+)[^}]*\}\}/g)].map((m) => m[1] ?? '').sort();

describe('the two catalogues', () => {
  it('have the same keys', () => expect(names(en as Tree)).toEqual(names(zh as Tree)));

  it('leave the same blanks to fill in', () => {
    const ours = new Map(leaves(zh as Tree));
    const differing = leaves(en as Tree).filter(([k, v]) => {
      const other = ours.get(k.replace(/_one$/, '_other')) ?? '';
      return JSON.stringify(blanks(v)) !== JSON.stringify(blanks(other));
    });
    expect(differing).toEqual([]);
  });

  it('are the only place with words: no page holds Chinese text of its own', () => {
    const root = resolve(import.meta.dirname, '..');
    const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.tsx'));
    const withWords = pages.filter((f) => /[\u4e00-\u9fff]/.test(readFileSync(join(root, f), 'utf8')));
    expect(withWords).toEqual([]);
  });
});
