import { z } from 'zod';
import { startAnalysis } from '../analysis.ts';
import { notFound } from '../api-error.ts';
import type { Page, RunSummary } from '../contract.ts';
import { listRuns, runDetail } from '../read/runs.ts';
import { stepRows } from '../read/step-rows.ts';
import { route } from '../route.ts';

/** What was computed, from what? */
export const runs = [
  route({
    method: 'GET',
    path: '/api/runs',
    permission: 'read',
    handle: async ({ context: { app } }): Promise<Page<RunSummary>> => {
      const rows = await listRuns(await app.facts(), await app.records());
      return { rows, total: rows.length, offset: 0 };
    },
  }),
  route({
    method: 'GET',
    path: '/api/runs/:id',
    permission: 'read',
    handle: async ({ context: { app }, params }) => {
      const detail = await runDetail(await app.facts(), await app.records(), params['id'] ?? '');
      if (detail === null) throw notFound({ zh: '这次分析', en: 'That run' });
      return detail;
    },
  }),
  route({
    method: 'GET',
    path: '/api/runs/:id/steps/:step',
    permission: 'read',
    handle: async ({ context: { app }, params }) => {
      const rows = await stepRows(await app.facts(), app.home, params['step'] ?? '');
      if (rows === null) throw notFound({ zh: '这个步骤', en: 'That step' });
      return rows;
    },
  }),
  route({
    method: 'POST',
    path: '/api/analyse',
    permission: 'analyse',
    body: z.strictObject({}),
    handle: ({ context }) => startAnalysis(context),
  }),
];
