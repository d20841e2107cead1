import { z } from 'zod';
import { importSettings } from '../../app.ts';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import { ApiFault, notFound } from '../api-error.ts';
import type { ImportJob, ImportPreview, ImportsPage } from '../contract.ts';
import { importJobs, importView, startImport, type Reading } from '../imports.ts';
import type { Job } from '../jobs.ts';
import { route, type ServerContext } from '../route.ts';
import { receive, uploadOf, type Upload } from '../uploads.ts';

const reading = {
  as: z.enum(FACT_KIND_NAMES).optional(),
  // A name of a profile: never a path.
  profile: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}-]{0,60}$/u)
    .optional(),
  own: z.string().max(40).optional(),
  authority: z.string().max(300).optional(),
};
interface ReadingQuery {
  as?: Reading['as'] | undefined;
  profile?: string | undefined;
  own?: string | undefined;
  authority?: string | undefined;
}
const readingOf = (q: ReadingQuery): Reading => ({
  ...(q.as === undefined ? {} : { as: q.as }),
  ...(q.profile === undefined ? {} : { profile: q.profile }),
  ...(q.own === undefined ? {} : { ownNumber: q.own }),
  ...(q.authority === undefined ? {} : { authority: q.authority }),
});

/** Is my data in, and is it whole? */
export const imports = [
  route({
    method: 'GET',
    path: '/api/imports',
    permission: 'read',
    handle: async ({ context }): Promise<ImportsPage> => {
      const { countQuarantine } = await import('../../normalise/quarantine.ts');
      const facts = await context.app.facts();
      const [jobs, quarantined] = await Promise.all([importJobs(context, facts), countQuarantine(facts)]);
      return { jobs, quarantined };
    },
  }),
  route({
    method: 'POST',
    path: '/api/imports/preview',
    permission: 'import',
    query: z.strictObject({ name: z.string().min(1).max(255), ...reading }),
    handle: async ({ context, query, request }) => {
      const { app } = context;
      return preview(context, await receive(app.dataDir, app.env, query.name, request.body), readingOf(query));
    },
  }),
  route({
    method: 'POST',
    path: '/api/imports',
    permission: 'import',
    query: z.strictObject({ upload: z.string().max(60), ...reading }),
    handle: ({ context, query }) => startImport(context, uploadOf(context.app.dataDir, query.upload), readingOf(query)),
  }),
  route({
    method: 'DELETE',
    path: '/api/imports/:id',
    permission: 'import',
    handle: ({ context: { jobs }, params }): ImportJob => {
      const job = jobs.get(params['id'] ?? '');
      if (job === undefined || job.kind !== 'import') throw notFound({ zh: '这次导入', en: 'That import' });
      if (job.state !== 'queued' && job.state !== 'running') {
        throw new ApiFault(
          409,
          'import-ended',
          { zh: '导入已经结束，不能取消。', en: 'The import has ended; it cannot be cancelled.' },
          { zh: '已入库的记录保持完整。', en: 'What is stored stays whole.' },
        );
      }
      jobs.cancel(job.id);
      return importView(job as Job<ImportJob>);
    },
  }),
];

/** What storing the file would do. A file that cannot be imported gets a preview that says why, and what a person needs to say what it is. */
async function preview({ app }: ServerContext, upload: Upload, how: Reading): Promise<ImportPreview> {
  const [{ lookAtFile, previewFile }, { ImportRefusal }] = await Promise.all([
    import('../../normalise/import-files.ts'),
    import('../../normalise/refusal.ts'),
  ]);
  const options = { ...importSettings(app), ...how, names: new Map([[upload.path, upload.name]]) };
  const shown = { upload: upload.id, name: upload.name };
  try {
    const previews = await previewFile(await app.facts(), upload.path, options);
    const tables = previews.map(({ path, kind, profile, candidates, notes, columns, sample, balance, problems }) => {
      return { path, kind, profile, candidates, notes, columns, sample, balance, problems };
    });
    return { ...shown, tables, refused: null, unknown: [] };
  } catch (error) {
    if (!(error instanceof ImportRefusal)) throw error;
    const readable = error.code === 'unknown_kind' || error.code === 'missing_column';
    const found = readable ? await lookAtFile(upload.path, upload.name, options) : [];
    const unknown = found.map(({ member, header, rows, candidates, guess }) => {
      return { member, header, rows, candidates, guess };
    });
    return { ...shown, tables: [], refused: error.text, unknown };
  }
}
