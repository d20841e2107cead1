import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  british,
  DAY,
  expectFinding,
  findingOn,
  HOUR,
  mobile,
  MONDAY,
  openSmallWorld,
  ordinaryTalk,
  people,
  round,
  scoreOf,
  type Call,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import type { Detector } from '../detector.ts';
import { rotation } from './rotation.ts';
import { silentHandOver } from './silent-hand-over.ts';

/**
 * Number after number. Seat 1 uses five British numbers, two days each, and goes on with the people it had not reached. A firm changed its line once; a foreign one too. A call centre's
 * pool of five is used side by side. A man lost his phone: his new number calls the same friends, who call it back. Two riders of one town share customers all the time;
 * one stopped the day before the other began.
 */
const TURNS = [1, 2, 3, 4, 5].map(british);
/** A foreign firm's two lines, each in use for a fortnight. */
const ABROAD = [british(8), british(9)];
const OLD_LINE = mobile(31);
const NEW_LINE = mobile(32);
const POOL = [41, 42, 43, 44, 45].map(mobile);
const LOST = mobile(51);
const FOUND = mobile(52);
const RIDERS = [61, 62, 63, 64].map(mobile);
const list = people(120);
const town = people(60, 2000);
const friends = people(12, 3000);
const customers = people(40, 4000);
const guests = people(40, 5000);

const calls: Call[] = [
  ...TURNS.flatMap((n, i) =>
    round(n, list.slice(i * 8, i * 8 + 24), { account: 'seat1', at: MONDAY + (4 + i * 2) * DAY, every: HOUR }),
  ),
  ...round(ABROAD[0]!, guests.slice(0, 28), { every: 12 * HOUR }),
  ...round(ABROAD[1]!, guests.slice(8, 36), { at: MONDAY + 14 * DAY, every: 12 * HOUR }),
  ...round(OLD_LINE, customers.slice(0, 20), { account: 'firm', every: 12 * HOUR }),
  ...round(NEW_LINE, customers.slice(10, 35), { account: 'firm', at: MONDAY + 11 * DAY, every: 12 * HOUR }),
  ...POOL.flatMap((n, i) =>
    round(n, people(14, 6000 + 14 * i), { account: 'pool', at: MONDAY + i * HOUR, every: DAY }),
  ),
  ...round(LOST, friends, { imei: '490154203237518', every: HOUR }),
  ...backTo(LOST, friends, { every: HOUR }),
  ...round(FOUND, friends, { imei: '490154203237518', at: MONDAY + 4 * DAY, every: HOUR }),
  ...backTo(FOUND, friends, { at: MONDAY + 5 * DAY, every: HOUR }),
  // Every rider of the town meets two customers in three. The first stops on day 10, the last begins on day 11, the others go on.
  ...RIDERS.flatMap((n, i) =>
    round(
      n,
      town.filter((_, k) => (i === 3 ? k % 4 !== 1 : (k + i) % 3 !== 0)),
      { at: MONDAY + (i === 3 ? 11 * DAY : 0), every: (i === 0 || i === 3 ? 6 : 13) * HOUR },
    ),
  ),
  ...ordinaryTalk(20, 8000),
  ...ordinaryTalk(6, 9000).map((c) => ({ ...c, at: c.at! + 30 * DAY })),
];

let world: SmallWorld;
const judged = async (d: Detector) => world.judge(d);
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({ calls });
  await world.measure();
});
afterAll(() => world.close());

describe('rotation', () => {
  it('sees five numbers of one account, one after another, two days each', async () => {
    const run = await judged(rotation);
    for (const n of TURNS) expectFinding(run, n);
    const third = expectFinding(run, TURNS[2]!);
    expect(third.reasons).toMatchObject([
      { measure: 'numbers_in_turn', value: 5, unit: 'numbers', threshold: 3 },
      { measure: 'turn_days', unit: 'days', threshold: 7 },
    ]);
    expect(third.reasons[0]!.text.en).toContain('2 had fallen silent before, 2 began after');
    expect(third.score).toBeGreaterThan(0.5);
  });

  it('leaves alone a firm that changed its line, a pool used side by side, and a lost phone', async () => {
    const run = await judged(rotation);
    for (const n of [OLD_LINE, NEW_LINE, ...POOL, LOST, FOUND]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('silent hand-over', () => {
  it('sees that the next number went on with the same strangers from the same account, and says so of both', async () => {
    const run = await judged(silentHandOver);
    for (const n of TURNS) expectFinding(run, n);
    const second = expectFinding(run, TURNS[1]!);
    expect(second.reasons.map((r) => r.measure)).toEqual(['hand_over_gap', 'shared_contacts', 'same_line']);
    expect(second.reasons[1]).toMatchObject({ value: 16, unit: 'people', threshold: 4 });
    expect(second.reasons[0]!.text.en).toContain(TURNS[0]);
  });

  it('sees it by the people alone where no account was recorded', async () => {
    await world.tell({ calls: calls.map(({ account: _account, imei: _imei, ...c }) => c) });
    await world.measure();
    const run = await judged(silentHandOver);
    const finding = expectFinding(run, TURNS[2]!);
    expect(finding.reasons.map((r) => r.measure)).toEqual(['hand_over_gap', 'shared_contacts']);
    expect(finding.score).toBeGreaterThanOrEqual(0.5);

    // From one number of this country to another it is worth half: people and firms do change theirs.
    const atHome = new Map(TURNS.map((n, i) => [n, mobile(71 + i)]));
    await world.tell({
      calls: calls.map(({ account: _account, imei: _imei, ...c }) => ({
        ...c,
        caller: atHome.get(c.caller) ?? c.caller,
      })),
    });
    await world.measure();
    const home = expectFinding(await judged(silentHandOver), atHome.get(TURNS[2]!)!);
    expect(home.score).toBeGreaterThan(0.2);
    expect(home.score).toBeLessThanOrEqual(finding.score / 2 + 0.01);
    await world.tell({ calls });
    await world.measure();
  });

  it('is worth half between two foreign lines that served for weeks: firms change theirs', async () => {
    const firm = expectFinding(await judged(silentHandOver), ABROAD[1]!);
    expect(firm.reasons.find((r) => r.measure === 'shared_contacts')?.value).toBe(20);
    expect(firm.score).toBeLessThanOrEqual(0.5);
    expect(firm.reasons[0]!.innocent?.en).toContain('foreign firm');
  });

  it('leaves alone who changed their number and is called back, and riders whose town is small at any time', async () => {
    const run = await judged(silentHandOver);
    for (const n of [LOST, FOUND, ...RIDERS])
      expect(
        findingOn(run, n)?.reasons.map((r) => r.text.en),
        n,
      ).toBeUndefined();
  });
});

describe('where no calls were imported', () => {
  it.each([rotation, silentHandOver])('$id says so', async (detector) => {
    await world.tell({ calls: [], logins: [{ account: 'seat1', country: 'CN' }] });
    expect(await world.judge(detector)).toMatchObject({ findings: [], notSeen: ['calls'] });
  });
});
