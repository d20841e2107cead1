import { z } from 'zod';
import { notFound } from '../api-error.ts';
import { dropView, saveView, viewsOf } from '../read/views.ts';
import { route } from '../route.ts';

const page = z.string().min(1).max(40);

/** Which filters did people keep? */
export const views = [
  route({
    method: 'GET',
    path: '/api/views',
    permission: 'read',
    query: z.strictObject({ page }),
    handle: async ({ context, query }) => viewsOf(await context.app.records(), query.page),
  }),
  route({
    method: 'POST',
    path: '/api/views',
    permission: 'read',
    body: z.strictObject({
      page,
      name: z.string().trim().min(1).max(80),
      query: z.record(z.string().max(60), z.string().max(4000)),
    }),
    handle: async ({ context, body }) => saveView(await context.app.records(), body, context.app.clock()),
  }),
  route({
    method: 'DELETE',
    path: '/api/views/:id',
    permission: 'read',
    handle: async ({ context, params }) => {
      const dropped = await dropView(await context.app.records(), Number(params['id']));
      if (!dropped) throw notFound({ zh: '这个视图', en: 'That view' });
      return new Response(null, { status: 204 });
    },
  }),
];
