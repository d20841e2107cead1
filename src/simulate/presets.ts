/** What one ring is like. Counts are for scale >= 1; below that the ring shrinks with the country. */
export interface RingPlan {
  people: number;
  principals: number;
  teams: number;
  technicians: number;
  inspectors: number;
  provinces: number;
  /** What called people see: a foreign virtual number, or a domestic SIM in a gateway. */
  shows: 'overseas' | 'sim-box';
  /** Median calls a shift, and the range they stay in. */
  dials: { median: number; low: number; high: number };
  /** Days between an agent's first and last shift. */
  stay: { low: number; high: number };
  /** Share of those days on which a part-timer really works. */
  attendance: number;
  /** Days after which a seat gets another number. */
  rotation: { low: number; high: number };
  /** Indexes into the preset's leaks. */
  lists: readonly number[];
  /** Share of dialled people who are on no list. */
  random: number;
  /** Times one lead is tried before it is given up. */
  attempts: number;
  /** Layers that were seized or handed over. */
  seen: { seats: boolean; logins: boolean; reviews: boolean };
}

export interface LeakPlan {
  sector: string;
  /** 0 is the largest organisation of the sector. */
  rank: number;
  /** Customers up to this local date are on the list. */
  until: string;
}

export interface Preset {
  name: string;
  firstDay: string;
  days: number;
  /** At scale 1. */
  people: number;
  socialCalls: number;
  rings: readonly RingPlan[];
  leaks: readonly LeakPlan[];
}

const COUNTRY = { firstDay: '2023-03-01', days: 28, people: 200_000, socialCalls: 245_000 } as const;
const LEAKS: readonly LeakPlan[] = [
  { sector: 'education', rank: 0, until: '2023-01-15' },
  { sector: 'finance', rank: 0, until: '2022-12-20' },
];
const ALL_SEEN = { seats: true, logins: true, reviews: true };

/** The public base case: 506 people, 27 organisers of whom 3 core, 3 technicians, 24 provinces. */
const PUDONG_RING: RingPlan = {
  people: 506,
  principals: 3,
  teams: 24,
  technicians: 3,
  inspectors: 18,
  provinces: 24,
  shows: 'overseas',
  dials: { median: 92, low: 60, high: 200 },
  stay: { low: 2, high: 13 },
  attendance: 0.72,
  rotation: { low: 2, high: 6 },
  lists: [0, 1],
  random: 0.1,
  attempts: 4,
  seen: ALL_SEEN,
};

const SMALL_RING: RingPlan = {
  ...PUDONG_RING,
  people: 120,
  principals: 2,
  teams: 7,
  technicians: 1,
  inspectors: 5,
  provinces: 9,
};

export const PRESETS: readonly Preset[] = [
  { name: 'pudong', ...COUNTRY, rings: [PUDONG_RING], leaks: LEAKS },
  {
    name: 'sim-box',
    ...COUNTRY,
    rings: [
      {
        ...SMALL_RING,
        people: 140,
        teams: 8,
        shows: 'sim-box',
        rotation: { low: 1, high: 3 },
        dials: { median: 80, low: 40, high: 160 },
        lists: [0],
        seen: { seats: false, logins: false, reviews: false },
      },
    ],
    leaks: [LEAKS[0]!],
  },
  {
    name: 'slow',
    ...COUNTRY,
    rings: [
      {
        ...SMALL_RING,
        people: 160,
        teams: 9,
        dials: { median: 11, low: 8, high: 15 },
        stay: { low: 10, high: 24 },
        attendance: 0.8,
        rotation: { low: 4, high: 9 },
        lists: [1],
        attempts: 2,
      },
    ],
    leaks: LEAKS,
  },
  {
    name: 'shared-list',
    ...COUNTRY,
    rings: [
      { ...SMALL_RING, lists: [0] },
      { ...SMALL_RING, lists: [0] },
    ],
    leaks: [LEAKS[0]!],
  },
  { name: 'no-ring', ...COUNTRY, rings: [], leaks: [] },
];

export const presetNamed = (name: string): Preset => {
  const found = PRESETS.find((p) => p.name === name);
  if (!found) throw new Error(`simulate: no preset '${name}'; choose one of ${PRESETS.map((p) => p.name).join(', ')}`);
  return found;
};

/** The ring at a scale: same shape with fewer people below 1, unchanged above. */
export const atScale = (plan: RingPlan, scale: number): RingPlan => {
  const s = Math.min(1, scale);
  const shrink = (n: number, least: number): number => Math.max(least, Math.round(n * s));
  const principals = shrink(plan.principals, 1);
  const teams = shrink(plan.teams, 2);
  const inspectors = shrink(plan.inspectors, 1);
  const technicians = shrink(plan.technicians, 1);
  return {
    ...plan,
    principals,
    teams,
    inspectors,
    technicians,
    provinces: shrink(plan.provinces, 2),
    people: Math.max(principals + teams + inspectors + technicians + teams * 3, Math.round(plan.people * s)),
  };
};
