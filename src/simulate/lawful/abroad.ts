import { DAY, HOUR, MINUTE, Rhythm, hours, spellInstant } from '../calendar.ts';
import type { Line } from '../call-log.ts';
import { ANSWERED, plainLine, Release } from '../call-log.ts';
import { CITIES } from '../cities.ts';
import type { Person } from '../country.ts';
import { domesticAddress, foreignAddress, handset, spell, spellAddress } from '../numbers.ts';
import type { Random } from '../random.ts';
import { placeMobile } from '../social.ts';
import type { Part, World } from '../world.ts';
import { howMany } from '../world.ts';
import { trunkName } from './heavy-callers.ts';

interface Caller {
  kind: 'family-abroad' | 'roamer' | 'trade-firm';
  line: Line;
  contacts: Person[];
  perDay: number;
  rhythm: Rhythm;
  from: number;
  to: number;
  workdays: boolean;
  answered: number;
  talk: number;
  callBack: number;
  strangers: number;
}

const EVENINGS = new Rhythm([1, 0.5, 0, 0, 0, 0, 1, 3, 4, 4, 4, 5, 5, 4, 3, 3, 4, 5, 8, 12, 14, 13, 8, 3]);

/** Those whose number and place do not match, for good reasons: families abroad, travellers, foreign-trade firms with an office here. */
export class Abroad implements Part {
  private readonly world: World;
  private readonly callers: Caller[] = [];

  constructor(world: World) {
    this.world = world;
    const random = world.streams('abroad');
    for (let i = howMany(world, 160, 8); i > 0; i--) this.family(random);
    for (let i = howMany(world, 120, 6); i > 0; i--) this.roamer(random);
    for (let i = howMany(world, 10, 2); i > 0; i--) this.tradeFirm(random);
  }

  private join(caller: Caller): void {
    this.callers.push(caller);
    this.world.truth.add('lookalikes', spell(caller.line.number), caller.kind);
    this.world.truth.add('numbers', spell(caller.line.number), '', '', '', '', '');
  }

  private family(random: Random): void {
    const { world } = this;
    const home = world.country.anybody(random);
    const country = random.pick(['US', 'CA', 'GB', 'AU', 'JP', 'HK', 'SG', 'MY', 'PH', 'KR', 'TH', 'DE', 'KH']);
    const contacts = [home, world.country.relative(random, home)];
    for (let s = random.below(6); s > 0; s--) contacts.push(world.country.friend(home, s));
    this.join({
      kind: 'family-abroad',
      line: plainLine(world.foreign.one(random, country), {
        originCountry: random.chance(0.75) ? country : '',
        inbound: true,
      }),
      contacts,
      perDay: 0.15 + random.exponential(0.5),
      rhythm: EVENINGS,
      from: 0,
      to: world.calendar.days,
      workdays: false,
      answered: 0.7,
      talk: 260,
      callBack: 0.5,
      strangers: 0,
    });
  }

  private roamer(random: Random): void {
    const { world } = this;
    const p = world.country.anybody(random);
    const country = random.pick(['HK', 'TH', 'JP', 'KR', 'SG', 'MY', 'VN', 'ID', 'US', 'GB', 'KH']);
    const from = random.below(world.calendar.days - 4);
    const contacts = [world.country.relative(random, p), world.country.relative(random, p)];
    for (let s = 0; s < 8; s++) contacts.push(world.country.friend(p, s));
    this.join({
      kind: 'roamer',
      line: plainLine(world.country.number(p), {
        originCountry: country,
        imei: world.country.imei(p),
        imsi: world.country.imsi(p),
      }),
      contacts,
      perDay: 1 + random.exponential(2),
      rhythm: EVENINGS,
      from,
      to: from + random.between(3, 9),
      workdays: false,
      answered: 0.75,
      talk: 60,
      callBack: 0.4,
      strangers: 0.05,
    });
  }

  private tradeFirm(random: Random): void {
    const { world } = this;
    const city = random.pick([0, 1, 4, 5, 16, 30].map((c) => c % CITIES.length));
    const country = random.pick(['HK', 'US', 'SG', 'GB', 'JP', 'MY']);
    const address = domesticAddress(random);
    const trunk = trunkName(random);
    const partners = Array.from({ length: random.between(18, 50) }, () => world.country.anybody(random));
    const numbers = random.between(2, 5);
    const registered = random.chance(0.5);
    const name = `${CITIES[city]!.name}${random.pick(['远航', '海贸', '环球', '汇洋', '嘉诚'])}进出口`;
    for (let i = 0; i < numbers; i++) {
      const account = `u${random.token(7)}`;
      const device = handset(random.bits());
      const number = world.foreign.one(random, country);
      this.join({
        kind: 'trade-firm',
        line: plainLine(number, {
          originCountry: random.chance(0.8) ? 'CN' : '',
          originIp: address,
          trunk,
          account,
          city: random.chance(0.4) ? city : -1,
          inbound: true,
        }),
        contacts: partners,
        perDay: 6 + random.unit() * 18,
        rhythm: hours(9, 19, 0.3),
        from: 0,
        to: world.calendar.days,
        workdays: true,
        answered: 0.72,
        talk: 110,
        callBack: 0.45,
        strangers: 0.12,
      });
      if (registered)
        world.ledgers.registry.add(random.unit(), { number: spell(number), organisation: name, category: '外贸' });
      for (let d = 0; d < world.calendar.days; d++) {
        if (world.calendar.weekday(d) >= 5 || random.chance(0.08)) continue;
        const at = world.calendar.midnight(d) + 8.7 * HOUR + Math.floor(random.unit() * 50 * MINUTE);
        const onTrip = random.chance(0.04);
        world.ledgers.logins.add(at, {
          account,
          at: spellInstant(at),
          ip: spellAddress(onTrip ? foreignAddress(random) : address),
          country: onTrip ? country : 'CN',
          city: onTrip ? '' : CITIES[city]!.name,
          imei: random.chance(0.5) ? device : '',
          app: random.pick(['softphone', 'softphone', 'dialler']),
        });
      }
    }
  }

  day(day: number): void {
    const { world } = this;
    const random = world.streams(`abroad/${day}`);
    const weekend = world.calendar.weekday(day) >= 5;
    for (const c of this.callers) {
      if (day < c.from || day >= c.to || (c.workdays && weekend)) continue;
      for (let n = random.poisson(c.perDay); n > 0; n--) {
        const at = world.calendar.midnight(day) + c.rhythm.draw(random);
        const callee = random.chance(c.strangers) ? world.country.anybody(random) : random.pick(c.contacts);
        const answered = random.chance(c.answered);
        const talk = answered ? Math.min(7200, Math.max(2, Math.round(random.logNormal(c.talk, 0.9)))) : 0;
        world.log.add(
          at,
          c.line,
          world.country.number(callee),
          talk,
          5 + random.below(30),
          answered ? ANSWERED : 0,
          answered ? Release.normal : Release.noAnswer,
        );
        if (!random.chance(answered ? c.callBack * 0.4 : c.callBack)) continue;
        const back = at + 5 * MINUTE + Math.floor(random.exponential(2 * HOUR));
        if (back >= world.calendar.midnight(day) + DAY) continue;
        const length = Math.min(7200, Math.max(2, Math.round(random.logNormal(c.talk, 0.8))));
        placeMobile(
          world.country,
          random,
          world.log,
          callee,
          c.line.number,
          back,
          day,
          length,
          5 + random.below(20),
          ANSWERED,
          Release.normal,
        );
      }
    }
  }
}
