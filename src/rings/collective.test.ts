import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  DAY,
  HOUR,
  MONDAY,
  mobile,
  openSmallWorld,
  ordinaryTalk,
  people,
  round,
  type SmallWorld,
} from '../../test/unit/small-world.ts';
import { collectiveFindings } from './collective.ts';

/**
 * Bare calls. Six numbers call the same fifteen people. So do, as far as calls go: four lines of a call centre with 150 customers, of whom one in ten calls back and
 * gets through; three couriers with 120, likewise; an office of eight, whose people all call one another.
 */
const RING = [1, 2, 3, 4, 5, 6].map(mobile);
const CENTRE = [11, 12, 13, 14].map(mobile);
const COURIERS = [21, 22, 23].map(mobile);
const office = people(8, 7000);
const victims = people(15);
const customers = people(150, 1000);
const parcels = people(120, 2000);

/** One in ten of each line's people calls that line back. */
const served = (lines: readonly string[], their: readonly string[]) =>
  lines.flatMap((line, i) => [
    ...round(line, their, { at: MONDAY + i * HOUR, every: 20 * 60_000 }),
    ...backTo(
      line,
      their.filter((_, k) => k % 10 === i),
      { at: MONDAY + 4 * DAY },
    ),
  ]);

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({
    calls: [
      ...RING.flatMap((n, i) => round(n, victims, { at: MONDAY + i * 7 * HOUR, every: 3 * HOUR })),
      ...served(CENTRE, customers),
      ...served(COURIERS, parcels),
      ...office.flatMap((n) =>
        round(
          n,
          office.filter((m) => m !== n),
          { every: 5 * HOUR },
        ),
      ),
      ...ordinaryTalk(40),
    ],
  });
});
afterAll(() => world.close());

describe('collective calling', () => {
  it('names the six, with the pairs they share, and nobody whom people call back', async () => {
    const found = await collectiveFindings(world.facts);
    expect(found.map((f) => f.number).sort()).toEqual([...RING].sort());
    expect(found[0]).toMatchObject({ score: 1, reasons: [{ measure: 'collective_pairs', value: 90 }] });
  });
});
