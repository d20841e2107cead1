import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What the project's documents promise: links that lead somewhere, verbs and options that exist, scripts that can be run. */
const root = resolve(import.meta.dirname, '../..');
const ELSEWHERE = new Set(['node_modules', 'dist', 'coverage']);

const documents = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    if (e.name.startsWith('.') || ELSEWHERE.has(e.name)) return [];
    const path = join(dir, e.name);
    return e.isDirectory() ? documents(path) : e.name.endsWith('.md') ? [path] : [];
  });

const FILES = documents(root);
const text = (file: string): string => readFileSync(file, 'utf8');
/** Prose only: what stands in fences and code spans is an example, not a link. */
const prose = (file: string): string =>
  text(file)
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');

const LINK = /!?\[[^\]]*\]\(([^)\s]+)[^)]*\)|<img[^>]+src="([^"]+)"/g;

/** Where a link of `file` leads in the project; null for an address elsewhere or a place on the same page. */
function target(file: string, link: string): string | null {
  if (/^[a-z]+:/.test(link) || link.startsWith('#')) return null;
  return resolve(dirname(file), decodeURIComponent(link.split('#')[0] ?? ''));
}

const commands = join(root, 'src/cli/commands');
const sourceOf = (verb: string): string | null => {
  const own = readdirSync(commands)
    .filter((f) => !f.endsWith('.test.ts'))
    .map((f) => readFileSync(join(commands, f), 'utf8'))
    .find((source) => new RegExp(`\\.(?:command|alias)\\('${verb}'\\)`).test(source));
  return own === undefined ? null : own + readFileSync(join(root, 'src/cli/main.ts'), 'utf8');
};

/** What is wrong with "verb [words] [--options]" as it stands in a document; null when it can be typed like that. */
function wrongCall(verb: string, rest: string): string | null {
  const source = sourceOf(verb);
  if (source === null) return `there is no verb ${verb}`;
  const sub = /^ ([a-z]+)\b/.exec(rest)?.[1];
  if (verb === 'quarantine' && sub !== undefined && !source.includes(`.command('${sub}')`)) {
    return `quarantine has no ${sub}`;
  }
  const options = rest.split(/[|#>]/)[0]?.match(/(?<= )--[a-z-]+/g) ?? [];
  const unknown = options.find((o) => o !== '--help' && !new RegExp(`'${o}[ ']`).test(source));
  return unknown === undefined ? null : `${verb} has no option ${unknown}`;
}

const each = (pattern: RegExp, wrong: (file: string, found: RegExpExecArray) => string | null, of = text): string[] =>
  FILES.flatMap((file) =>
    [...of(file).matchAll(pattern)].flatMap((found) => {
      const why = wrong(file, found as RegExpExecArray);
      return why === null ? [] : [`${relative(root, file)}: ${why}`];
    }),
  );

describe('documents', () => {
  it('are there', () => {
    const names = FILES.map((f) => relative(root, f));
    expect(names).toEqual(
      expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/guide.md']),
    );
  });

  it('link only to what exists', () => {
    const broken = each(
      LINK,
      (file, [, link, image]) => {
        const to = target(file, link ?? image ?? '');
        return to === null || existsSync(to) ? null : `nothing at ${link ?? image}`;
      },
      prose,
    );
    expect(broken).toEqual([]);
  });

  it('name verbs and options that can be typed', () => {
    expect(each(/npx ringbreak ([a-z]+)([^`\n]*)/g, (_, [, verb, rest]) => wrongCall(verb ?? '', rest ?? ''))).toEqual(
      [],
    );
    expect(wrongCall('dial', '')).toMatch(/no verb/);
    expect(wrongCall('quarantine', ' burn')).toMatch(/has no burn/);
    expect(wrongCall('import', ' x --forget')).toMatch(/no option --forget/);
  });

  it('name scripts that package.json has', () => {
    const { scripts } = JSON.parse(text(join(root, 'package.json'))) as { scripts: Record<string, string> };
    expect(each(/npm run ([\w:-]+)/g, (_, [, name]) => (name! in scripts ? null : `no script ${name}`))).toEqual([]);
  });

  it('list every decision in the index', () => {
    const folder = join(root, 'docs/decisions');
    const index = text(join(folder, 'README.md'));
    const records = readdirSync(folder).filter((f) => f.endsWith('.md') && f !== 'README.md');
    expect(records.filter((f) => !index.includes(`(${f})`))).toEqual([]);
    const numbers = records.flatMap((f) => /^\d{4}/.exec(f) ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
