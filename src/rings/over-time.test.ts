import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOME, mobile, MONDAY, openSmallWorld, type SmallWorld } from '../../test/unit/small-world.ts';
import { seededRandom } from '../model/random.ts';
import type { FoundRing } from './find-rings.ts';
import { readLayers } from './layers.ts';
import { ringTurns, turnsOf, type DayTies } from './over-time.ts';

type Tie = [day: number, a: number, b: number, n: number];
const ties = (members: number, rows: readonly Tie[]): DayTies => {
  const sorted = [...rows].sort((x, y) => x[0] - y[0]);
  const column = (i: number): number[] => sorted.map((r) => r[i]!);
  return {
    members,
    day: Int32Array.from(column(0)),
    a: Uint32Array.from(column(1)),
    b: Uint32Array.from(column(2)),
    n: Uint32Array.from(column(3)),
  };
};
/** Purse 0 pays leaders 1 and 2 (or only 1), who pay 3-7 and 8-12 each day; from `until` on the second leader is on her own. */
const days = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const team = (leader: number, first: number, day: number): Tie[] =>
  days(first, first + 5).map((x) => [day, leader, x, 1]);
const work = (day: number, together: boolean): Tie[] => [
  ...team(1, 3, day),
  ...team(2, 8, day),
  [day, 0, 1, 1],
  ...(together ? [[day, 0, 2, 1] as Tie] : []),
];

describe('a ring over time', () => {
  it('that falls apart says when, into which parts, and how many ties there would have been by chance', () => {
    const rows = days(0, 40).flatMap((d) => work(d, d < 20));
    const [turn, ...more] = turnsOf(ties(13, rows));
    expect(more).toEqual([]);
    expect(turn).toMatchObject({
      kind: 'split',
      day: 20,
      parts: [
        [0, 1, 3, 4, 5, 6, 7],
        [2, 8, 9, 10, 11, 12],
      ],
      ties: 20,
    });
    expect(turn!.expected).toBeCloseTo((20 * (20 * 11)) / (20 * 12), 6);
  });

  it('that comes together is the same read backwards', () => {
    const rows = days(0, 40).flatMap((d) => work(d, d >= 25));
    const turns = turnsOf(ties(13, rows));
    expect(turns.map((t) => [t.kind, t.day, t.parts.length])).toEqual([['merged', 25, 2]]);
  });

  it('that stays as it is has no turn, however seldom its parts meet', () => {
    expect(
      turnsOf(
        ties(
          13,
          days(0, 40).flatMap((d) => work(d, true)),
        ),
      ),
    ).toEqual([]);
    expect(
      turnsOf(
        ties(
          13,
          days(0, 40).flatMap((d) => work(d, d % 9 === 0)),
        ),
      ),
    ).toEqual([]);
    expect(
      turnsOf(
        ties(
          13,
          days(0, 40).flatMap((d) => work(d, false)),
        ),
      ),
    ).toEqual([]);
  });

  it('is not said to fall apart where a few days of silence may be chance, or a handful of people leave', () => {
    expect(
      turnsOf(
        ties(
          13,
          days(0, 40).flatMap((d) => work(d, d < 36)),
        ),
      ),
    ).toEqual([]);
    const few: Tie[] = days(0, 40).flatMap((d): Tie[] => [
      ...work(d, true),
      [d, 13, 14, 1],
      ...(d < 20 ? [[d, 0, 13, 1] as Tie] : []),
    ]);
    expect(turnsOf(ties(15, few))).toEqual([]);
  });

  it('whose ties come at random all the time is hardly ever said to turn', () => {
    let turned = 0;
    for (let world = 0; world < 400; world++) {
      const unit = seededRandom(world);
      const random = (below: number): number => Math.floor(unit() * below);
      const rows = Array.from({ length: 20 + random(600) }, (): Tie => [random(40), random(20), random(20), 1]);
      turned += turnsOf(
        ties(
          20,
          rows.filter(([, a, b]) => a !== b),
        ),
      ).length;
    }
    expect(turned).toBeLessThanOrEqual(1);
  });

  it('has parts that share nobody, and a turn within its days', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(29), fc.nat(11), fc.nat(11), fc.integer({ min: 1, max: 30 }))), (rows) => {
        for (const turn of turnsOf(ties(12, rows.filter(([, a, b]) => a !== b) as Tie[]))) {
          const people = turn.parts.flat();
          expect(new Set(people).size).toBe(people.length);
          expect(turn.day).toBeGreaterThanOrEqual(0);
          expect(turn.day).toBeLessThanOrEqual(30);
          expect(turn.ties).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('a ring whose inspector, technician, purse and callers stop having to do with one half of it', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await openSmallWorld();
    await world.facts.command('CREATE TABLE suspects (number String) ENGINE = MergeTree ORDER BY number');
  });
  afterAll(() => world.close());

  const half = (h: string) => [1, 2, 3, 4].map((i) => `${h}${i}`);
  const everybody = ['top', 'tech', 'ear', 'lead-a', 'lead-b', ...half('a'), ...half('b')];
  const role = (id: string) => (id === 'top' ? 'principal' : id.startsWith('lead') ? 'leader' : 'agent');
  const ring = {
    id: 'R1',
    members: everybody.map((id, i) => ({
      id,
      handles: [id],
      accounts: [`acc-${id}`],
      workNumbers: [],
      privateNumbers: [mobile(i)],
      seats: [`team/seat-${id}`],
      guess: { role: role(id) },
    })),
  } as unknown as FoundRing;
  const numberOf = (id: string) => mobile(everybody.indexOf(id));
  /** Forty days; what ties half b to the others happens on the first twenty, but for `always`. */
  const story = (always: 'pay' | 'listen' | 'device' | 'call' | null) => {
    const both = (what: string, d: number) => d < 20 || always === what;
    const every = days(0, 40).map((d) => ({ d, at: MONDAY + d * DAY }));
    return {
      calls: every.flatMap(({ d, at }) => [
        { caller: numberOf('top'), callee: numberOf('lead-a'), at },
        ...(both('call', d) ? [{ caller: numberOf('lead-b'), callee: numberOf('lead-a'), at }] : []),
      ]),
      payments: every.flatMap(({ d, at }) => [
        { from: 'top', to: 'lead-a', amount: 900, at },
        ...(both('pay', d) ? [{ from: 'top', to: 'lead-b', amount: 900, at }] : []),
        ...['a', 'b'].flatMap((h) => half(h).map((to) => ({ from: `lead-${h}`, to, amount: 200, at }))),
      ]),
      seats: everybody.map((id) => ({ seat: `seat-${id}`, account: `acc-${id}`, team: 'team', person: id })),
      reviews: every.flatMap(({ d, at }) =>
        [...half('a'), ...(both('listen', d) ? half('b') : [])].map((id) => ({
          reviewer: 'ear',
          seat: `seat-${id}`,
          at,
        })),
      ),
      logins: every.flatMap(({ d, at }) =>
        ['tech', 'tech', 'a1', ...(both('device', d) ? ['b1'] : [])].map((id, i) => ({
          account: `acc-${id}`,
          imei: 'phone',
          at: at + i,
        })),
      ),
    };
  };
  const turns = async (always: Parameters<typeof story>[0]) => {
    await world.tell(story(always));
    return ringTurns(world.facts, [ring], await readLayers(world.facts, HOME), HOME.zone);
  };

  it('fell apart on that day, and is told by whoever stands highest in each part', async () => {
    const [turn] = (await turns(null)).get('R1')!;
    expect(turn).toMatchObject({
      kind: 'split',
      day: '2024-03-24',
      parts: [
        { head: 'top', role: 'principal', members: 8 },
        { head: 'lead-b', role: 'leader', members: 5 },
      ],
    });
    expect(turn!.text.zh).toMatch(/^2024-03-24 起分为 2 部分：top（核心成员）等 8 人、lead-b（组长）等 5 人；/);
  });

  it.each(['pay', 'listen', 'device', 'call'] as const)('did not while they still %s', async (always) => {
    expect((await turns(always)).size).toBe(0);
  });
});
