import { MINUTE, HOUR, DAY, spellInstant } from '../calendar.ts';
import type { Line } from '../call-log.ts';
import { ANSWERED, plainLine, Release, SMS } from '../call-log.ts';
import { CITIES } from '../cities.ts';
import { cellIn } from '../country.ts';
import type { Person } from '../country.ts';
import { domesticAddress, fixedLine, foreignAddress, handset, serviceNumber, spell, spellAddress } from '../numbers.ts';
import type { PhoneNumber } from '../numbers.ts';
import type { Random } from '../random.ts';
import { placeMobile } from '../social.ts';
import type { Part, World } from '../world.ts';
import { howMany } from '../world.ts';
import { LAWFUL_KINDS } from './kinds.ts';
import type { LawfulKind } from './kinds.ts';

interface Caller {
  kind: LawfulKind;
  line: Line;
  city: number;
  perDay: number;
  regulars: Int32Array;
  /** First and last day of work (a campaign lasts a week or so). */
  from: number;
  to: number;
  dayOff: number;
  /** Somebody's own phone: cells move with the work. */
  moving: boolean;
}

const GIVEN =
  '迅达 速运 邻家 康和 和美 仁爱 中商 联丰 安居 乐居 明德 育才 民生 众诚 通联 易客 顺心 广源 佳信 博瑞 蓝天 恒通 万家 优达'.split(
    ' ',
  );

/** Lawful callers of every kind in the table: what they show, whom they call, who calls them back. */
export class HeavyCallers implements Part {
  private readonly world: World;
  private readonly callers: Caller[] = [];

  constructor(world: World) {
    this.world = world;
    const random = world.streams('lawful');
    for (const kind of LAWFUL_KINDS) {
      const n = howMany(world, kind.organisations);
      for (let o = 0; o < n; o++) this.found(random, kind, o);
    }
  }

  private found(random: Random, kind: LawfulKind, index: number): void {
    const { world } = this;
    const { country } = world;
    const city = country.anyCity(random);
    const place = CITIES[city]!;
    const name = `${kind.reach === 'city' ? place.name : ''}${random.pick(GIVEN)}${kind.category}${index >= GIVEN.length ? index : ''}`;
    const numbers = Math.max(1, Math.min(random.between(...kind.numbersEach), howMany(world, 50, 1)));
    const address = kind.shows === 'foreign' ? foreignAddress(random) : domesticAddress(random);
    const abroad = kind.shows === 'foreign' ? random.pick(['MY', 'PH', 'SG', 'HK', 'US', 'TH']) : 'CN';
    const trunk = kind.cloud ? trunkName(random) : '';
    const app = random.pick(['dialler', 'agent-desk', 'softphone']);
    const registered = random.chance(kind.registered);
    const burstFrom = random.below(world.calendar.days - 7);
    for (let i = 0; i < numbers; i++) {
      const number = this.shown(random, kind, city, abroad);
      const account = kind.cloud ? `u${random.token(7)}` : '';
      const moving = kind.shows === 'mobile';
      const line = plainLine(number, {
        originCountry: abroad,
        originIp: kind.cloud ? address : 0,
        trunk,
        account,
        imei: moving ? handset(random.bits()) : 0,
        imsi: moving ? 460_000_000_000_000 + random.below(4e9) * 3 + 1e9 : 0,
        cell: 0,
        city: kind.shows === 'foreign' || !['fixed', 'mobile'].includes(kind.shows) ? -1 : city,
        inbound: kind.shows === 'foreign',
      });
      const regulars = Int32Array.from(
        { length: Math.max(4, Math.round(kind.clientele * Math.min(1, Math.max(0.2, world.scale)))) },
        () => (kind.reach === 'city' ? country.somebodyIn(random, city) : country.anybody(random)),
      );
      const burst = kind.days === 'burst';
      // Riders and agents come and go as well: one in six starts or stops within the window.
      const comes = !burst && moving && random.chance(0.16);
      this.callers.push({
        kind,
        line,
        city,
        perDay: kind.callsADay[0] + random.unit() * (kind.callsADay[1] - kind.callsADay[0]),
        regulars,
        from: burst ? burstFrom : comes && random.chance(0.5) ? random.between(3, 18) : 0,
        to: burst
          ? burstFrom + random.between(4, 7)
          : comes
            ? random.between(19, world.calendar.days)
            : world.calendar.days,
        dayOff: random.below(7),
        moving,
      });
      world.truth.add('lookalikes', spell(number), kind.kind);
      world.truth.add('numbers', spell(number), '', '', '', '', '');
      if (registered && random.chance(kind.shows === 'mobile' ? 0.6 : 0.95)) {
        world.ledgers.registry.add(random.unit(), {
          number: spell(number),
          organisation: name,
          category: kind.category,
        });
      }
      if (kind.cloud) this.logins(random, account, address, abroad, city, app, burst ? burstFrom : 0);
    }
  }

  private logins(
    random: Random,
    account: string,
    ip: number,
    country: string,
    city: number,
    app: string,
    from: number,
  ): void {
    const { world } = this;
    for (let d = from; d < world.calendar.days; d++) {
      if (world.calendar.weekday(d) === 6 || random.chance(0.1)) continue;
      const at = world.calendar.midnight(d) + 8.6 * HOUR + Math.floor(random.unit() * 40 * MINUTE);
      world.ledgers.logins.add(at, {
        account,
        at: spellInstant(at),
        ip: spellAddress(ip),
        country,
        city: country === 'CN' ? CITIES[city]!.name : '',
        app,
      });
    }
  }

  private shown(random: Random, kind: LawfulKind, city: number, abroad: string): PhoneNumber {
    switch (kind.shows) {
      case 'mobile':
        return this.world.country.mobiles.another();
      case 'fixed':
        return fixedLine(random, CITIES[city]!);
      case '95':
        return this.unused(() => serviceNumber(`95${random.pick(['3', '5'])}${random.between(10, 99)}`));
      case '96':
        return this.unused(() => serviceNumber(`96${random.between(100, 999)}`));
      case '400':
        return this.unused(() =>
          serviceNumber(`400${random.pick(['1', '6', '7', '8', '9'])}${String(random.below(1e6)).padStart(6, '0')}`),
        );
      case 'value-added':
        return this.unused(() =>
          serviceNumber(`${random.pick(['950', '951', '952', '954', '957'])}${random.between(10000, 99999)}`),
        );
      case '106':
        return this.unused(() => serviceNumber(`106${random.pick(['9', '5'])}${random.between(1_000_000, 9_999_999)}`));
      case 'foreign':
        return this.world.foreign.one(random, abroad);
    }
  }

  private readonly used = new Set<PhoneNumber>();

  private unused(draw: () => PhoneNumber): PhoneNumber {
    for (let tries = 0; tries < 200; tries++) {
      const n = draw();
      if (!this.used.has(n)) {
        this.used.add(n);
        return n;
      }
    }
    // The short ranges are full in very large countries: extend the number as carriers do with sub-extensions.
    const n = draw() * 1000 - this.used.size;
    this.used.add(n);
    return n;
  }

  day(day: number): void {
    const random = this.world.streams(`lawful/${day}`);
    const weekday = this.world.calendar.weekday(day);
    for (const caller of this.callers) {
      if (day < caller.from || day >= caller.to) continue;
      const { days } = caller.kind;
      if (days === 'work' && weekday >= 5) continue;
      if (days === 'six' && weekday === (caller.moving ? caller.dayOff : 6)) continue;
      this.work(random, caller, day);
    }
  }

  private work(random: Random, caller: Caller, day: number): void {
    const { world } = this;
    const { country, log } = world;
    const { kind, line } = caller;
    const midnight = world.calendar.midnight(day);
    const n = random.poisson(caller.perDay);
    for (let k = 0; k < n; k++) {
      const at = midnight + kind.rhythm.draw(random);
      const callee: Person = random.chance(kind.regulars)
        ? caller.regulars[random.below(caller.regulars.length)]!
        : kind.reach === 'city'
          ? country.somebodyIn(random, caller.city)
          : country.anybody(random);
      const to = country.number(callee);
      if (kind.sms) {
        log.add(at, line, to, 0, 0, SMS, Release.none);
        continue;
      }
      if (caller.moving) line.cell = 0;
      const used = caller.moving ? this.onTheRoad(random, caller) : line;
      if (random.chance(kind.answered)) {
        const talk = Math.min(3600, Math.max(1, Math.round(random.logNormal(kind.talk, 0.85))));
        log.add(at, used, to, talk, 3 + random.below(25), ANSWERED, Release.normal);
        if (random.chance(kind.callBack * 0.15)) this.callBack(random, caller, callee, at, day);
      } else {
        const release = random.chance(0.6) ? Release.noAnswer : random.chance(0.6) ? Release.rejected : Release.busy;
        log.add(
          at,
          used,
          to,
          0,
          release === Release.noAnswer ? 25 + random.below(35) : 4 + random.below(16),
          0,
          release,
        );
        if (random.chance(kind.callBack)) this.callBack(random, caller, callee, at, day);
      }
    }
  }

  /** A mobile worker's line seen from another cell: a few dozen cells of the city, kept as separate lines. */
  private readonly roads = new Map<Caller, Line[]>();
  private onTheRoad(random: Random, caller: Caller): Line {
    let lines = this.roads.get(caller);
    if (!lines) {
      lines = Array.from({ length: 12 }, () => ({ ...caller.line, cell: cellIn(caller.city, random.bits()) }));
      this.roads.set(caller, lines);
    }
    return lines[random.below(lines.length)]!;
  }

  private callBack(random: Random, caller: Caller, callee: Person, at: number, day: number): void {
    const back = at + MINUTE + Math.floor(random.exponential(50 * MINUTE));
    if (back >= this.world.calendar.midnight(day) + DAY) return;
    const answered = random.chance(0.75);
    const talk = answered ? Math.max(2, Math.round(random.logNormal(25, 0.8))) : 0;
    placeMobile(
      this.world.country,
      random,
      this.world.log,
      callee,
      caller.line.number,
      back,
      day,
      talk,
      4 + random.below(18),
      answered ? ANSWERED : 0,
      answered ? Release.normal : Release.noAnswer,
    );
  }
}

/** Names of lines as wholesalers give them: they say little about where a call comes from. */
export const trunkName = (random: Random): string =>
  `${random.pick(['SBC', 'IPT', 'GW', 'IMS', 'TG'])}-${random.pick(['SH', 'HZ', 'SZ', 'GZ', 'BJ', 'CD', 'HK', 'XM', 'WH'])}-${String(random.between(1, 60)).padStart(2, '0')}`;
