import type { Calendar } from './calendar.ts';
import { DAY, MINUTE, NIGHT_WORKER, WEEKEND, WORKDAY } from './calendar.ts';
import type { CallLog } from './call-log.ts';
import { ANSWERED, Release, SMS } from './call-log.ts';
import { cellIn } from './country.ts';
import type { Country, Person } from './country.ts';
import { Weighted } from './random.ts';
import type { Random, Streams } from './random.ts';

/** What people's calls to each other look like. Shares unless a unit is named. */
const HABITS = {
  toFamily: 0.28,
  sms: 0.07,
  answered: 0.74,
  callsBack: 0.42,
  awayFromHome: 0.05,
  callsRepeat: 0.3, // tries again within minutes when nobody answered
  medianTalkS: 46,
  carrierHidesDevice: 0.25,
};

/** Ordinary calls: whom one likes more one calls more, who missed a call calls back, evenings are longer than mornings. */
export class SocialLife {
  private readonly country: Country;
  private readonly calendar: Calendar;
  private readonly streams: Streams;
  /** Those whose calls the records show at all, and how much each calls. */
  private readonly seen: Uint32Array;
  private readonly callers: Weighted;
  private readonly perDay: number;

  constructor(country: Country, calendar: Calendar, streams: Streams) {
    this.country = country;
    this.calendar = calendar;
    this.streams = streams;
    const { activity } = country;
    let n = 0;
    for (let p = 0; p < country.size; p++) if (activity[p]! > 0) n++;
    this.seen = new Uint32Array(n);
    for (let p = 0, i = 0; p < country.size; p++) if (activity[p]! > 0) this.seen[i++] = p;
    this.callers = new Weighted(Float32Array.from(this.seen, (p) => activity[p]!));
    this.perDay = country.activity.reduce((s, a) => s + a, 0);
  }

  day(day: number, log: CallLog): void {
    const random = this.streams(`social/${day}`);
    const { country, calendar } = this;
    const weekend = calendar.weekday(day) >= 5;
    const midnight = calendar.midnight(day);
    // Call-backs and repeats below add about a fifth.
    const n = random.poisson((this.perDay * (weekend ? 0.92 : 1.03)) / 1.2);
    for (let k = 0; k < n; k++) {
      const p = this.seen[this.callers.draw(random)]!;
      const q = this.someoneKnown(random, p);
      if (q === p) continue;
      const rhythm = country.job(p) === 'night' ? NIGHT_WORKER : weekend ? WEEKEND : WORKDAY;
      this.call(random, log, p, q, midnight + rhythm.draw(random), day);
    }
  }

  private someoneKnown(random: Random, p: Person): Person {
    if (random.chance(HABITS.toFamily)) return this.country.relative(random, p);
    // Active people know more people; the first few get most of the calls (Zipf by squaring).
    const circle = 4 + Math.min(44, Math.floor(this.country.activity[p]! * 28 * 0.9));
    const u = random.unit();
    return this.country.friend(p, Math.floor(u * u * circle));
  }

  /** One attempt and what follows from it. */
  call(random: Random, log: CallLog, p: Person, q: Person, at: number, day: number): void {
    if (random.chance(HABITS.sms)) {
      this.place(random, log, p, q, at, day, 0, 0, SMS, Release.none);
      return;
    }
    const ring = 3 + random.below(22);
    if (random.chance(HABITS.answered)) {
      const talk = Math.min(7200, Math.max(2, Math.round(random.logNormal(HABITS.medianTalkS, 1.05))));
      this.place(random, log, p, q, at, day, talk, ring, ANSWERED, Release.normal);
      return;
    }
    const why = random.below(10);
    const release = why < 6 ? Release.noAnswer : why < 8 ? Release.busy : why < 9 ? Release.rejected : Release.absent;
    this.place(random, log, p, q, at, day, 0, why < 6 ? 20 + random.below(40) : ring, 0, release);
    const dayEnd = this.calendar.midnight(day) + DAY;
    const fate = random.unit();
    if (fate < HABITS.callsBack) {
      const back = at + 2 * MINUTE + Math.floor(random.exponential(35 * MINUTE));
      if (back >= dayEnd) return;
      const talk = Math.max(2, Math.round(random.logNormal(HABITS.medianTalkS, 1.05)));
      this.place(random, log, q, p, back, day, Math.min(7200, talk), 3 + random.below(15), ANSWERED, Release.normal);
    } else if (fate < HABITS.callsBack + HABITS.callsRepeat) {
      const again = at + MINUTE + Math.floor(random.exponential(20 * MINUTE));
      if (again >= dayEnd) return;
      const talk = Math.max(2, Math.round(random.logNormal(HABITS.medianTalkS, 1.05)));
      this.place(random, log, p, q, again, day, Math.min(7200, talk), ring, ANSWERED, Release.normal);
    }
  }

  private place(
    random: Random,
    log: CallLog,
    p: Person,
    q: Person,
    at: number,
    day: number,
    talk: number,
    ring: number,
    flags: number,
    release: number,
  ): void {
    placeMobile(this.country, random, log, p, this.country.number(q), at, day, talk, ring, flags, release);
  }
}

/** A call from a person's own mobile, with the device and the cell as far as the carrier delivers them. */
export const placeMobile = (
  country: Country,
  random: Random,
  log: CallLog,
  p: Person,
  callee: number,
  at: number,
  day: number,
  talk: number,
  ring: number,
  flags: number,
  release: number,
): void => {
  const hidden = country.trait(p, 60) % 100 < HABITS.carrierHidesDevice * 100;
  let city = country.city[p]!;
  let cell = 0;
  if (!hidden) {
    const u = random.unit();
    const hour = Math.floor(((at + 8 * 3_600_000) % DAY) / 3_600_000);
    if (u < HABITS.awayFromHome) {
      if (u < HABITS.awayFromHome * 0.3) city = country.anyCity(random);
      cell = cellIn(city, random.bits());
    } else cell = hour >= 9 && hour < 18 && u < 0.65 ? country.workCell(p) : country.homeCell(p);
  }
  log.addMobile(
    at,
    country.number(p),
    hidden ? 0 : country.imei(p, day),
    hidden ? 0 : country.imsi(p),
    cell,
    hidden && random.chance(0.5) ? -1 : city,
    callee,
    talk,
    ring,
    flags,
    release,
  );
};
