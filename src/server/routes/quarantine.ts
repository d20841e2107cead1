import { importSettings } from '../../app.ts';
import { z } from 'zod';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import {
  countQuarantine,
  exportQuarantine,
  listQuarantine,
  retryRows,
  type QuarantineFilter,
} from '../../normalise/quarantine.ts';
import type { FactsStore } from '../../store/facts.ts';
import { ApiFault, notFound } from '../api-error.ts';
import type { Page, QuarantineRow, RetryResult } from '../contract.ts';
import { download } from '../csv.ts';
import { paging } from '../query.ts';
import { refreshStatus } from '../refresh.ts';
import { route, type ServerContext } from '../route.ts';

const chosen = {
  file: z
    .string()
    .regex(/^[0-9a-f]{0,64}$/)
    .optional(),
  kind: z.enum(FACT_KIND_NAMES).optional(),
};
const filterOf = (q: { file?: string | undefined; kind?: QuarantineFilter['kind'] | undefined }): QuarantineFilter => ({
  ...(q.file === undefined || q.file === '' ? {} : { file: q.file }),
  ...(q.kind === undefined ? {} : { kind: q.kind }),
});
/** Which rows could not be read, and why? */
export const quarantine = [
  route({
    method: 'GET',
    path: '/api/quarantine',
    permission: 'read',
    query: z.strictObject({ ...chosen, ...paging }),
    handle: async ({ context, query }): Promise<Page<QuarantineRow>> => {
      const [facts, filter] = [await context.app.facts(), filterOf(query)];
      const [rows, total] = await Promise.all([
        listQuarantine(facts, { ...filter, limit: query.limit, offset: query.offset }),
        countQuarantine(facts, filter),
      ]);
      return { rows: rows.map(({ state: _, ...row }) => row), total, offset: query.offset };
    },
  }),
  route({
    method: 'GET',
    path: '/api/quarantine.csv',
    permission: 'read',
    query: z.strictObject(chosen),
    // Verbatim, unlike other exports: it is corrected and imported again, so every cell must come back as it was.
    handle: async ({ context, query }) => {
      const lines = exportQuarantine(await context.app.facts(), filterOf(query));
      // Taken before the answer begins, so that a refusal is an error and not the tail of a file.
      const head = await lines.next();
      return download('quarantine.csv', head.done === true ? 'quarantine_id\r\n' : head.value, lines);
    },
  }),
  route({
    method: 'POST',
    path: '/api/quarantine/:id',
    permission: 'import',
    body: z.strictObject({ values: z.record(z.string().max(200), z.string().max(100_000)) }),
    handle: ({ context, params, body }) => retry(context, params['id'] ?? '', body.values),
  }),
];

/** The corrected row is tried again, in its turn among the imports. */
async function retry(context: ServerContext, id: string, values: Record<string, string>): Promise<RetryResult> {
  const { app, jobs, live } = context;
  const facts = await app.facts();
  if ((await countQuarantine(facts, { ids: [id] })) === 0) {
    throw notFound({ zh: '这一行（可能已经更正）', en: 'That row (it may be corrected already)' });
  }
  let result: RetryResult = { stored: false, problem: null };
  const { job, ended } = jobs.add('correction', null, async () => {
    const report = await retryRows(facts, new Map([[id, values]]), importSettings(app));
    const [refused] = report.failed;
    if (refused !== undefined) {
      throw new ApiFault(422, refused.code, refused.message, { zh: '改正后重试。', en: 'Correct it and try again.' });
    }
    const stored = report.corrected > 0;
    result = { stored, problem: stored ? null : await problemOf(facts, report.files[0]?.sha256 ?? '') };
  });
  await ended;
  if (job.error !== null) throw job.error;
  await refreshStatus(context);
  live.send({ type: 'changed', what: 'imports' });
  return result;
}

/** Why the corrected row was refused again: it stands in quarantine under the file it was tried from. */
async function problemOf(facts: FactsStore, sha256: string): Promise<RetryResult['problem']> {
  const [again] = sha256 === '' ? [] : await listQuarantine(facts, { file: sha256, all: true, limit: 1 });
  return again === undefined ? null : { column: again.column, reason: again.reason, value: again.value };
}
