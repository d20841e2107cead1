import { z } from 'zod';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import {
  countQuarantine,
  listQuarantine,
  type QuarantineEntry,
  type QuarantineFilter,
} from '../../normalise/quarantine.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { Page, QuarantineRow } from '../contract.ts';
import { csvStream } from '../csv.ts';
import { paging } from '../query.ts';
import { route } from '../route.ts';

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
const BATCH = 5000;

async function* allOf(facts: FactsStore, filter: QuarantineFilter): AsyncIterable<QuarantineEntry[]> {
  for (let offset = 0; ; offset += BATCH) {
    const rows = await listQuarantine(facts, { ...filter, limit: BATCH, offset });
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
  }
}

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
    handle: async ({ context, query }) =>
      csvStream(
        'quarantine.csv',
        ['id', 'kind', 'file', 'row', 'column', 'reason', 'value', 'raw'],
        allOf(await context.app.facts(), filterOf(query)),
        (r) => [
          r.id,
          r.kind,
          r.path.split('/').at(-1) ?? '',
          r.row,
          r.column,
          r.reason,
          r.value,
          JSON.stringify(r.raw),
        ],
      ),
  }),
];
