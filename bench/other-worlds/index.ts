/**
 * Worlds of another making. They share with the simulator the columns of facts and of truth and nothing else: other people, other lawful callers, leads that are
 * dialled by whoever is free, numbers from a common pool, wages by the week or by the head, records of victims alone. Rules that hold only
 * in the world they were written beside show here.
 */
import {
  callCentres,
  collectors,
  dealings,
  everydayMoneyAndGroups,
  fromAbroad,
  outsourcer,
  populate,
  privacyNumbers,
  riders,
  socialCalls,
  survey,
} from './lawful.ts';
import { ring, type Plan } from './ring.ts';
import { World } from './world.ts';

const OFFICE: Plan = {
  teams: 3,
  callers: 9,
  numbering: 'pool',
  wages: 'week',
  inspectors: 2,
  technicians: 1,
  dials: 60,
  dialler: 'seats',
  accounts: 'one',
  logins: false,
};
const HOME: Plan = {
  teams: 4,
  callers: 8,
  numbering: 'own',
  wages: 'evening',
  inspectors: 2,
  technicians: 1,
  dials: 55,
  dialler: 'nothing',
  accounts: 'each',
  logins: true,
};
const BOX: Plan = {
  teams: 3,
  callers: 7,
  numbering: 'box',
  wages: 'commission',
  inspectors: 1,
  technicians: 1,
  dials: 70,
  dialler: 'nothing',
  accounts: 'none',
  logins: false,
};

interface Making {
  rings: readonly Plan[];
  /** How long is recorded; four weeks where not said. */
  days?: number;
  /** Only calls of people who reported something. */
  victimsOnly?: true;
  /** Payments and groups name people by their telephone numbers. */
  byPhone?: true;
  /** Columns of calls, and kinds of record, that nobody handed over. */
  without?: readonly string[];
}

export const OTHER_WORLDS: Readonly<Record<string, Making>> = {
  'other-office': { rings: [OFFICE] },
  'other-home': { rings: [HOME] },
  'other-box': { rings: [BOX] },
  'other-three': { rings: [OFFICE, HOME, { ...BOX, dials: 25 }] },
  'other-victims': {
    rings: [HOME, { ...HOME, teams: 2 }],
    victimsOnly: true,
    without: [
      'origin_country',
      'origin_ip',
      'account',
      'imei',
      'imsi',
      'cell',
      'logins',
      'payments',
      'dealings',
      'registry',
    ],
  },
  'other-phones': { rings: [HOME, { ...OFFICE, dialler: 'nothing' }], byPhone: true },
  'other-names': {
    rings: [{ ...HOME, accounts: 'name', dialler: 'listening', logins: false }],
    without: ['memberships'],
  },
  'other-purse': { rings: [{ ...HOME, wages: 'purse', leadersCall: true }] },
  'other-thin': {
    rings: [{ ...HOME, wages: 'week', logins: false }],
    without: ['origin_country', 'imei', 'imsi', 'cell'],
  },
  'other-tiny': {
    rings: [
      { ...HOME, teams: 1, callers: 4, inspectors: 0 },
      { ...BOX, teams: 1, callers: 5, technicians: 0 },
    ],
  },
  // Half a year, as when a year's cases are combed together; and a single week.
  'other-long': { rings: [HOME, BOX], days: 180 },
  'other-week': { rings: [HOME, { ...OFFICE, wages: 'evening' }], days: 7 },
  'other-many': {
    rings: [HOME, OFFICE, BOX, { ...HOME, teams: 2 }, { ...OFFICE, teams: 2, dials: 40 }, { ...BOX, teams: 2 }],
  },
  'other-none': { rings: [] },
};

/** Writes the world `name` to `out`: facts and `truth/`. */
export function makeOtherWorld(name: string, seed: number, out: string): void {
  const making = OTHER_WORLDS[name];
  if (making === undefined)
    throw new Error(`No world of another making is called ${name}: ${Object.keys(OTHER_WORLDS).join(', ')}.`);
  const world = new World(seed * 7919 + 13, '2024-05-06', making.days ?? 28);
  populate(world, 8000, making.byPhone === true);
  socialCalls(world);
  callCentres(world, 5);
  riders(world, 25);
  privacyNumbers(world, 40);
  fromAbroad(world, 4, 150);
  collectors(world, 5);
  survey(world, 12);
  outsourcer(world, 20, making.rings.some((r) => r.dialler === 'seats') || making.rings.length === 0);
  const customers = dealings(world, 12);
  everydayMoneyAndGroups(world);
  const names = [...customers.keys()];
  making.rings.forEach((plan, i) => {
    const source = names[1 + i]!;
    const until = world.firstDay - 40 * 86_400_000;
    const listed = customers.get(source)!.filter((d) => d.at <= until);
    const id = `r${i + 1}`;
    world.truth.add('leaks', source, id, new Date(until).toISOString());
    const others = world.dice.sample(world.people, Math.round(listed.length * 0.4));
    ring(world, id, plan, [...new Set([...listed.map((d) => d.person), ...others])]);
  });
  const victims = world.reporters();
  world.write(
    out,
    (c) => making.victimsOnly !== true || victims.has(c.caller) || victims.has(c.callee),
    new Set(making.without),
  );
}
