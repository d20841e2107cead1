import { DAY, HOUR, MINUTE, SECOND, spellInstant } from '../calendar.ts';
import { ANSWERED, Release } from '../call-log.ts';
import type { Person } from '../country.ts';
import type { Random } from '../random.ts';
import { placeMobile } from '../social.ts';
import { ringTranscript } from '../texts/transcripts.ts';
import type { Part, World } from '../world.ts';
import { Displays } from './display.ts';
import type { Shown } from './display.ts';
import { Funnel } from './funnel.ts';
import type { Member, Ring, Team } from './structure.ts';
import { Traces } from './traces.ts';
import type { ShiftWorked } from './traces.ts';

/** Outcomes of a ring's calls; shares. */
const CALLS = {
  answered: 0.4,
  /** Of the answered: hung up within seconds, heard out, really talked. */
  hungUp: 0.6,
  talked: 0.13,
  /** Of those really talked to. */
  joins: 0.22,
  /** Shares of dials that go to an earlier lead that is still open. */
  retry: 0.45,
  followUp: 0.12,
  /** Chance that an unanswered lead is tried again. */
  keeps: 0.85,
  /** Recordings that somebody had written down. */
  transcribed: 0.016,
  callsBackOverseas: 0.003,
  callsBackDomestic: 0.1,
};

interface Desk {
  pending: Person[];
  warm: Person[];
  days: number;
}

/** A ring at work: agents in shifts dial the lists, day after day. */
export class RingAtWork implements Part {
  private readonly world: World;
  private readonly ring: Ring;
  readonly displays: Displays;
  readonly funnel: Funnel;
  private readonly traces: Traces;
  private readonly desks = new Map<Member, Desk>();
  private readonly pools: Int32Array[];
  private readonly cursor: number[];
  /** Open leads of agents who have gone, dealt out again within the team. */
  private readonly handedBack: Person[][];
  private readonly tries: Uint8Array;

  constructor(world: World, ring: Ring, lists: readonly Int32Array[]) {
    this.world = world;
    this.ring = ring;
    const random = world.streams(`${ring.id}/lists`);
    this.displays = new Displays(world, ring, random);
    this.funnel = new Funnel(world, ring);
    this.traces = new Traces(world, ring);
    // Principals split the lists among the leaders; a few leads are sold twice.
    const leads: number[] = [];
    for (const list of lists) for (const p of list) leads.push(p);
    random.shuffle(leads);
    const teams = ring.teams.length;
    this.pools = ring.teams.map((_, t) => {
      const own = leads.filter((_, i) => i % teams === t);
      for (let i = Math.round(own.length * 0.04); i > 0; i--) own.push(random.pick(leads));
      return random.shuffle(Int32Array.from(own));
    });
    this.cursor = ring.teams.map(() => 0);
    this.handedBack = ring.teams.map(() => []);
    this.tries = new Uint8Array(world.country.size);
  }

  day(day: number): void {
    const random = this.world.streams(`${this.ring.id}/day/${day}`);
    const worked: ShiftWorked[] = [];
    for (const team of this.ring.teams) {
      for (const agent of team.agents) {
        if (day < agent.from || day >= agent.to) continue;
        const first = !this.desks.has(agent);
        if (!first && !random.chance(this.ring.plan.attendance)) continue;
        worked.push(this.shift(random, team, agent, day));
      }
      for (const agent of team.agents) {
        if (agent.to !== day + 1) continue;
        const desk = this.desks.get(agent);
        if (desk) this.handedBack[team.index]!.push(...desk.warm, ...desk.pending);
      }
    }
    this.traces.day(day, worked);
  }

  private shift(random: Random, team: Team, agent: Member, day: number): ShiftWorked {
    const { world, ring } = this;
    const { median, low, high } = ring.plan.dials;
    const desk = this.desks.get(agent) ?? { pending: [], warm: [], days: 0 };
    this.desks.set(agent, desk);
    desk.days++;
    const shown = this.displays.on(agent, day, random);
    const midnight = world.calendar.midnight(day);
    const from = midnight + agent.shift[0] * HOUR + Math.floor((random.unit() - 0.35) * 25 * MINUTE);
    const to = midnight + agent.shift[1] * HOUR + Math.floor((random.unit() - 0.5) * 30 * MINUTE);
    const dials = Math.round(Math.max(low, Math.min(high, random.logNormal(median, 0.25))));
    const pace = (to - from) / dials;
    const result: ShiftWorked = {
      agent,
      shown,
      from,
      to,
      dials: 0,
      talkMs: 0,
      leads: 0,
      recordings: [],
      first: desk.days === 1,
    };
    let at = from + Math.floor(random.exponential(pace));
    while (at < to && result.dials < dials + 8) {
      const lunch = at % DAY; // 12:00 local is 04:00 UTC
      if (agent.shift[1] - agent.shift[0] > 5 && lunch > 4 * HOUR && lunch < 4.7 * HOUR && random.chance(0.8))
        at += 30 * MINUTE;
      at += this.dial(random, team, agent, desk, shown, at, day, result) + Math.floor(random.exponential(pace * 0.86));
    }
    return result;
  }

  /** One attempt; returns how long the line was busy, ms. */
  private dial(
    random: Random,
    team: Team,
    agent: Member,
    desk: Desk,
    shown: Shown,
    at: number,
    day: number,
    result: ShiftWorked,
  ): number {
    const { world } = this;
    const { country } = world;
    const p = this.next(random, team, desk);
    const to = country.number(p);
    const line = shown.lines[shown.pick.draw(random)]!;
    if (shown.calls++ === 0) shown.first = at;
    shown.last = at;
    result.dials++;
    if (!random.chance(CALLS.answered)) {
      const u = random.unit();
      const release =
        u < 0.55 ? Release.noAnswer : u < 0.85 ? Release.rejected : u < 0.93 ? Release.busy : Release.absent;
      const rang = release === Release.noAnswer ? 22 + random.below(38) : 3 + random.below(15);
      world.log.add(at, line, to, 0, rang, 0, release);
      const tries = Math.min(250, this.tries[p]! + 1);
      this.tries[p] = tries;
      if (tries < this.ring.plan.attempts && random.chance(CALLS.keeps)) desk.pending.push(p);
      else if (day > 8 && random.chance(0.08)) random.pick(this.handedBack).push(p);
      this.tryBack(random, p, shown, at, day);
      return rang * SECOND;
    }
    const u = random.unit();
    const warm = this.funnel.hasJoined(p);
    let seconds: number;
    if (u < CALLS.hungUp && !warm) seconds = Math.max(1, Math.round(random.logNormal(7, 0.6)));
    else if (u < 1 - CALLS.talked && !warm) seconds = Math.max(12, Math.round(random.logNormal(34, 0.6)));
    else {
      seconds = Math.min(2400, Math.max(45, Math.round(random.logNormal(170, 0.6))));
      if (!warm && random.chance(CALLS.joins)) {
        this.funnel.joined(p, shown.number, team, at + seconds * SECOND, day);
        result.leads++;
        if (random.chance(0.6)) desk.warm.push(p);
      } else {
        this.funnel.talked(p, shown.number, at);
        if (random.chance(0.5)) desk.warm.push(p);
      }
    }
    if (seconds >= 12 && seconds < 45) this.funnel.talked(p, shown.number, at);
    const recording = line.account !== '' && random.chance(0.55) ? `r${random.hex(9)}` : '';
    if (recording !== '') {
      result.recordings.push({ id: recording, at: at + seconds * SECOND, seconds });
      if (seconds > 20 && random.chance(CALLS.transcribed)) this.transcribe(random, recording, at);
    }
    const rang = 4 + random.below(22);
    world.log.add(at, line, to, seconds, rang, ANSWERED, Release.normal, recording);
    result.talkMs += seconds * SECOND;
    return (seconds + rang) * SECOND;
  }

  private next(random: Random, team: Team, desk: Desk): Person {
    const u = random.unit();
    if (u < CALLS.followUp && desk.warm.length > 0) return desk.warm.shift()!;
    if (u < CALLS.followUp + CALLS.retry && desk.pending.length > 6) return desk.pending.shift()!;
    if (random.chance(this.ring.plan.random)) return this.world.country.anybody(random);
    const back = this.handedBack[team.index]!;
    if (back.length > 0 && random.chance(0.3)) return back.shift()!;
    const pool = this.pools[team.index]!;
    const at = this.cursor[team.index]!;
    if (at >= pool.length)
      return pool.length > 0 ? pool[random.below(pool.length)]! : this.world.country.anybody(random);
    this.cursor[team.index] = at + 1;
    return pool[at]!;
  }

  private transcribe(random: Random, recording: string, at: number): void {
    this.world.ledgers.texts.add(at, {
      text_id: `t${random.hex(8)}`,
      kind: 'transcript',
      text: ringTranscript(random),
      at: spellInstant(at),
      recording,
    });
  }

  /** The number does not work the other way: nobody gets through. */
  private tryBack(random: Random, p: Person, shown: Shown, at: number, day: number): void {
    const share = this.ring.plan.shows === 'sim-box' ? CALLS.callsBackDomestic : CALLS.callsBackOverseas;
    if (!random.chance(share)) return;
    const when = at + MINUTE + Math.floor(random.exponential(HOUR));
    if (when >= this.world.calendar.midnight(day) + DAY) return;
    placeMobile(
      this.world.country,
      random,
      this.world.log,
      p,
      shown.number,
      when,
      day,
      0,
      random.below(4),
      0,
      random.chance(0.5) ? Release.unallocated : Release.absent,
    );
  }

  end(): void {
    this.displays.tell(spellInstant);
    this.funnel.tell();
    this.traces.end(this.displays.everyNumber);
  }
}
