import { z } from 'zod';
import { judge, judgementsOf } from '../read/judgements.ts';
import { route } from '../route.ts';

const subject = z.object({
  subjectKind: z.enum(['number', 'ring', 'member']),
  subject: z.string().min(1).max(200),
});

/** What do people say of it? Appended, never changed: a newer judgement supersedes the older one. */
export const judgements = [
  route({
    method: 'GET',
    path: '/api/judgements',
    permission: 'read',
    query: subject,
    handle: async ({ context, query }) => judgementsOf(await context.app.records(), query.subjectKind, query.subject),
  }),
  route({
    method: 'POST',
    path: '/api/judgements',
    permission: 'judge',
    body: z.strictObject({
      ...subject.shape,
      verdict: z.enum(['ring', 'lawful', 'unsure', 'confirmed', 'dismissed']),
      note: z.string().max(4000).default(''),
    }),
    handle: async ({ context, body }) => {
      const stored = await judge(await context.app.records(), body, context.person.name, context.app.clock());
      context.live.send({ type: 'changed', what: 'judgements' });
      return stored;
    },
  }),
];
