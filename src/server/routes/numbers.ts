import { z } from 'zod';
import { badRequest } from '../api-error.ts';
import { csvStream } from '../csv.ts';
import type { NumberRow } from '../contract.ts';
import { verdicts } from '../read/judgements.ts';
import { allRows, COLUMNS, numbersPage, type NumbersQuestion } from '../read/number-rows.ts';
import { choice, flag, paging, text } from '../query.ts';
import { route } from '../route.ts';

const question = z.looseObject({
  q: text(60),
  flagged: flag,
  all: flag,
  detector: choice,
  country: choice,
  ring: choice,
  province: choice,
  judged: choice,
  lawful: z.enum(['0', '1', 'true', 'false', '']).optional(),
  sort: z
    .string()
    .default('-score')
    .refine((s) => s.replace(/^-/, '') in COLUMNS, { message: `one of ${Object.keys(COLUMNS).join(', ')}` }),
  ...paging,
});

/** The parsed query, with `min.calls=10` and the like collected; throws on a column that cannot be limited. */
function asked({ lawful, ...query }: z.infer<typeof question>): NumbersQuestion {
  const ranges = new Map<string, { column: string; min: number | null; max: number | null }>();
  for (const [name, value] of Object.entries(query)) {
    const [, end, column] = /^(min|max)\.(.+)$/.exec(name) ?? [];
    if (end === undefined || column === undefined || value === '') continue;
    const limit = Number(value);
    if (!(column in COLUMNS) || !Number.isFinite(limit)) {
      throw badRequest(name, { zh: '没有这一列，或不是数字', en: 'there is no such column, or it is not a number' });
    }
    const range = ranges.get(column) ?? { column, min: null, max: null };
    ranges.set(column, { ...range, [end]: limit });
  }
  return {
    ...query,
    lawful: lawful === undefined || lawful === '' ? null : lawful === '1' || lawful === 'true',
    ranges: [...ranges.values()],
  };
}

const EXPORTED: readonly (readonly [string, (r: NumberRow) => string | number | null])[] = [
  ['number', (r) => r.number],
  ['country', (r) => r.country],
  ['province', (r) => r.province],
  ['score', (r) => r.score],
  ['flagged', (r) => (r.flagged ? 1 : 0)],
  ['reason_zh', (r) => r.topReason?.text.zh ?? ''],
  ['reason_en', (r) => r.topReason?.text.en ?? ''],
  ['innocent_zh', (r) => r.topReason?.innocent?.zh ?? ''],
  ['detectors', (r) => r.detectors.join(';')],
  ['calls', (r) => r.calls],
  ['people', (r) => r.people],
  ['strangers_share', (r) => r.strangersShare],
  ['call_back_share', (r) => r.callBackShare],
  ['answer_seizure_ratio', (r) => r.answerSeizureRatio],
  ['origin_home_share', (r) => r.originHomeShare],
  ['victims', (r) => r.victims],
  ['ring', (r) => r.ring],
  ['role', (r) => r.role],
  ['lawful', (r) => r.lawful],
  ['first_seen', (r) => (r.firstSeen === null ? '' : new Date(r.firstSeen).toISOString())],
  ['last_seen', (r) => (r.lastSeen === null ? '' : new Date(r.lastSeen).toISOString())],
  ['judgement', (r) => r.judgement],
];

/** Which numbers deserve a look? */
export const numbers = [
  route({
    method: 'GET',
    path: '/api/numbers',
    permission: 'read',
    query: question,
    handle: async ({ context, query }) => {
      const said = await verdicts(await context.app.records(), 'number');
      return numbersPage(await context.app.facts(), context.app.home, said, asked(query));
    },
  }),
  route({
    method: 'GET',
    path: '/api/numbers.csv',
    permission: 'read',
    query: question,
    handle: async ({ context, query }) => {
      const said = await verdicts(await context.app.records(), 'number');
      const rows = allRows(await context.app.facts(), said, asked(query));
      return csvStream(
        'numbers.csv',
        EXPORTED.map(([name]) => name),
        rows,
        (r) => EXPORTED.map(([, value]) => value(r)),
      );
    },
  }),
];
