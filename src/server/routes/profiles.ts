import { z } from 'zod';
import { importSettings } from '../../app.ts';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import { badRequest } from '../api-error.ts';
import type { ProfileEntry } from '../contract.ts';
import { route } from '../route.ts';

const names = z.array(z.string().min(1).max(200)).max(10);

/** How are the files of this source read? */
export const profiles = [
  route({
    method: 'GET',
    path: '/api/profiles',
    permission: 'read',
    handle: async ({ context: { app } }): Promise<ProfileEntry[]> => {
      const [{ allProfiles }, { loadProfiles }] = await Promise.all([
        import('../../normalise/import-files.ts'),
        import('../../normalise/profile.ts'),
      ]);
      const settings = importSettings(app);
      const made = new Set(
        settings.ownProfiles === undefined ? [] : loadProfiles(settings.ownProfiles).map((p) => p.name),
      );
      return allProfiles(settings).map(({ name, kind, title }) => ({
        name,
        kind,
        title: title ?? null,
        own: made.has(name),
      }));
    },
  }),
  route({
    method: 'POST',
    path: '/api/profiles',
    permission: 'import',
    body: z.strictObject({
      name: z.string().regex(/^[\p{L}\p{N}-]{1,60}$/u),
      kind: z.enum(FACT_KIND_NAMES),
      columns: z.record(z.string(), names.min(1)),
      own: names.optional(),
      other: names.optional(),
      way: names.optional(),
    }),
    handle: async ({ context: { app }, body }): Promise<ProfileEntry> => {
      const [{ profileFrom, saveProfile }, { ImportRefusal }] = await Promise.all([
        import('../../normalise/made-profile.ts'),
        import('../../normalise/refusal.ts'),
      ]);
      try {
        const { own, other, way, ...rest } = body;
        const profile = profileFrom({
          ...rest,
          ...(own === undefined ? {} : { own }),
          ...(other === undefined ? {} : { other }),
          ...(way === undefined ? {} : { way }),
        });
        saveProfile(importSettings(app).ownProfiles ?? app.dataDir, profile);
        return { name: profile.name, kind: profile.kind, title: null, own: true };
      } catch (error) {
        if (error instanceof ImportRefusal) throw badRequest('profile', error.text);
        throw error;
      }
    },
  }),
];
