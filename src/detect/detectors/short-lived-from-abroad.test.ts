import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  british,
  DAY,
  expectFinding,
  HOUR,
  MONDAY,
  mobile,
  openSmallWorld,
  ordinaryTalk,
  people,
  philippine,
  round,
  scoreOf,
  type Call,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { shortLivedFromAbroad } from './short-lived-from-abroad.ts';

/**
 * Five weeks of bare calls. Two British numbers are used up in a day each. Who looks like them: a Philippine airline's reminders, which go on for
 * weeks; a British firm whose brief campaign is called back; a visitor with a foreign SIM, who calls a few people; a call-happy number at home; a firm abroad whose people
 * called are abroad. Last, a record that holds no more than a number's own days.
 */
const USED_UP = [1, 2].map(british);
const AIRLINE = philippine(1);
const CAMPAIGN = british(5);
const VISITOR = british(6);
const COURIER = mobile(1);
const THERE = british(7);
const strangers = people(200);

const calls: Call[] = [
  ...USED_UP.flatMap((n, i) => round(n, strangers.slice(i * 80, i * 80 + 80), { at: MONDAY + (10 + i) * DAY })),
  ...round(AIRLINE, strangers.slice(0, 60), { every: 12 * HOUR }),
  ...round(CAMPAIGN, strangers.slice(100, 160), { at: MONDAY + 12 * DAY }),
  ...backTo(CAMPAIGN, strangers.slice(100, 103), { at: MONDAY + 12.5 * DAY }),
  ...round(VISITOR, strangers.slice(0, 6), { at: MONDAY + 14 * DAY }),
  ...round(COURIER, strangers.slice(0, 80), { at: MONDAY + 15 * DAY }),
  ...round(
    THERE,
    Array.from({ length: 60 }, (_, i) => british(100 + i)),
    { at: MONDAY + 15 * DAY },
  ),
  ...ordinaryTalk(6),
  ...round(mobile(90), [mobile(91)], { at: MONDAY + 35 * DAY }),
];

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({ calls });
  await world.measure();
});
afterAll(() => world.close());

describe('short-lived from abroad', () => {
  it('sees foreign numbers used up within a day on strangers at home', async () => {
    const run = await world.judge(shortLivedFromAbroad);
    for (const n of USED_UP) {
      const finding = expectFinding(run, n);
      expect(finding.score).toBeGreaterThan(0.7);
      expect(finding.reasons.map((r) => r.measure)).toEqual(['active_span_days', 'out_degree']);
      expect(finding.reasons[0]!.innocent).toBeDefined();
    }
  });

  it('leaves alone reminders that go on for weeks, who is called back, the visitor, the courier at home, and who calls abroad', async () => {
    const run = await world.judge(shortLivedFromAbroad);
    for (const n of [AIRLINE, CAMPAIGN, VISITOR, COURIER, THERE]) expect(scoreOf(run, n), n).toBe(0);
  });

  it('does not call short-lived what only the record cut short', async () => {
    await world.tell({
      calls: [...round(british(1), strangers.slice(0, 80), { every: 20 * 60_000 }), ...ordinaryTalk(6)],
    });
    await world.measure();
    expect(scoreOf(await world.judge(shortLivedFromAbroad), british(1))).toBe(0);
  });
});
