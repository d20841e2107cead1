import { z } from 'zod';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import { ApiFault, notFound } from '../api-error.ts';
import type { ImportJob, ImportPreview, ImportsPage } from '../contract.ts';
import { importJobs, importView, startImport, type Reading } from '../imports.ts';
import type { Job } from '../jobs.ts';
import { route, type ServerContext } from '../route.ts';
import { receive, uploadOf, type Upload } from '../uploads.ts';

const reading = {
  as: z.enum(FACT_KIND_NAMES).optional(),
  // A name of one of the program's profiles: never a path.
  profile: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,60}$/)
    .optional(),
};
const readingOf = (q: { as?: Reading['as'] | undefined; profile?: string | undefined }): Reading => ({
  ...(q.as === undefined ? {} : { as: q.as }),
  ...(q.profile === undefined ? {} : { profile: q.profile }),
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
      if (job.state !== 'queued') {
        throw new ApiFault(
          409,
          'import-started',
          { zh: '导入已经开始或结束，不能取消。', en: 'The import has begun or ended; it cannot be cancelled.' },
          { zh: '已入库的记录保持完整；等它结束。', en: 'What is stored stays whole; wait until it is done.' },
        );
      }
      jobs.cancel(job.id);
      return importView(job as Job<ImportJob>);
    },
  }),
];

/** What storing the file would do. A file that cannot be imported gets a preview that says why. */
async function preview({ app }: ServerContext, upload: Upload, how: Reading): Promise<ImportPreview> {
  const [{ previewFile }, { ImportRefusal }] = await Promise.all([
    import('../../normalise/import-files.ts'),
    import('../../normalise/refusal.ts'),
  ]);
  try {
    const options = { home: app.home, clock: app.clock, tempDir: app.dataDir, ...how };
    const previews = await previewFile(await app.facts(), upload.path, options);
    const { kind, profile, columns, sample, balance, problems, notes } = previews[0]!;
    const mapped = columns.filter((c) => c.canonical !== null).length;
    const why = {
      zh: [`按「${profile}」读取，${mapped}/${columns.length} 列对应`, ...notes.map((n) => n.zh)].join(';'),
      en: [`read with “${profile}”, ${mapped} of ${columns.length} columns matched`, ...notes.map((n) => n.en)].join(
        '; ',
      ),
    };
    return {
      upload: upload.id,
      name: upload.name,
      kind,
      why,
      columns,
      sample,
      balance: { rows: balance.rows, quarantined: balance.quarantined },
      problems,
    };
  } catch (error) {
    if (!(error instanceof ImportRefusal)) throw error;
    const shown = (text: string): string => text.replaceAll(upload.path, upload.name);
    return {
      upload: upload.id,
      name: upload.name,
      kind: null,
      why: { zh: shown(error.text.zh), en: shown(error.text.en) },
      columns: [],
      sample: [],
      balance: null,
      problems: [],
    };
  }
}
