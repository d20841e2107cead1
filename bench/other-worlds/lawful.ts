import { type CallRow, DAY, HOUR, MINUTE, type Person, type World } from './world.ts';

/** How a call of this person's own phone is recorded by the carrier. */
export const fromPhone = (world: World, p: Person): Partial<CallRow> => ({
  origin: 'CN',
  imei: p.imei,
  imsi: p.imsi,
  cell: world.cell(p),
});

/** People who know each other, by handles of their own or, in payments and groups too, by their telephone numbers: mostly in one city, a few with very many acquaintances, most of whose calls go to a few. */
export function populate(world: World, count: number, byPhone: boolean): void {
  const { dice, people } = world;
  for (let i = 0; i < count; i++) {
    const number = dice.mobile();
    people.push({
      number,
      // As people write it, without the country's code.
      handle: byPhone ? number.slice(3) : `${dice.pick(['wxid', 'qq', 'zfb'])}-${dice.digits(9)}`,
      city: Math.floor(24 * dice.next() ** 2),
      imei: dice.imei(),
      imsi: `46001${dice.digits(10)}`,
      friends: [],
      rate: Math.min(9, dice.spread(1.1, 0.8)),
    });
  }
  const byCity = new Map<number, Person[]>();
  for (const p of people) byCity.set(p.city, [...(byCity.get(p.city) ?? []), p]);
  for (const p of people) {
    for (let i = Math.min(25, Math.ceil(dice.spread(4, 0.6))); i > 0; i--) {
      const other = dice.pick(dice.chance(0.8) ? byCity.get(p.city)! : people);
      if (other === p || p.friends.includes(other)) continue;
      p.friends.push(other);
      other.friends.push(p);
    }
  }
}

/** What people say to each other: half of the calls go to the two they are closest to. */
export function socialCalls(world: World): void {
  const { dice } = world;
  for (const p of world.people.filter((x) => x.friends.length > 0)) {
    for (let day = 0; day < world.days; day++) {
      let left = p.rate * (world.weekday(day) > 4 ? 1.3 : 1);
      while (dice.chance(Math.min(0.92, left / (left + 1)))) {
        const to = dice.chance(0.5) ? p.friends[dice.int(0, Math.min(1, p.friends.length - 1))]! : dice.pick(p.friends);
        const hour = Math.min(23.8, Math.max(6.5, dice.normal(dice.chance(0.6) ? 19 : 11, 2.5)));
        const seconds = dice.chance(0.28) ? 0 : Math.ceil(dice.spread(70, 1.1));
        world.calls.push({
          at: world.time(day, hour),
          caller: p.number,
          callee: to.number,
          seconds,
          ...fromPhone(world, p),
        });
        left *= 0.96;
      }
    }
  }
}

/** Records `number` as one that calls many lawfully. */
function lawful(world: World, number: string, kind: string, registered?: string): void {
  world.truth.add('lookalikes', number, kind);
  if (registered !== undefined) {
    world.add('registry', 0, { number, organisation: registered, category: kind });
  }
}

/** Firms with a landline: one number, office hours, customers who ring back. */
export function callCentres(world: World, count: number): void {
  const { dice } = world;
  for (let c = 0; c < count; c++) {
    const number = `+8621${dice.int(5, 6)}${dice.digits(7)}`;
    lawful(world, number, 'call centre', dice.chance(0.7) ? `Office ${c}` : undefined);
    const customers = dice.sample(world.people, 2500);
    for (let day = 0; day < world.days; day++) {
      if (world.weekday(day) > 4) continue;
      for (let i = dice.int(120, 320); i > 0; i--) {
        const p = dice.pick(customers);
        const at = world.time(day, 9 + 9 * dice.next());
        const seconds = dice.chance(0.45) ? 0 : Math.ceil(dice.spread(50, 0.8));
        world.calls.push({ at, caller: number, callee: p.number, seconds, origin: 'CN' });
        if (dice.chance(seconds === 0 ? 0.08 : 0.03)) {
          world.calls.push({
            at: at + dice.int(5, 300) * MINUTE,
            caller: p.number,
            callee: number,
            seconds: dice.int(20, 200),
            ...fromPhone(world, p),
          });
        }
      }
    }
  }
}

/** Riders who call whom they deliver to, once, briefly, from all over their district, with a private life of their own. */
export function riders(world: World, count: number): void {
  const { dice } = world;
  for (const rider of dice.sample(
    world.people.filter((p) => p.friends.length > 3),
    count,
  )) {
    lawful(world, rider.number, 'courier');
    const district = world.people.filter((p) => p.city === rider.city);
    for (let day = 0; day < world.days; day++) {
      if (dice.chance(0.15)) continue;
      for (let i = dice.int(30, 80); i > 0; i--) {
        const at = world.time(day, dice.chance(0.5) ? dice.normal(12, 1) : dice.normal(18.5, 1.3));
        const to = dice.pick(district);
        const missed = dice.chance(0.2);
        world.calls.push({
          at,
          caller: rider.number,
          callee: to.number,
          seconds: missed ? 0 : Math.ceil(dice.spread(16, 0.5)),
          ...fromPhone(world, rider),
          cell: `${4000 + rider.city}-${dice.int(0, 9000)}`,
        });
        if (missed && dice.chance(0.6)) {
          world.calls.push({
            at: at + dice.int(1, 40) * MINUTE,
            caller: to.number,
            callee: rider.number,
            seconds: dice.int(5, 60),
            ...fromPhone(world, to),
          });
        }
      }
    }
  }
}

/**
 * Numbers of a platform that stand between a driver and a passenger for an hour and then between two others: each is seen with everybody,
 * a pool of them hangs on one account, and none belongs to anyone.
 */
export function privacyNumbers(world: World, count: number): void {
  const { dice } = world;
  const pool = Array.from({ length: count }, () => `+86170${dice.digits(8)}`);
  for (const n of pool) lawful(world, n, 'privacy number');
  const drivers = dice.sample(world.people, count * 2);
  for (let day = 0; day < world.days; day++) {
    for (const number of pool) {
      for (let ride = dice.int(4, 14); ride > 0; ride--) {
        const [driver, guest] = [dice.pick(drivers), dice.pick(world.people)];
        const began = world.time(day, 7 + 16 * dice.next());
        for (let i = dice.int(1, 3); i > 0; i--) {
          const at = began + dice.int(0, 40) * MINUTE;
          const [from, to] = dice.chance(0.65) ? [driver, guest] : [guest, driver];
          const seconds = dice.chance(0.2) ? 0 : Math.ceil(dice.spread(18, 0.6));
          world.calls.push({ at, caller: from.number, callee: number, seconds, ...fromPhone(world, from) });
          world.calls.push({
            at: at + 1500,
            caller: number,
            callee: to.number,
            seconds,
            origin: 'CN',
            account: 'bridge-1',
          });
        }
      }
    }
  }
}

/** Firms and schools abroad that call customers here from their own lines; families and travellers. */
export function fromAbroad(world: World, firms: number, families: number): void {
  const { dice } = world;
  for (let f = 0; f < firms; f++) {
    const numbers = Array.from({ length: dice.int(1, 4) }, () => `+656${dice.digits(7)}`);
    for (const n of numbers) lawful(world, n, 'firm abroad');
    const customers = dice.sample(world.people, 300);
    for (let day = 0; day < world.days; day++) {
      for (let i = world.weekday(day) > 4 ? 0 : dice.int(15, 60); i > 0; i--) {
        const p = dice.pick(customers);
        const number = dice.pick(numbers);
        const at = world.time(day, 9 + 9 * dice.next());
        const seconds = dice.chance(0.4) ? 0 : Math.ceil(dice.spread(120, 0.9));
        world.calls.push({ at, caller: number, callee: p.number, seconds, origin: 'SG', account: `firm-${f}` });
        if (dice.chance(0.08)) {
          world.calls.push({
            at: at + 2 * HOUR,
            caller: p.number,
            callee: number,
            seconds: 90,
            ...fromPhone(world, p),
          });
        }
      }
    }
  }
  for (let f = 0; f < families; f++) {
    const number = `+1${dice.pick(['213', '415', '646', '718'])}${dice.int(2, 9)}${dice.digits(6)}`;
    const own = dice.sample(world.people, 3);
    for (let day = 0; day < world.days; day++) {
      if (!dice.chance(0.4)) continue;
      const p = dice.pick(own);
      const back = dice.chance(0.3);
      world.calls.push({
        at: world.time(day, 7 + 16 * dice.next()),
        caller: back ? p.number : number,
        callee: back ? number : p.number,
        seconds: Math.ceil(dice.spread(400, 0.9)),
        ...(back ? fromPhone(world, p) : { origin: 'US' }),
      });
    }
  }
}

/** Collectors who ring the same debtors and their families every day, and are complained about by name. */
export function collectors(world: World, count: number): void {
  const { dice } = world;
  for (let c = 0; c < count; c++) {
    const number = dice.mobile();
    lawful(world, number, 'debt collector');
    const debtors = dice.sample(world.people, 70);
    const [imei, imsi] = [dice.imei(), `46001${dice.digits(10)}`];
    for (let day = 0; day < world.days; day++) {
      if (world.weekday(day) > 5) continue;
      for (const debtor of dice.sample(debtors, 35)) {
        const to = dice.chance(0.25) && debtor.friends.length > 0 ? dice.pick(debtor.friends) : debtor;
        world.calls.push({
          at: world.time(day, 9 + 10 * dice.next()),
          caller: number,
          callee: to.number,
          seconds: dice.chance(0.6) ? 0 : Math.ceil(dice.spread(45, 0.9)),
          origin: 'CN',
          imei,
          imsi,
          cell: `4001-${100 + c}`,
        });
      }
    }
    for (const debtor of dice.sample(debtors, 2)) {
      const at = world.time(dice.int(5, world.days - 1), 20);
      world.add('cases', at, {
        case_id: `K${dice.digits(7)}`,
        reported_at: new Date(at).toISOString(),
        victim: debtor.number,
        category: '催收骚扰',
        narrative: `反映 ${number} 频繁来电催收。`,
        suspect_numbers: number,
      });
    }
  }
}

/** Students who ask strangers for a survey: a few days of mass dialling from private phones, in shifts, then never again. */
export function survey(world: World, count: number): void {
  const { dice } = world;
  const first = dice.int(2, Math.max(2, world.days - 8));
  for (const p of dice.sample(
    world.people.filter((x) => x.friends.length > 3),
    count,
  )) {
    lawful(world, p.number, 'survey');
    for (let day = first; day < first + 4; day++) {
      for (let i = dice.int(60, 110); i > 0; i--) {
        const to = dice.pick(world.people);
        const at = world.time(day, 10 + 8 * dice.next());
        const seconds = dice.chance(0.6) ? 0 : Math.ceil(dice.spread(60, 1));
        world.calls.push({ at, caller: p.number, callee: to.number, seconds, ...fromPhone(world, p) });
        if (dice.chance(0.02)) {
          world.calls.push({
            at: at + HOUR,
            caller: to.number,
            callee: p.number,
            seconds: 15,
            ...fromPhone(world, to),
          });
        }
      }
    }
  }
}

/**
 * An outsourced call centre with all that a ring has: seats, teams, listeners, wages, and a few lines that every call takes one of at random.
 * Its people are paid by the firm, its lines are the firm's, and those it calls have dealt with whom it calls for.
 */
export function outsourcer(world: World, seats: number, recorded: boolean): void {
  const { dice } = world;
  const lines = Array.from({ length: 8 }, () => `+86571${dice.int(5, 8)}${dice.digits(7)}`);
  for (const n of lines) lawful(world, n, 'outsourced call centre', 'Outsourcer');
  const staff = dice.sample(world.people, seats);
  const customers = dice.sample(world.people, 3500);
  for (const [i, p] of staff.entries()) {
    if (recorded)
      world.add('seats', i, { seat: `o${100 + i}`, account: 'outsourcer', team: `o${i % 4}`, person: p.handle });
    for (let day = 0; day < world.days; day++) {
      if (world.weekday(day) > 4 || dice.chance(0.07)) continue;
      for (let k = dice.int(25, 60); k > 0; k--) {
        const to = dice.pick(customers);
        const number = dice.pick(lines);
        const at = world.time(day, 9 + 9 * dice.next());
        const seconds = dice.chance(0.5) ? 0 : Math.ceil(dice.spread(80, 0.9));
        world.calls.push({ at, caller: number, callee: to.number, seconds, origin: 'CN', account: 'outsourcer' });
        if (dice.chance(0.04)) {
          world.calls.push({ at: at + HOUR, caller: to.number, callee: number, seconds: 60, ...fromPhone(world, to) });
        }
      }
      if (recorded && dice.chance(0.5)) {
        const at = world.time(day, 17 + dice.next());
        world.add('reviews', at, {
          at: new Date(at).toISOString(),
          reviewer: staff[i % 3]!.handle,
          seat: `o${100 + i}`,
        });
      }
    }
    const at = world.time(Math.min(world.days - 1, 14), 15);
    world.add('payments', at, {
      at: new Date(at).toISOString(),
      from: 'outsourcer-corporate',
      to: p.handle,
      amount: (4200 + dice.int(0, 900)).toFixed(2),
      currency: 'CNY',
      channel: 'bank',
      memo: '工资',
    });
  }
}

/** Customers of shops, schools and lenders, who dealt with them over the last year; a popular organisation has many. */
export function dealings(world: World, organisations: number): Map<string, { person: Person; at: number }[]> {
  const { dice } = world;
  const out = new Map<string, { person: Person; at: number }[]>();
  for (let o = 0; o < organisations; o++) {
    const name = `${dice.pick(['启航', '明德', '融通', '万家', '慧学', '安心', '博雅', '鑫源'])}${dice.pick(['教育', '商城', '理财', '保险', '健身'])}${o}`;
    const share = Math.min(0.3, 0.25 / (o + 1) + 0.03);
    const own: { person: Person; at: number }[] = [];
    for (const person of world.people) {
      if (!dice.chance(share)) continue;
      const at = world.firstDay - Math.floor(dice.next() * 365) * DAY + 12 * HOUR;
      own.push({ person, at });
      world.add('dealings', at, { person: person.number, organisation: name, at: new Date(at).toISOString() });
    }
    out.set(name, own);
  }
  return out;
}

/** Payments and chat groups of everyday life, some of which run through the phones of anybody. */
export function everydayMoneyAndGroups(world: World): void {
  const { dice } = world;
  const shops = Array.from({ length: 150 }, (_, i) => `shop-${i}`);
  const payers = dice.sample(world.people, Math.round(world.people.length / 6));
  for (const p of payers) {
    for (let i = dice.int(2, 12); i > 0; i--) {
      const at = world.time(dice.int(0, world.days - 1), 8 + 14 * dice.next());
      const to = dice.chance(0.7) || p.friends.length === 0 ? dice.pick(shops) : dice.pick(p.friends).handle;
      world.add('payments', at, {
        at: new Date(at).toISOString(),
        from: p.handle,
        to,
        amount: dice.spread(60, 1).toFixed(2),
        currency: 'CNY',
        channel: dice.pick(['third_party', 'red_packet']),
      });
    }
  }
  for (let g = 0; g < 150; g++) {
    const about = dice.pick(world.people);
    const members = new Set([about, ...dice.sample(about.friends, 12), ...dice.sample(world.people, dice.int(0, 20))]);
    for (const m of members) {
      const at = world.firstDay - dice.int(20, 600) * DAY;
      world.add('memberships', at, {
        group: `home-${g}`,
        member: m.handle,
        role: m === about ? 'owner' : 'member',
        joined_at: new Date(at).toISOString(),
      });
    }
  }
}
