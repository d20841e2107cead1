import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { DelimitedReader, readHeader, sniffDelimiter } from '../sources/delimited.ts';
import { inspectFile, UnreadableFile, type Inspected, type TextEncoding } from '../sources/inspect.ts';
import type { Reader, SourceFile, SourceTable } from '../sources/reader.ts';
import { readersOf } from '../sources/readers.ts';
import { textTable } from '../sources/text-table.ts';
import type { FactsStore } from '../store/facts.ts';
import { candidatesFor, headerless, knownWords, type Candidate } from './candidates.ts';
import { encodingOf, sourceFile } from './encoding.ts';
import { kindOfHeader, kindOfName, mapColumns, tableFacts, type Mapping, type TableFacts } from './mapping.ts';
import type { Part } from './parts.ts';
import { ruleOf, type Profile } from './profile.ts';
import { ImportRefusal, refusalOf } from './refusal.ts';
import { parquetColumns, type Layout } from './stage.ts';

/** What a file, or a table of it, may be: shown to a person, best first. */
export interface Runner {
  id: string;
  kind: FactKindName;
  score: number;
  why: Bilingual;
  missing: readonly string[];
}

export interface Recognised {
  layout: Layout;
  mapping: Mapping;
  /** How it was recognised; what its reading told comes from `notesOf`. */
  notes: Bilingual[];
  /** What it was taken for, and what else it might have been. */
  candidates: Runner[];
}

export interface RecognitionOptions {
  as?: FactKindName;
  profile?: Profile;
  profiles: readonly Profile[];
  maxLine: number;
  /** The number whose list of calls the file is. */
  ownNumber?: string;
  /** Bytes of the file looked at so far, of how many. */
  onBytes?: (done: number, total: number) => void;
}

/** Texts up to this size are read by our own reader when a profile fits: it knows totals, remarks and rows of unequal width. */
const OWN_READER_BYTES = 32 * 1024 * 1024;

/**
 * Finds out what a file is: its bytes, encoding, tables, kinds and mappings, with what speaks for it. Asked-for kinds and profiles (`as`, `profile`) win; then
 * readers of our own that know the file's format; then the canonical names; then the profile that understands the header best.
 * @returns one entry for each table that could be read
 * @throws ImportRefusal saying what is wrong with it and what to do
 */
export async function recognise(facts: FactsStore, part: Part, options: RecognitionOptions): Promise<Recognised[]> {
  const file = await inspected(part, options);
  const notes: Bilingual[] = [];
  const base = { file, id: file.sha256, name: part.name, container: part.container, table: null } as const;
  if (file.format === 'parquet') {
    const header = (await parquetColumns(facts, part.path)).map((c) => c.name);
    const layout: Layout = { ...base, delimiter: ',', encoding: 'utf-8', header, hasHeaderRow: false };
    return [whole(layout, mappingOf(part.name, tableFacts(header), options, notes), notes)];
  }
  const encoding = file.format === 'binary' ? null : await encodingOf(file, part.name, options.profile, notes);
  const source = sourceFile(file, part.name, encoding);
  const [sure] = options.profile?.header === false ? [] : readersOf(source);
  if (
    sure !== undefined &&
    (file.format === 'binary' || options.profile === undefined || sure.reader.anyColumns === true)
  ) {
    return readByReader(sure.reader, sure.recognition.why, source, base, options, notes);
  }
  if (encoding === null) throw refusalOf(part.name, new UnreadableFile('binary', file.looksLike, file.sha256));
  const head = source.text ?? '';
  if (file.format === 'ndjson') return [recogniseJson(part.name, base, head, options, notes)];
  return [recogniseText(part.name, source, encoding, base, options, notes)];
}

type Base = Pick<Layout, 'file' | 'id' | 'name' | 'container' | 'table'>;

const whole = (layout: Layout, mapping: Mapping, notes: Bilingual[], candidates: Candidate[] = []): Recognised => ({
  layout,
  mapping,
  notes,
  candidates: candidates.slice(0, 4).map(({ id, kind, score, why, missing }) => ({ id, kind, score, why, missing })),
});

/** A table inside a file has an id of its own, made from the file's bytes and the table's name: facts of two sheets never mix. */
const tableId = (sha256: string, member: string): string =>
  member === '' ? sha256 : createHash('sha256').update(`${sha256}\0${member}`).digest('hex');

async function readByReader(
  reader: Reader,
  why: Bilingual,
  source: SourceFile,
  base: Base,
  options: RecognitionOptions,
  notes: Bilingual[],
): Promise<Recognised[]> {
  let tables: SourceTable[];
  try {
    tables = await reader.tables(source, { maxLine: options.maxLine, words: knownWords(options.profiles) });
  } catch (cause) {
    throw refusalOf(base.name, cause);
  }
  notes.push({
    zh: `${base.name}：识别为${reader.title.zh}（${why.zh}）。`,
    en: `${base.name}: taken for ${reader.title.en} (${why.en}).`,
  });
  const found: Recognised[] = [];
  const unread: { member: string; candidates: Candidate[] }[] = [];
  for (const table of tables) {
    const facts = factsOf(table, options);
    const own = [...notes.splice(0)];
    const layoutOf = (): Layout => tableLayout(base, table);
    if (table.kind !== null) {
      if (options.as !== undefined && options.as !== table.kind) continue;
      const mapping = { ...mapColumns(facts, table.kind, null, options.profiles), profile: reader.id, spelled: true };
      found.push(whole(layoutOf(), mapping, own));
      continue;
    }
    const { chosen, candidates } = choose(facts, options);
    if (chosen === null) unread.push({ member: table.member, candidates });
    else found.push(whole(layoutOf(), chosen.mapping, own, candidates));
    if (chosen !== null) own.push(chosenNote(`${base.name}${suffix(table)}`, chosen, candidates));
  }
  if (found.length === 0) {
    const [first] = unread;
    const [table] = tables;
    throw unknownKind(base.name, table?.header ?? [], first?.candidates ?? []);
  }
  const rest = unread.filter((u) => u.member !== '').map((u) => u.member);
  if (rest.length > 0) {
    found[0]!.notes.push({
      zh: `${base.name}：没有认出的部分未读取：${rest.join('、')}。`,
      en: `${base.name}: parts that were not recognised were not read: ${rest.join(', ')}.`,
    });
  }
  return found;
}

const suffix = (table: SourceTable): string => (table.member === '' ? '' : `#${table.member}`);

/** What a person should know about how a table was read; complete once its rows have been read. */
export function notesOf({ layout, notes }: Recognised): Bilingual[] {
  const told = (layout.table?.notes ?? []).map((n) => ({
    zh: `${layout.name}：${n.zh}`,
    en: `${layout.name}: ${n.en}`,
  }));
  return [...notes, ...told];
}

const tableLayout = (base: Base, table: SourceTable): Layout => ({
  ...base,
  id: tableId(base.id, table.member),
  name: `${base.name}${suffix(table)}`,
  table,
  delimiter: ',',
  encoding: 'utf-8',
  header: table.header,
  hasHeaderRow: false,
});

const factsOf = (table: Pick<SourceTable, 'header' | 'preamble'>, options: RecognitionOptions): TableFacts => ({
  header: table.header,
  preamble: table.preamble ?? new Map(),
  ownNumber: options.ownNumber ?? null,
});

/** The way a table is read: what was asked for, else the best candidate that has all it needs. */
function choose(table: TableFacts, options: RecognitionOptions): { chosen: Candidate | null; candidates: Candidate[] } {
  const candidates = candidatesFor(table, options.profiles);
  if (options.profile !== undefined) {
    const asked = options.profile;
    const own =
      candidates.find((c) => c.id === asked.name) ?? candidatesFor(table, [asked]).find((c) => c.profile === asked);
    return { chosen: own === undefined || own.missing.length > 0 ? null : own, candidates };
  }
  const fits = candidates.filter((c) => c.missing.length === 0 && (options.as === undefined || c.kind === options.as));
  const [best] = fits;
  return { chosen: best !== undefined && best.score >= 0.5 ? best : null, candidates };
}

function chosenNote(name: string, chosen: Candidate, candidates: readonly Candidate[]): Bilingual {
  const others = candidates.filter((c) => c !== chosen && c.score > 0.3).slice(0, 2);
  const list = (lang: 'zh' | 'en'): string =>
    others.map((c) => `${c.id} ${c.score.toFixed(2)} (${c.why[lang]})`).join(lang === 'zh' ? '；' : '; ');
  return {
    zh: `${name}：按 ${chosen.id} 读取，${chosen.score.toFixed(2)}（${chosen.why.zh}）${others.length === 0 ? '' : `；其次 ${list('zh')}`}。`,
    en: `${name}: read as ${chosen.id}, ${chosen.score.toFixed(2)} (${chosen.why.en})${others.length === 0 ? '' : `; runners-up ${list('en')}`}.`,
  };
}

const NOTHING: ReturnType<typeof choose> = { chosen: null, candidates: [] };

function recogniseText(
  name: string,
  source: SourceFile,
  encoding: TextEncoding,
  base: Base,
  options: RecognitionOptions,
  notes: Bilingual[],
): Recognised {
  const head = source.text ?? '';
  const { file } = base;
  const sniffed = sniffDelimiter(head);
  const bare = withoutHeader(head, sniffed, options);
  if (bare !== null) {
    const { profile, header } = bare;
    const layout: Layout = {
      ...base,
      delimiter: profile.delimiter ?? sniffed,
      encoding,
      header,
      hasHeaderRow: false,
    };
    const asked = options.profile === profile ? [] : [profileNote(name, profile)];
    return whole(layout, mappingOf(name, tableFacts(header), { ...options, profile }, notes), [...notes, ...asked]);
  }
  const delimiter = options.profile?.delimiter ?? sniffed;
  const header = readHeader(head, delimiter);
  const canonical = options.profile === undefined && header !== null && kindOfHeader(header) !== null;
  // A header in our own words needs no guessing.
  const table = canonical ? null : peopleTableOf(source, options);
  const { chosen, candidates } = table === null ? NOTHING : choose(factsOf(table, options), options);
  if (table !== null && chosen !== null) {
    if (options.profile === undefined) notes.push(chosenNote(name, chosen, candidates));
    const plainStart = table.headerAt === 0 && table.delimiter === delimiter;
    if (!plainStart || file.textBytes <= OWN_READER_BYTES) {
      notes.push(...unknownNote(name, chosen.mapping));
      return whole(tableLayout(base, table), chosen.mapping, notes, candidates);
    }
    if (chosen.profile !== null) options = { ...options, profile: chosen.profile };
  }
  if (header === null) {
    throw new ImportRefusal('delimiter', {
      zh: `${name} 的表头读不懂：首行引号不成对或过长。请检查文件是否为带表头的 CSV。`,
      en: `${name}: the header can't be read (broken quotes, or a first line that is far too long). Check that it is CSV with a header row.`,
    });
  }
  if (delimiter !== ',' && options.profile?.delimiter === undefined) {
    const shown = delimiter === '\t' ? 'TAB' : delimiter;
    notes.push({
      zh: `${name}：分隔符不是逗号，按“${shown}”读取。`,
      en: `${name}: the delimiter is not a comma; read with "${shown}".`,
    });
  }
  if (file.hasLongLine) {
    notes.push({
      zh: `${name}：有超过 ${options.maxLine} 字节的行，将被隔离。`,
      en: `${name}: some lines are longer than ${options.maxLine} bytes; they are quarantined.`,
    });
  }
  const layout: Layout = { ...base, delimiter, encoding, header, hasHeaderRow: true };
  return whole(layout, mappingOf(name, factsOf({ header }, options), options, notes, candidates), notes, candidates);
}

function peopleTableOf(source: SourceFile, options: RecognitionOptions): ReturnType<typeof textTable> {
  return textTable(source, {
    maxLine: options.maxLine,
    words: knownWords(options.profile === undefined ? options.profiles : [options.profile]),
    ...(options.profile?.delimiter === undefined ? {} : { delimiter: options.profile.delimiter }),
  });
}

/** A profile for files without a header row: the one asked for, or the one whose patterns the first rows have. */
function withoutHeader(
  head: string,
  sniffed: string,
  options: RecognitionOptions,
): { profile: Profile; header: string[] } | null {
  const lines = head.split('\n').slice(0, 21).slice(0, -1).join('\n') || head;
  const cut = (delimiter: string): string[][] => {
    const reader = new DelimitedReader({ delimiter, width: null, maxLine: lines.length + 1 });
    return [...reader.feed(`${lines}\n`), ...reader.end()].flatMap((r) => (r.cells === undefined ? [] : [r.cells]));
  };
  const asked = options.profile;
  if (asked?.header === false) {
    const width = cut(asked.delimiter ?? sniffed)[0]?.length ?? 0;
    const names = asked.names ?? [];
    return { profile: asked, header: asked.cells === undefined ? names : names.slice(0, width) };
  }
  if (asked !== undefined || options.as !== undefined) return null;
  for (const profile of options.profiles) {
    if (profile.header !== false) continue;
    const header = headerless(profile, cut(profile.delimiter ?? sniffed));
    if (header !== null) return { profile, header };
  }
  return null;
}

const profileNote = (name: string, profile: Profile): Bilingual => ({
  zh: `${name}：没有表头，前几行符合配置 ${profile.name}，按它读取。`,
  en: `${name}: no header row; its first rows look like the profile ${profile.name}, by which it was read.`,
});

function mappingOf(
  name: string,
  table: TableFacts,
  options: RecognitionOptions,
  notes: Bilingual[],
  candidates: readonly Candidate[] = [],
): Mapping {
  const { profile } = options;
  const kind = options.as ?? profile?.kind ?? kindOfName(name) ?? kindOfHeader(table.header);
  if (kind === null) throw unknownKind(name, table.header, candidates);
  if (profile !== undefined && profile.kind !== kind) {
    throw new ImportRefusal('profile', {
      zh: `配置 ${profile.name} 用于 ${profile.kind}，不能用于 ${kind}。`,
      en: `The profile ${profile.name} is for ${profile.kind}, not for ${kind}.`,
    });
  }
  const mapping = mapColumns(table, kind, profile ?? null, options.profiles);
  notes.push(...unknownNote(name, mapping));
  return mapping;
}

function unknownNote(name: string, mapping: Mapping): Bilingual[] {
  const unknown = mapping.extra.map((e) => e.name);
  if (unknown.length === 0) return [];
  return [
    {
      zh: `${name}：未知列 ${unknown.join('、')} 保存在 extra 中。`,
      en: `${name}: unknown columns are kept in extra: ${unknown.join(', ')}.`,
    },
  ];
}

function unknownKind(name: string, header: readonly string[], candidates: readonly Candidate[]): ImportRefusal {
  const found = header.join(', ');
  const near = candidates.slice(0, 2);
  const list = (lang: 'zh' | 'en'): string => near.map((c) => `${c.id}（${c.why[lang]}）`).join('、');
  return new ImportRefusal('unknown_kind', {
    zh: `认不出 ${name} 是什么数据；列是：${found}。${near.length === 0 ? '' : `最接近：${list('zh')}。`}用 --as 指明（${FACT_KIND_NAMES.join('、')}），用 --profile，或在页面上为它的列指定含义。`,
    en: `${name}: it is not clear what this is; its columns are: ${found}. ${near.length === 0 ? '' : `Nearest: ${near.map((c) => `${c.id} (${c.why.en})`).join(', ')}. `}Say so with --as (${FACT_KIND_NAMES.join(', ')}), use --profile, or map its columns on the import page.`,
  });
}

async function inspected({ path, name }: Part, options: RecognitionOptions): Promise<Inspected> {
  try {
    const { onBytes } = options;
    const total = (await stat(path)).size;
    return await inspectFile(path, options.maxLine, onBytes && ((done) => onBytes(done, total)));
  } catch (cause) {
    throw refusalOf(name, cause);
  }
}

function recogniseJson(
  path: string,
  base: Base,
  head: string,
  options: RecognitionOptions,
  notes: Bilingual[],
): Recognised {
  if (base.file.encoding !== 'utf-8') {
    throw new ImportRefusal('encoding', {
      zh: `${path} 是 JSON，但不是 UTF-8。请先转换为 UTF-8。`,
      en: `${path} is JSON, but not UTF-8. Convert it to UTF-8 first.`,
    });
  }
  const keys = new Set<string>();
  for (const line of head.split('\n').slice(0, 200)) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        for (const key of Object.keys(value)) keys.add(key);
      }
    } catch {
      // broken rows are found and quarantined when the file is read; the last line of the head is usually cut
    }
  }
  const found = [...keys];
  let { profile } = options;
  if (profile === undefined && options.as === undefined && kindOfHeader(found) === null) {
    profile = choose(tableFacts(found), options).chosen?.profile ?? undefined;
  }
  const kind = options.as ?? profile?.kind ?? kindOfName(path) ?? kindOfHeader(found);
  // Optional columns may turn up after the part that was looked at.
  const optional = kind === null ? [] : FACT_KINDS[kind].columns.filter((c) => c.required !== true).map((c) => c.name);
  const wanted = new Set([
    ...(kind === null ? [] : FACT_KINDS[kind].columns.map((c) => c.name)),
    ...Object.values(profile?.columns ?? {}).flatMap((written) => [ruleOf(written).from ?? []].flat()),
  ]);
  const header = [...new Set([...found.filter((k) => wanted.has(k)), ...optional])];
  const withProfile = profile === undefined ? options : { ...options, profile };
  const mapping = mappingOf(path, factsOf({ header: kind === null ? found : header }, options), withProfile, notes);
  const layout: Layout = {
    ...base,
    delimiter: ',',
    encoding: 'utf-8',
    header: [...header, 'extra'],
    hasHeaderRow: false,
  };
  return whole(layout, { ...mapping, extra: [], extraJson: header.length }, notes);
}
