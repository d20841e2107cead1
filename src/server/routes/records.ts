import { notFound } from '../api-error.ts';
import { recordOrigin } from '../read/record-origin.ts';
import { route } from '../route.ts';

/** Which row of which file says so? */
export const records = [
  route({
    method: 'GET',
    path: '/api/records/:record',
    permission: 'read',
    handle: async ({ context, params }) => {
      const origin = await recordOrigin(context.app, params['record'] ?? '');
      if (origin === null) throw notFound({ zh: '这条记录', en: 'That record' });
      return origin;
    },
  }),
];
