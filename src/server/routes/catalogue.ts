import { FINDING_KINDS } from '../../detect/catalogue.ts';
import { FEATURES } from '../../features/catalogue.ts';
import type { Catalogue } from '../contract.ts';
import { route } from '../route.ts';

/** What can be measured and detected, and how? */
export const catalogue = [
  route({
    method: 'GET',
    path: '/api/catalogue',
    permission: 'read',
    handle: (): Catalogue => ({
      detectors: FINDING_KINDS.map(({ id, title, sees, looksTheSame, tellsApart, source, thresholds }) => ({
        id,
        title,
        sees,
        looksTheSame,
        tellsApart,
        source,
        thresholds: Object.entries(thresholds).map(([name, { value, unit }]) => ({ name, value, unit })),
      })),
      measures: FEATURES.map(({ name, unit, meaning }) => ({ name, unit, meaning })),
    }),
  }),
];
