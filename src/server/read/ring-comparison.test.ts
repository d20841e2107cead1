import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeFrom } from '../../model/home.ts';
import { silent } from '../../model/progress.ts';
import { importPaths } from '../../normalise/import-files.ts';
import { analyse } from '../../pipeline.ts';
import { simulate } from '../../simulate/index.ts';
import { openStores, type Stores } from '../../store/open.ts';
import type { RingCard } from '../contract.ts';
import { ringComparison, verdictOf } from './ring-comparison.ts';
import { ringCards } from './rings.ts';

const DAY = 86_400_000;
const ring = (id: string, first: number, last: number) => ({
  card: { id, firstSeen: first * DAY, lastSeen: last * DAY } as RingCard,
});
const shared = (kind: 'accounts' | 'trunks' | 'sources', close: boolean, both: number) => ({
  kind,
  close,
  left: 9,
  right: 9,
  both,
  names: [],
});
const nobody = { left: 1000, right: 800, both: 8, expected: 8 };

describe('two rings side by side', () => {
  it('are one staff when they share what only colleagues share', () => {
    const found = verdictOf(ring('RA', 0, 60), ring('RB', 10, 70), {
      shared: [shared('accounts', true, 3), shared('trunks', false, 2)],
      called: nobody,
      handovers: [],
    });
    expect(found.verdict).toBe('together');
    expect(found.text.en).toMatch(/3 accounts/);
    const one = { shared: [shared('accounts', true, 1)], called: nobody, handovers: [] };
    expect(verdictOf(ring('RA', 0, 60), ring('RB', 10, 70), one).text.en).toMatch(/share 1 account:/);
    expect(found.innocent!.en).toMatch(/technician/);
  });

  it('are one after the other when numbers were handed over, or one began as the other stopped', () => {
    const base = { shared: [shared('accounts', true, 1)], called: nobody, handovers: [] };
    expect(verdictOf(ring('RB', 61, 90), ring('RA', 0, 60), base)).toMatchObject({ verdict: 'successor' });
    const once = { from: '+4420', to: '+4421', at: 5, score: 0.9 };
    const handed = { ...base, shared: [], handovers: [once, { ...once, from: '+4422', to: '+4423' }] };
    const chance = verdictOf(ring('RA', 0, 60), ring('RB', 10, 70), { ...handed, handovers: [once] });
    expect(chance.verdict).toBe('strangers');
    expect(verdictOf(ring('RA', 0, 60), ring('RB', 10, 70), handed).text.en).toMatch(/RB probably came of RA/);
  });

  it('are not one gang for a list, a trunk or the people on it', () => {
    const list = { shared: [shared('sources', false, 1)], called: { ...nobody, both: 400 }, handovers: [] };
    const found = verdictOf(ring('RA', 0, 60), ring('RB', 10, 70), list);
    expect(found.verdict).toBe('supplier');
    expect(found.text.en).toMatch(/400 people were called by both \(about 8 by chance, 50.0 times\)/);
    const none = { shared: [], called: nobody, handovers: [] };
    expect(verdictOf(ring('RA', 0, 60), ring('RB', 10, 70), none).verdict).toBe('strangers');
  });
});

describe('rings that bought one list', () => {
  let dir: string;
  let stores: Stores;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'ringbreak-compare-'));
    await simulate({ preset: 'shared-list', seed: 3, scale: 0.1, out: join(dir, 'world') }, silent);
    stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
    const world = { home: homeFrom({}), clock: Date.now };
    await importPaths(await stores.facts(), [join(dir, 'world')], world, silent);
    await analyse(await stores.facts(), null, { ...world, codeVersion: 'test' });
  }, 120_000);
  afterAll(async () => {
    await stores.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are told apart, though they call the same people', async () => {
    const facts = await stores.facts();
    const cards = await ringCards(facts, null);
    expect(cards.length).toBeGreaterThanOrEqual(2);
    const [a, b] = [cards[0]!, cards[1]!];
    const found = (await ringComparison(facts, homeFrom({}), a.id, b.id))!;
    expect(['supplier', 'strangers']).toContain(found.verdict);
    expect(found.called.left).toBe(a.reach.called);
    expect(found.called.right).toBe(b.reach.called);
    expect(found.called.expected).toBeGreaterThan(0);
    expect(found.called.expected).toBeLessThan(Math.min(found.called.left, found.called.right));
    for (const r of found.rings) expect(r.daily.reduce((x, y) => x + y, 0)).toBeGreaterThan(0);
    expect(found.rings[0].daily.length).toBe(found.rings[1].daily.length);
    for (const r of found.rings) {
      // Every call has its day and its hour.
      expect(r.hours.flat().reduce((x, y) => x + y, 0)).toBe(r.daily.reduce((x, y) => x + y, 0));
    }
    expect(found.methods.map((m) => m.detector)).toContain('mass-dialling-to-strangers');
    for (const m of found.methods) for (const share of m.shares) expect(share).toBeLessThanOrEqual(1);
    // The same, seen from the other side.
    const turned = (await ringComparison(facts, homeFrom({}), b.id, a.id))!;
    expect(turned.verdict).toBe(found.verdict);
    expect(turned.shared.map((s) => [s.kind, s.right, s.left, s.both])).toEqual(
      found.shared.map((s) => [s.kind, s.left, s.right, s.both]),
    );
    expect(await ringComparison(facts, homeFrom({}), a.id, 'R00000000')).toBeNull();
    const itself = (await ringComparison(facts, homeFrom({}), a.id, a.id))!;
    expect(itself.called.both).toBe(itself.called.left);
  });
});
