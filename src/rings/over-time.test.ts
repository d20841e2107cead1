import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../model/random.ts';
import { turnsOf, type DayTies } from './over-time.ts';

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
