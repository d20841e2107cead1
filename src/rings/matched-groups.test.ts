import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { british, mobile, openSmallWorld, people, round, type SmallWorld } from '../../test/unit/small-world.ts';
import { alternativesOf, type RingTraits } from './alternatives.ts';
import { seededRandom } from '../model/random.ts';
import { besideRandomGroups, combined } from './matched-groups.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
});
afterAll(() => world.close());

describe('a ring beside random groups', () => {
  it('stands out by what its numbers share, and callers who have nothing to do with each other do not', async () => {
    const random = seededRandom(3);
    const everybody = people(400);
    const anyTen = () => Array.from({ length: 10 }, () => everybody[Math.floor(random() * everybody.length)]!);
    const outside = Array.from({ length: 120 }, (_, i) => mobile(90_000 + i));
    const ring = Array.from({ length: 8 }, (_, i) => british(i));
    const common = everybody.slice(0, 20);
    await world.tell({
      calls: [
        ...outside.flatMap((n, i) => round(n, anyTen(), { account: `own${i}` })),
        // Half of the people each calls are people another of them calls; two seats between the eight.
        ...ring.flatMap((n, i) =>
          round(n, [...anyTen().slice(0, 5), ...common.slice(2 * i, 2 * i + 5)], { account: `seat${i % 2}` }),
        ),
      ],
      cases: [0, 3, 6, 9].map((i) => ({ case_id: `c${i}`, victim: common[i]! })),
    });
    await world.measure();
    const strangers = outside.slice(0, 8);
    await world.facts.command(
      'CREATE OR REPLACE TABLE ring_numbers (ring String, member String, number String, work UInt8) ENGINE = MergeTree ORDER BY number',
    );
    const rows = [...ring.map((number) => ['R1', number]), ...strangers.map((number) => ['R2', number])];
    await world.facts.insert(
      'ring_numbers',
      rows.map(([id, number]) => ({ ring: id, member: number, number, work: 1 })),
    );
    const rings = new Map([
      ['R1', ring],
      ['R2', strangers],
      ['R3', [mobile(1)]],
    ]);
    const found = await besideRandomGroups(world.facts, rings);
    const told = found.get('R1')!;
    expect(told).toMatchObject({ groups: 99, numbers: 8, chance: 0.01 });
    expect(told.traits.map((t) => t.trait)).toEqual(['shared_people', 'victims_reached', 'numbers_on_shared_lines']);
    const [shared, victims, lines] = told.traits;
    expect(shared!.value).toBeGreaterThan(shared!.groups[6]!);
    expect(victims!.value).toBe(4);
    expect(lines).toEqual({ trait: 'numbers_on_shared_lines', value: 8, groups: [0, 0, 0, 0, 0, 0, 0] });
    expect(found.get('R2')!.chance).toBeGreaterThan(0.05);
    // Nothing to compare.
    expect(found.get('R3')).toBeNull();
    expect(await besideRandomGroups(world.facts, rings)).toEqual(found);
  });

  it('says nothing of a ring where no other callers are like it', async () => {
    const ring = Array.from({ length: 4 }, (_, i) => british(i));
    await world.tell({ calls: ring.flatMap((n) => round(n, people(12))) });
    await world.measure();
    const found = await besideRandomGroups(world.facts, new Map([['R1', ring]]));
    expect(found.get('R1')).toBeNull();
  });

  it('chance is a rank: never below one in all groups, one where all are alike, and the same for any scale of the traits', () => {
    const rows = fc.array(fc.nat(5), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const two = [
          { trait: 'shared_people', row: a },
          { trait: 'victims_reached', row: b },
        ] as const;
        const { chance } = combined(two, 5);
        expect(chance).toBeGreaterThanOrEqual(1 / 20);
        expect(chance).toBeLessThanOrEqual(1);
        expect(combined([{ ...two[0], row: a.map((x) => 7 * x + 1) }, two[1]], 5).chance).toBe(chance);
      }),
    );
    expect(combined([{ trait: 'shared_people', row: [3, 3, 3, 3] }], 5).chance).toBe(1);
    expect(combined([{ trait: 'shared_people', row: [9, 3, 1, 2] }], 5).chance).toBe(1 / 4);
  });
});

describe('other explanations', () => {
  const traits: RingTraits = {
    layers: new Set(),
    agents: 10,
    numbers: 20,
    abroad: 0,
    called: 5000,
    lost: 0,
  };
  const first = (more: Partial<RingTraits>): string => alternativesOf({ ...traits, ...more })[0]!.en;

  it('follow what the records of the ring say', () => {
    expect(first({ layers: new Set(['seat', 'review']) })).toMatch(/^a lawful outsourced call centre/);
    expect(first({ layers: new Set(['victims']) })).toMatch(/^marketers who do not know each other use the same list/);
    expect(first({ abroad: 20, layers: new Set(['account', 'pay']) })).toMatch(/^customer service of a foreign firm/);
    expect(first({ layers: new Set(['line', 'victims', 'account']), lost: 50 })).toMatch(/^customers of one provider/);
  });

  it('are three, each with its figures, and none is the ring by another name', () => {
    const three = alternativesOf({
      ...traits,
      abroad: 20,
      lost: 70,
      layers: new Set(['seat', 'pay', 'group', 'device']),
    });
    expect(three).toHaveLength(3);
    for (const t of three) expect(`${t.zh}${t.en}`).not.toMatch(/undefined|NaN|null/);
    // That members may have been lured goes with nearly every ring: it stands behind what would undo one.
    expect(three[0]!.en).not.toMatch(/lured/);
  });
});
