import { DAY, HOUR, MINUTE, type Person, type World } from './world.ts';

/** What one ring is like. */
export interface Plan {
  teams: number;
  /** Callers of a team, at most. */
  callers: number;
  /**
   * What called people see: any number of a pool that all seats share and that is changed as a whole (`pool`), a foreign number of the caller's own for some days
   * (`own`), or a domestic SIM in a box (`box`).
   */
  numbering: 'pool' | 'own' | 'box';
  /**
   * How the callers are paid: every evening, at the end of the week by bank, for nothing but people brought in (all by their leader), or twice a month out of the one purse that
   * everybody is paid from.
   */
  wages: 'evening' | 'week' | 'commission' | 'purse';
  /** Whether leaders take a share of the calls. */
  leadersCall?: true;
  inspectors: number;
  technicians: number;
  /** Calls of one caller on a day. */
  dials: number;
  /** What was seized of the dialler: its seats and who listened to them, the listening log alone (which then names accounts), or nothing. */
  dialler: 'seats' | 'listening' | 'nothing';
  /** Accounts of the calls: one for the whole ring, one for each caller, the caller's own name everywhere, or none. */
  accounts: 'one' | 'each' | 'name' | 'none';
  /** Whether logins of the callers were recorded. */
  logins: boolean;
}

interface Caller {
  person: Person;
  leader: Person;
  team: number;
  seat: string;
  account: string;
  ip: string;
  device: string;
  from: number;
  until: number;
  hours: readonly [number, number];
  number: string;
  numberUntil: number;
  /** People to be called again by this caller, and on which day. */
  again: { to: Person; day: number }[];
  joinedOn: number[];
  worked: number[];
}

interface Number_ {
  person: string;
  from: number;
  to: number;
}

/** Places a ring in the world: its people are of the country and keep their own lives and phones. `list` are those it was given to call, `name` what truth calls it. */
export function ring(world: World, name: string, plan: Plan, list: readonly Person[]): void {
  const { dice } = world;
  const crew = dice.sample(
    world.people.filter((p) => p.friends.length > 2 && !world.employed.has(p)),
    2 + plan.teams * (plan.callers + 1) + plan.inspectors + plan.technicians,
  );
  const take = (n: number): Person[] => {
    const taken = crew.splice(0, n);
    for (const p of taken) world.employed.add(p);
    return taken;
  };
  const [principal] = take(1) as [Person];
  const leaders = take(plan.teams);
  const inspectors = take(plan.inspectors);
  const technicians = take(plan.technicians);
  const known = (p: Person, role: string, superior: Person | null, team = ''): void => {
    world.truth.add('people', p.handle, name, role, team, superior?.handle ?? '', '', '', 0);
    world.truth.add('numbers', p.number, '', p.handle, role, '', '');
  };
  known(principal, 'principal', null);
  leaders.forEach((p, t) => known(p, 'leader', principal, `t${t}`));
  for (const p of inspectors) known(p, 'inspector', principal);
  for (const p of technicians) known(p, 'technician', principal);
  const callers = hire(world, name, plan, leaders, take, (p, leader, team) => known(p, 'agent', leader, `t${team}`));
  const calling =
    plan.leadersCall === true
      ? [...callers, ...leaders.map((p, team) => atWork(world, name, plan, p, p, team))]
      : callers;

  const held = new Map<string, Number_>();
  const brought = dial(world, plan, calling, list, held);
  for (const [number, h] of held) {
    world.truth.add(
      'numbers',
      number,
      name,
      h.person,
      leaders.some((l) => l.handle === h.person) ? 'leader' : 'agent',
      new Date(h.from).toISOString(),
      new Date(h.to).toISOString(),
    );
  }
  pay(world, plan, principal, leaders, inspectors, technicians, callers);
  meet(world, name, principal, leaders, inspectors, callers, brought);
  const admin = `${name}-admin`;
  for (const t of technicians) {
    for (let day = 0; day < world.days; day += dice.int(2, 6)) {
      const at = world.time(day, 9 + dice.next());
      world.add('logins', at, {
        account: admin,
        at: iso(at),
        ip: `10.7.${technicians.indexOf(t)}.9`,
        country: 'CN',
        imei: t.imei,
        app: 'dialler-admin',
      });
    }
  }
  if (plan.dialler !== 'nothing') {
    for (const c of plan.dialler === 'seats' ? callers : []) {
      world.add('seats', 0, {
        seat: c.seat,
        account: c.account,
        team: `${name}-t${c.team}`,
        caller_group: `${name}-cid`,
        task: '会员回访',
        person: c.person.handle,
        number: plan.numbering === 'pool' ? undefined : c.number,
      });
    }
    for (const i of inspectors) {
      for (let day = 0; day < world.days; day++) {
        for (const c of callers.filter((x) => x.worked.includes(day) && dice.chance(0.4))) {
          const at = world.time(day, 19 + dice.next());
          world.add('reviews', at, {
            at: iso(at),
            reviewer: i.handle,
            seat: plan.dialler === 'seats' ? c.seat : c.account,
          });
        }
      }
    }
  }
}

const iso = (at: number): string => new Date(at).toISOString();

/** Callers come when a place is free and stay some days: the ring grows during the first week, and those who leave are replaced. */
function hire(
  world: World,
  name: string,
  plan: Plan,
  leaders: readonly Person[],
  take: (n: number) => Person[],
  known: (p: Person, leader: Person, team: number) => void,
): Caller[] {
  const out: Caller[] = [];
  leaders.forEach((leader, team) => {
    for (const person of take(plan.callers)) {
      known(person, leader, team);
      out.push(atWork(world, name, plan, person, leader, team, out.length));
    }
  });
  return out;
}

/** What somebody calls with, and when. Leaders, who have no place among the callers, are there from the first day to the last. */
function atWork(
  world: World,
  name: string,
  plan: Plan,
  person: Person,
  leader: Person,
  team: number,
  place = -1 - team,
): Caller {
  const { dice } = world;
  const from = place < 0 ? 0 : dice.int(0, Math.floor(world.days / 2));
  const hours = dice.pick([
    [9.5, 18.5],
    [9, 13],
    [13.5, 20.5],
  ] as const);
  return {
    person,
    leader,
    team,
    seat: `${name}-${place + 11}`,
    account: {
      none: '',
      one: `${name}-trunk`,
      each: `${name}${dice.digits(5)}`,
      name: person.handle,
    }[plan.accounts],
    // At work from one place, or each from home.
    ip:
      plan.accounts === 'one'
        ? `113.${86 + Number(name.slice(1))}.${team}.20`
        : `${dice.int(36, 125)}.${dice.int(0, 255)}.${dice.digits(2)}.${dice.digits(2)}`,
    device: plan.numbering === 'box' ? dice.imei() : person.imei,
    from,
    until: place < 0 ? world.days - 1 : Math.min(world.days - 1, from + dice.int(5, world.days)),
    hours,
    number: '',
    numberUntil: -1,
    again: [],
    joinedOn: [],
    worked: [],
  };
}

/** Day by day, minute by minute: whoever is free takes the next of the list. Returns who was brought in, by whom and when. */
function dial(
  world: World,
  plan: Plan,
  callers: readonly Caller[],
  list: readonly Person[],
  held: Map<string, Number_>,
): { by: Caller; victim: Person; at: number; number: string }[] {
  const { dice } = world;
  const fresh = dice.sample(list, list.length);
  const retry: { to: Person; day: number }[] = [];
  const brought: { by: Caller; victim: Person; at: number; number: string }[] = [];
  let pool: string[] = [];
  let poolUntil = -1;
  for (let day = 0; day < world.days; day++) {
    if (plan.numbering === 'pool' && day >= poolUntil) {
      pool = Array.from({ length: Math.max(4, callers.length) }, () => dice.foreign());
      poolUntil = day + dice.int(4, 8);
    }
    const turns: { at: number; by: Caller }[] = [];
    for (const c of callers) {
      if (day < c.from || day > c.until || dice.chance(0.12) || (world.weekday(day) === 6 && dice.chance(0.6)))
        continue;
      c.worked.push(day);
      if (plan.numbering !== 'pool' && day >= c.numberUntil) {
        const before = c.number;
        c.number = plan.numbering === 'box' ? dice.mobile() : dice.foreign();
        c.numberUntil = day + dice.int(plan.numbering === 'box' ? 1 : 2, plan.numbering === 'box' ? 4 : 7);
        if (before !== '') world.truth.add('succession', before, c.number, iso(world.time(day, c.hours[0])));
      }
      if (plan.logins) {
        const at = world.time(day, c.hours[0]) - dice.int(2, 25) * MINUTE;
        world.add('logins', at, {
          account: c.account,
          at: iso(at),
          ip: c.ip,
          country: 'CN',
          imei: c.person.imei,
          app: 'softphone',
        });
      }
      for (let i = Math.round(dice.spread(plan.dials, 0.3)); i > 0; i--) {
        turns.push({ at: world.time(day, c.hours[0] + (c.hours[1] - c.hours[0]) * dice.next()), by: c });
      }
    }
    for (const { at, by } of turns.sort((a, b) => a.at - b.at)) {
      const mine = by.again.findIndex((w) => w.day <= day);
      const due = retry.length > 0 && retry[0]!.day <= day && dice.chance(0.4);
      const to =
        mine >= 0 ? by.again.splice(mine, 1)[0]!.to : due ? retry.shift()!.to : (fresh.pop() ?? dice.pick(list));
      const seconds = dice.chance(mine >= 0 ? 0.3 : 0.62) ? 0 : Math.ceil(dice.spread(mine >= 0 ? 160 : 45, 1));
      const number = plan.numbering === 'pool' ? dice.pick(pool) : by.number;
      const h = held.get(number) ?? { person: plan.numbering === 'pool' ? '' : by.person.handle, from: at, to: at };
      held.set(number, { ...h, to: at });
      world.calls.push({
        at,
        caller: number,
        callee: to.number,
        seconds,
        origin: 'CN',
        ...(plan.numbering === 'box'
          ? { imei: by.device, imsi: `46000${number.slice(-10)}`, cell: `4002-${700 + by.team}` }
          : { ip: by.ip, account: by.account }),
      });
      if (seconds === 0 && dice.chance(0.4)) retry.push({ to, day: day + dice.int(1, 3) });
      if (seconds > 60 && dice.chance(0.3)) by.again.push({ to, day: day + dice.int(1, 3) });
      if (seconds > 40 && dice.chance(mine >= 0 ? 0.2 : 0.03)) {
        brought.push({ by, victim: to, at, number });
        by.joinedOn.push(day);
      }
    }
    if (plan.numbering === 'box' && dice.chance(0.15)) for (const c of callers) c.device = dice.imei();
  }
  return brought;
}

/** Money down the ring: foreign coin to the top, shares to leaders, wages in the ring's own manner, flat ones to listeners, an invoice now and then to technicians. */
function pay(
  world: World,
  plan: Plan,
  principal: Person,
  leaders: readonly Person[],
  inspectors: readonly Person[],
  technicians: readonly Person[],
  callers: readonly Caller[],
): void {
  const { dice } = world;
  const send = (day: number, hour: number, from: string, to: string, amount: number, channel: string): void => {
    const at = world.time(day, hour) + dice.int(0, 40) * MINUTE;
    world.add('payments', at, {
      at: iso(at),
      from,
      to,
      amount: amount.toFixed(2),
      currency: channel === 'crypto' ? 'USDT' : 'CNY',
      channel,
    });
  };
  for (let day = 6; day < world.days; day += 7) {
    send(day, 10, `T${dice.digits(33)}`, principal.handle, 3000 + dice.int(0, 90) * 100, 'crypto');
    for (const l of leaders) send(day, 12, principal.handle, l.handle, 6000 + dice.int(0, 60) * 100, 'bank');
    for (const t of technicians)
      if (day % 2 === 0) send(day, 13, principal.handle, t.handle, 2500 + dice.int(0, 5) * 100, 'bank');
    if (plan.wages !== 'evening') for (const i of inspectors) send(day, 14, principal.handle, i.handle, 2400, 'bank');
  }
  if (plan.wages === 'evening') {
    for (const i of inspectors) {
      for (let day = 0; day < world.days; day++)
        if (world.weekday(day) < 6) send(day, 21, leaders[0]!.handle, i.handle, 380, 'red_packet');
    }
  }
  if (plan.wages === 'purse') {
    for (const day of [13, 27]) {
      for (const c of callers) {
        const worked = c.worked.filter((d) => d > day - 14 && d <= day).length;
        if (worked > 0) send(day, 16, principal.handle, c.person.handle, 210 * worked, 'bank');
      }
    }
    return;
  }
  for (const c of callers) {
    const count = (days: readonly number[], from: number, until: number): number =>
      days.filter((d) => d >= from && d < until).length;
    const every = plan.wages === 'evening' ? 1 : plan.wages === 'week' ? 7 : 3;
    for (let day = c.from; day <= c.until + every && day < world.days; day++) {
      if (plan.wages === 'evening' ? !c.worked.includes(day) : day % every !== 4 % every) continue;
      const from = day - every + 1;
      const won = count(c.joinedOn, from, day + 1);
      const amount =
        plan.wages === 'evening'
          ? 160 + 10 * won
          : plan.wages === 'week'
            ? 190 * count(c.worked, from, day + 1) + 8 * won
            : 60 * won;
      if (amount > 0)
        send(
          day,
          20.5,
          c.leader.handle,
          c.person.handle,
          amount,
          plan.wages === 'week' ? 'bank' : plan.wages === 'evening' ? 'red_packet' : 'third_party',
        );
    }
  }
}

/** Groups: one for each team, one of those who lead, and those where the called are received, some of whom lose money and report it. */
function meet(
  world: World,
  name: string,
  principal: Person,
  leaders: readonly Person[],
  inspectors: readonly Person[],
  callers: readonly Caller[],
  brought: readonly { by: Caller; victim: Person; at: number; number: string }[],
): void {
  const { dice } = world;
  const join = (group: string, p: Person, role: string, at: number): void => {
    world.add('memberships', at, { group, member: p.handle, role, joined_at: iso(at) });
  };
  const began = world.firstDay - 3 * DAY;
  join(`${name}-lead`, principal, 'owner', began);
  for (const p of [...leaders, ...inspectors]) join(`${name}-lead`, p, 'member', began + HOUR);
  leaders.forEach((l, t) => {
    join(`${name}-team-${t}`, l, 'owner', began + 2 * HOUR);
    for (const c of callers.filter((x) => x.team === t))
      join(`${name}-team-${t}`, c.person, 'member', world.time(Math.max(0, c.from - 1), 19));
    join(`${name}-guests-${t}`, l, 'owner', began + 3 * HOUR);
    for (const c of callers.filter((x) => x.team === t && dice.chance(0.25)))
      join(`${name}-guests-${t}`, c.person, 'member', world.time(c.from, 12));
  });
  for (const b of brought) {
    join(`${name}-guests-${b.by.team}`, b.victim, 'member', b.at + 20 * MINUTE);
    if (!dice.chance(0.3)) continue;
    const at = b.at + dice.int(1, 6) * DAY;
    if (at > world.time(world.days, 0)) continue;
    world.add('cases', at, {
      case_id: `A${dice.digits(8)}`,
      reported_at: iso(at),
      victim: b.victim.number,
      loss: (1000 * dice.int(2, 120)).toFixed(2),
      category: '冒充客服',
      narrative: '接到自称客服的电话，加入聊天群后被骗。',
      suspect_numbers: dice.chance(0.6) ? b.number : '',
      chat_groups: dice.chance(0.5) ? `${name}-guests-${b.by.team}` : '',
    });
  }
}
