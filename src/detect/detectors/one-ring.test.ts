import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  british,
  expectFinding,
  mobile,
  openSmallWorld,
  people,
  round,
  scoreOf,
  type Call,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { wangiri } from './wangiri.ts';

/**
 * Who lets it ring once. A foreign number rings forty people for three seconds; six call back. A predictive dialler drops one call in twelve and talks to the rest. A line that
 * carriers block is refused by the other end within a second. A robot that broke down hangs up on everybody and nobody cares. One number's ringing was never recorded.
 */
const BAIT = british(1);
const DIALLER = mobile(31);
const BLOCKED = mobile(32);
const BROKEN = mobile(33);
const UNKNOWN = british(2);
const list = people(60);

const calls: Call[] = [
  ...round(BAIT, list.slice(0, 40), { answered: false, ring: 3 }),
  ...backTo(BAIT, list.slice(0, 6), { ring: 8, seconds: 90 }),
  ...round(DIALLER, list).map((c, i): Call => (i % 12 === 0 ? { ...c, answered: false, ring: 4 } : { ...c, ring: 12 })),
  ...round(BLOCKED, list, { answered: false, ring: 1, release: 'Call Rejected' }),
  ...round(BROKEN, list, { answered: false, ring: 2 }),
  ...round(UNKNOWN, list, { answered: false }),
];

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({ calls });
  await world.measure();
});
afterAll(() => world.close());

describe('wangiri', () => {
  it('sees a mass of rings of three seconds, and that some called back', async () => {
    const finding = expectFinding(await world.judge(wangiri), BAIT);
    expect(finding.reasons).toMatchObject([
      { measure: 'one_ring_share', value: 1, unit: 'share', threshold: 0.6 },
      { measure: 'called_back', value: 6, threshold: null },
    ]);
    expect(finding.score).toBeGreaterThan(0.5);
    expect(finding.innocent).toBeNull();
  });

  it('leaves alone a predictive dialler, a blocked line, and a number whose ringing is not known', async () => {
    const run = await world.judge(wangiri);
    for (const n of [DIALLER, BLOCKED, UNKNOWN, ...list]) expect(scoreOf(run, n), n).toBe(0);
  });

  it('counts a broken autodialler for half, and says that it may be one', async () => {
    const run = await world.judge(wangiri);
    const finding = expectFinding(run, BROKEN);
    expect(finding.score).toBeLessThanOrEqual(0.5);
    expect(finding.innocent?.en).toContain('broken autodialler');
  });

  it('says that nothing was seen where no calls were imported', async () => {
    await world.tell({ calls: [], logins: [{ account: 'a', country: 'CN' }] });
    expect(await world.judge(wangiri)).toMatchObject({ findings: [], notSeen: ['calls'] });
  });
});
