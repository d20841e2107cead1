import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTruth, scoreWorld, type WorldScore } from '../../bench/score-world.ts';
import { homeFrom } from '../../src/model/home.ts';
import { silent } from '../../src/model/progress.ts';
import { importPaths } from '../../src/normalise/import-files.ts';
import { analyse } from '../../src/pipeline.ts';
import type { RunDetail } from '../../src/model/run.ts';
import { simulate } from '../../src/simulate/index.ts';
import { openStores, type Stores } from '../../src/store/open.ts';
import { sql } from '../../src/store/sql.ts';

/**
 * Whole small worlds, each with every kind of innocent who looks guilty: what has to be found, and who must be left alone. The seeds are
 * none that anything was chosen on.
 */
const WORLDS = [
  { preset: 'pudong', seed: 41, scale: 0.1, rings: 1, roleF1: 0.85 },
  { preset: 'slow', seed: 42, scale: 0.1, rings: 1, roleF1: 0.8 },
  { preset: 'shared-list', seed: 43, scale: 0.2, rings: 2, roleF1: 0.8 },
  { preset: 'sim-box', seed: 44, scale: 0.2, rings: 1, roleF1: null },
  { preset: 'no-ring', seed: 45, scale: 0.1, rings: 0, roleF1: null },
] as const;

const home = homeFrom({});

describe.each(WORLDS)('$preset, seed $seed', ({ preset, seed, scale, rings, roleF1 }) => {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-world-'));
  const world = join(dir, 'world');
  let stores: Stores;
  let run: RunDetail;
  let score: WorldScore;

  beforeAll(async () => {
    await simulate({ preset, seed, scale, out: world }, silent);
    stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
    const facts = await stores.facts();
    const balance = await importPaths(facts, [world], { home, clock: Date.now }, silent);
    expect(balance.rows).toBe(balance.facts + balance.duplicates + balance.quarantined);
    run = await analyse(facts, null, { home, clock: Date.now, codeVersion: 'test' });
    score = await scoreWorld(facts, run.id, world);
  }, 240_000);

  afterAll(async () => {
    await stores.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('leaves the lawful alone', () => {
    expect(score.lawful).toBeGreaterThan(30);
    expect(score.lawfulFlagged).toEqual([]);
  });

  it(rings === 0 ? 'finds no ring and flags nobody' : 'finds the numbers the ring calls under', () => {
    expect(score.trueRings).toBe(rings);
    expect(score.rings).toBe(rings);
    if (rings === 0) expect(score.falseFlags).toEqual([]);
    else {
      expect(score.recall).toBeGreaterThanOrEqual(0.95);
      expect(score.precision).toBeGreaterThanOrEqual(0.95);
    }
  });

  it(rings === 0 ? 'names no source of a list' : 'names whose customers were called, and none besides', () => {
    expect(score.leaks.false).toEqual([]);
    expect(score.leaks.firstRight).toBe(score.leaks.rings);
    expect(score.leaks.rings).toBe(rings);
  });

  if (rings > 0) {
    it('groups the numbers as the rings they are of, and follows them from one to the next', () => {
      expect(score.ringPairF1).toBeGreaterThanOrEqual(0.95);
      expect(score.succession.f1).toBeGreaterThanOrEqual(preset === 'sim-box' ? 0.6 : 0.8);
    });
  }

  if (roleF1 !== null) {
    it('puts people in their places', () => {
      expect(score.roleMacroF1).toBeGreaterThanOrEqual(roleF1);
      expect(score.linesRight).toBeGreaterThanOrEqual(0.8);
    });

    it('counts nobody twice, whatever accounts people go through', async () => {
      const facts = await stores.facts();
      const cards = await facts.query<{ size: number }>(sql`SELECT size FROM rings WHERE run = ${run.id} AND size > 0`);
      const real = readTruth(world, 'people').filter((p) => p['ring'] !== '').length;
      const counted = cards.reduce((n, c) => n + c.size, 0);
      expect(counted).toBeLessThanOrEqual(1.05 * real);
      expect(counted).toBeGreaterThanOrEqual(0.8 * real);
    });
  }

  if (preset === 'pudong') {
    it('gives the same bytes when run again', async () => {
      const again = await analyse(await stores.facts(), null, { home, clock: Date.now, codeVersion: 'test' });
      expect(again.resultHash).toBe(run.resultHash);
      expect(again.id).not.toBe(run.id);
    });
  }
});
