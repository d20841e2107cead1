import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FACT_KIND_NAMES, type FactKindName } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import type { FileBalance, ImportResult } from '../model/import-balance.ts';
import { silent, type ProgressSink } from '../model/progress.ts';
import type { Bilingual } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { recognise, refusalOf, type RecognitionOptions } from './layout.ts';
import { record, recoverImports } from './ledger.ts';
import { loadFile, previewRecognised, STEPS, type LoadContext, type Preview } from './load-file.ts';
import { findProfile, kindOfName, loadProfiles } from './profile.ts';
import { ImportRefusal, type RefusalCode } from './refusal.ts';
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
  /** Where files that must be rewritten first are rewritten. */
  tempDir?: string;
  /** Names shown instead of paths (an upload's own name). */
  names?: ReadonlyMap<string, string>;
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
    const profiles = loadProfiles(options.profileFolder);
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
    for (const path of files) {
      const context = contextOf(facts, options, progress, importId);
      try {
        const size = (await stat(path)).size;
        const recognised = await recognise(facts, path, {
          profiles,
          maxLine: options.maxLine ?? MAX_LINE,
          ...(options.as === undefined ? {} : { as: options.as }),
          ...(profile === undefined ? {} : { profile }),
          onBytes: (done) =>
            progress({ step: 'hash', text: named(STEPS.hash, path), done, total: size, unit: 'bytes' }),
        } satisfies RecognitionOptions);
        report.notes.push(...recognised.notes);
        const { rows, facts: stored, duplicates, quarantined, sha256, kind } = await loadFile(context, recognised);
        const balance: FileBalance = {
          path: options.names?.get(path) ?? path,
          sha256,
          kind,
          rows,
          facts: stored,
          duplicates,
          quarantined,
        };
        report.files.push(balance);
        report.rows += rows;
        report.facts += stored;
        report.duplicates += duplicates;
        report.quarantined += quarantined;
      } catch (e) {
        const refusal = refusalOf(path, e);
        if (!(refusal instanceof ImportRefusal)) throw refusal;
        report.failed.push({ path: options.names?.get(path) ?? path, code: refusal.code, message: refusal.text });
        await recordRefusal(facts, path, refusal, options, importId);
      }
    }
    return report;
  });
}

/** What importing a file would do: kind, columns, first rows, exact balance. Nothing is stored. */
export function previewFile(
  facts: FactsStore,
  path: string,
  options: ImportOptions,
  progress: ProgressSink = silent,
): Promise<FilePreview> {
  return inTurn(facts, async () => {
    const profiles = loadProfiles(options.profileFolder);
    const profile = options.profile === undefined ? undefined : findProfile(options.profile, profiles);
    try {
      const recognised = await recognise(facts, path, {
        profiles,
        maxLine: options.maxLine ?? MAX_LINE,
        ...(options.as === undefined ? {} : { as: options.as }),
        ...(profile === undefined ? {} : { profile }),
      });
      const { mapping, layout, notes } = recognised;
      const canonical = new Map([...mapping.sources].map(([name, s]) => [s.column, name]));
      const preview = await previewRecognised(contextOf(facts, options, progress, 'preview'), recognised);
      return {
        ...preview,
        path,
        sha256: layout.file.sha256,
        kind: mapping.kind,
        profile: mapping.profile,
        columns: layout.header.map((source, i) => ({ source, canonical: canonical.get(i) ?? null })),
        notes,
      };
    } catch (e) {
      throw refusalOf(path, e);
    }
  });
}

export interface FilePreview extends Preview {
  path: string;
  sha256: string;
  kind: FactKindName;
  profile: string;
  columns: { source: string; canonical: string | null }[];
  notes: Bilingual[];
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
  ...(options.maxLine === undefined ? {} : { maxLine: options.maxLine }),
  ...(options.tempDir === undefined ? {} : { tempDir: options.tempDir }),
  ...(options.names === undefined ? {} : { names: options.names }),
});

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
  path: string,
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
      path: options.names?.get(path) ?? path,
      sha256: /^[0-9a-f]{64}$/.test(sha256) ? sha256 : '0'.repeat(64),
      kind: options.as ?? kindOfName(path) ?? 'calls',
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
    },
    now,
  );
}
