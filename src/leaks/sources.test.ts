import { describe, expect, it } from 'vitest';
import type { LeakWindow } from '../model/leak.ts';
import { findSources, type KnownSource, type OrganisationCounts, type RingComparison } from './sources.ts';

const NO_WINDOW: LeakWindow = {
  state: 'unknown',
  until: null,
  untilLow: null,
  untilHigh: null,
  since: null,
  dated: 0,
  calledWithin: null,
  calledOutside: null,
  bins: [],
};

interface Person {
  of: Set<string>;
  called: boolean;
}

/** The comparison that the facts make, over people in memory: layers by how many organisations a person is known to deal with. */
function comparing(people: readonly Person[]): RingComparison {
  const count = (sources: readonly KnownSource[]): OrganisationCounts[] => {
    const layerOf = (p: Person): string =>
      [Math.min(4, p.of.size), ...sources.map((s) => (p.of.has(s.organisation) ? 1 : 0))].join();
    const layers = new Map<string, Person[]>();
    for (const p of people) if (p.of.size > 0) layers.set(layerOf(p), [...(layers.get(layerOf(p)) ?? []), p]);
    return [...new Set(people.flatMap((p) => [...p.of]))].sort().map((organisation) => ({
      organisation,
      strata: [...layers].sort().flatMap(([name, own]) => {
        const customers = own.filter((p) => p.of.has(organisation));
        const called = own.filter((p) => p.called).length;
        if (customers.length === 0 || called === 0) return [];
        return [
          {
            people: own.length,
            called,
            customers: customers.length,
            victims: customers.filter((p) => p.called).length,
            ofSource: name.split(',').slice(1).includes('1'),
          },
        ];
      }),
    }));
  };
  return { count: (s) => Promise.resolve(count(s)), window: () => Promise.resolve(NO_WINDOW) };
}

/** Numbers in [0, 1) from a seed: mulberry32. */
function unit(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const OTHERS = ['商城', '旅行', '健康', '互娱', '汽车', '家政'];

interface Plan {
  n?: number;
  seed?: number;
  /** Chance of dealing with each organisation, given those drawn before. */
  deals: Record<string, (of: ReadonlySet<string>) => number>;
  /** Chance of being called. */
  called: (of: ReadonlySet<string>) => number;
  /** Chance that a dealing is missing from the records. */
  missing?: number;
}

/** A town: everybody deals with some of six ordinary shops, and with those of the plan. */
function town({ n = 6000, seed = 1, deals, called, missing = 0 }: Plan): Person[] {
  const random = unit(seed);
  return Array.from({ length: n }, () => {
    const of = new Set<string>();
    for (const o of OTHERS) if (random() < 0.12) of.add(o);
    for (const [o, chance] of Object.entries(deals)) if (random() < chance(of)) of.add(o);
    const isCalled = random() < called(of);
    return { of: new Set([...of].filter(() => random() >= missing)), called: isCalled };
  });
}

const search = async (people: readonly Person[], tests = 8) => {
  const found = await findSources(comparing(people), tests);
  const named = (verdict: string): string[] => found.filter((f) => f.verdict === verdict).map((f) => f.organisation);
  return { found, sources: named('source'), shadows: named('shadow') };
};

describe('the sources of a list', () => {
  it('names the one whose customers are called, and none of the others', async () => {
    const { sources, shadows, found } = await search(
      town({ deals: { 启明教育: () => 0.15 }, called: (of) => (of.has('启明教育') ? 0.5 : 0.02) }),
    );
    expect(sources).toEqual(['启明教育']);
    expect(shadows).toEqual([]);
    expect(found[0]!.oddsRatio!).toBeGreaterThan(20);
    expect(found[0]!.qValue).toBeLessThan(1e-50);
  });

  it('does not take an organisation that shares customers with the source for another source', async () => {
    const deals = { 启明教育: () => 0.2, 家长帮: (of: ReadonlySet<string>) => (of.has('启明教育') ? 0.6 : 0.03) };
    const { sources, shadows, found } = await search(
      town({ deals, called: (of) => (of.has('启明教育') ? 0.4 : 0.02) }),
    );
    expect(sources).toEqual(['启明教育']);
    expect(shadows).toEqual(['家长帮']);
    const shadow = found.find((f) => f.organisation === '家长帮')!;
    expect(shadow.explainedBy).toBe('启明教育');
    expect(shadow.alone.pValue).toBeLessThan(1e-15);
  });

  it('nor when the records of the source lack customers, so that only the other one is seen of them', async () => {
    const deals = { 启明教育: () => 0.2, 家长帮: (of: ReadonlySet<string>) => (of.has('启明教育') ? 0.6 : 0.03) };
    for (const seed of [2, 3, 4]) {
      const people = town({ n: 20_000, seed, deals, called: (of) => (of.has('启明教育') ? 0.4 : 0.01), missing: 0.06 });
      expect((await search(people)).sources).toEqual(['启明教育']);
    }
  });

  it('names a small organisation whose customers all belong to a large one, when only the small one leaked', async () => {
    const deals = { 集团: () => 0.4, 子公司: (of: ReadonlySet<string>) => (of.has('集团') ? 0.25 : 0) };
    const { sources } = await search(town({ deals, called: (of) => (of.has('子公司') ? 0.5 : 0.02) }));
    expect(sources).toEqual(['子公司']);
  });

  it('names all of several, also when their customers overlap and one list is used more than the other', async () => {
    const deals = { 启明教育: () => 0.15, 安盈财富: (of: ReadonlySet<string>) => (of.has('启明教育') ? 0.3 : 0.1) };
    const called = (of: ReadonlySet<string>): number =>
      1 - (of.has('启明教育') ? 0.4 : 1) * (of.has('安盈财富') ? 0.75 : 1) * 0.98;
    const { sources, shadows } = await search(town({ deals, called }));
    expect(sources).toEqual(['启明教育', '安盈财富']);
    expect(shadows).toEqual([]);
  });

  it('names nobody when people were called at random, or because they deal with many', async () => {
    for (const seed of [11, 12, 13, 14]) {
      const deals = { 启明教育: () => 0.15, 大超市: (of: ReadonlySet<string>) => Math.min(0.9, 0.2 + 0.2 * of.size) };
      expect((await search(town({ seed, deals, called: () => 0.2 }))).sources).toEqual([]);
      const busy = await search(town({ seed, deals, called: (of) => Math.min(0.9, 0.1 * of.size) }));
      expect(busy.sources).toEqual([]);
    }
  });

  it('says when two organisations cannot be told apart', async () => {
    const deals = { 启明教育: () => 0.12, 启明分校: (of: ReadonlySet<string>) => (of.has('启明教育') ? 1 : 0) };
    const { found } = await search(town({ deals, called: (of) => (of.has('启明教育') ? 0.4 : 0.02) }));
    const [source] = found;
    expect(source!.verdict).toBe('source');
    expect([source!.organisation, ...source!.alternatives].sort()).toEqual(['启明教育', '启明分校'].sort());
    expect(found.filter((f) => f.verdict === 'source')).toHaveLength(1);
  });

  it('needs more the more was compared', async () => {
    const deals = { 启明教育: () => 0.15 };
    const people = town({ n: 2000, seed: 5, deals, called: (of) => (of.has('启明教育') ? 0.15 : 0.04) });
    expect((await search(people, 8)).sources).toEqual(['启明教育']);
    expect((await search(people, 1e15)).sources).toEqual([]);
  });

  it('does not depend on the order of people', async () => {
    const people = town({ deals: { 启明教育: () => 0.15 }, called: (of) => (of.has('启明教育') ? 0.3 : 0.05) });
    const random = unit(77);
    const shuffled = people
      .map((p) => ({ p, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ p }) => p);
    expect(await findSources(comparing(shuffled), 8)).toEqual(await findSources(comparing(people), 8));
  });

  it('is not too sure by chance: with who was called dealt out anew among like people, small p-values come no more often than they should', async () => {
    const people = town({ n: 900, deals: { 启明教育: () => 0.15 }, called: (of) => (of.has('启明教育') ? 0.4 : 0.05) });
    const random = unit(99);
    const [rounds, low] = [120, { at01: 0, at05: 0, at20: 0, all: 0 }];
    for (let r = 0; r < rounds; r++) {
      const lots = people
        .map((p) => ({ called: p.called, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map((x) => x.called);
      const { found } = await search(people.map((p, i) => ({ of: p.of, called: lots[i]! })));
      for (const f of found) {
        low.all++;
        if (f.alone.pValue <= 0.01) low.at01++;
        if (f.alone.pValue <= 0.05) low.at05++;
        if (f.alone.pValue <= 0.2) low.at20++;
      }
    }
    // Three standard errors above the level; the organisations of a round depend on each other a little.
    const most = (level: number): number => level + 3 * Math.sqrt((level * (1 - level)) / low.all);
    expect(low.at01 / low.all).toBeLessThanOrEqual(most(0.01));
    expect(low.at05 / low.all).toBeLessThanOrEqual(most(0.05));
    expect(low.at20 / low.all).toBeLessThanOrEqual(most(0.2));
    expect(low.at20 / low.all).toBeGreaterThan(0.1);
  });
});
