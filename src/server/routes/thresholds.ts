import { z } from 'zod';
import {
  problemWith,
  setThreshold,
  settingsInForce,
  thresholdNamed,
  type NamedThreshold,
} from '../../detect/settings.ts';
import { ApiFault, badRequest, notFound } from '../api-error.ts';
import type { ThresholdPreview } from '../contract.ts';
import { previewThreshold } from '../read/threshold-preview.ts';
import { thresholdsPage } from '../read/thresholds.ts';
import { route, type ServerContext } from '../route.ts';

const id = z.string().min(1).max(120);

/** The threshold of that name with a value it may have; a fault says which of them is wrong. */
function asked(name: string, value: number | null): NamedThreshold {
  const threshold = thresholdNamed(name);
  if (threshold === undefined) throw notFound({ zh: '这个阈值', en: 'That threshold' });
  const problem = value === null ? null : problemWith(threshold, value);
  if (problem !== null) throw badRequest('value', problem);
  return threshold;
}

/** How does each detector judge, and what would another threshold change? */
export const thresholds = [
  route({
    method: 'GET',
    path: '/api/thresholds',
    permission: 'read',
    handle: async ({ context: { app } }) => thresholdsPage(await app.facts(), await app.records()),
  }),
  route({
    method: 'POST',
    path: '/api/thresholds',
    permission: 'analyse',
    body: z.strictObject({ id, value: z.number().nullable() }),
    handle: async ({ context, body }) => {
      const threshold = asked(body.id, body.value);
      return setThreshold(await context.app.records(), threshold, body.value, context.person.name, context.app.clock());
    },
  }),
  route({
    method: 'POST',
    path: '/api/thresholds/preview',
    permission: 'analyse',
    body: z.strictObject({ id, value: z.number() }),
    handle: ({ context, body }) => preview(context, asked(body.id, body.value), body.value),
  }),
];

/** In the queue of work that writes to the stores: a preview keeps tables on the way, and must not meet an analysis. */
async function preview(
  { app, jobs }: ServerContext,
  threshold: NamedThreshold,
  value: number,
): Promise<ThresholdPreview> {
  if (jobs.busy('analysis') || jobs.busy('import')) {
    throw new ApiFault(
      409,
      'busy',
      { zh: '正在导入或分析，暂不能预览。', en: 'An import or an analysis is running; there is no preview meanwhile.' },
      { zh: '等它结束后再试。', en: 'Try again when it is done.' },
    );
  }
  let result: ThresholdPreview | null = null;
  const { job, ended } = jobs.add('preview', null, async () => {
    const settings = await settingsInForce(await app.records());
    result = await previewThreshold(await app.facts(), app.home, threshold, value, settings);
  });
  await ended;
  if (job.state === 'failed') throw job.error;
  if (result === null) {
    throw new ApiFault(
      409,
      'never-analysed',
      { zh: '还没有分析结果，无从比较。', en: 'Nothing has been analysed yet, so there is nothing to compare with.' },
      { zh: '先导入数据并分析。', en: 'Import data and analyse them first.' },
    );
  }
  return result;
}
