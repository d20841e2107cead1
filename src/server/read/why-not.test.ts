import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  british,
  DAY,
  HOUR,
  mobile,
  MONDAY,
  openSmallWorld,
  ordinaryTalk,
  people,
  round,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { scoredNumbers } from './findings.ts';
import { weighed } from './why-not.ts';

/**
 * Heavy callers, and why they are not flagged. A registered clinic dials forty strangers a day and nobody calls back. A courier dials as many and half of them call back. A shop
 * calls the same thirty-five customers over and over, and nothing is found about it. A British number placed from home is flagged. A survey line dials strangers, and that is all.
 */
const CLINIC = mobile(1);
const COURIER = mobile(2);
const SHOP = mobile(3);
const RING = british(1);
const SURVEY = mobile(4);
const QUIET = people(1, 5000)[0]!;
const strangers = people(400);
const own = people(35, 900);

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({
    calls: [
      ...round(CLINIC, strangers.slice(0, 60), { every: HOUR / 6 }),
      ...round(COURIER, strangers.slice(60, 120), { every: HOUR / 6 }),
      ...backTo(COURIER, strangers.slice(60, 90)),
      ...[0, 1, 2, 3].flatMap((d) => round(SHOP, own, { account: 'till', at: MONDAY + d * DAY })),
      ...backTo(SHOP, own),
      ...round(RING, strangers.slice(120, 180), { origin: 'CN', every: HOUR / 6 }),
      ...round(SURVEY, strangers.slice(180, 240), { every: HOUR / 6 }),
      ...ordinaryTalk(12),
    ],
    registry: [{ number: CLINIC, organisation: '仁爱诊所' }],
  });
  await world.analyse();
}, 60_000);
afterAll(() => world.close());

const sum = (w: NonNullable<Awaited<ReturnType<typeof weighed>>>): number =>
  w.prior + w.association + w.families.reduce((s, f) => s + f.logOdds, 0) - w.lawful.reduce((s, l) => s + l.weight, 0);

describe('why not', () => {
  it('a registered clinic: what was suspicious, and that its registration outweighs it', async () => {
    const w = (await weighed(world.facts, CLINIC))!;
    expect(w.families.flatMap((f) => f.detectors)).toContain('mass-dialling-to-strangers');
    expect(w.families[0]!.titles.map((x) => x.zh)).toContain('大量拨打陌生人');
    expect(w.lawful[0]).toMatchObject({ weight: 6, reason: { measure: 'registered' } });
    expect(w.whyNot?.zh).toContain('已登记为「仁爱诊所」的号码');
    expect(sum(w)).toBeCloseTo(w.logOdds, 4);
  });

  it('a courier: half of the people call back', async () => {
    const w = (await weighed(world.facts, COURIER))!;
    expect(w.whyNot?.en).toContain('call back');
    expect(w.lawful.map((l) => l.reason.measure)).toContain('call_back_ratio');
  });

  it('a survey line that nothing speaks for: it does not amount to a flag', async () => {
    const w = (await weighed(world.facts, SURVEY))!;
    expect(w.lawful).toEqual([]);
    expect(w.whyNot?.en).toMatch(/does not amount to a flag\.$/);
  });

  it('a heavy caller that no detector speaks of: that nothing was found, and what speaks for it', async () => {
    const w = (await weighed(world.facts, SHOP))!;
    expect(w.families).toEqual([]);
    expect(w.whyNot?.en).toMatch(
      /^It called 35 people, and no detector found anything suspicious\. It has for itself: /,
    );
  });

  it('a flagged number has its sum and no "why not"; a quiet one has neither', async () => {
    const w = (await weighed(world.facts, RING))!;
    expect(w.whyNot).toBeNull();
    expect(w.families.length).toBeGreaterThanOrEqual(2);
    expect(sum(w)).toBeCloseTo(w.logOdds, 4);
    expect(await weighed(world.facts, QUIET)).toBeNull();
  });

  it('is told of one number on the command line', async () => {
    const [row] = await scoredNumbers(world.facts, { number: CLINIC });
    expect(row!.weighed?.whyNot?.en).toContain('registered to “仁爱诊所”');
    const all = await scoredNumbers(world.facts, { all: true });
    expect(all.every((r) => r.weighed === null)).toBe(true);
  });
});
