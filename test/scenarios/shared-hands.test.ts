import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeFrom } from '../../src/model/home.ts';
import { silent } from '../../src/model/progress.ts';
import { importPaths } from '../../src/normalise/import-files.ts';
import { analyse } from '../../src/pipeline.ts';
import type { RingDetail } from '../../src/server/contract.ts';
import { ringComparison } from '../../src/server/read/ring-comparison.ts';
import { ringCards, ringDetail } from '../../src/server/read/rings.ts';
import { simulate } from '../../src/simulate/index.ts';
import { openStores, type Stores } from '../../src/store/open.ts';

/**
 * Two rings, and one technician who serves both: the second ring's own is taken out of every record and the first ring's put in his place, handle, account, handset
 * and number. He ties the rings as closely as anybody ties one; they are two all the same, and he is of both.
 */
describe('a technician who serves two rings', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-shared-'));
  const world = join(dir, 'world');
  const home = homeFrom({});
  let stores: Stores;
  let rings: RingDetail[];
  let truth: Map<string, { ring: string; role: string }>;
  /** His handle and his account: the records need not say that they are one person's. */
  let technician: readonly string[];

  beforeAll(async () => {
    await simulate({ preset: 'shared-list', seed: 71, scale: 0.2, out: world }, silent);
    truth = new Map(
      table(join(world, 'truth', 'people.csv')).map((r) => [r['person']!, { ring: r['ring']!, role: r['role']! }]),
    );
    const [first, second] = ['ring-1', 'ring-2'].map((ring) => technicianOf(world, truth, ring));
    technician = [first!.handle, first!.account];
    for (const name of readdirSync(world).filter((n) => n.endsWith('.csv'))) {
      const text = readFileSync(join(world, name), 'utf8');
      const [from, to] = [second!, first!].map((t) => [t.handle, t.account, t.imei, t.number]);
      writeFileSync(
        join(world, name),
        from!.reduce((s, old, i) => s.replaceAll(old, to![i]!), text),
      );
    }
    stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
    const facts = await stores.facts();
    await importPaths(facts, [world], { home, clock: Date.now }, silent);
    await analyse(facts, null, { home, clock: Date.now, codeVersion: 'test' });
    const cards = await ringCards(facts, null);
    rings = await Promise.all(cards.map(async (c) => (await ringDetail(facts, null, c.id))!));
  }, 240_000);

  afterAll(async () => {
    await stores.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('leaves them two rings, each with the people of one', () => {
    expect(rings.length).toBe(2);
    for (const ring of rings) {
      const from = ring.members.flatMap((m) => truth.get(m.id)?.ring ?? []);
      const most = Math.max(...['ring-1', 'ring-2'].map((r) => from.filter((x) => x === r).length));
      // The technician himself is the one who may be of the other.
      expect(from.length - most).toBeLessThanOrEqual(1);
    }
  });

  it('makes him, and nobody else, a member of both: a technician, with the reason', () => {
    const both = rings.map((r) => r.members.filter((m) => (m.alsoIn ?? []).length > 0));
    for (const [i, shared] of both.entries()) {
      expect(shared.length).toBeGreaterThan(0);
      for (const m of shared) {
        expect(technician).toContain(m.id);
        expect(m.role).toBe('technician');
        expect(m.alsoIn).toEqual([rings[1 - i]!.card.id]);
      }
    }
    const reasons = both.flat().flatMap((m) => m.sharedBy ?? []);
    expect(reasons.map((r) => r.measure)).toContain('ring_accounts_touched');
  });

  it('shows side by side what ties them, and that a technician may serve two', async () => {
    const found = await ringComparison(await stores.facts(), home, rings[0]!.card.id, rings[1]!.card.id);
    expect(found?.verdict).toBe('together');
    expect(found?.shared.find((s) => s.kind === 'people')!.names.every((n) => technician.includes(n))).toBe(true);
    expect(found?.innocent?.en).toMatch(/technician/);
  });
});

/** Rows of a small file of ours, without quotes. */
function table(path: string): Record<string, string>[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((l) => Object.fromEntries(l.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

/** What the records call a ring's (only) technician. */
function technicianOf(world: string, truth: ReadonlyMap<string, { ring: string; role: string }>, ring: string) {
  const handle = [...truth].find(([, p]) => p.ring === ring && p.role === 'technician')![0];
  const logins = table(join(world, 'logins.csv'));
  const ofRing = new Set(
    table(join(world, 'seats.csv'))
      .filter((s) => truth.get(s['person'] ?? '')?.ring === ring)
      .map((s) => s['account']),
  );
  // Technicians configure trunks, most often from their own account; whose, tells the handset that accounts of the ring logged in from too.
  const counts = new Map<string, number>();
  for (const l of logins) {
    if (l['app'] !== 'trunk-admin' || l['imei'] === '') continue;
    if (!logins.some((o) => o['imei'] === l['imei'] && ofRing.has(o['account']))) continue;
    const pair = `${l['account']} ${l['imei']}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const [account, imei] = [...counts].sort((x, y) => y[1] - x[1])[0]![0].split(' ') as [string, string];
  const calls = table(join(world, 'calls.csv')).filter((c) => c['imei'] === imei && c['account'] === '');
  return { handle, account, imei, number: calls[0]!['caller']!.replace(/^\+86/, '') };
}
