import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { FACT_KIND_NAMES, FACT_KINDS } from '../model/fact-kinds.ts';
import { ImportRefusal } from './refusal.ts';

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const numberMode = z.enum(['phone', 'opaque']);

/** Where a value comes from: the first of these columns that the file has, a labelled line above its header, or always the same. */
const origin = {
  from: names.optional(),
  preamble: names.optional(),
  constant: z.string().optional(),
};

const rule = z
  .strictObject({
    ...origin,
    /** Joins all the columns of `from` that the file has, with this between them (a date and a time). */
    join: z.string().optional(),
    /** Which case holds is said by this column ... */
    when: names.optional(),
    /** ... or by the sign of this one: '-' or '+'. */
    sign: names.optional(),
    cases: z.array(z.strictObject({ is: z.array(z.string()).min(1), ...origin })).optional(),
    /** Cell -> value; other cells stay as they are. */
    values: z.record(z.string(), z.string()).optional(),
    number: numberMode.optional(),
    prefix: z.string().optional(),
    /** What a plain number of a duration counts; a unit in the column's own name (时长(分钟)) says so as well. */
    unit: z.enum(['s', 'ms', 'min']).optional(),
    /** The sign of an amount says which way it went, and `cases` has read it. */
    unsigned: z.boolean().optional(),
  })
  .refine(
    (r) => r.from !== undefined || r.preamble !== undefined || r.constant !== undefined || r.cases !== undefined,
    'says nothing: from, preamble, constant or cases',
  )
  .refine((r) => (r.cases === undefined) === (r.when === undefined && r.sign === undefined), 'cases need when or sign');

const columnRule = z.union([names, rule]);

const schema = z
  .strictObject({
    name: z.string().regex(/^[\p{L}\p{N}-]+$/u, 'letters, digits and hyphens'),
    /** Shown to people who choose. */
    title: z.strictObject({ zh: z.string(), en: z.string() }).optional(),
    kind: z.enum(FACT_KIND_NAMES),
    /** A file whose header has all of these is recognised as this profile's. */
    match: z.array(z.string().min(1)).min(1).optional(),
    /** A file without a header row is recognised when the cells of its first rows look like this: column of `names` -> pattern. */
    cells: z.record(z.string(), z.string().refine(isPattern, 'not a regular expression')).optional(),
    /** Canonical column -> source column, synonyms of it, or where else it comes from. */
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

/** Where one column of a profile comes from, in full. */
export type ColumnRule = z.infer<typeof rule>;

/** A rule as written: a name or names for short. */
export const ruleOf = (written: Profile['columns'][string]): ColumnRule =>
  typeof written === 'string' || Array.isArray(written) ? { from: written } : written;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).test('') || true;
  } catch {
    return false;
  }
}

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

/** All profiles of a folder, by name; none when there is no such folder. */
export function loadProfiles(folder: string = PROFILE_FOLDER): Profile[] {
  if (!existsSync(folder)) return [];
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
