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
  philippine,
  round,
  scoreOf,
  type Call,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { displayedAbroadPlacedAtHome } from './displayed-abroad-placed-at-home.ts';
import { manyFaces } from './many-faces.ts';
import { simBox } from './sim-box.ts';

/**
 * Who a number is. An account shows four British numbers in turn, placed from home; another one's origin is unknown, its logins are not; a
 * Philippine firm's office here is called back; a family abroad calls from abroad; a roamer shows a domestic number from abroad. A SIM box holds four domestic numbers
 * in one handset and one cell; a fixed wireless phone at home calls the same five; a call centre keeps its four lines for months.
 */
const FACES = [1, 2, 3, 4].map(british);
const QUIET = british(9);
const OFFICE = philippine(1);
const AUNT = british(8);
const UNKNOWN = british(7);
const ROAMER = mobile(7);
const BOXED = [11, 12, 13, 14].map(mobile);
const GRANNY = mobile(20);
const LINES = [31, 32, 33, 34].map(mobile);
const strangers = people(40);
const ring = { account: 'seat1', origin: 'CN', ip: '10.0.0.1' };
const box = { imei: '490154203237518', cell: '460-00-1-77' };

const calls: Call[] = [
  ...FACES.flatMap((n, i) => round(n, strangers.slice(i * 8, i * 8 + 12), { ...ring, at: MONDAY + i * DAY })),
  ...round(QUIET, strangers.slice(0, 12), { account: 'seat2' }),
  ...round(OFFICE, strangers.slice(0, 10), { origin: 'CN', account: 'pbx' }),
  ...backTo(OFFICE, strangers.slice(0, 4)),
  ...round(AUNT, people(3, 5000), { origin: 'GB', every: HOUR }),
  ...round(UNKNOWN, strangers.slice(0, 12)),
  ...round(ROAMER, strangers.slice(0, 5), { origin: 'GB' }),
  ...BOXED.flatMap((n, i) => round(n, strangers.slice(i * 5, i * 5 + 25), { ...box, at: MONDAY + i * HOUR })),
  ...round(GRANNY, people(5, 5000), { imei: '350000000000017', cell: '460-00-1-78' }),
  ...backTo(GRANNY, people(5, 5000)),
  ...LINES.flatMap((n) => round(n, strangers.slice(0, 30), { account: 'centre', every: 2 * DAY })),
  ...ordinaryTalk(6),
];

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({
    calls,
    logins: [
      ...[0, 1, 2].map((d) => ({ account: 'seat1', country: 'CN', at: MONDAY + d * DAY })),
      ...[0, 1, 2].map((d) => ({ account: 'seat2', country: 'CN', at: MONDAY + d * DAY })),
    ],
  });
  await world.measure();
});
afterAll(() => world.close());

describe('displayed abroad, placed at home', () => {
  it('sees British numbers whose calls enter the network at home', async () => {
    const finding = expectFinding(await world.judge(displayedAbroadPlacedAtHome), FACES[0]!);
    expect(finding.score).toBe(1);
    expect(finding.reasons).toMatchObject([
      { measure: 'origin_home_share', value: 1, unit: 'share', threshold: 0.5 },
      { measure: 'home_login_share', value: 1, threshold: 0.5 },
    ]);
    expect(finding.reasons[0]!.text.zh).toContain('GB');
  });

  it('knows by the logins alone where calls carry no origin', async () => {
    const finding = expectFinding(await world.judge(displayedAbroadPlacedAtHome), QUIET);
    expect(finding.reasons.map((r) => r.measure)).toEqual(['home_login_share']);
  });

  it('keeps only a trace of an office that people call back, and says why', async () => {
    const run = await world.judge(displayedAbroadPlacedAtHome);
    expect(scoreOf(run, OFFICE)).toBeLessThanOrEqual(0.2);
    expect(findingOn(run, OFFICE)?.innocent?.en).toMatch(/40 % of the people call it back/);
  });

  it('leaves alone the family abroad, the roamer, and who nothing is known of', async () => {
    const run = await world.judge(displayedAbroadPlacedAtHome);
    for (const n of [AUNT, ROAMER, UNKNOWN, ...BOXED]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('many faces', () => {
  it('sees four numbers of one account, none of which lasted a day', async () => {
    const run = await world.judge(manyFaces);
    for (const n of FACES) expectFinding(run, n);
    const finding = expectFinding(run, FACES[0]!);
    expect(finding.score).toBeGreaterThan(0.5);
    expect(finding.reasons).toMatchObject([
      { measure: 'numbers_per_account', value: 4, unit: 'numbers', threshold: 3 },
    ]);
    expect(finding.reasons[0]!.text.zh).toContain('账号');
  });

  it('names the handset where it is the handset', async () => {
    expect(expectFinding(await world.judge(manyFaces), BOXED[0]!).reasons[0]!.text.zh).toContain('手机');
  });

  it('leaves alone lines that a call centre keeps for two months, and one number of one account', async () => {
    const run = await world.judge(manyFaces);
    for (const n of [...LINES, QUIET, OFFICE, GRANNY]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('SIM box', () => {
  it('sees four numbers in one handset in one cell that call strangers and never pick up', async () => {
    const run = await world.judge(simBox);
    for (const n of BOXED) expectFinding(run, n);
    const finding = expectFinding(run, BOXED[0]!);
    expect(finding.reasons).toMatchObject([
      { measure: 'answered_in_share', value: 0, threshold: 0.05 },
      { measure: 'number_of_antennas', value: 1, threshold: 3 },
      { measure: 'numbers_per_imei', value: 4, unit: 'numbers', threshold: 3 },
    ]);
  });

  it('leaves alone a fixed phone at home, and lines without a cell', async () => {
    const run = await world.judge(simBox);
    for (const n of [GRANNY, ...LINES, ...FACES]) expect(scoreOf(run, n), n).toBe(0);
  });

  it('does not guess at devices where calls carry none', async () => {
    await world.tell({ calls: calls.map(({ imei: _imei, ...c }) => c) });
    await world.measure();
    expect((await world.judge(simBox)).findings).toEqual([]);
  });
});

describe('where no calls were imported', () => {
  it.each([displayedAbroadPlacedAtHome, manyFaces, simBox])('$id says so', async (detector) => {
    await world.tell({ calls: [], logins: [{ account: 'seat1', country: 'CN' }] });
    expect(await world.judge(detector)).toMatchObject({ findings: [], notSeen: ['calls'] });
  });
});
