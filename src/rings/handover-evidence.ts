import { int, pct } from '../detect/detector.ts';
import type { Bilingual, Reason } from '../model/reason.ts';
import type { Life, Tie } from './lives.ts';
import { sameShift } from './same-shift.ts';
import { sharedContacts, type SharedContacts } from './shared-contacts.ts';

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A successor begins within this time after the last call, or shortly before it: both may be in use for some hours. */
export const WINDOW = 7 * DAY;
export const OVERLAP = 6 * HOUR;
/** Weights of evidence: how often a successor is used on the line it took over on, and how much of a second line is news once the strongest is counted. */
const STAYS_ON_LINE = 0.9;
const SECOND_LINE = 0.3;
/** How often it is the next to begin there, or one of as many as are in use at a time. */
const IS_NEXT = 0.75;
/** Two accounts, both known: two in a hundred successors are on another one, nearly every other pair is. */
const OTHER_ACCOUNT = Math.log(0.02 / 0.95);
/**
 * How much people in common and hours can say at most. On the same account they only confirm; on two different ones leads of somebody who left were dealt out, and people in common say nothing; where
 * accounts are not known, what a seat went on with is the best there is. Hours alone never decide: a shift has many colleagues.
 */
const MOST = {
  sameAccount: { contacts: 3, hours: 1 },
  otherAccount: { contacts: 0, hours: 1 },
  unknown: { contacts: 8, hours: 2.5 },
};

/** Nineteen in twenty numbers that fall silent for a day or more and are used again had a holder who was off. */
const PICKED_UP_AGAIN = Math.log(0.95 / 0.05);
/** What one trait of a pair says, as a log-likelihood ratio. */
export interface Evidence {
  weight: number;
  /** In words, once they are asked for: most pairs are weighed and never shown. */
  reason: (() => Reason) | null;
}

/** Numbers of a ring on one line. */
interface OnLine {
  numbers: number;
  /** When each began there, ascending. */
  starts: number[];
  /** How many are in use there at a time. */
  atOnce: number;
}

interface General {
  onLine: Map<string, OnLine>;
  countries: Map<string, number>;
  numbers: number;
}

function generalOf(lives: readonly Life[]): General {
  const used = new Map<string, Life[]>();
  const countries = new Map<string, number>();
  for (const l of lives) {
    for (const t of l.ties) used.set(lineOf(t), [...(used.get(lineOf(t)) ?? []), l]);
    countries.set(l.country, (countries.get(l.country) ?? 0) + 1);
  }
  return {
    onLine: new Map([...used].map(([line, own]) => [line, lineUse(own)])),
    countries,
    numbers: lives.length,
  };
}

function lineUse(lives: readonly Life[]): OnLine {
  const spans = lives.map((l) => [l.first, l.last] as const).sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  let [inUse, any, until] = [0, 0, -Infinity];
  for (const [first, last] of spans) {
    inUse += last - first;
    any += Math.max(0, last - Math.max(first, until));
    until = Math.max(until, last);
  }
  return {
    numbers: lives.length,
    starts: spans.map(([first]) => first),
    atOnce: Math.max(1, Math.round(inUse / Math.max(1, any))),
  };
}

/**
 * How many successors go on on a line for each pair that meets there by chance, which `rare` says. Where one number is used at a time, what began next is what went on, and what began later
 * went on from another.
 */
function successorsTo({ starts, atOnce, numbers }: OnLine, a: Life, b: Life, rare: number): number {
  const byChance = STAYS_ON_LINE / Math.min(STAYS_ON_LINE, rare);
  if (atOnce > 1 || numbers < 3) return byChance;
  const next = !starts.some((at) => at > Math.max(a.first, a.last - OVERLAP) && at < b.first);
  return byChance * (next ? IS_NEXT * (numbers - 1) : 1 - IS_NEXT);
}

const lineOf = (t: Pick<Tie, 'kind' | 'value'>): string => `${t.kind}:${t.value}`;

/** What each pair of a ring is held against. */
export interface Compared {
  general: General;
  contacts: SharedContacts;
  shifts: ReturnType<typeof sameShift>;
}

/** Reads what is usual among a ring's numbers. */
export const comparedOf = (lives: readonly Life[]): Compared => ({
  general: generalOf(lives),
  contacts: sharedContacts(lives, OVERLAP),
  shifts: sameShift(lives),
});

/** What speaks for `to` having taken over from `from`, and against it; places in `lives`. */
export function weigh(
  lives: readonly Life[],
  from: number,
  to: number,
  { general, contacts, shifts }: Compared,
): Evidence[] {
  const [a, b] = [lives[from]!, lives[to]!];
  const most = MOST[accountsOf(a, b)];
  return [
    ...lines(a, b, general),
    wentOn(contacts, from, to, most.contacts),
    silence(b.first - a.last),
    hours(a, b, Math.max(-most.hours, Math.min(most.hours, shifts(from, to)))),
    country(a, b, general),
    pace(a, b),
  ];
}

/** What speaks for one holder of two stretches of a number, as against its having been given up. */
export function samePerson(lives: readonly Life[], from: number, to: number, { contacts, shifts }: Compared): number {
  const accounts = accountsOf(lives[from]!, lives[to]!);
  const most = MOST[accounts];
  const account = accounts === 'sameAccount' ? -OTHER_ACCOUNT : accounts === 'otherAccount' ? OTHER_ACCOUNT : 0;
  return (
    PICKED_UP_AGAIN +
    account +
    Math.min(most.contacts, contacts.weight(from, to)) +
    Math.max(-most.hours, Math.min(most.hours, shifts(from, to)))
  );
}

function accountsOf(a: Life, b: Life): keyof typeof MOST {
  const [own, other] = [a, b].map((l) => l.ties.filter((t) => t.kind === 'account')) as [Tie[], Tie[]];
  if (own.length === 0 || other.length === 0) return 'unknown';
  return own.some((t) => other.some((x) => x.value === t.value)) ? 'sameAccount' : 'otherAccount';
}

const TIE_WORDS: Readonly<Record<Tie['kind'], Bilingual>> = {
  account: { zh: '账号', en: 'account' },
  device: { zh: '设备', en: 'device' },
  address: { zh: '网络地址', en: 'address' },
  trunk: { zh: '中继', en: 'trunk' },
};

/** The same account, device, address or trunk: the rarer in the ring the more it says. Different accounts, where both are known, speak against. */
function lines(a: Life, b: Life, { onLine, numbers }: General): Evidence[] {
  const found: (Evidence & { kind: Tie['kind'] })[] = [];
  for (const kind of ['account', 'device', 'address', 'trunk'] as const) {
    const [own, other] = [a.ties.filter((t) => t.kind === kind), b.ties.filter((t) => t.kind === kind)];
    if (own.length === 0 || other.length === 0) continue;
    let best: (Evidence & { kind: Tie['kind'] }) | null = null;
    for (const t of own) {
      const same = other.find((x) => x.value === t.value);
      if (same === undefined) continue;
      // What the one ended on and the other began on, where that was not what they were mostly used on.
      const share = Math.min(Math.max(t.share, t.closes), Math.max(same.share, same.opens));
      const line = onLine.get(lineOf(t))!;
      const rare = Math.max(1, line.numbers - 1) / Math.max(1, numbers - 1);
      const weight = Math.log(successorsTo(line, a, b, rare)) * share;
      if (best === null || weight > best.weight) best = { kind, weight, reason: () => sameLine(t, line.numbers) };
    }
    // A virtual number's traffic comes in on other ways as well: only an account is somebody's own.
    const against = kind === 'account' ? OTHER_ACCOUNT : kind === 'device' ? -0.3 : -0.5;
    found.push(best ?? { kind, weight: against, reason: null });
  }
  const sorted = found.sort((x, y) => y.weight - x.weight);
  // An account is usually used from one address: the second line says little that the first has not.
  return sorted.map((e, i) => (i === 0 || e.weight < 0 ? e : { ...e, weight: e.weight * SECOND_LINE }));
}

const sameLine = (t: Tie, numbers: number): Reason => ({
  measure: `same_${t.kind}`,
  value: numbers,
  unit: 'numbers',
  threshold: null,
  text: {
    zh: `同一${TIE_WORDS[t.kind].zh} ${t.value}（团伙中共 ${int(numbers)} 个号码用过）`,
    en: `the same ${TIE_WORDS[t.kind].en} ${t.value} (${int(numbers)} of the ring's numbers were used on it)`,
  },
  innocent: { zh: '企业更换线路也会如此', en: 'a firm that changes its lines looks the same' },
});

/** People called by both, beyond what colleagues have in common: leads are tried again. */
function wentOn(contacts: SharedContacts, from: number, to: number, most: number): Evidence {
  const shared = contacts.of(from, to);
  return {
    weight: Math.min(most, contacts.weight(from, to)),
    reason:
      shared === 0
        ? null
        : () => ({
            measure: 'shared_contacts',
            value: shared,
            unit: 'people',
            threshold: Math.ceil(contacts.expected(from, to)),
            text: {
              zh: `接着联系了同样的 ${int(shared)} 人（偶然应有 ${contacts.expected(from, to).toFixed(1)} 人）`,
              en: `went on with ${int(shared)} of the same people (${contacts.expected(from, to).toFixed(1)} by chance)`,
            },
          }),
  };
}

/** How soon it began: a successor mostly within a day or two, any other at any time of the window. */
function silence(gap: number): Evidence {
  const days = Math.max(0, gap) / DAY;
  const soon = gap < 0 ? 0.3 : Math.exp(-days / 1.5) / 1.5;
  const any = DAY / (WINDOW + OVERLAP);
  const hours = gap / HOUR;
  return {
    weight: Math.log(Math.max(1e-3, soon) / any),
    reason: () => ({
      measure: 'gap_hours',
      value: Math.round(hours * 10) / 10,
      unit: 'h',
      threshold: null,
      text:
        gap >= 0
          ? {
              zh: `前号停用 ${hours.toFixed(1)} 小时后启用`,
              en: `began ${hours.toFixed(1)} hours after the other fell silent`,
            }
          : {
              zh: `前号停用前 ${(-hours).toFixed(1)} 小时启用`,
              en: `began ${(-hours).toFixed(1)} hours before the other fell silent`,
            },
    }),
  };
}

/** The same person keeps to the same shift: how well `a`'s hours foretell `b`'s, against the hours of any number of the ring. */
function hours(a: Life, b: Life, weight: number): Evidence {
  const like = 1 - jensenShannon(a.hours, b.hours);
  return {
    weight,
    reason: () => ({
      measure: 'same_hours',
      value: Math.round(like * 1000) / 1000,
      unit: 'share',
      threshold: null,
      text: { zh: `每日工作时段相似度 ${pct(like)}`, en: `works at the same hours of the day (likeness ${pct(like)})` },
    }),
  };
}

/** Jensen-Shannon divergence of two histograms in bits: 0 alike, 1 without overlap (Lin, IEEE Trans. Inf. Theory 37, 1991). */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let [sp, sq] = [0, 0];
  for (let i = 0; i < p.length; i++) {
    sp += p[i]!;
    sq += q[i]!;
  }
  if (sp === 0 || sq === 0) return 1;
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const [x, y] = [p[i]! / sp, q[i]! / sq];
    const m = (x + y) / 2;
    if (x > 0) sum += (x / 2) * Math.log2(x / m);
    if (y > 0) sum += (y / 2) * Math.log2(y / m);
  }
  return Math.min(1, Math.max(0, sum));
}

/** Shown as from the same country: gangs stay with what they have bought. */
function country(a: Life, b: Life, { countries, numbers }: General): Evidence {
  if (a.country === '' || b.country === '') return { weight: 0, reason: null };
  const often = (countries.get(b.country) ?? 1) / numbers;
  const same = a.country === b.country;
  return {
    weight: same ? Math.log((0.4 + 0.6 * often) / often) : Math.log(0.6),
    reason: same
      ? () => ({
          measure: 'same_country',
          value: Math.round(often * 1000) / 1000,
          unit: 'share',
          threshold: null,
          text: {
            zh: `同样显示为 ${b.country} 号码（团伙中占 ${pct(often)}）`,
            en: `shown as from ${b.country} too (${pct(often)} of the ring's numbers are)`,
          },
        })
      : null,
  };
}

/** Calls on an active day: the same person dials as much. */
function pace(a: Life, b: Life): Evidence {
  const ratio = Math.abs(Math.log(a.calls / a.days / (b.calls / b.days)));
  return { weight: Math.max(-0.7, 0.3 - 0.5 * ratio), reason: null };
}
