import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silent } from '../model/progress.ts';
import {
  british,
  DAY,
  expectReason,
  HOME,
  MONDAY,
  openSmallWorld,
  people,
  round,
  type Call,
  type SmallWorld,
  type Story,
} from '../../test/unit/small-world.ts';
import { findLeaks, type LeaksFound } from './find-leaks.ts';

const town = people(600);
const RING = [british(1), british(2), british(3)];
const SHOPS = ['商城', '旅行', '健康', '互娱'];

type Dealing = NonNullable<Story['dealings']>[number];
/** One person in `of`, by lot: nothing that people are dealt by their place in the town goes with it. */
const byLot = (i: number, of: number): boolean => (Math.imul(i + 1, 2_654_435_761) >>> 12) % of === 0;
/** Every person with two of four ordinary shops, a year before; shops take their turns. */
const ordinary = (at: number | undefined = MONDAY - 365 * DAY): Dealing[] =>
  town.flatMap((person, i) =>
    [0, 1 + (i % 3)].map((step) => ({
      person,
      organisation: SHOPS[(i + step) % 4]!,
      sector: 'retail',
      ...(at === undefined ? {} : { at }),
    })),
  );
const customers = (organisation: string, of: readonly string[], at: (i: number) => number | undefined): Dealing[] =>
  of.map((person, i) => {
    const when = at(i);
    return { person, organisation, sector: 'education', ...(when === undefined ? {} : { at: when }) };
  });
const calling = (callees: readonly string[], by: readonly string[] = RING, more: Partial<Call> = {}): Call[] =>
  callees.flatMap((callee, i) => round(by[i % by.length]!, [callee], { at: MONDAY + i * 60_000, ...more }));

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
}, 60_000);
afterAll(() => world.close());

/** Rings as the analysis leaves them: numbers to members. */
async function findIn(story: Story, rings: Record<string, readonly string[]> = { R1: RING }): Promise<LeaksFound> {
  await world.tell(story);
  await world.measure();
  await world.facts.command(
    'CREATE OR REPLACE TABLE ring_numbers (ring String, member String, number String, work UInt8) ENGINE = MergeTree ORDER BY number',
  );
  await world.facts.insert(
    'ring_numbers',
    Object.entries(rings).flatMap(([ring, numbers]) =>
      numbers.map((number) => ({ ring, member: number, number, work: 1 })),
    ),
  );
  return findLeaks(
    world.facts,
    Object.keys(rings).map((id) => ({ id, groups: [`${id}-chat`] })),
    HOME,
    silent,
  );
}

const sources = (found: LeaksFound, ring = 'R1'): string[] =>
  found.leaks.filter((l) => l.ring === ring && l.verdict === 'source').map((l) => l.organisation);

describe('whose customers a ring calls', () => {
  const theirs = town.filter((_, i) => i % 3 === 0);
  const taken = theirs.slice(0, 120);
  // One new customer a day; those of the first 120 days are on the list.
  const since = (i: number): number => MONDAY - 260 * DAY + i * DAY;
  const leak: Story = {
    calls: calling([...taken, ...town.filter((_, i) => i % 3 !== 0 && byLot(i, 26))]),
    dealings: [...ordinary(), ...customers('启明教育', theirs, since)],
    memberships: [{ group: 'R1-chat', member: taken[5]!, joined: MONDAY + DAY }],
    cases: [{ case_id: 'c1', victim: taken[7]!, at: MONDAY + 5 * DAY }],
  };

  it('finds the organisation, its window, and what became of its customers', async () => {
    const found = await findIn(leak);
    expect(sources(found)).toEqual(['启明教育']);
    const [l] = found.leaks;
    expect(l).toMatchObject({
      ring: 'R1',
      sector: 'education',
      victims: 120,
      customers: 200,
      talked: 120,
      joined: 1,
      reported: 1,
    });
    expect(l!.lift).toBeGreaterThan(2);
    expect(l!.qValue).toBeLessThan(1e-20);
    expect(l!.window).toMatchObject({ state: 'ended', since: null, dated: 200, calledWithin: 1 });
    // The 120th customer came on day 119; midnight after that day, in Shanghai.
    expect(new Date(l!.window!.until!).toISOString()).toBe(
      new Date(Date.parse('2024-03-05T00:00:00+08:00') - 260 * DAY + 119 * DAY).toISOString(),
    );
    for (const x of found.leaks) x.reasons.forEach(expectReason);
    expect(l!.reasons[0]!.records).toHaveLength(16);
    expect(l!.innocent.map((i) => i.en).join()).toMatch(/ask it about the calling numbers/);
    expect(found.searches[0]).toMatchObject({ outcome: 'found', called: 134, people: 600, organisations: 5 });
    expect(found.searches[0]!.text.zh).toContain('启明教育');
  });

  it('finds it without dates too, and says that the window cannot be told', async () => {
    const found = await findIn({
      calls: leak.calls,
      dealings: [...ordinary(), ...customers('启明教育', theirs, () => undefined)],
    });
    expect(sources(found)).toEqual(['启明教育']);
    expect(found.leaks[0]!.window).toMatchObject({ state: 'unknown', until: null, dated: 0 });
    expect(found.leaks[0]).toMatchObject({ joined: null, reported: 0 });
    found.leaks[0]!.reasons.forEach(expectReason);
  });

  it('does not blame an organisation for customers who came after the call', async () => {
    const found = await findIn({
      calls: leak.calls,
      dealings: [...ordinary(), ...customers('启明教育', taken, (i) => MONDAY + 10 * DAY + i * DAY)],
    });
    expect(found.searches[0]!.outcome).toBe('none');
    expect(found.leaks.find((l) => l.organisation === '启明教育')).toBeUndefined();
  });

  it('sees a list that goes on leaking while the ring calls', async () => {
    // A new customer a day for 200 days, each called a week later.
    const fresh = town.slice(0, 200);
    const found = await findIn({
      calls: [
        ...fresh.map((callee, i) => round(RING[i % 3]!, [callee], { at: MONDAY + (i + 7) * DAY })[0]!),
        ...town
          .slice(200)
          .flatMap((callee, i) => (byLot(i, 8) ? round(RING[0]!, [callee], { at: MONDAY + (i % 200) * DAY }) : [])),
      ],
      dealings: [...ordinary(), ...customers('启明教育', fresh, (i) => MONDAY + i * DAY)],
    });
    expect(sources(found)).toEqual(['启明教育']);
    expect(found.leaks[0]!.window!.state).not.toBe('ended');
  });

  it('finds no evidence when people were called at random', async () => {
    const found = await findIn({ ...leak, calls: calling(town.filter((_, i) => byLot(i, 5))) });
    expect(found.searches[0]).toMatchObject({ outcome: 'none', called: 121, known: 121 });
    expect(sources(found)).toEqual([]);
    expect(found.leaks.length).toBeGreaterThan(0);
    for (const l of found.leaks) {
      expect(l.innocent).toEqual([]);
      l.reasons.forEach(expectReason);
    }
  });

  it('gives a list that two rings share to both of them, and nothing to a ring beside them', async () => {
    const other = [british(11), british(12), british(13)];
    const third = [british(21), british(22), british(23)];
    const found = await findIn(
      {
        calls: [
          ...calling(taken.slice(0, 80)),
          ...calling(taken.slice(40), other),
          ...calling(
            town.filter((_, i) => byLot(i, 6)),
            third,
          ),
        ],
        dealings: leak.dealings!,
      },
      { R1: RING, R2: other, R3: third },
    );
    expect(sources(found, 'R1')).toEqual(['启明教育']);
    expect(sources(found, 'R2')).toEqual(['启明教育']);
    expect(sources(found, 'R3')).toEqual([]);
    expect(found.searches.map((s) => s.outcome)).toEqual(['found', 'found', 'none']);
  });

  it('does not test a lawful call centre that calls its own client’s customers: it is no ring', async () => {
    const centre = '+862150000001';
    const found = await findIn({
      calls: [...calling(taken, [centre]), ...calling(town.filter((_, i) => byLot(i, 6)))],
      dealings: leak.dealings!,
    });
    expect(found.searches.map((s) => s.ring)).toEqual(['R1']);
    expect(sources(found)).toEqual([]);
  });

  it('holds people of a region against their like: a ring that works one province makes no source of its local shop', async () => {
    // 138 0000 1xxx numbers: the first half of the town in one province, whose people alone deal with the local school and are called at random.
    const found = await findIn({
      calls: calling(town.filter((_, i) => i < 300 && byLot(i, 2))),
      dealings: [
        ...ordinary(),
        ...customers(
          '本地学校',
          town.filter((_, i) => i < 300 && i % 3 !== 0),
          since,
        ),
      ],
    });
    const before = sources(found);
    await world.facts.command('TRUNCATE TABLE numbers');
    await world.facts.insert(
      'numbers',
      town.map((id, i) => ({ id, kind: 'e164', country: 'CN', province: i < 300 ? '上海' : '广东' })),
    );
    const again = await findLeaks(world.facts, [{ id: 'R1', groups: [] }], HOME, silent);
    expect(before).toEqual(['本地学校']);
    expect(sources(again)).toEqual([]);
  });

  it('leaves the ring’s own numbers out, and says when its numbers are registered to the organisation', async () => {
    const found = await findIn({
      ...leak,
      calls: [...leak.calls, ...round(RING[0]!, [RING[1]!, RING[2]!])],
      dealings: [...leak.dealings!, { person: RING[1]!, organisation: '启明教育', at: since(0) }],
      registry: [{ number: RING[0]!, organisation: '启明教育' }],
    });
    expect(found.leaks[0]).toMatchObject({ organisation: '启明教育', victims: 120 });
    expect(found.searches[0]!.called).toBe(134);
    expect(found.leaks[0]!.innocent[0]!.en).toMatch(/1 of the calling numbers are registered/);
  });

  it('says what was not seen, or cannot be compared', async () => {
    const { calls } = leak;
    const outcome = async (story: Story): Promise<string> => (await findIn(story)).searches[0]!.outcome;
    expect(await outcome({ calls })).toBe('no-dealings');
    expect(await outcome({ calls, dealings: ordinary().slice(-6) })).toBe('too-few');
    expect(await outcome({ calls, dealings: customers('启明教育', theirs, since) })).toBe('no-comparison');
    expect(await findLeaks(world.facts, [], HOME, silent)).toEqual({ searches: [], leaks: [] });
  });
});
