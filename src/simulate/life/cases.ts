import { DAY, HOUR, spellInstant } from '../calendar.ts';
import { ANSWERED, plainLine, Release } from '../call-log.ts';
import type { Line } from '../call-log.ts';
import { CITIES } from '../cities.ts';
import { spell } from '../numbers.ts';
import type { PhoneNumber } from '../numbers.ts';
import { narrative } from '../texts/narratives.ts';
import type { Story } from '../texts/narratives.ts';
import type { Part, World } from '../world.ts';
import { howMany } from '../world.ts';

const STORIES: readonly { story: Story; category: string; share: number; medianLoss: number }[] = [
  { story: 'shopping', category: '网购诈骗', share: 0.28, medianLoss: 2400 },
  { story: 'loan', category: '贷款诈骗', share: 0.22, medianLoss: 9000 },
  { story: 'dating', category: '杀猪盘', share: 0.12, medianLoss: 60_000 },
  { story: 'police', category: '冒充公检法', share: 0.12, medianLoss: 45_000 },
  { story: 'nuisance', category: '骚扰电话', share: 0.26, medianLoss: 0 },
];

/** Reports that have nothing to do with any ring here: other frauds, annoyed people, and lawful callers named by mistake. */
export class OtherCases implements Part {
  private readonly world: World;
  /** Lone fraudsters: a handful of calls each, then gone. */
  private readonly lone: { line: Line; day: number }[] = [];

  constructor(world: World) {
    this.world = world;
    const random = world.streams('other-cases');
    const { country } = world;
    for (let n = howMany(world, 250, 12); n > 0; n--) {
      let u = random.unit();
      const kind = STORIES.find((s) => (u -= s.share) < 0) ?? STORIES[0]!;
      const victim = country.anybody(random);
      const city = CITIES[country.city[victim]!]!;
      const day = random.below(world.calendar.days);
      const at = world.calendar.midnight(day) + Math.floor(random.unit() * DAY);
      const loss = kind.medianLoss > 0 ? Math.round(random.logNormal(kind.medianLoss, 1) / 10) * 10 : 0;
      const suspects: PhoneNumber[] = [];
      if ((kind.story === 'police' || kind.story === 'loan') && random.chance(0.5)) {
        const abroad = random.pick(['HK', 'US', 'GB', 'KH', 'TH', 'VN', 'PH']);
        const overseas = random.chance(0.5);
        const line = overseas
          ? plainLine(world.foreign.one(random, abroad), {
              originCountry: random.chance(0.7) ? abroad : '',
              inbound: true,
            })
          : plainLine(country.mobiles.another(), { originCountry: 'CN', city: country.anyCity(random) });
        this.lone.push({ line, day: Math.max(0, day - random.below(4)) });
        suspects.push(line.number);
      } else if (kind.story !== 'nuisance' && random.chance(0.25)) suspects.push(country.mobiles.another());
      const reported = at + 2 * HOUR + Math.floor(random.exponential(1.5 * DAY));
      this.filed.push({
        reported,
        kind: kind.story,
        category: kind.category,
        victim: country.number(victim),
        loss,
        suspects,
        city: city.id,
      });
    }
  }

  private readonly filed: {
    reported: number;
    kind: Story;
    category: string;
    victim: PhoneNumber;
    loss: number;
    suspects: PhoneNumber[];
    city: number;
  }[] = [];

  day(day: number): void {
    const random = this.world.streams(`other-cases/${day}`);
    for (const { line, day: on } of this.lone) {
      if (day !== on) continue;
      for (let n = random.between(1, 5); n > 0; n--) {
        const at = this.world.calendar.midnight(day) + Math.floor((9 + random.unit() * 11) * HOUR);
        const answered = random.chance(0.5);
        const talk = answered ? Math.max(5, Math.round(random.logNormal(120, 1))) : 0;
        const to = this.world.country.number(this.world.country.anybody(random));
        this.world.log.add(
          at,
          line,
          to,
          talk,
          5 + random.below(25),
          answered ? ANSWERED : 0,
          answered ? Release.normal : Release.noAnswer,
        );
      }
    }
  }

  /** Filed at the end, when the lawful numbers that people complain about are known. */
  file(lawfulNumbers: readonly string[]): void {
    const random = this.world.streams('other-cases/file');
    for (const f of this.filed) {
      const numbers = f.suspects.map(spell);
      if (f.kind === 'nuisance' && lawfulNumbers.length > 0 && random.chance(0.55))
        numbers.push(random.pick(lawfulNumbers));
      const city = CITIES[f.city]!;
      this.world.ledgers.cases.add(f.reported, {
        case_id: `A${random.between(100_000_000, 999_999_999)}`,
        reported_at: spellInstant(f.reported),
        victim: spell(f.victim),
        province: city.province,
        city: city.name,
        loss: f.loss > 0 ? f.loss.toFixed(2) : '0',
        category: f.category,
        narrative: narrative(random, f.kind, { loss: f.loss, group: '', numbers }),
        suspect_numbers: numbers.join(';'),
        suspect_accounts:
          f.loss > 0 && random.chance(0.5) ? this.world.country.handle(this.world.country.anybody(random)) : '',
        chat_groups: f.kind === 'dating' && random.chance(0.3) ? String(random.between(110_000_000, 989_999_999)) : '',
      });
    }
  }
}
