import { DAY, HOUR, MINUTE, SECOND, spellInstant } from '../calendar.ts';
import type { Line } from '../call-log.ts';
import { ANSWERED, plainLine, Release } from '../call-log.ts';
import { CITIES } from '../cities.ts';
import type { Person } from '../country.ts';
import { domesticAddress, fixedLine, spell, spellAddress } from '../numbers.ts';
import type { Random } from '../random.ts';
import { placeMobile } from '../social.ts';
import { lawfulTranscript } from '../texts/transcripts.ts';
import type { Part, World } from '../world.ts';
import { trunkName } from './heavy-callers.ts';

interface Clerk {
  person: Person;
  seat: string;
  account: string;
  line: Line;
  shift: readonly [number, number];
  dayOff: number;
  from: number;
  address: number;
}

interface Desk {
  code: string;
  leader: Clerk;
  clerks: Clerk[];
  client: Int32Array;
  task: string;
  callerGroup: string;
}

/**
 * An outsourced lawful call centre: teams, leaders, inspectors, seats, shifts and recordings, exactly like a ring's. What differs: its numbers
 * are domestic, registered, kept for months and answer when called back; wages come monthly from a company; it calls customers of its clients.
 */
export class CallCentre implements Part {
  private readonly world: World;
  private readonly desks: Desk[] = [];
  private readonly inspectors: Clerk[] = [];
  private readonly index: number;
  private readonly city: number;
  private readonly office: number;
  private readonly firm: string;

  constructor(world: World, index: number) {
    this.world = world;
    this.index = index;
    const random = world.streams(`call-centre/${index}`);
    const { country } = world;
    this.city = country.anyCity(random);
    this.office = domesticAddress(random);
    this.firm = `${CITIES[this.city]!.name}${random.pick(['联声', '聚合', '讯联', '云客', '通达'])}外包服务`;
    const trunk = trunkName(random);
    const size = Math.min(1, Math.max(0.25, world.scale));
    const teams = Math.max(2, Math.round(4 * size));
    const perTeam = Math.max(4, Math.round(10 * size));
    const block = fixedLine(random, CITIES[this.city]!) - 90;
    let nextNumber = Math.floor(block / 100) * 100;
    const registered = random.chance(0.75);
    const clerk = (line: Line): Clerk => ({
      person: country.somebodyIn(random, this.city),
      seat: String(random.between(1001, 9899)),
      account: line.account,
      line,
      shift: random.pick([
        [9, 18],
        [9, 18],
        [12, 21],
      ] as const),
      dayOff: random.below(7),
      // Lawful centres have turnover as well.
      from: random.chance(0.15) ? random.between(2, 18) : 0,
      address: random.chance(0.1) ? domesticAddress(random) : this.office,
    });
    const line = (): Line => {
      const number = nextNumber++;
      world.truth.add('lookalikes', spell(number), 'call-centre');
      world.truth.add('numbers', spell(number), '', '', '', '', '');
      if (registered)
        world.ledgers.registry.add(random.unit(), {
          number: spell(number),
          organisation: this.firm,
          category: '呼叫中心',
        });
      return plainLine(number, {
        originCountry: 'CN',
        originIp: this.office,
        trunk,
        account: `u${random.token(7)}`,
        city: this.city,
      });
    };
    const noLine = (): Line => plainLine(0, { account: `u${random.token(7)}` });
    for (let t = 0; t < teams; t++) {
      const client = random.pick(world.organisations.all);
      const desk: Desk = {
        code: random.token(4),
        leader: clerk(noLine()),
        clerks: Array.from({ length: perTeam }, () => clerk(line())),
        client: client.customers,
        task: random.pick(['回访1', '老客户关怀', '续期提醒', '满意度', '活动通知']),
        callerGroup: random.token(5),
      };
      this.desks.push(desk);
    }
    for (let i = 0; i < Math.max(1, Math.round(3 * size)); i++) this.inspectors.push(clerk(noLine()));
    this.books(random);
  }

  /** Seat tables, work groups and the monthly payroll. */
  private books(random: Random): void {
    const { world } = this;
    const { country, calendar, ledgers } = world;
    const join = (group: string, c: Clerk, role: string): void => {
      const joined = calendar.midnight(c.from) - Math.floor(random.exponential(90 * DAY));
      ledgers.memberships.add(joined, {
        group,
        member: country.handle(c.person),
        platform: 'wechat',
        role,
        joined_at: spellInstant(joined),
      });
    };
    const seat = (c: Clerk, desk: Desk | null, agent: boolean): void => {
      ledgers.seats.add(random.unit(), {
        seat: c.seat,
        account: c.account,
        team: desk?.code ?? '',
        caller_group: agent ? desk?.callerGroup : '',
        task: agent ? desk?.task : '',
        person: random.chance(0.92) ? country.handle(c.person) : '',
        number: agent ? spell(c.line.number) : '',
      });
    };
    const staff: Clerk[] = [...this.inspectors];
    for (const desk of this.desks) {
      const group = String(random.between(110_000_000, 989_999_999));
      join(group, desk.leader, 'owner');
      seat(desk.leader, desk, false);
      desk.clerks.forEach((c, i) => {
        join(group, c, i === 0 ? 'admin' : 'member');
        seat(c, desk, true);
      });
      for (const i of this.inspectors) if (random.chance(0.6)) join(group, i, 'member');
      staff.push(desk.leader, ...desk.clerks);
    }
    for (const i of this.inspectors) seat(i, null, false);
    for (const c of staff) {
      const at = calendar.midnight(14) + 10 * HOUR + random.below(20 * MINUTE);
      ledgers.payments.add(at, {
        at: spellInstant(at),
        from: this.firm,
        to: country.handle(c.person),
        amount: (random.between(38, 92) * 100 + random.below(100)).toFixed(2),
        payment_id: random.hex(12),
        currency: 'CNY',
        from_kind: 'company',
        to_kind: 'bank_card',
        channel: 'bank',
        memo: '工资',
      });
    }
  }

  day(day: number): void {
    const { world } = this;
    const random = world.streams(`call-centre/${this.index}/${day}`);
    const weekday = world.calendar.weekday(day);
    const recorded: { seat: string; id: string; at: number }[] = [];
    for (const desk of this.desks) {
      for (const c of desk.clerks) {
        if (day < c.from || c.dayOff === weekday || random.chance(0.04)) continue;
        this.shift(random, desk, c, day, recorded);
      }
      if (weekday < 6) {
        this.login(random, desk.leader, day, 8.5, 'dialler-admin');
        // Team spirit: a red packet after a good day, to whoever is quick.
        if (random.chance(0.08)) this.treat(random, desk, day);
      }
    }
    for (const i of this.inspectors) {
      if (weekday === 6 || random.chance(0.05)) continue;
      this.login(random, i, day, 9, 'dialler-qa');
      for (const r of recorded) {
        if (!random.chance(0.05)) continue;
        const at = r.at + Math.floor(random.exponential(3 * HOUR));
        world.ledgers.reviews.add(at, {
          at: spellInstant(at),
          reviewer: world.country.handle(i.person),
          seat: r.seat,
          recording: r.id,
          verdict: random.pick(['合格', '合格', '合格', '未报工号', '语速过快', '优秀', '']),
        });
      }
    }
  }

  private treat(random: Random, desk: Desk, day: number): void {
    const { world } = this;
    for (const c of desk.clerks) {
      if (!random.chance(0.7)) continue;
      const at = world.calendar.midnight(day) + 18 * HOUR + random.below(2 * HOUR);
      world.ledgers.payments.add(at, {
        at: spellInstant(at),
        from: world.country.handle(desk.leader.person),
        to: world.country.handle(c.person),
        amount: (1 + random.below(2000) / 100).toFixed(2),
        payment_id: random.hex(12),
        currency: 'CNY',
        from_kind: 'wechat',
        to_kind: 'wechat',
        channel: 'red_packet',
        memo: random.pick(['恭喜发财', '辛苦了', '']),
      });
    }
  }

  private login(random: Random, c: Clerk, day: number, hour: number, app: string): void {
    const { world } = this;
    const at = world.calendar.midnight(day) + (hour + random.unit() * 0.5) * HOUR;
    world.ledgers.logins.add(at, {
      account: c.account,
      at: spellInstant(at),
      ip: spellAddress(c.address),
      country: random.chance(0.04) ? '' : 'CN',
      city: CITIES[this.city]!.name,
      imei: random.chance(0.25) ? world.country.imei(c.person, day) : '',
      app,
    });
  }

  private shift(
    random: Random,
    desk: Desk,
    c: Clerk,
    day: number,
    recorded: { seat: string; id: string; at: number }[],
  ): void {
    const { world } = this;
    const { country, log } = world;
    const midnight = world.calendar.midnight(day);
    const from = midnight + c.shift[0] * HOUR;
    const to = midnight + c.shift[1] * HOUR;
    this.login(random, c, day, c.shift[0] - 0.4, 'dialler');
    const pace = (to - from) / Math.max(20, random.logNormal(50, 0.25));
    for (let at = from + Math.floor(random.exponential(pace)); at < to;) {
      const callee = desk.client[random.below(desk.client.length)]!;
      const number = country.number(callee);
      let busy = 25;
      if (random.chance(0.47)) {
        const talk = Math.min(
          1800,
          Math.max(2, Math.round(random.chance(0.45) ? random.logNormal(9, 0.6) : random.logNormal(75, 0.8))),
        );
        const id = random.chance(0.6) ? `r${random.hex(9)}` : '';
        if (id !== '') recorded.push({ seat: c.seat, id, at: at + talk * SECOND });
        if (id !== '' && talk > 30 && random.chance(0.016)) {
          world.ledgers.texts.add(at, {
            text_id: `t${random.hex(8)}`,
            kind: 'transcript',
            text: lawfulTranscript(random),
            at: spellInstant(at),
            recording: id,
          });
        }
        log.add(at, c.line, number, talk, 4 + random.below(22), ANSWERED, Release.normal, id);
        busy += talk;
      } else {
        const missed = random.chance(0.6);
        log.add(
          at,
          c.line,
          number,
          0,
          missed ? 25 + random.below(30) : 4 + random.below(14),
          0,
          missed ? Release.noAnswer : Release.rejected,
        );
        if (random.chance(0.09)) this.callBack(random, c, callee, at, day);
      }
      at += busy * SECOND + Math.floor(random.exponential(pace * 0.85));
    }
  }

  private callBack(random: Random, c: Clerk, callee: Person, at: number, day: number): void {
    const back = at + 2 * MINUTE + Math.floor(random.exponential(HOUR));
    if (back >= this.world.calendar.midnight(day) + DAY) return;
    const answered = random.chance(0.8);
    placeMobile(
      this.world.country,
      random,
      this.world.log,
      callee,
      c.line.number,
      back,
      day,
      answered ? Math.max(3, Math.round(random.logNormal(40, 0.8))) : 0,
      4 + random.below(20),
      answered ? ANSWERED : 0,
      answered ? Release.normal : Release.noAnswer,
    );
  }
}
