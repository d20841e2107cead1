import { DAY, HOUR, MINUTE, SECOND, spellInstant } from '../calendar.ts';
import { ANSWERED, Release } from '../call-log.ts';
import { domesticAddress, foreignAddress, spell, spellAddress, tronAddress } from '../numbers.ts';
import type { Random } from '../random.ts';
import { placeMobile } from '../social.ts';
import { ringAdvert } from '../texts/adverts.ts';
import { leadInChat, workChat } from '../texts/transcripts.ts';
import type { World } from '../world.ts';
import type { Shown } from './display.ts';
import { groupId, placeOf } from './structure.ts';
import type { Member, Ring } from './structure.ts';

/** What one agent did on one day. */
export interface ShiftWorked {
  agent: Member;
  shown: Shown;
  from: number;
  to: number;
  dials: number;
  talkMs: number;
  leads: number;
  recordings: { id: string; at: number; seconds: number }[];
  first: boolean;
}

const kindOf = (handle: string): string => (handle.startsWith('qq_') ? 'qq' : 'wechat');
const TASKS = ['回访1', '回访2', '老客户关怀', '退费登记', '活动通知', '满意度', '续期提醒'] as const;

/** Everything a ring leaves behind besides its calls to victims: logins, listening, pay, groups, seat tables, calls among members. */
export class Traces {
  private readonly world: World;
  private readonly ring: Ring;
  private readonly random: Random;
  private readonly wages = new Map<string, { from: Member; to: Member; days: number; total: number }>();
  private readonly owed = new Map<Member, number>();
  private readonly wallets: string[];
  private readonly phoned = new Set<Member>();
  private readonly beats: Map<Member, Member[][]>;
  private readonly perLead: number[];

  constructor(world: World, ring: Ring) {
    this.world = world;
    this.ring = ring;
    this.random = world.streams(`${ring.id}/traces`);
    this.wallets = [0, 1, 2].map(() => tronAddress(this.random));
    // Each inspector listens to three to five teams.
    this.beats = new Map(
      ring.inspectors.map((i) => [
        i,
        Array.from({ length: this.random.between(3, 5) }, () => this.random.pick(ring.teams).agents),
      ]),
    );
    this.perLead = ring.teams.map(() => this.random.pick([5, 6, 8, 10]));
  }

  day(day: number, worked: readonly ShiftWorked[]): void {
    const byAgent = new Map(worked.map((w) => [w.agent, w]));
    for (const w of worked) {
      this.shiftLogins(w, day);
      this.pay(w);
    }
    this.organisers(day);
    for (const [inspector, teams] of this.beats) this.listen(inspector, teams, byAgent, day);
  }

  private login(member: Member, account: string, at: number, app: string, day: number): void {
    const { random, world } = this;
    if (!this.ring.plan.seen.logins || random.chance(0.04)) return;
    const vpn = random.chance(0.05);
    const mobile = random.chance(0.18);
    const skew = -7 * SECOND; // the dialler's clock runs behind the carriers'
    world.ledgers.logins.add(at, {
      account,
      at: spellInstant(at + skew),
      ip: spellAddress(vpn ? foreignAddress(random) : mobile ? domesticAddress(random) : member.address),
      country: random.chance(0.05) ? '' : vpn ? random.pick(['HK', 'SG', 'US', 'JP']) : 'CN',
      city: vpn || random.chance(0.3) ? '' : placeOf(member).city,
      imei: random.chance(0.66) ? world.country.imei(member.person, day) : '',
      app,
    });
  }

  private shiftLogins(w: ShiftWorked, day: number): void {
    const { random } = this;
    this.login(w.agent, w.agent.account, w.from - 2 * MINUTE - random.below(6 * MINUTE), 'dialler', day);
    if (random.chance(0.35))
      this.login(w.agent, w.agent.account, w.from + Math.floor((w.to - w.from) * random.unit()), 'dialler', day);
    // Set-up: somebody technical tried the account before its first shift.
    if (w.first && this.ring.technicians.length > 0 && random.chance(0.6)) {
      const t = this.ring.technicians[w.agent.team!.index % this.ring.technicians.length]!;
      const at = this.world.calendar.midnight(day) + 8 * HOUR + random.below(50 * MINUTE);
      this.login(t, w.agent.account, at, random.pick(['dialler-admin', 'trunk-admin', 'dialler']), day);
    }
  }

  /** Base pay for the hours and a piece rate for leads, in red packets from the leader within hours of the shift's end. */
  private pay(w: ShiftWorked): void {
    const { random } = this;
    const leader = w.agent.team!.leader;
    const hours = (w.to - w.from) / HOUR;
    const base = hours > 7 ? 200 : Math.round((200 * hours) / 9 / 10) * 10;
    const amount = base + w.leads * this.perLead[w.agent.team!.index]!;
    this.note(leader, w.agent, amount);
    this.owed.set(leader, (this.owed.get(leader) ?? 0) + amount);
    const debt = this.owed.get(w.agent) ?? 0;
    if (random.chance(0.08)) {
      this.owed.set(w.agent, debt + amount); // paid with the next shift
      return;
    }
    this.owed.set(w.agent, 0);
    let left = amount + debt;
    // A WeChat red packet holds 200 at most.
    for (let i = 0; left > 0; i++) {
      const part = Math.min(200, left);
      left -= part;
      const at = w.to + 10 * MINUTE + Math.floor(random.exponential(50 * MINUTE)) + i * 20 * SECOND;
      this.payment(
        at,
        leader.handle,
        w.agent.handle,
        part,
        'red_packet',
        random.pick(['', '', '', '辛苦了', '今日', '恭喜发财']),
      );
    }
  }

  private note(from: Member, to: Member, amount: number): void {
    const key = `${from.person}>${to.person}`;
    const sum = this.wages.get(key) ?? { from, to, days: 0, total: 0 };
    sum.days++;
    sum.total += amount;
    this.wages.set(key, sum);
  }

  private payment(at: number, from: string, to: string, amount: number, channel: string, memo: string): void {
    const { random, world } = this;
    if (random.chance(0.07)) return; // statements are never complete
    world.ledgers.payments.add(at, {
      at: spellInstant(at),
      from,
      to,
      amount: amount.toFixed(2),
      payment_id: random.hex(12),
      currency: 'CNY',
      from_kind: random.chance(0.8) ? kindOf(from) : '',
      to_kind: random.chance(0.8) ? kindOf(to) : '',
      channel,
      memo,
    });
  }

  private call(from: Member, to: Member, day: number, within: readonly [number, number]): void {
    const { random, world } = this;
    this.phoned.add(from).add(to);
    const at = world.calendar.midnight(day) + (within[0] + random.unit() * (within[1] - within[0])) * HOUR;
    const answered = random.chance(0.8);
    placeMobile(
      world.country,
      random,
      world.log,
      from.person,
      world.country.number(to.person),
      Math.floor(at),
      day,
      answered ? Math.max(4, Math.round(random.logNormal(55, 0.9))) : 0,
      4 + random.below(20),
      answered ? ANSWERED : 0,
      answered ? Release.normal : Release.noAnswer,
    );
  }

  /** Leaders, principals and technicians: administration, money from above, a few calls among themselves. */
  private organisers(day: number): void {
    const { random, ring, world } = this;
    const midnight = world.calendar.midnight(day);
    for (const team of ring.teams) {
      const { leader } = team;
      if (random.chance(0.9))
        this.login(leader, leader.account, midnight + (8.3 + random.unit() * 2) * HOUR, 'dialler-admin', day);
      const present = team.agents.filter((a) => day >= a.from && day < a.to);
      for (let n = present.length > 0 ? random.poisson(2.2) : 0; n > 0; n--) {
        const agent = random.pick(present);
        if (random.chance(0.75)) this.call(leader, agent, day, [8, 22]);
        else this.call(agent, leader, day, [9, 22]);
      }
      const boss = leader.boss!;
      if (random.chance(0.22))
        this.call(random.chance(0.6) ? boss : leader, random.chance(0.6) ? leader : boss, day, [10, 23]);
      if (random.chance(0.55) && (this.owed.get(leader) ?? 0) > 0) {
        const due = this.owed.get(leader)!;
        this.owed.set(leader, 0);
        const amount = Math.round((due * (1.12 + random.unit() * 0.1) + 300) / 100) * 100;
        this.note(boss, leader, amount);
        const at = midnight + (13 + random.unit() * 10) * HOUR;
        this.payment(
          at,
          boss.handle,
          leader.handle,
          amount,
          random.chance(0.6) ? 'bank' : 'third_party',
          random.pick(['', '货款', '往来']),
        );
      }
    }
    for (const p of ring.principals) {
      if (random.chance(0.3)) this.fromOverseas(p, midnight + (9 + random.unit() * 14) * HOUR);
      const other = random.pick(ring.principals);
      if (other !== p && random.chance(0.3)) this.call(p, other, day, [10, 24]);
    }
    for (const t of ring.technicians) {
      if (random.chance(0.35))
        this.login(
          t,
          t.account,
          midnight + (10 + random.unit() * 12) * HOUR,
          random.pick(['trunk-admin', 'dialler-admin']),
          day,
        );
      if (random.chance(0.1)) {
        const amount = random.between(8, 60) * 100;
        this.note(t.boss!, t, amount);
        this.payment(
          midnight + (12 + random.unit() * 10) * HOUR,
          t.boss!.handle,
          t.handle,
          amount,
          random.pick(['bank', 'third_party', 'red_packet']),
          '',
        );
      }
      if (random.chance(0.12))
        this.call(t, random.chance(0.5) ? t.boss! : random.pick(ring.teams).leader, day, [10, 23]);
    }
  }

  private fromOverseas(p: Member, at: number): void {
    const { random, world, ring } = this;
    const teams = ring.teams.length / ring.principals.length;
    world.ledgers.payments.add(at, {
      at: spellInstant(at),
      from: random.pick(this.wallets),
      to: p.handle,
      amount: (Math.round(teams * (700 + random.unit() * 900) * 100) / 100).toFixed(2),
      payment_id: '',
      currency: 'USDT',
      from_kind: 'wallet',
      to_kind: 'wallet',
      channel: 'crypto',
      tx_hash: random.hex(64),
    });
  }

  /** An inspector pulls recordings of the day from seats of several teams, and gets the same pay every day. */
  private listen(
    inspector: Member,
    teams: readonly Member[][],
    worked: ReadonlyMap<Member, ShiftWorked>,
    day: number,
  ): void {
    const { random, world } = this;
    if (random.chance(0.14)) return;
    const shifts = teams.flat().flatMap((a) => worked.get(a) ?? []);
    if (shifts.length === 0) return;
    const midnight = world.calendar.midnight(day);
    this.login(
      inspector,
      inspector.account,
      midnight + (10 + random.unit() * 3) * HOUR,
      random.chance(0.7) ? 'dialler-qa' : 'dialler',
      day,
    );
    if (this.ring.plan.seen.reviews) {
      for (const w of shifts) {
        for (const r of w.recordings) {
          if (r.seconds < 15 || !random.chance(0.3)) continue;
          const at = r.at + HOUR * 0.2 + Math.floor(random.exponential(2 * HOUR));
          world.ledgers.reviews.add(at, {
            at: spellInstant(at),
            reviewer: inspector.handle,
            seat: w.agent.seat,
            recording: random.chance(0.93) ? r.id : '',
            verdict: random.pick(['合格', '合格', '合格', '未按话术', '语速过快', '优秀', '']),
          });
        }
      }
    }
    this.note(inspector.boss!, inspector, 400);
    const at = midnight + (20 + random.unit() * 3.5) * HOUR;
    const half = 200;
    for (let i = 0; i < 2; i++)
      this.payment(at + i * 30 * SECOND, inspector.boss!.handle, inspector.handle, half, 'red_packet', '');
    if (random.chance(0.05)) this.call(inspector, inspector.boss!, day, [10, 22]);
  }

  end(everyNumber: readonly Shown[]): void {
    this.groups();
    this.words();
    if (this.ring.plan.seen.seats) this.seatTables(everyNumber);
    this.people();
  }

  private member(group: string, member: string, platform: string, role: string, joined: number, left = 0): void {
    if (this.random.chance(0.04)) return;
    this.world.ledgers.memberships.add(joined, {
      group,
      member,
      platform,
      role,
      joined_at: spellInstant(joined),
      left_at: left > 0 ? spellInstant(left) : '',
    });
  }

  private groups(): void {
    const { random, ring, world } = this;
    const { calendar, country } = world;
    const before = (day: number): number => calendar.midnight(day) - Math.floor(random.exponential(20 * DAY));
    for (const team of ring.teams) {
      const platform = kindOf(team.leader.handle);
      this.member(team.workGroup, team.leader.handle, platform, 'owner', before(0));
      const recruits = groupId(random);
      this.member(recruits, team.leader.handle, platform, 'owner', before(0));
      team.agents.forEach((a, i) => {
        const joined = calendar.midnight(a.from) - Math.floor(random.unit() * DAY);
        const left = a.to < calendar.days && random.chance(0.5) ? calendar.midnight(a.to) + random.below(2 * DAY) : 0;
        this.member(team.workGroup, a.handle, platform, i === 0 ? 'admin' : 'member', joined, left);
        if (a.lured && random.chance(0.6))
          this.member(recruits, a.handle, platform, 'member', joined - random.below(2 * DAY));
      });
      // People who only asked about the job and never called anybody.
      for (let n = random.between(6, 20); n > 0; n--) {
        this.member(
          recruits,
          country.handle(country.anybody(random)),
          platform,
          'member',
          before(random.below(calendar.days)),
        );
      }
      for (const g of team.leadIns) {
        const opened = calendar.midnight(g.from) + 9 * HOUR;
        this.member(g.group, team.leader.handle, g.platform, random.chance(0.7) ? 'owner' : 'admin', opened);
        const day = Math.max(0, g.from);
        for (const a of team.agents) {
          if (day < a.from || day >= a.to || !random.chance(0.25)) continue;
          this.member(
            g.group,
            a.handle,
            g.platform,
            random.chance(0.15) ? 'admin' : 'member',
            opened + random.below(5 * HOUR),
          );
        }
      }
    }
    for (const [inspector, teams] of this.beats) {
      for (const agents of teams) {
        const team = agents[0]?.team;
        if (team && random.chance(0.75))
          this.member(team.workGroup, inspector.handle, kindOf(team.leader.handle), 'member', before(0));
      }
    }
    const council = groupId(random);
    const host = random.pick(ring.principals);
    this.member(council, host.handle, kindOf(host.handle), 'owner', before(0));
    for (const team of ring.teams) {
      if (random.chance(0.6)) this.member(council, team.leader.handle, kindOf(host.handle), 'member', before(0));
    }
  }

  /** Adverts for callers, and what was said in the team's and the lead-in groups. */
  private words(): void {
    const { random, ring, world } = this;
    const { calendar, ledgers } = world;
    const add = (kind: string, text: string, author: string): void => {
      const at = calendar.midnight(0) + Math.floor(random.unit() * calendar.days * DAY);
      ledgers.texts.add(at, { text_id: `t${random.hex(8)}`, kind, text, at: spellInstant(at), author });
    };
    for (const team of ring.teams) {
      const leader = team.leader.handle;
      for (let n = random.between(1, 3); n > 0; n--)
        add('advert', ringAdvert(random), random.chance(0.7) ? leader : '');
      for (let n = random.between(2, 4); n > 0; n--) add('chat', workChat(random), random.chance(0.8) ? leader : '');
      for (let n = random.between(2, 4); n > 0; n--) {
        add('chat', leadInChat(random), random.chance(0.5) ? leader : random.pick(team.agents).handle);
      }
    }
  }

  private seatTables(everyNumber: readonly Shown[]): void {
    const { random, ring, world } = this;
    const row = (m: Member, number: string): void => {
      const team = m.team;
      world.ledgers.seats.add(random.unit(), {
        seat: m.seat,
        account: random.chance(0.96) ? m.account : '',
        team: team?.code ?? '',
        caller_group: m.role === 'agent' ? (team?.callerGroup ?? '') : '',
        task: m.role === 'agent' ? random.pick(TASKS) : '',
        person: random.chance(0.9) ? m.handle : '',
        number,
      });
    };
    for (const s of everyNumber)
      if (s.calls > 0 && s.holder.listed && random.chance(0.9)) row(s.holder, spell(s.number));
    for (const team of ring.teams) if (random.chance(0.9)) row(team.leader, '');
    for (const i of ring.inspectors) if (random.chance(0.6)) row(i, '');
    for (const t of ring.technicians) if (random.chance(0.5)) row(t, '');
  }

  private people(): void {
    const { ring, world } = this;
    const { truth, country } = world;
    for (const m of ring.everybody) {
      const { province, city } = placeOf(m);
      truth.add(
        'people',
        m.handle,
        ring.id,
        m.role,
        m.team?.code ?? '',
        m.boss?.handle ?? '',
        province,
        city,
        m.lured ? 1 : 0,
      );
      // Their own phone, where the records can show it. It is a person's, not the ring's: `ring` stays empty, and so do from and to.
      if (country.activity[m.person]! > 0 || this.phoned.has(m)) {
        truth.add('numbers', spell(country.number(m.person)), '', m.handle, m.role, '', '');
      }
    }
    for (const w of this.wages.values())
      truth.add('wages', w.from.handle, w.to.handle, w.to.role, w.days, w.total.toFixed(2));
  }
}
