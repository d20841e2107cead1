import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FACT_KIND_NAMES, type FactKindName } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import type { ImportResult } from '../model/import-balance.ts';
import { silent, type ProgressSink } from '../model/progress.ts';
import type { Bilingual } from '../model/reason.ts';
import type { ArchiveLimits } from '../sources/archive.ts';
import type { FactsStore } from '../store/facts.ts';
import { notesOf, recognise, type RecognitionOptions, type Runner } from './layout.ts';
import { record, recoverImports } from './ledger.ts';
import { loadFile, previewRecognised, STEPS, type LoadContext, type Preview } from './load-file.ts';
import { lookAt, type Looked } from './look.ts';
import { kindOfName } from './mapping.ts';
import { partsOf, type Part } from './parts.ts';
import { findProfile, loadProfiles, type Profile } from './profile.ts';
import { ImportRefusal, refusalOf, type RefusalCode } from './refusal.ts';
import { MAX_LINE } from './stage.ts';

export { listImports, recoverImports } from './ledger.ts';

export interface ImportOptions {
  home: Home;
  /** Epoch milliseconds. */
  clock: () => number;
  /** What the files are, when neither name nor header tells. */
  as?: FactKindName;
  /** Name of a profile, or path of a profile file. */
  profile?: string;
  /** Folder of the profiles; default: those of the program. */
  profileFolder?: string;
  /** Bytes of a line beyond which it is quarantined. */
  maxLine?: number;
  /** Bytes of text from which rows go straight to the facts; below that they are staged first. */
  straightFrom?: number;
  /** Where files that must be rewritten first are rewritten. */
  tempDir?: string;
  /** Names shown instead of paths (an upload's own name). */
  names?: ReadonlyMap<string, string>;
  /** Folder of the profiles people made, beside the program's. */
  ownProfiles?: string;
  /** The number whose list of calls the files are, when they don't say so. */
  ownNumber?: string;
  /** Who brings the files in, and under which authority. */
  by?: string;
  authority?: string;
  /** Directory in which originals are kept under their content's address; absent: they are not. */
  originals?: string;
  /** Stops between statements; what was begun is taken back. */
  signal?: AbortSignal;
  archive?: ArchiveLimits;
}

export interface RefusedFile {
  path: string;
  code: RefusalCode;
  message: Bilingual;
}

/** The balance of all files, and what was not taken in. */
export interface ImportReport extends ImportResult {
  /** Files that could not be imported at all; nothing of them was stored. */
  failed: RefusedFile[];
  /** Files of a folder that are no records; they were not read. */
  skipped: string[];
  notes: Bilingual[];
}

/** One import at a time per store: the tables of one must not be taken for the leftovers of another. */
const queues = new WeakMap<FactsStore, Promise<unknown>>();

async function inTurn<R>(facts: FactsStore, work: () => Promise<R>): Promise<R> {
  const turn = (queues.get(facts) ?? Promise.resolve()).then(work, work);
  queues.set(
    facts,
    turn.catch(() => undefined),
  );
  return turn;
}

/**
 * Imports files and folders. Every file is taken in whole or not at all; rows that can't be read are quarantined, rows that are known
 * are duplicates, and each file's balance is proven by counting. Leftovers of an import that was killed are taken back first.
 *
 * A file that is refused (binary, cut short, a missing column ...) does not stop the others; it is listed in `failed`.
 * @throws ImportRefusal when a path can't be read or an option is wrong; FactsError when the engine breaks
 */
export function importPaths(
  facts: FactsStore,
  paths: readonly string[],
  options: ImportOptions,
  progress: ProgressSink = silent,
): Promise<ImportReport> {
  return inTurn(facts, async () => {
    const profiles = allProfiles(options);
    const profile = options.profile === undefined ? undefined : findProfile(options.profile, profiles);
    await recoverImports(facts, options.clock());
    const { files, skipped } = await filesOf(paths);
    const report: ImportReport = {
      rows: 0,
      facts: 0,
      duplicates: 0,
      quarantined: 0,
      files: [],
      failed: [],
      skipped,
      notes: [],
    };
    const importId = new Date(options.clock()).toISOString();
    const context = contextOf(facts, options, progress, importId);
    const refuse = async (name: string, refusal: ImportRefusal): Promise<void> => {
      report.failed.push({ path: name, code: refusal.code, message: refusal.text });
      await recordRefusal(facts, name, refusal, options, importId);
    };
    for (const path of files) {
      const name = options.names?.get(path) ?? path;
      try {
        for await (const part of partsOf(path, name, options)) {
          options.signal?.throwIfAborted();
          if ('refusal' in part) {
            await refuse(part.name, part.refusal);
            continue;
          }
          try {
            await importPart(context, part, recognition(options, profiles, profile, part, progress), report);
          } catch (e) {
            const refusal = refusalOf(part.name, e);
            if (!(refusal instanceof ImportRefusal)) throw refusal;
            await refuse(part.name, refusal);
          }
        }
      } catch (e) {
        const refusal = refusalOf(name, e);
        if (!(refusal instanceof ImportRefusal)) throw refusal;
        await refuse(name, refusal);
      }
    }
    return report;
  });
}

async function importPart(
  context: LoadContext,
  part: Part,
  options: RecognitionOptions,
  report: ImportReport,
): Promise<void> {
  for (const recognised of await recognise(context.facts, part, options)) {
    const { rows, facts, duplicates, quarantined, sha256, kind, path } = await loadFile(context, recognised);
    report.notes.push(...notesOf(recognised));
    report.files.push({ path, sha256, kind, rows, facts, duplicates, quarantined });
    report.rows += rows;
    report.facts += facts;
    report.duplicates += duplicates;
    report.quarantined += quarantined;
  }
}

function recognition(
  options: ImportOptions,
  profiles: readonly Profile[],
  profile: Profile | undefined,
  part: Part,
  progress: ProgressSink,
): RecognitionOptions {
  return {
    profiles,
    maxLine: options.maxLine ?? MAX_LINE,
    ...(options.as === undefined ? {} : { as: options.as }),
    ...(profile === undefined ? {} : { profile }),
    ...(options.ownNumber === undefined ? {} : { ownNumber: options.ownNumber }),
    onBytes: (done, total) =>
      progress({ step: 'hash', text: named(STEPS.hash, part.name), done, total, unit: 'bytes' }),
  };
}

/** What importing a file would do, table by table: kind, columns, first rows, exact balance. Nothing is stored. */
export function previewFile(
  facts: FactsStore,
  path: string,
  options: ImportOptions,
  progress: ProgressSink = silent,
): Promise<FilePreview[]> {
  return inTurn(facts, async () => {
    const profiles = allProfiles(options);
    const profile = options.profile === undefined ? undefined : findProfile(options.profile, profiles);
    const context = contextOf(facts, options, progress, 'preview');
    const previews: FilePreview[] = [];
    try {
      for await (const part of partsOf(path, options.names?.get(path) ?? path, options)) {
        if ('refusal' in part) throw part.refusal;
        const rules = recognition(options, profiles, profile, part, progress);
        for (const recognised of await recognise(facts, part, rules)) {
          const { mapping, layout, candidates } = recognised;
          const canonical = new Map(
            [...mapping.sources].flatMap(([name, s]) => s.columns.map((c) => [c, name] as const)),
          );
          const preview = await previewRecognised(context, recognised);
          previews.push({
            ...preview,
            path: layout.name,
            sha256: layout.id,
            kind: mapping.kind,
            profile: mapping.profile,
            candidates,
            columns: layout.header.map((source, i) => ({ source, canonical: canonical.get(i) ?? null })),
            notes: notesOf(recognised),
          });
        }
      }
    } catch (e) {
      throw refusalOf(path, e);
    }
    return previews;
  });
}

export interface FilePreview extends Preview {
  path: string;
  sha256: string;
  kind: FactKindName;
  profile: string;
  /** What it was taken for and what else it might have been, best first; empty where its columns have their canonical names. */
  candidates: Runner[];
  columns: { source: string; canonical: string | null }[];
  notes: Bilingual[];
}

/** Headers and first rows of a file that nobody could name, for a person to say what its columns mean. */
export const lookAtFile = (path: string, name: string, options: ImportOptions): Promise<Looked[]> =>
  lookAt(path, name, { profiles: allProfiles(options), maxLine: options.maxLine ?? MAX_LINE });

/** The program's profiles and those people made; of two with one name the latter counts. */
export function allProfiles(options: Pick<ImportOptions, 'ownProfiles' | 'profileFolder'>): Profile[] {
  const own = options.ownProfiles === undefined ? [] : loadProfiles(options.ownProfiles);
  const names = new Set(own.map((p) => p.name));
  return [...own, ...loadProfiles(options.profileFolder).filter((p) => !names.has(p.name))];
}

const contextOf = (
  facts: FactsStore,
  options: ImportOptions,
  progress: ProgressSink,
  importId: string,
): LoadContext => ({
  facts,
  home: options.home,
  clock: options.clock,
  progress,
  importId,
  ...pick(options, ['by', 'authority', 'originals', 'maxLine', 'tempDir', 'signal', 'straightFrom']),
});

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const out: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) out[key] = from[key];
  return out;
}

const named = (text: Bilingual, path: string): Bilingual => ({
  zh: `${text.zh} ${basename(path)}`,
  en: `${text.en} ${basename(path)}`,
});

const IMPORTABLE = /\.(csv|tsv|txt|ndjson|jsonl|json|parquet)(\.gz|\.zst)?$/i;

/**
 * The files named, and those of the folders named. In a folder only files named after a kind (calls.csv.gz) are taken, in the order of
 * the kinds; others are listed as skipped; subfolders (truth/) are not entered.
 */
export async function filesOf(paths: readonly string[]): Promise<{ files: string[]; skipped: string[] }> {
  const files: string[] = [];
  const skipped: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.push(path);
        continue;
      }
      const found = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
      const order = (name: string): number => FACT_KIND_NAMES.indexOf(kindOfName(name) as FactKindName);
      const taken = found.filter((e) => e.isFile() && IMPORTABLE.test(e.name) && kindOfName(e.name) !== null);
      files.push(...taken.sort((a, b) => order(a.name) - order(b.name)).map((e) => join(path, e.name)));
      skipped.push(...found.filter((e) => e.isFile() && !taken.includes(e)).map((e) => join(path, e.name)));
      if (taken.length === 0) {
        throw new ImportRefusal('not_found', {
          zh: `${path} 中没有可导入的文件（${FACT_KIND_NAMES.join('、')} 的 .csv/.csv.gz/.ndjson/.parquet)。其他文件请直接写出路径。`,
          en: `${path} holds nothing to import (files named ${FACT_KIND_NAMES.join(', ')} with .csv, .csv.gz, .ndjson or .parquet). Name other files directly.`,
        });
      }
    } catch (e) {
      throw refusalOf(path, e);
    }
  }
  return { files, skipped };
}

/** A refused file leaves its reason in the ledger, where its bytes are known. */
async function recordRefusal(
  facts: FactsStore,
  name: string,
  refusal: ImportRefusal,
  options: ImportOptions,
  importId: string,
): Promise<void> {
  const sha256 = (refusal.cause as { sha256?: string } | undefined)?.sha256 ?? '';
  const now = options.clock();
  if (refusal.code === 'disk_full' || refusal.code === 'balance') return;
  await record(
    facts,
    {
      path: name,
      sha256: /^[0-9a-f]{64}$/.test(sha256) ? sha256 : '0'.repeat(64),
      kind: options.as ?? kindOfName(name) ?? 'calls',
      bytes: 0,
      profile: options.profile ?? '',
      state: 'failed',
      error: refusal.text.en,
      rows: 0,
      facts: 0,
      duplicates: 0,
      quarantined: 0,
      startedAt: now,
      endedAt: now,
      importId,
      original: '',
      member: '',
      part: '',
      by: options.by ?? '',
      authority: options.authority ?? '',
    },
    now,
  );
}
