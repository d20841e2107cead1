import { z } from 'zod';
import { overview as read } from '../read/overview.ts';
import { instant } from '../query.ts';
import { route } from '../route.ts';

/** What came in, what was found, what needs me now? */
export const overview = [
  route({
    method: 'GET',
    path: '/api/overview',
    permission: 'read',
    query: z.strictObject({ from: instant, to: instant }),
    handle: async ({ context: { app }, query }) =>
      read(await app.facts(), await app.records(), app.home, { from: query.from, to: query.to }),
  }),
];
