import { notFound } from '../api-error.ts';
import type { ListedRing, Page } from '../contract.ts';
import { ringComparison } from '../read/ring-comparison.ts';
import { ringEvidence } from '../read/ring-evidence.ts';
import { ringLeaks } from '../read/leaks.ts';
import { ringSuccession } from '../read/succession.ts';
import { ringNetwork } from '../read/ring-network.ts';
import { ringTimeline } from '../read/ring-timeline.ts';
import { ringCards, ringDetail } from '../read/rings.ts';
import { route } from '../route.ts';

const found = <T>(value: T | null): T => {
  if (value === null) throw notFound({ zh: '这个团伙', en: 'That ring' });
  return value;
};

/** Which rings are there, and how bad? Who is in one, and what holds it together? */
export const rings = [
  route({
    method: 'GET',
    path: '/api/rings',
    permission: 'read',
    handle: async ({ context }): Promise<Page<ListedRing>> => {
      const rows = await ringCards(await context.app.facts(), await context.app.records());
      return { rows, total: rows.length, offset: 0 };
    },
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id',
    permission: 'read',
    handle: async ({ context, params }) =>
      found(await ringDetail(await context.app.facts(), await context.app.records(), params['id'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id/network',
    permission: 'read',
    handle: async ({ context, params }) => found(await ringNetwork(await context.app.facts(), params['id'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id/compare/:other',
    permission: 'read',
    handle: async ({ context, params }) =>
      found(
        await ringComparison(await context.app.facts(), context.app.home, params['id'] ?? '', params['other'] ?? ''),
      ),
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id/timeline',
    permission: 'read',
    handle: async ({ context, params }) =>
      found(await ringTimeline(await context.app.facts(), context.app.home, params['id'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id/evidence',
    permission: 'read',
    handle: async ({ context, params }) => found(await ringEvidence(await context.app.facts(), params['id'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id/succession',
    permission: 'read',
    handle: async ({ context, params }) => found(await ringSuccession(await context.app.facts(), params['id'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/api/rings/:id/leaks',
    permission: 'read',
    handle: async ({ context, params }) => found(await ringLeaks(await context.app.facts(), params['id'] ?? '')),
  }),
];
