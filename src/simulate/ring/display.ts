import type { Line } from '../call-log.ts';
import { plainLine } from '../call-log.ts';
import { cellIn } from '../country.ts';
import { foreignAddress, gatewayHandset, spell } from '../numbers.ts';
import type { PhoneNumber } from '../numbers.ts';
import { Weighted } from '../random.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { trunkName } from '../lawful/heavy-callers.ts';
import type { Member, Ring, Team } from './structure.ts';

/** A number as it was shown for one member for a while. */
export interface Shown {
  number: PhoneNumber;
  holder: Member;
  /** The same call as different parts of the network saw it. */
  lines: Line[];
  pick: Weighted;
  first: number;
  last: number;
  calls: number;
  retireOn: number;
}

const COUNTRIES = ['PH', 'KH', 'MY', 'HK', 'GB', 'US', 'TH', 'ID', 'SG', 'VN', 'AU', 'JP'] as const;
const LIKED = [26, 12, 13, 17, 9, 10, 4, 3, 3, 2, 1, 1];

/** A SIM gateway: a few cells that never move, a pool of device numbers that it changes at will. */
interface Gateway {
  cells: number[];
  city: number;
  devices: number[];
}

/** Which number each seat shows on which day, and who takes over when it falls silent. */
export class Displays {
  private readonly world: World;
  private readonly ring: Ring;
  private readonly current = new Map<Member, Shown>();
  private readonly all: Shown[] = [];
  private readonly spare = new Map<Team, Shown[]>();
  private readonly taste = new Map<Team, string[]>();
  private readonly trunks = new Map<Team, string[]>();
  private readonly gateways = new Map<Team, Gateway>();
  /** Days on which a carrier blocked a team's whole caller group, so that all of it moved at once. */
  private readonly blocked = new Map<Team, Set<number>>();

  constructor(world: World, ring: Ring, random: Random) {
    this.world = world;
    this.ring = ring;
    const draw = new Weighted(LIKED);
    for (const team of ring.teams) {
      this.taste.set(
        team,
        [0, 1, 2].map(() => COUNTRIES[draw.draw(random)]!),
      );
      this.trunks.set(team, [trunkName(random), trunkName(random)]);
      this.blocked.set(team, new Set(random.chance(0.7) ? [random.between(4, world.calendar.days - 3)] : []));
      const city = team.leader.city;
      this.gateways.set(team, {
        city,
        cells: [cellIn(city, random.bits()), cellIn(city, random.bits())],
        devices: Array.from({ length: 24 }, () => gatewayHandset(random)),
      });
    }
  }

  /** The number that `member` shows on `day`; changes it when its time has come. */
  on(member: Member, day: number, random: Random): Shown {
    const team = member.team!;
    const now = this.current.get(member);
    if (now && day < now.retireOn && !this.blocked.get(team)!.has(day)) return now;
    const { low, high } = this.ring.plan.rotation;
    const shown = this.reuse(member, day, random) ?? this.fresh(member, random);
    shown.holder = member;
    shown.retireOn = day + random.between(low, high);
    if (now) {
      this.retire(now, shown);
      if (random.chance(0.06)) this.spareOf(team).push(now);
    }
    this.current.set(member, shown);
    this.all.push(shown);
    return shown;
  }

  private spareOf(team: Team): Shown[] {
    let list = this.spare.get(team);
    if (!list) this.spare.set(team, (list = []));
    return list;
  }

  /** A number another seat of the team has given up, now and then. */
  private reuse(member: Member, day: number, random: Random): Shown | undefined {
    const list = this.spareOf(member.team!);
    const old = list[0];
    if (!old || old.retireOn > day - 1 || !random.chance(0.5)) return undefined;
    list.shift();
    const lines = old.lines.map((l) => ({
      ...l,
      account: l.account && member.account,
      originIp: l.originIp && member.address,
    }));
    return { ...old, lines, first: 0, last: 0, calls: 0 };
  }

  private retire(old: Shown, next: Shown): void {
    if (old.calls > 0 && old.number !== next.number) this.pendingHandOver.push([old, next]);
  }

  private readonly pendingHandOver: [Shown, Shown][] = [];

  private fresh(member: Member, random: Random): Shown {
    const team = member.team!;
    const { world } = this;
    if (this.ring.plan.shows === 'sim-box') {
      const gateway = this.gateways.get(team)!;
      const number = world.country.mobiles.another();
      const imsi = 460_000_000_000_000 + random.below(4e9) * 3 + 1e9;
      // Each SIM is seen under a few of the gateway's device numbers.
      const lines = [0, 1, 2].map(() =>
        plainLine(number, {
          originCountry: 'CN',
          imei: random.pick(gateway.devices),
          imsi,
          cell: random.pick(gateway.cells),
          city: gateway.city,
        }),
      );
      return { number, holder: member, lines, pick: new Weighted([5, 2, 1]), first: 0, last: 0, calls: 0, retireOn: 0 };
    }
    const country = random.chance(0.8) ? random.pick(this.taste.get(team)!) : random.pick(COUNTRIES);
    const number = world.foreign.one(random, country);
    const trunk = random.pick(this.trunks.get(team)!);
    const behindVpn = random.chance(0.05);
    const home = {
      account: member.account,
      trunk,
      inbound: true,
      originIp: behindVpn ? foreignAddress(random) : member.address,
    };
    const origin = behindVpn ? random.pick(COUNTRIES) : 'CN';
    const lines = [
      plainLine(number, { ...home, originCountry: origin }),
      plainLine(number, { ...home, originCountry: origin, city: member.city }),
      plainLine(number, { ...home, originIp: 0 }),
      plainLine(number, { trunk: trunkName(random), originCountry: country, inbound: true }),
      plainLine(number, { inbound: true }),
    ];
    const pick = new Weighted([0.42, 0.16, 0.17, 0.15, 0.1].map((w) => w * (0.6 + random.unit())));
    return { number, holder: member, lines, pick, first: 0, last: 0, calls: 0, retireOn: 0 };
  }

  /** Every number with its holder and its time, and every hand-over, into the ground truth. */
  tell(instant: (at: number) => string): void {
    const { truth } = this.world;
    for (const s of this.all) {
      if (s.calls === 0) continue;
      truth.add(
        'numbers',
        spell(s.number),
        this.ring.id,
        s.holder.handle,
        s.holder.role,
        instant(s.first),
        instant(s.last),
      );
    }
    for (const [old, next] of this.pendingHandOver) {
      if (next.calls > 0) truth.add('succession', spell(old.number), spell(next.number), instant(next.first));
    }
  }

  /** All numbers, for the dialler's own tables. */
  get everyNumber(): readonly Shown[] {
    return this.all;
  }
}
