import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { plainHeader } from '../sources/reader.ts';
import { resolve, type Mapping, type TableFacts } from './mapping.ts';
import { ruleOf, type Profile } from './profile.ts';

/** What a table may be, and what speaks for it. */
export interface Candidate {
  /** Name of a profile, or of a kind when the columns have its canonical names. */
  id: string;
  kind: FactKindName;
  profile: Profile | null;
  /** 0..1: 0.5 and more where every required column was found. */
  score: number;
  why: Bilingual;
  missing: readonly string[];
  mapping: Mapping;
}

/**
 * Every way a table can be read, best first: the kinds by their own column names and all profiles. The score counts required columns found, columns of the
 * file that are understood, and marks a profile asks for; it orders, it is no probability.
 */
export function candidatesFor(table: TableFacts, profiles: readonly Profile[]): Candidate[] {
  const own = FACT_KIND_NAMES.map((kind) => candidate(table, kind, null));
  const read = profiles.map((p) => candidate(table, p.kind, p));
  return [...own, ...read].filter((c) => c.score > 0).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

function candidate(table: TableFacts, kind: FactKindName, profile: Profile | null): Candidate {
  const { mapping, missing } = resolve(table, kind, profile);
  const required = FACT_KINDS[kind].columns.filter((c) => c.required === true).length;
  const named = table.header.filter((h) => h.trim() !== '').length;
  const used = new Set([...mapping.sources.values()].flatMap((s) => s.columns)).size;
  const understood = named === 0 ? 0 : used / named;
  const found = (required - missing.length) / Math.max(1, required);
  const have = new Set(table.header.map(plainHeader));
  const marks = profile?.match ?? [];
  const marked = marks.length > 0 && marks.every((m) => have.has(plainHeader(m)));
  const whole = missing.length === 0 && used > 0;
  // A profile that names marks is for files that have them.
  const stranger = marks.length > 0 && !marked;
  const score = whole
    ? Math.min(1, 0.5 + 0.25 * understood + 0.1 * Math.min(1, used / 8) + (marked ? 0.15 : 0)) - (stranger ? 0.3 : 0)
    : 0.4 * found * Math.min(1, understood * 2);
  const columns = { zh: `读懂 ${used}/${named} 列`, en: `${used} of ${named} columns understood` };
  const lacking = missing.join('、');
  return {
    id: profile?.name ?? kind,
    kind,
    profile,
    score: Math.round(score * 100) / 100,
    missing,
    mapping,
    why: whole
      ? {
          zh: `必填列齐全，${columns.zh}${marked ? '，特征列齐全' : ''}`,
          en: `all required columns are there, ${columns.en}${marked ? ', with all its marks' : ''}`,
        }
      : { zh: `缺 ${lacking}，${columns.zh}`, en: `lacks ${missing.join(', ')}, ${columns.en}` },
  };
}

/** Every column name that a profile or a kind knows: how a header is told from the lines above it. */
export function knownWords(profiles: readonly Profile[]): Set<string> {
  const words = new Set<string>();
  const add = (names: string | readonly string[] | undefined): void => {
    for (const n of names === undefined ? [] : typeof names === 'string' ? [names] : names) words.add(plainHeader(n));
  };
  for (const kind of FACT_KIND_NAMES) add(FACT_KINDS[kind].columns.map((c) => c.name));
  for (const p of profiles) {
    add(p.match);
    for (const written of Object.values(p.columns)) {
      const rule = ruleOf(written);
      add(rule.from);
      add(rule.when);
      add(rule.sign);
      for (const c of rule.cases ?? []) add(c.from);
    }
  }
  return words;
}

/** The profile of a file without a header row whose first rows look as it says; `rows` are cut by the profile's own delimiter. */
export function headerless(profile: Profile, rows: readonly (readonly string[])[]): string[] | null {
  const { names, cells } = profile;
  if (profile.header !== false || names === undefined || cells === undefined || rows.length === 0) return null;
  const width = rows[0]!.length;
  if (width > names.length) return null;
  const tests = Object.entries(cells).map(([name, pattern]) => [names.indexOf(name), new RegExp(pattern)] as const);
  const good = rows.filter((row) => tests.every(([at, pattern]) => pattern.test(row[at] ?? '')));
  return good.length * 5 >= rows.length * 4 ? names.slice(0, width) : null;
}
