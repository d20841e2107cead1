import { z } from 'zod';
import { canonicalNumber } from '../../normalise/phone-number.ts';
import type { Home } from '../../model/home.ts';
import { notFound } from '../api-error.ts';
import { callsOf, contactsOf, CONTACT_SORTS } from '../read/contacts.ts';
import { numberDetail } from '../read/number-detail.ts';
import { instant, paging } from '../query.ts';
import { route } from '../route.ts';

/** As stored, whatever the spelling in the address. Handles of sources that are no telephone numbers stay what they are. */
const stored = (number: string, home: Home): string => {
  const canonical = canonicalNumber(number, home);
  return canonical.rejected === true ? number : canonical.id;
};

/** What is this number, and am I sure? */
export const number = [
  route({
    method: 'GET',
    path: '/api/numbers/:number',
    permission: 'read',
    handle: async ({ context: { app }, params }) => {
      const [facts, records, asked] = [await app.facts(), await app.records(), params['number'] ?? ''];
      const detail =
        (await numberDetail(facts, records, app.home, asked)) ??
        (await numberDetail(facts, records, app.home, stored(asked, app.home)));
      if (detail === null) throw notFound({ zh: '这个号码', en: 'That number' });
      return detail;
    },
  }),
  route({
    method: 'GET',
    path: '/api/numbers/:number/contacts',
    permission: 'read',
    query: z.strictObject({
      sort: z
        .string()
        .default('-cases')
        .refine((s) => s.replace(/^-/, '') in CONTACT_SORTS, {
          message: `one of ${Object.keys(CONTACT_SORTS).join(', ')}`,
        }),
      ...paging,
    }),
    handle: async ({ context: { app }, params, query }) =>
      contactsOf(await app.facts(), stored(params['number'] ?? '', app.home), query),
  }),
  route({
    method: 'GET',
    path: '/api/numbers/:number/calls',
    permission: 'read',
    query: z.strictObject({ from: instant, to: instant, ...paging }),
    handle: async ({ context: { app }, params, query }) =>
      callsOf(await app.facts(), stored(params['number'] ?? '', app.home), {
        ...query,
        from: query.from,
        to: query.to,
      }),
  }),
];
