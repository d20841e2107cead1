import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  DAY,
  expectFinding,
  findingOn,
  HOUR,
  mobile,
  openSmallWorld,
  ordinaryTalk,
  people,
  round,
  scoreOf,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { massDiallingToStrangers } from './mass-dialling-to-strangers.ts';
import { nobodyCallsBack } from './nobody-calls-back.ts';
import { shiftWork } from './shift-work.ts';

/**
 * How a number behaves. One Monday: a caller of sixty strangers whom nobody calls back, a courier of as many whom half call back, a shop that four of
 * forty call back, a reminder robot that never picks up, a shop assistant of ten calls spread over ten days, and friends.
 */
const [CALLER, COURIER, SHOP, ROBOT, CLERK] = [mobile(1), mobile(2), mobile(3), mobile(4), mobile(5)];
const strangers = people(60);
const friends = people(6, 5000);

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({
    calls: [
      // Five hours at twelve calls an hour.
      ...round(CALLER, strangers, { every: HOUR / 12 }),
      ...round(COURIER, strangers, { every: HOUR / 12 }),
      ...backTo(COURIER, strangers.slice(0, 30)),
      ...round(SHOP, strangers.slice(0, 40), { every: 2 * HOUR }),
      ...backTo(SHOP, strangers.slice(0, 4), { at: Date.parse('2024-03-12T10:00:00+08:00') }),
      ...round(ROBOT, strangers.slice(0, 40), { every: HOUR / 60 }),
      ...backTo(ROBOT, strangers.slice(0, 6), { answered: false }),
      ...round(CLERK, strangers.slice(0, 10), { every: DAY }),
      ...ordinaryTalk(6),
    ],
  });
  await world.measure();
});
afterAll(() => world.close());

describe('mass dialling to strangers', () => {
  it('sees the caller of sixty strangers in a day', async () => {
    const finding = expectFinding(await world.judge(massDiallingToStrangers), CALLER);
    expect(finding.score).toBeGreaterThan(0.9);
    expect(finding.reasons).toMatchObject([
      { measure: 'fan_out_new_contacts', value: 60, unit: 'people/day', threshold: 12 },
      { measure: 'strangers_share', value: 1, threshold: 0.75 },
    ]);
    expect(finding.innocent).toBeNull();
  });

  it('leaves the courier alone, whom half of the people call back, and the assistant with ten calls in ten days', async () => {
    const run = await world.judge(massDiallingToStrangers);
    for (const n of [COURIER, CLERK, ...friends]) expect(scoreOf(run, n), n).toBe(0);
  });

  it('says why the robot or the shop may be innocent only where somebody is answered', async () => {
    const run = await world.judge(massDiallingToStrangers);
    expect(findingOn(run, SHOP)?.innocent?.zh).toMatch(/10 % 的人会回拨/);
    expect(scoreOf(run, SHOP)).toBeLessThan(0.5);
    expect(findingOn(run, ROBOT)?.innocent).toBeNull();
  });
});

describe('nobody calls back', () => {
  it('sees the caller nobody ever called, and the robot that never picked up', async () => {
    const run = await world.judge(nobodyCallsBack);
    const finding = expectFinding(run, CALLER);
    expect(finding.score).toBeGreaterThan(0.5);
    expect(finding.reasons).toMatchObject([{ measure: 'call_back_ratio', value: 0, unit: 'share', threshold: 0.01 }]);
    expect(expectFinding(run, ROBOT).reasons.map((r) => r.measure)).toEqual(['answered_in_share', 'call_back_ratio']);
  });

  it('leaves alone whoever is called back and answers, and whoever called few', async () => {
    const run = await world.judge(nobodyCallsBack);
    for (const n of [COURIER, SHOP, CLERK, ...friends]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('shift work', () => {
  it('sees five hours on end at twelve calls an hour', async () => {
    const finding = expectFinding(await world.judge(shiftWork), CALLER);
    expect(finding.reasons).toMatchObject([{ measure: 'longest_run_hours', value: 5, unit: 'hours', threshold: 3 }]);
    expect(finding.reasons[0]!.text.en).toBe('called for 5 hours on end, 12.0 calls an hour');
  });

  it('sees the courier as well: it only ever supports other evidence', async () => {
    expect(scoreOf(await world.judge(shiftWork), COURIER)).toBeGreaterThan(0);
    expect(shiftWork.weight).toBeLessThan(1);
  });

  it('leaves alone who calls now and then', async () => {
    const run = await world.judge(shiftWork);
    for (const n of [SHOP, CLERK, ...friends]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('where no calls were imported', () => {
  it.each([massDiallingToStrangers, nobodyCallsBack, shiftWork])('$id says so', async (detector) => {
    await world.tell({ calls: [], registry: [{ number: CALLER, organisation: '甲' }] });
    expect(await world.judge(detector)).toMatchObject({ findings: [], notSeen: ['calls'] });
  });
});

describe('records of one direction', () => {
  it('says nothing of anybody where call-backs are not in the records', async () => {
    // A gateway's own records: two hundred callers, nobody of whom is ever seen being called.
    const outgoing = Array.from({ length: 200 }, (_, i) => round(mobile(70_000 + i), people(4, 10 * i)));
    await world.tell({ calls: [...outgoing.flat(), ...round(CALLER, people(60))] });
    await world.measure();
    expect((await world.judge(nobodyCallsBack)).findings).toEqual([]);
    // The same caller among people who do call each other back.
    await world.tell({ calls: [...ordinaryTalk(200), ...round(CALLER, people(60))] });
    await world.measure();
    expectFinding(await world.judge(nobodyCallsBack), CALLER);
  });
});
