import { HOUR, MINUTE, spellInstant } from '../calendar.ts';
import type { Person } from '../country.ts';
import { tronAddress } from '../numbers.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { howMany } from '../world.ts';
import type { Circle } from './groups.ts';

const LUCKY = [5.2, 6.66, 8.88, 13.14, 18.8, 20, 50, 52, 66, 88, 100, 100, 188, 200, 200];

/** Ordinary money, among it all that looks like a ring's pay: festival red packets, day labourers, class fees, payrolls, a little crypto. */
export const ordinaryMoney = (world: World, circles: readonly Circle[], known: readonly Person[]): void => {
  const random = world.streams('money');
  const { calendar, country, ledgers } = world;

  const pay = (
    at: number,
    from: string,
    to: string,
    amount: number,
    channel: string,
    memo = '',
    currency = 'CNY',
  ): void => {
    if (random.chance(0.06) || at >= calendar.end) return;
    const kind = (h: string): string =>
      h.startsWith('qq_') ? 'qq' : h.startsWith('wx_') ? 'wechat' : h.startsWith('T') ? 'wallet' : 'company';
    ledgers.payments.add(at, {
      at: spellInstant(at),
      from,
      to,
      amount: amount.toFixed(2),
      payment_id: channel === 'crypto' ? '' : random.hex(12),
      currency,
      from_kind: random.chance(0.8) ? kind(from) : '',
      to_kind: random.chance(0.8) ? kind(to) : '',
      channel,
      memo,
      tx_hash: channel === 'crypto' ? random.hex(64) : '',
    });
  };
  const moment = (day: number, from: number, to: number): number =>
    Math.floor(calendar.midnight(day) + (from + random.unit() * (to - from)) * HOUR);
  const h = (p: Person): string => country.handle(p);
  const someDay = (): number => random.below(calendar.days);
  /** 8 March is the festival of the window. */
  const festival = Array.from({ length: calendar.days }, (_, d) => d).find((d) => calendar.date(d).endsWith('-03-08'));

  for (const c of circles) {
    const day = festival !== undefined && random.chance(0.3) ? festival : someDay();
    switch (c.kind) {
      case 'family':
      case 'hobby':
      case 'colleagues':
        if (random.chance(0.5))
          for (const m of c.members)
            if (random.chance(0.5))
              pay(
                moment(day, 8, 23),
                h(c.owner),
                h(m),
                random.pick(LUCKY),
                'red_packet',
                random.pick(['', '恭喜发财', '节日快乐']),
              );
        for (let n = random.poisson(1.2); n > 0; n--) {
          const [a, b] = [random.pick(c.members), random.pick(c.members)];
          if (a !== b)
            pay(
              moment(someDay(), 8, 23),
              h(a),
              h(b),
              random.pick([...LUCKY, random.between(12, 180)]),
              random.chance(0.6) ? 'red_packet' : 'third_party',
              random.pick(['', '饭钱', '车费']),
            );
        }
        break;
      case 'class':
        if (random.chance(0.6)) {
          const fee = random.pick([35, 58, 80, 120, 260]);
          for (const m of c.members)
            if (random.chance(0.85))
              pay(
                moment(day, 9, 40),
                h(m),
                h(c.owner),
                fee,
                random.chance(0.5) ? 'red_packet' : 'third_party',
                random.pick(['班费', '资料费', '']),
              );
        }
        break;
      case 'group-buy':
        for (let n = random.poisson(c.members.length * 0.4); n > 0; n--)
          pay(moment(someDay(), 8, 22), h(random.pick(c.members)), h(c.owner), random.between(9, 120), 'third_party');
        break;
      case 'day-labour':
      case 'station':
        labour(random, c);
        break;
      case 'customers':
        break;
    }
  }

  /** A foreman pays whoever came, in the evening, much as a ring's leader does; some by the piece. */
  function labour(r: Random, c: Circle): void {
    const base = r.pick([150, 160, 180, 200, 220]);
    const pieces = r.chance(0.5) ? r.pick([2, 5, 8]) : 0;
    const attendance = 0.35 + r.unit() * 0.4;
    for (let d = 0; d < calendar.days; d++) {
      if (c.kind === 'station' && d % 7 !== 6) continue; // stations settle weekly
      for (const m of c.members) {
        if (!r.chance(attendance)) continue;
        const amount = (c.kind === 'station' ? base * 5 : base) + pieces * r.below(6);
        pay(
          moment(d, 17.5, 22),
          h(c.owner),
          h(m),
          Math.min(c.kind === 'station' ? 3000 : 400, amount),
          c.kind === 'station' ? 'third_party' : r.chance(0.8) ? 'red_packet' : 'third_party',
          r.pick(['', '', '工资', '今日', '辛苦了']),
        );
      }
      if (r.chance(0.25))
        pay(
          moment(d, 10, 18),
          `${r.pick(['宏达', '佳盛', '众力', '百业'])}劳务`,
          h(c.owner),
          r.between(10, 60) * 100,
          'bank',
          '劳务费',
        );
    }
  }

  // Payrolls: one firm, many people, one day.
  for (let f = howMany(world, 30, 2); f > 0; f--) {
    const firm = `${random.pick(['东升', '永和', '鼎新', '万通', '长青', '盛世'])}${random.pick(['贸易', '机械', '餐饮', '物业', '科技'])}${f}`;
    const day = random.pick([4, 9, 14, 19, 24].filter((d) => d < calendar.days));
    const city = country.anyCity(random);
    for (let n = random.between(6, 30); n > 0; n--)
      pay(moment(day, 9, 11), firm, h(country.somebodyIn(random, city)), random.between(3200, 12_000), 'bank', '工资');
  }
  // Everybody's small change, ring members' too.
  const people = [...known, ...Array.from({ length: howMany(world, 1500, 50) }, () => country.anybody(random))];
  for (const p of people) {
    for (let n = random.poisson(1.3); n > 0; n--) {
      const other = random.chance(0.5) ? country.relative(random, p) : country.friend(p, random.below(6));
      const out = random.chance(0.5);
      pay(
        moment(someDay(), 7, 24),
        h(out ? p : other),
        h(out ? other : p),
        random.chance(0.3) ? random.pick(LUCKY) : random.between(5, 600),
        random.pick(['red_packet', 'third_party', 'third_party', 'bank']),
      );
    }
  }
  for (let n = howMany(world, 24, 2); n > 0; n--) {
    const p = country.anybody(random);
    for (let k = random.between(1, 4); k > 0; k--) {
      const wallet = tronAddress(random);
      const at = moment(someDay(), 0, 24) + random.below(MINUTE);
      if (random.chance(0.5)) pay(at, wallet, h(p), random.between(50, 4000), 'crypto', '', 'USDT');
      else pay(at, h(p), wallet, random.between(50, 4000), 'crypto', '', 'USDT');
    }
  }
};
