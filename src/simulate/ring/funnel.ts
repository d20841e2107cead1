import { DAY, HOUR, MINUTE, spellInstant } from '../calendar.ts';
import type { Person } from '../country.ts';
import { CITIES } from '../cities.ts';
import { spell } from '../numbers.ts';
import type { PhoneNumber } from '../numbers.ts';
import type { Random } from '../random.ts';
import { narrative } from '../texts/narratives.ts';
import type { World } from '../world.ts';
import type { Ring, Team } from './structure.ts';

const STAGES = ['called', 'talked', 'joined', 'lost', 'reported'] as const;

interface Lead {
  stage: number;
  at: number;
  loss: number;
  /** Numbers that called; the last few are what people remember. */
  callers: PhoneNumber[];
}

const RATES = {
  /** Of those who joined a group. */
  loses: 0.13,
  /** Of those who lost money; the rest are ashamed, hopeful or unaware. */
  reports: 0.55,
  /** Of those who only talked: annoyed or alert people who tell the police at once. */
  complains: 0.006,
  medianLoss: 26_000,
};

/** What becomes of the people who are called: talked to, led into a group, robbed, and sometimes heard of again. */
export class Funnel {
  private readonly world: World;
  private readonly ring: Ring;
  private readonly leads = new Map<Person, Lead>();
  private readonly random: Random;
  private readonly mules: string[];

  constructor(world: World, ring: Ring) {
    this.world = world;
    this.ring = ring;
    this.random = world.streams(`${ring.id}/funnel`);
    this.mules = Array.from({ length: Math.max(3, Math.round(ring.teams.length * 1.5)) }, () =>
      world.country.handle(world.country.anybody(this.random)),
    );
  }

  /** A conversation of some length took place. */
  talked(p: Person, number: PhoneNumber, at: number): void {
    const lead = this.leads.get(p);
    if (!lead) {
      this.leads.set(p, { stage: 1, at, loss: 0, callers: [number] });
      if (this.random.chance(RATES.complains)) this.complain(p, at);
    } else if (!lead.callers.includes(number)) lead.callers.push(number);
  }

  hasJoined(p: Person): boolean {
    return (this.leads.get(p)?.stage ?? 0) >= 2;
  }

  /** The person went into the team's current group; money and reports follow in their own time. */
  joined(p: Person, number: PhoneNumber, team: Team, at: number, day: number): void {
    const { world, random } = this;
    this.talked(p, number, at);
    const lead = this.leads.get(p)!;
    if (lead.stage >= 2) return;
    lead.stage = 2;
    lead.at = at + Math.floor(random.exponential(25 * MINUTE));
    const into = team.leadIns.findLast((g) => g.from <= day) ?? team.leadIns[0]!;
    const stays = random.chance(0.75);
    if (random.chance(0.94)) {
      world.ledgers.memberships.add(lead.at, {
        group: into.group,
        member: spell(world.country.number(p)),
        platform: into.platform,
        role: 'member',
        joined_at: spellInstant(lead.at),
        left_at: stays ? '' : spellInstant(lead.at + HOUR + Math.floor(random.exponential(2 * DAY))),
      });
    }
    if (!stays || !random.chance(RATES.loses / 0.75)) return;
    const lostAt = lead.at + 6 * HOUR + Math.floor(random.exponential(2.2 * DAY));
    if (lostAt > world.calendar.end) return;
    lead.stage = 3;
    lead.at = lostAt;
    lead.loss = Math.round(Math.min(1_500_000, random.logNormal(RATES.medianLoss, 1.1)) / 10) * 10;
    const mule = this.rob(p, lead.loss, lostAt);
    if (!random.chance(RATES.reports)) return;
    const reportedAt = lostAt + 3 * HOUR + Math.floor(random.exponential(3.5 * DAY));
    if (reportedAt > world.calendar.end + 2 * DAY) return;
    lead.stage = 4;
    lead.at = reportedAt;
    this.report(p, lead, into.group, mule, reportedAt, '冒充客服');
  }

  /** Victim -> money mule -> next mule -> out, in a few steps within the day. */
  private rob(p: Person, loss: number, at: number): string {
    const { world, random } = this;
    const mule = random.pick(this.mules);
    const parts = random.between(1, 3);
    let left = loss;
    for (let i = 0; i < parts; i++) {
      const amount = i === parts - 1 ? left : Math.round((left * (0.3 + random.unit() * 0.4)) / 10) * 10;
      left -= amount;
      const when = at + i * (10 * MINUTE + random.below(40 * MINUTE));
      if (amount > 0 && random.chance(0.7)) {
        world.ledgers.payments.add(when, {
          at: spellInstant(when),
          from: world.country.handle(p),
          to: mule,
          amount: amount.toFixed(2),
          payment_id: random.hex(12),
          currency: 'CNY',
          channel: random.chance(0.6) ? 'bank' : 'third_party',
          memo: random.pick(['', '', '保证金', '解冻', '转账', '验证']),
        });
      }
    }
    const next = random.pick(this.mules);
    if (next !== mule && random.chance(0.6)) {
      const when = at + HOUR + random.below(5 * HOUR);
      world.ledgers.payments.add(when, {
        at: spellInstant(when),
        from: mule,
        to: next,
        amount: (Math.round((loss * (0.9 + random.unit() * 0.09)) / 10) * 10).toFixed(2),
        payment_id: random.hex(12),
        currency: 'CNY',
        channel: 'bank',
      });
    }
    return mule;
  }

  private report(p: Person, lead: Lead, group: string, mule: string, at: number, category: string): void {
    const { world, random } = this;
    const city = CITIES[world.country.city[p]!]!;
    const remembered = lead.callers.slice(-3).filter(() => random.chance(0.85));
    const shown = random.chance(0.14) ? [] : remembered;
    world.ledgers.cases.add(at, {
      case_id: `A${random.between(100_000_000, 999_999_999)}`,
      reported_at: spellInstant(at),
      victim: spell(world.country.number(p)),
      province: city.province,
      city: city.name,
      loss: lead.loss > 0 ? lead.loss.toFixed(2) : '0',
      category,
      narrative: narrative(random, 'lead-in', {
        loss: lead.loss,
        group: random.chance(0.7) ? group : '',
        numbers: shown.map(spell),
      }),
      suspect_numbers: shown.map(spell).join(';'),
      suspect_accounts: mule !== '' && random.chance(0.6) ? mule : '',
      chat_groups: group !== '' && random.chance(0.7) ? group : '',
    });
  }

  private complain(p: Person, at: number): void {
    const when = at + HOUR + Math.floor(this.random.exponential(DAY));
    if (when < this.world.calendar.end)
      this.report(p, this.leads.get(p)!, '', '', when, this.random.pick(['骚扰电话', '冒充客服']));
  }

  /** Everybody the ring talked to, with the deepest stage they reached. */
  tell(): void {
    const { world, ring } = this;
    for (const [p, lead] of this.leads) {
      world.truth.add(
        'victims',
        world.country.handle(p),
        spell(world.country.number(p)),
        ring.id,
        STAGES[lead.stage],
        spellInstant(lead.at),
        lead.loss > 0 ? lead.loss.toFixed(2) : '',
      );
    }
  }
}
