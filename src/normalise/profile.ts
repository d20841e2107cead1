import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import { ImportRefusal } from './refusal.ts';

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const numberMode = z.enum(['phone', 'opaque']);

const columnRule = z.union([
  names,
  z.strictObject({ from: names, number: numberMode.optional(), prefix: z.string().optional() }),
  z.strictObject({ constant: z.string() }),
]);

const schema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/, 'small letters, digits and hyphens'),
    kind: z.enum(FACT_KIND_NAMES),
    /** A file whose header has all of these is recognised as this profile's. */
    match: z.array(z.string().min(1)).min(1).optional(),
    /** Canonical column -> source column, synonyms of it, or a constant. */
    columns: z.record(z.string(), columnRule),
    delimiter: z.string().length(1).optional(),
    encoding: z.enum(['utf-8', 'gb18030', 'utf-16le', 'big5']).optional(),
    /** false: the file has no header row; `names` names its columns in order. */
    header: z.boolean().optional(),
    names: z.array(z.string().min(1)).optional(),
    time: z
      .strictObject({
        zone: z.string().refine(isZone, 'not an IANA time zone').optional(),
        format: z.enum(['auto', 'epoch_ms', 'epoch_s']).optional(),
      })
      .optional(),
    /** How cells of number columns are read when the column says nothing else. */
    number: numberMode.optional(),
  })
  .superRefine((profile, context) => {
    const known = new Set(FACT_KINDS[profile.kind].columns.map((c) => c.name));
    for (const column of Object.keys(profile.columns)) {
      if (!known.has(column)) {
        context.addIssue({
          code: 'custom',
          path: ['columns', column],
          message: `${profile.kind} has no column ${column}`,
        });
      }
    }
    if (profile.header === false && profile.names === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['names'],
        message: 'a file without a header row needs the names of its columns',
      });
    }
  });

/** How files of one source are read: an import mapping as data (profiles/*.yaml). */
export type Profile = z.infer<typeof schema>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Folder of the profiles that come with the program. */
export const PROFILE_FOLDER = resolve(import.meta.dirname, '../../profiles');

/** Reads and checks one profile; `where` is named in the message when something is wrong with it. */
export function readProfile(text: string, where: string): Profile {
  let data: unknown;
  try {
    data = parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ImportRefusal(
      'profile',
      { zh: `配置 ${where} 不是有效的 YAML:${why}`, en: `The profile ${where} is not valid YAML: ${why}` },
      { cause },
    );
  }
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;
  const issues = checked.error.issues.map((i) => `${i.path.join('.') || '(top)'}: ${i.message}`).join('; ');
  throw new ImportRefusal('profile', {
    zh: `配置 ${where} 有误：${issues}`,
    en: `The profile ${where} is not usable: ${issues}`,
  });
}

/** All profiles of a folder, by name. */
export function loadProfiles(folder: string = PROFILE_FOLDER): Profile[] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => readProfile(readFileSync(join(folder, file), 'utf8'), file));
}

/** The profile called `name`, or read from a YAML file of that path. */
export function findProfile(name: string, profiles: readonly Profile[]): Profile {
  const found = profiles.find((p) => p.name === name);
  if (found !== undefined) return found;
  if (/\.ya?ml$/.test(name)) {
    try {
      return readProfile(readFileSync(name, 'utf8'), basename(name));
    } catch (cause) {
      if (cause instanceof ImportRefusal) throw cause;
      throw new ImportRefusal(
        'profile',
        { zh: `读不到配置文件 ${name}。`, en: `The profile file ${name} can't be read.` },
        { cause },
      );
    }
  }
  const list = profiles.map((p) => p.name).join(', ');
  throw new ImportRefusal('profile', {
    zh: `没有名为 ${name} 的配置。现有：${list}。`,
    en: `There is no profile called ${name}. There are: ${list}; a path to a .yaml file works too.`,
  });
}

/** Where a canonical column comes from in one file. */
export type ColumnSource = ({ column: number; constant?: undefined } | { constant: string; column?: undefined }) & {
  number: 'phone' | 'opaque';
  prefix: string;
};

/** A file's columns, mapped: canonical name -> source; every other column of the file goes to `extra`. */
export interface Mapping {
  kind: FactKindName;
  profile: string;
  sources: ReadonlyMap<string, ColumnSource>;
  /** Indexes of columns that have no canonical meaning, with their names. */
  extra: readonly { column: number; name: string }[];
  /** NDJSON: the staged column that holds all other keys of the object, as JSON. */
  extraJson: number | null;
  zone: string | null;
  timeFormat: 'auto' | 'epoch_ms' | 'epoch_s';
}

const plain = (name: string): string => name.trim().toLowerCase();

/** Columns that `quarantine export` adds; not part of the record, except the id, which stays as the link to the original row. */
export const QUARANTINE_COLUMNS = [
  'quarantine_id',
  'quarantine_reason',
  'quarantine_column',
  'quarantine_value',
  'quarantine_raw',
] as const;

/**
 * Maps a header to a kind's canonical columns.
 * @throws ImportRefusal naming the missing column, what was found, and profiles that would fit.
 */
export function mapColumns(
  header: readonly string[],
  kind: FactKindName,
  profile: Profile | null,
  profiles: readonly Profile[],
): Mapping {
  const at = new Map<string, number>();
  header.forEach((name, i) => {
    if (!at.has(plain(name))) at.set(plain(name), i);
  });
  const sources = new Map<string, ColumnSource>();
  const used = new Set<number>();
  const mode = profile?.number ?? 'phone';
  for (const { name } of FACT_KINDS[kind].columns) {
    const rule = profile?.columns[name];
    if (rule !== undefined && typeof rule === 'object' && 'constant' in rule) {
      sources.set(name, { constant: rule.constant, number: mode, prefix: '' });
      continue;
    }
    const detailed = rule !== undefined && typeof rule === 'object' && 'from' in rule ? rule : null;
    const wanted = detailed?.from ?? (rule as string | string[] | undefined) ?? name;
    const column = (Array.isArray(wanted) ? wanted : [wanted])
      .map((w) => at.get(plain(w)))
      .find((i) => i !== undefined);
    if (column === undefined) continue;
    used.add(column);
    sources.set(name, { column, number: detailed?.number ?? mode, prefix: detailed?.prefix ?? '' });
  }
  const missing = FACT_KINDS[kind].columns
    .filter((c) => c.required === true && !sources.has(c.name))
    .map((c) => c.name);
  if (missing.length > 0) throw missingColumns(missing, header, kind, profile, profiles);
  const skip = new Set<string>(QUARANTINE_COLUMNS.slice(1));
  return {
    kind,
    profile: profile?.name ?? '',
    sources,
    extra: header.flatMap((name, column) => (used.has(column) || skip.has(plain(name)) ? [] : [{ column, name }])),
    extraJson: null,
    zone: profile?.time?.zone ?? null,
    timeFormat: profile?.time?.format ?? 'auto',
  };
}

function missingColumns(
  missing: readonly string[],
  header: readonly string[],
  kind: FactKindName,
  profile: Profile | null,
  profiles: readonly Profile[],
): ImportRefusal {
  const found = header.join(', ');
  const lacking = missing.join(', ');
  const fits = fittingProfiles(header, profiles).filter((p) => p.name !== profile?.name);
  const hint =
    fits.length > 0
      ? { zh: `可试 --profile ${fits[0]?.name}。`, en: `--profile ${fits[0]?.name} would fit.` }
      : {
          zh: `把列改名，或写一个配置 profiles/*.yaml(现有：${profiles.map((p) => p.name).join('、')})。`,
          en: `Rename the columns, or write a profile (profiles/*.yaml; there are: ${profiles.map((p) => p.name).join(', ')}).`,
        };
  return new ImportRefusal('missing_column', {
    zh: `缺少 ${kind} 的必填列 ${lacking}；文件中的列是：${found}。${hint.zh}`,
    en: `The required column ${lacking} of ${kind} is missing; the file has: ${found}. ${hint.en}`,
  });
}

/** Profiles whose `match` columns are all in the header. */
export const fittingProfiles = (header: readonly string[], profiles: readonly Profile[]): Profile[] => {
  const have = new Set(header.map(plain));
  return profiles.filter((p) => p.match !== undefined && p.match.every((m) => have.has(plain(m))));
};

/** The kind a file's name stands for (`calls.csv.gz` -> calls, `calls-2023-01.parquet` -> calls), or null. */
export function kindOfName(path: string): FactKindName | null {
  const stem = plain(basename(path)).split(/[.\-_ ]/)[0] ?? '';
  return FACT_KIND_NAMES.find((k) => k === stem) ?? null;
}

/** The kind whose required columns are all in the header; when several fit, the one that knows most of the columns. */
export function kindOfHeader(header: readonly string[]): FactKindName | null {
  const have = new Set(header.map(plain));
  let best: FactKindName | null = null;
  let bestKnown = 0;
  for (const kind of FACT_KIND_NAMES) {
    const columns = FACT_KINDS[kind].columns;
    if (!columns.every((c) => c.required !== true || have.has(c.name))) continue;
    const known = columns.filter((c) => have.has(c.name)).length;
    if (known > bestKnown) [best, bestKnown] = [kind, known];
  }
  return best;
}
