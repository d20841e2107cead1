import { DAY, spellInstant } from '../calendar.ts';
import type { Person } from '../country.ts';
import { spell } from '../numbers.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { howMany } from '../world.ts';

/** A chat group of ordinary people. */
export interface Circle {
  kind: CircleKind;
  group: string;
  platform: string;
  owner: Person;
  members: Person[];
}

const CIRCLES = [
  { kind: 'family', count: 300, size: [3, 6], near: true, byNumber: 0.02 },
  { kind: 'class', count: 55, size: [28, 48], near: true, byNumber: 0.15 },
  { kind: 'colleagues', count: 140, size: [5, 20], near: true, byNumber: 0.05 },
  { kind: 'group-buy', count: 36, size: [50, 110], near: true, byNumber: 0.3 },
  { kind: 'hobby', count: 70, size: [15, 60], near: false, byNumber: 0.12 },
  { kind: 'customers', count: 28, size: [25, 80], near: false, byNumber: 0.7 },
  { kind: 'station', count: 14, size: [8, 18], near: true, byNumber: 0.5 },
  { kind: 'day-labour', count: 12, size: [14, 32], near: true, byNumber: 0.1 },
] as const;
export type CircleKind = (typeof CIRCLES)[number]['kind'];

/**
 * Families, classes, colleagues, group-buying neighbours, customers' groups, courier stations, day labourers. Some seat people of
 * `known` (ring members and others), who have an ordinary life as well.
 */
export const ordinaryCircles = (world: World, known: readonly Person[]): Circle[] => {
  const random = world.streams('circles');
  const { country, calendar, ledgers } = world;
  const circles: Circle[] = [];
  for (const { kind, count, size, near, byNumber } of CIRCLES) {
    for (let i = howMany(world, count, 2); i > 0; i--) {
      const seeded =
        known.length > 0 && (kind === 'family' || kind === 'hobby' || kind === 'colleagues') && random.chance(0.3);
      const owner = seeded ? random.pick(known) : country.anybody(random);
      const members = gather(random, world, kind, owner, random.between(size[0], size[1]), near);
      const circle: Circle = {
        kind,
        group: String(random.between(110_000_000, 989_999_999)),
        platform: random.chance(kind === 'hobby' || kind === 'customers' ? 0.6 : 0.12) ? 'qq' : 'wechat',
        owner,
        members,
      };
      circles.push(circle);
      const founded =
        calendar.midnight(0) - Math.floor(random.exponential(kind === 'customers' ? 20 * DAY : 300 * DAY));
      [owner, ...members].forEach((p, k) => {
        if (random.chance(0.03)) return;
        const late = random.chance(kind === 'customers' || kind === 'day-labour' || kind === 'group-buy' ? 0.6 : 0.08);
        const joined = late
          ? calendar.midnight(0) + Math.floor(random.unit() * calendar.days * DAY)
          : founded + random.below(3 * DAY);
        ledgers.memberships.add(joined, {
          group: circle.group,
          member: k > 0 && random.chance(byNumber) ? spell(country.number(p)) : country.handle(p),
          platform: circle.platform,
          role: k === 0 ? 'owner' : k < 3 && members.length > 12 ? 'admin' : 'member',
          joined_at: spellInstant(joined),
          left_at: late && random.chance(0.2) ? spellInstant(joined + Math.floor(random.exponential(5 * DAY))) : '',
        });
      });
    }
  }
  return circles;
};

const gather = (random: Random, world: World, kind: CircleKind, owner: Person, n: number, near: boolean): Person[] => {
  const { country, organisations } = world;
  const customers = kind === 'customers' ? random.pick(organisations.all).customers : null;
  const members = new Set<Person>();
  for (let tries = 0; members.size < n && tries < n * 4; tries++) {
    const p = customers
      ? customers[random.below(customers.length)]!
      : kind === 'family'
        ? random.chance(0.6)
          ? country.relative(random, owner)
          : country.friend(owner, random.below(3))
        : near
          ? country.somebodyIn(random, country.city[owner]!)
          : country.anybody(random);
    if (p !== owner) members.add(p);
  }
  return [...members];
};
