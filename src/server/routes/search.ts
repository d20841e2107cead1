import { z } from 'zod';
import type { SearchResult } from '../contract.ts';
import { search as find } from '../read/search.ts';
import { text } from '../query.ts';
import { route } from '../route.ts';

/** Where is it? Any digits, name, place, case or group. */
export const search = [
  route({
    method: 'GET',
    path: '/api/search',
    permission: 'read',
    query: z.strictObject({ q: text(100) }),
    handle: async ({ context, query }): Promise<SearchResult> => ({
      hits: await find(await context.app.facts(), query.q),
    }),
  }),
];
