import { basename } from 'node:path';
import { importSettings } from '../app.ts';
import type { FactKindName } from '../model/fact-kinds.ts';
import type { Progress } from '../model/progress.ts';
import type { FactsStore } from '../store/facts.ts';
import { ApiFault, apiErrorOf } from './api-error.ts';
import type { ImportJob } from './contract.ts';
import type { Job } from './jobs.ts';
import { refreshStatus } from './refresh.ts';
import type { ServerContext } from './route.ts';
import { discard, type Upload } from './uploads.ts';

type ImportWork = Job<ImportJob>;
const PROGRESS_EVERY_MS = 200;

/** How a person says what a file is, when neither its name nor its header tells. */
export interface Reading {
  as?: FactKindName;
  profile?: string;
  /** Whose list of calls it is. */
  ownNumber?: string;
  authority?: string;
}

/** Puts the import of an uploaded file in the queue. */
export const startImport = (context: ServerContext, upload: Upload, reading: Reading): ImportJob =>
  importView(queueImport(context, upload, reading).job);

/** The same; `ended` settles when it was stored or refused. */
export function queueImport(
  context: ServerContext,
  upload: Upload,
  reading: Reading,
): { job: ImportWork; ended: Promise<void> } {
  const { app, jobs, live } = context;
  const view: ImportJob = {
    id: '',
    state: 'queued',
    files: [],
    progress: null,
    progressSince: null,
    startedAt: null,
    endedAt: null,
    error: null,
  };
  return jobs.add('import', view, async (running) => {
    const { importPaths } = await import('../normalise/import-files.ts');
    let sentAt = 0;
    const progress = (p: Progress): void => {
      if (running.view.progress?.step !== p.step) running.view.progressSince = app.clock();
      running.view.progress = p;
      if (app.clock() - sentAt < PROGRESS_EVERY_MS) return;
      sentAt = app.clock();
      importChanged(context, running);
    };
    const options = {
      ...importSettings(app),
      ...reading,
      names: new Map([[upload.path, upload.name]]),
      signal: running.signal,
    };
    const report = await importPaths(await app.facts(), [upload.path], options, progress);
    running.view.files = [
      ...report.files.map((f) => ({ ...f, path: basename(f.path), state: 'done', error: null })),
      ...report.failed.map((f) => ({
        path: basename(f.path),
        sha256: '',
        kind: reading.as ?? 'calls',
        rows: 0,
        facts: 0,
        duplicates: 0,
        quarantined: 0,
        state: 'failed',
        error: f.message.zh,
      })),
    ];
    discard(app.dataDir, upload);
    await refreshStatus(context);
    const [refused] = report.failed;
    if (refused !== undefined) {
      throw new ApiFault(422, refused.code, refused.message, {
        zh: '改正文件后重新导入。',
        en: 'Correct the file and import it again.',
      });
    }
    live.send({ type: 'changed', what: 'imports' });
  });
}

/** Tells every page how an import stands. */
export function importChanged(context: ServerContext, job: Job): void {
  context.live.send({ type: 'import', import: importView(job as ImportWork) });
}

export function importView(job: ImportWork): ImportJob {
  return {
    ...job.view,
    id: job.id,
    state: job.state,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
    progress: job.state === 'running' ? job.view.progress : null,
    error: job.error === null ? null : apiErrorOf(job.error).body.error,
  };
}

/** Every import there is to know of: those of this process (waiting, running, refused), then those in the store's ledger; newest first. */
export async function importJobs(context: ServerContext, facts: FactsStore): Promise<ImportJob[]> {
  const { listImports } = await import('../normalise/import-files.ts');
  const own = (context.jobs.list('import') as ImportWork[]).map(importView);
  const past = new Map<string, ImportJob>();
  for (const entry of await listImports(facts)) {
    // One import at a time: what the ledger began while a job of ours ran is that job's.
    const ours = own.some(
      (j) => j.startedAt !== null && entry.startedAt >= j.startedAt && entry.startedAt <= (j.endedAt ?? Infinity),
    );
    if (ours) continue;
    const job = past.get(entry.importId) ?? {
      id: entry.importId,
      state: 'done' as const,
      files: [],
      progress: null,
      progressSince: null,
      startedAt: entry.startedAt,
      endedAt: entry.endedAt,
      error: null,
    };
    const { path, sha256, kind, rows, facts: stored, duplicates, quarantined, state, error } = entry;
    job.files.push({
      path: basename(path),
      sha256,
      kind,
      rows,
      facts: stored,
      duplicates,
      quarantined,
      state,
      error: error === '' ? null : error,
    });
    job.startedAt = Math.min(job.startedAt ?? entry.startedAt, entry.startedAt);
    job.endedAt = entry.endedAt === null ? null : Math.max(job.endedAt ?? 0, entry.endedAt);
    past.set(entry.importId, { ...job, state: stateOf(job.files.map((f) => f.state)) });
  }
  return [...own, ...[...past.values()].sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))];
}

const stateOf = (files: readonly string[]): ImportJob['state'] =>
  files.includes('loading') ? 'running' : files.every((s) => s === 'failed') ? 'failed' : 'done';
