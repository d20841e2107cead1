import { falseDiscoveryRates } from '../features/exact-tests.ts';
import type { LeakVerdict, LeakWindow } from '../model/leak.ts';
import { conditionalTest, type Stratum } from './conditional-exact.ts';

/** Counts of one organisation among the people compared, layer by layer. Layers in which nobody was called are left out. */
export interface OrganisationCounts {
  organisation: string;
  strata: (Stratum & {
    victims: number;
    /** People of this layer are customers of a source found before. */ ofSource: boolean;
  })[];
}

/** A source found before: those compared are told apart by whether they were its customers within the window, outside it, or not at all. */
export interface KnownSource {
  organisation: string;
  since: number | null;
  until: number | null;
}

/** What the search asks of the facts for one ring. */
export interface RingComparison {
  /** Organisations with at least one called customer. */
  count(sources: readonly KnownSource[]): Promise<OrganisationCounts[]>;
  window(organisation: string): Promise<LeakWindow>;
}

export interface Judged {
  organisation: string;
  verdict: LeakVerdict;
  victims: number;
  expected: number;
  oddsRatio: number | null;
  pValue: number;
  qValue: number;
  /** Against everybody, before any source was taken into account: to explain a shadow. */
  alone: { expected: number; oddsRatio: number | null; pValue: number };
  window: LeakWindow | null;
  /** Other organisations that fitted nearly as well when this source was taken, and nothing is left of them given it. */
  alternatives: string[];
  explainedBy: string | null;
}

/** To name an organisation as the place a list was stolen from: at most one such naming in a hundred may be by chance. */
export const MOST_FALSE = 0.01;
/**
 * Called half as often again as like people, at least. Less than that, traits nobody recorded (age, income) could explain: they would only have to be half
 * as frequent again among its customers.
 */
export const LEAST_ODDS = 1.5;
/**
 * Share of a source's customers that its records may lack. Exports are rarely whole, and the missing customers, called like the others, look like
 * evidence against every organisation they also deal with.
 */
export const UNRECORDED = 0.1;
/** Chances that differ by less than a factor of 1000 do not tell two organisations apart (decisive evidence by Jeffreys is 100). */
const INDISTINCT = Math.log(1000);
const LEAST_P = 1e-300;

/** Benjamini & Yekutieli's factor: customers overlap, so the tests depend on each other in both directions (2001, theorem 1.3). */
const dependence = (tests: number): number => {
  if (tests > 1000) return Math.log(tests) + 0.577215664901533 + 1 / (2 * tests);
  let sum = 0;
  for (let i = 1; i <= tests; i++) sum += 1 / i;
  return sum;
};

interface Tested {
  organisation: string;
  victims: number;
  expected: number;
  oddsRatio: number | null;
  lnP: number;
}

function test(c: OrganisationCounts): Tested {
  const victims = c.strata.reduce((n, s) => n + s.victims, 0);
  const shared = c.strata.reduce((n, s) => n + (s.ofSource ? s.victims : 0), 0);
  const allowed = Math.ceil((shared * UNRECORDED) / (1 - UNRECORDED));
  const expected = c.strata.reduce((n, s) => n + (s.called * s.customers) / s.people, 0);
  // Most organisations have no more than expected: their chance is of no interest, and costs as much to compute as any.
  if (victims - allowed <= expected)
    return { organisation: c.organisation, victims, expected, oddsRatio: null, lnP: 0 };
  const { lnP, oddsRatio } = conditionalTest(c.strata, victims - allowed);
  return { organisation: c.organisation, victims, expected, oddsRatio, lnP };
}

/**
 * Forward selection: the organisation whose customers are called most surprisingly is taken as a source, everybody is told apart by whether they are
 * its customers, and the rest is tested again, until nothing is left that chance, a source's overlapping customers and its unrecorded ones would not give.
 * So several sources are all found, and an organisation that shares customers with one is not taken for another.
 *
 * `tests`: organisations times rings compared in the run, all counted for the false-discovery rate. Sources first, in the order they were found; then shadows and
 * the others, least likely by chance first.
 */
export async function findSources(ring: RingComparison, tests: number): Promise<Judged[]> {
  const sources: (Judged & { lnP: number })[] = [];
  const first = new Map<string, Tested>();
  /** How many sources had been taken when an organisation last looked like one itself. */
  const lastSeemed = new Map<string, number>();
  const rivals = new Map<string, string[]>();
  const factor = dependence(tests);
  for (;;) {
    const known = sources.map((s) => ({
      organisation: s.organisation,
      since: s.window?.since ?? null,
      until: s.window?.until ?? null,
    }));
    const rest = (await ring.count(known))
      .filter((c) => !sources.some((s) => s.organisation === c.organisation))
      .map(test)
      .sort((a, b) => a.lnP - b.lnP || (a.organisation < b.organisation ? -1 : 1));
    if (sources.length === 0) for (const t of rest) first.set(t.organisation, t);
    const p = [...sources, ...rest].map((t) => Math.max(LEAST_P, Math.exp(t.lnP)));
    const q = falseDiscoveryRates(p, tests).map((x) => Math.min(1, x * factor));
    sources.forEach((s, i) => (s.qValue = q[i]!));
    const seems = rest.filter((t, i) => isSource(t, q[sources.length + i]!));
    for (const t of seems) lastSeemed.set(t.organisation, sources.length);
    const at = rest.indexOf(seems[0]!);
    if (at < 0) {
      const others = rest.map((t, i) => left(t, p, q, i, sources)).sort(nearest);
      return [...sources.map(({ lnP: _, ...s }) => s), ...others];
    }
    const taken = rest[at]!;
    rivals.set(
      taken.organisation,
      rest.filter((t, i) => i !== at && t.lnP - taken.lnP <= INDISTINCT).map((t) => t.organisation),
    );
    sources.push({
      ...figures(taken),
      lnP: taken.lnP,
      verdict: 'source',
      pValue: p[sources.length + at]!,
      qValue: q[sources.length + at]!,
      alone: alone(first.get(taken.organisation)!),
      window: await ring.window(taken.organisation),
      alternatives: [],
      explainedBy: null,
    });
    for (const s of sources) {
      s.alternatives = (rivals.get(s.organisation) ?? []).filter((o) => !sources.some((x) => x.organisation === o));
    }
  }

  function left(t: Tested, p: number[], q: number[], i: number, found: readonly Judged[]): Judged {
    const taken = lastSeemed.get(t.organisation);
    return {
      ...figures(t),
      verdict: taken === undefined ? 'none' : 'shadow',
      pValue: p[found.length + i]!,
      qValue: q[found.length + i]!,
      alone: alone(first.get(t.organisation) ?? t),
      window: null,
      alternatives: [],
      explainedBy: taken === undefined ? null : found[taken]!.organisation,
    };
  }
}

/** Shadows first, then what was least likely by chance before sources were taken into account. */
const nearest = (a: Judged, b: Judged): number =>
  Number(a.verdict === 'none') - Number(b.verdict === 'none') ||
  a.alone.pValue - b.alone.pValue ||
  (a.organisation < b.organisation ? -1 : 1);

const isSource = (t: Tested, q: number): boolean => q <= MOST_FALSE && (t.oddsRatio ?? Infinity) >= LEAST_ODDS;

const six = (x: number): number => Math.round(x * 1e6) / 1e6;
const figures = (t: Tested) => ({
  organisation: t.organisation,
  victims: t.victims,
  expected: six(t.expected),
  oddsRatio: t.oddsRatio === null ? null : six(t.oddsRatio),
});
const alone = (t: Tested): Judged['alone'] => ({
  expected: six(t.expected),
  oddsRatio: t.oddsRatio === null ? null : six(t.oddsRatio),
  pValue: Math.max(LEAST_P, Math.exp(t.lnP)),
});
