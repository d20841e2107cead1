import type { Role } from '../../model/role.ts';
import { CITIES, citiesIn, PROVINCES } from '../cities.ts';
import type { Country, Person } from '../country.ts';
import { domesticAddress } from '../numbers.ts';
import type { RingPlan } from '../presets.ts';
import type { Random } from '../random.ts';

/** One person of a ring and what the job gave them. */
export interface Member {
  person: Person;
  handle: string;
  role: Role;
  team: Team | null;
  boss: Member | null;
  city: number;
  lured: boolean;
  /** Dialler account and seat; empty where the job has none. */
  account: string;
  seat: string;
  /** Home address on the network. */
  address: number;
  /** First and last day (exclusive) with the ring. */
  from: number;
  to: number;
  /** Local hours. */
  shift: readonly [number, number];
  /** The dialler's own tables list this seat. */
  listed: boolean;
}

export interface Team {
  index: number;
  code: string;
  callerGroup: string;
  province: number;
  leader: Member;
  agents: Member[];
  workGroup: string;
  /** Chat groups into which people are led, one after the other: [group, first day]. */
  leadIns: { group: string; from: number; platform: string }[];
}

export interface Ring {
  id: string;
  plan: RingPlan;
  principals: Member[];
  teams: Team[];
  inspectors: Member[];
  technicians: Member[];
  everybody: Member[];
}

const SHIFTS: readonly (readonly [number, number])[] = [
  [9, 13],
  [9, 18],
  [10, 19],
  [13, 18],
  [14, 22],
  [12, 21],
  [18, 22],
];

export const groupId = (random: Random): string => String(random.between(110_000_000, 989_999_999));

/** Recruits a ring from the country's people: who is in it, who reports to whom, when each came and left. */
export const recruit = (
  id: string,
  plan: RingPlan,
  country: Country,
  days: number,
  taken: Set<Person>,
  random: Random,
): Ring => {
  const seats = new Set<string>();
  const provinces = random.shuffle(PROVINCES.map((_, i) => i)).slice(0, plan.provinces);
  const cities = provinces.flatMap((p) => citiesIn(p).map((c) => c.id));
  const chosenCity = new Map<number, number>();

  /** Part-time work is advertised on the net: spread over cities rather than after their size. */
  const somewhere = (from: readonly number[]): number => {
    let best = random.pick(from);
    for (let i = 0; i < 2; i++) {
      const other = random.pick(from);
      if ((chosenCity.get(other) ?? 0) < (chosenCity.get(best) ?? 0)) best = other;
    }
    chosenCity.set(best, (chosenCity.get(best) ?? 0) + 1);
    return best;
  };

  const member = (role: Role, city: number, boss: Member | null, from: number, to: number): Member => {
    let person = country.somebodyIn(random, city);
    for (let tries = 0; taken.has(person); tries++) {
      person = tries < 40 ? country.somebodyIn(random, city) : country.anybody(random);
    }
    taken.add(person);
    // Their own phones are as busy as other people's, and seen more often: records of ring members were asked for.
    if (random.chance(0.8))
      country.activity[person] = Math.max(country.activity[person]!, 0.25 * random.logNormal(1, 0.8));
    let seat = '';
    do seat = String(random.between(1001, 9899));
    while (seats.has(seat));
    seats.add(seat);
    return {
      person,
      handle: country.handle(person),
      role,
      team: null,
      boss,
      city,
      lured: false,
      account: role === 'principal' ? '' : `u${random.token(7)}`,
      seat,
      address: domesticAddress(random),
      from,
      to,
      shift: random.pick(SHIFTS),
      listed: true,
    };
  };

  const principals = Array.from({ length: plan.principals }, () =>
    member('principal', somewhere(cities), null, 0, days),
  );
  const teams: Team[] = [];
  for (let i = 0; i < plan.teams; i++) {
    const province = provinces[i % provinces.length]!;
    const leader = member(
      'leader',
      somewhere(citiesIn(province).map((c) => c.id)),
      principals[i % principals.length]!,
      0,
      days,
    );
    const platform = random.chance(0.7) ? 'qq' : 'wechat';
    const team: Team = {
      index: i,
      code: random.token(4),
      callerGroup: random.token(5),
      province,
      leader,
      agents: [],
      workGroup: groupId(random),
      leadIns: [],
    };
    for (let from = -3; from < days; from += random.between(4, 9))
      team.leadIns.push({ group: groupId(random), from, platform });
    leader.team = team;
    teams.push(team);
  }
  const inspectors = Array.from({ length: plan.inspectors }, () =>
    member(
      'inspector',
      somewhere(cities),
      random.chance(0.6) ? random.pick(principals) : random.pick(teams).leader,
      0,
      days,
    ),
  );
  const technicians = Array.from({ length: plan.technicians }, () =>
    member('technician', somewhere(cities), random.pick(principals), 0, days),
  );
  const agents = plan.people - plan.principals - plan.teams - plan.inspectors - plan.technicians;
  for (let i = 0; i < agents; i++) {
    const team = teams[i % teams.length]!;
    const near = random.chance(0.62);
    const city = somewhere(near ? citiesIn(team.province).map((c) => c.id) : cities);
    const stay = random.between(plan.stay.low, plan.stay.high);
    const from = Math.max(0, random.between(-3, days - 2));
    const agent = member('agent', city, team.leader, from, Math.min(days, from + stay));
    agent.team = team;
    agent.lured = random.chance(0.7);
    agent.listed = random.chance(0.93);
    // A few share a flat, a net cafe or a family's line with a colleague.
    const mate = team.agents.find((a) => a.city === city);
    if (mate && random.chance(0.35)) agent.address = mate.address;
    team.agents.push(agent);
  }
  const leaders = teams.map((t) => t.leader);
  const all = [...principals, ...leaders, ...inspectors, ...technicians, ...teams.flatMap((t) => t.agents)];
  return { id, plan, principals, teams, inspectors, technicians, everybody: all };
};

export const placeOf = (m: Member): { province: string; city: string } => {
  const city = CITIES[m.city]!;
  return { province: city.province, city: city.name };
};
