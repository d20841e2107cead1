import { z } from 'zod';
import { useModel } from '../../detect/trained/kept.ts';
import { UnusableTable } from '../../detect/trained/table.ts';
import { ApiFault, notFound } from '../api-error.ts';
import { trainOnJudgements } from '../read/judged-model.ts';
import { teachingPage } from '../read/teaching.ts';
import { route } from '../route.ts';

/** Which numbers should somebody judge next, and what has been learnt of what was judged? */
export const teaching = [
  route({
    method: 'GET',
    path: '/api/teaching',
    permission: 'read',
    handle: async ({ context: { app } }) => teachingPage(await app.facts(), await app.records(), app.home),
  }),
  route({
    method: 'POST',
    path: '/api/models',
    permission: 'analyse',
    handle: async ({ context: { app, live, person } }) => {
      try {
        const { id } = await trainOnJudgements(await app.facts(), await app.records(), {
          person: person.name,
          at: app.clock(),
          program: app.codeVersion,
        });
        live.send({ type: 'changed', what: 'judgements' });
        return { id };
      } catch (e) {
        if (!(e instanceof UnusableTable)) throw e;
        throw new ApiFault(
          409,
          'too-few-judged',
          { zh: '判断过的号码还不够，学不出模型。', en: `The judged numbers are too few to learn from: ${e.message}` },
          { zh: '两类号码各多判断几个。', en: 'Judge some more numbers of both kinds.' },
        );
      }
    },
  }),
  route({
    method: 'POST',
    path: '/api/models/use',
    permission: 'analyse',
    body: z.strictObject({ id: z.number().int().positive().nullable() }),
    handle: async ({ context: { app, person }, body }) => {
      if (!(await useModel(await app.records(), body.id, person.name, app.clock())))
        throw notFound({ zh: '这个模型', en: 'That model' });
      return { id: body.id };
    },
  }),
];
