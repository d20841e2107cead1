/**
 * Findings of a run held against the simulator's ground truth. Used by `bench/quality.ts` and the scenario tests, so that both mean the
 * same by recall, precision and macro F1.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Leak } from '../src/model/leak.ts';
import { scoreSuccession, type SuccessionScore } from './score-succession.ts';
import { ROLES, type Role } from '../src/model/role.ts';
import type { FactsStore } from '../src/store/facts.ts';
import { sql } from '../src/store/sql.ts';
import { averagePrecision, calibrationError, f1, type Scored } from '../src/detect/trained/metrics.ts';
import { adjustedRand, pairF1, recallAtRate } from './metrics.ts';

type Row = Record<string, string>;

export interface WorldScore {
  /** Numbers the ring called under that occur in the imported calls. */
  ringNumbers: number;
  /** Share of them that is flagged; NaN without a ring. */
  recall: number;
  /** Share of the flagged that are the ring's; NaN when nothing is flagged. */
  precision: number;
  falseFlags: string[];
  lawful: number;
  lawfulFlagged: string[];
  rings: number;
  trueRings: number;
  people: number;
  peopleFound: number;
  /** Mean F1 over the roles that occur. People of the ring that were not found count as missed, members that are nobody's as false. */
  roleMacroF1: number;
  roleF1: Partial<Record<Role, number>>;
  /** Share of people with a superior whose superior is named. */
  linesRight: number;
  missed: string[];
  /** Over every number measured. */
  averagePrecision: number;
  /** Recall of ring numbers above all but 0.01 % of the lawful heavy callers. */
  recallAtLawful: number;
  /** Expected calibration error over the numbers somebody has a finding about. */
  calibrationError: number;
  /** Scores of those numbers, and whether they are a ring's. */
  scored: Scored[];
  /** Ring numbers grouped as the rings they were put in, against the rings they are of. */
  ringPairF1: number;
  /** The same, with the lawful heavy callers as those that belong to none. */
  ringRand: number;
  leaks: LeakScore;
  succession: SuccessionScore;
}

/** Sources of lists that were named, against those that really leaked. A ring that was found counts for the true ring whose numbers it holds most of. */
export interface LeakScore {
  /** Pairs of true ring and organisation. */
  true: number;
  found: number;
  /** Named for a ring though they did not leak to it. */
  false: string[];
  /** True rings with a leak whose first named source is one that leaked to it, of all true rings with a leak. */
  firstRight: number;
  rings: number;
  /** Days between the end of the list as estimated and as it was, of the sources found; null where no end was seen. */
  untilErrors: (number | null)[];
}

/** Rows of a truth file; the simulator writes no quotes or line breaks into them. */
export function readTruth(world: string, name: string): Row[] {
  const path = join(world, 'truth', `${name}.csv`);
  if (!existsSync(path)) return [];
  const [head = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? '']));
  });
}

/** Lawful heavy callers that may be flagged: published systems accept no more (Pandit et al., NDSS 2018). */
const LAWFUL_RATE = 0.0001;

/** Compares the published results of `run` with the truth in `world`. */
export async function scoreWorld(facts: FactsStore, run: string, world: string): Promise<WorldScore> {
  const scores = await facts.query<{ number: string; score: number; flagged: number; ring: string }>(
    sql`SELECT number, score, flagged, ring FROM scores WHERE run = ${run} ORDER BY number`,
  );
  const flagged = new Set(scores.filter((s) => s.flagged === 1).map((s) => s.number));
  const members = await facts.query<{
    ring: string;
    member: string;
    kind: string;
    numbers: string[];
    role: Role;
    reports_to: string;
  }>(sql`SELECT ring, member, kind, numbers, role, reports_to FROM ring_members WHERE run = ${run} ORDER BY member`);
  const seen = new Set((await facts.query<{ number: string }>(sql`SELECT number FROM measures`)).map((r) => r.number));
  const truth = readTruth(world, 'numbers').filter((n) => n['ring'] !== '');
  const ringNumbers = [...new Set(truth.map((n) => n['number']!))].filter((n) => seen.has(n));
  const isRing = new Set(ringNumbers);
  const scoreByNumber = new Map(scores.map((s) => [s.number, s.score]));
  const scoreOf = (n: string): number => scoreByNumber.get(n) ?? 0;
  const scored = scores.map((s) => ({ score: s.score, positive: isRing.has(s.number) }));
  const ringFound = new Map(scores.filter((s) => s.flagged === 1).map((s) => [s.number, s.ring]));
  const trueRing = new Map(truth.map((n) => [n['number']!, n['ring']!]));
  const groupsOf = (numbers: Iterable<string>) =>
    [...numbers].map((n) => [ringFound.get(n) ?? '', trueRing.get(n) ?? ''] as const);
  const grouped = groupsOf(new Set([...ringNumbers, ...[...ringFound].filter(([, r]) => r !== '').map(([n]) => n)]));
  const hit = ringNumbers.filter((n) => flagged.has(n)).length;
  const lawful = readTruth(world, 'lookalikes').map((r) => r['number']!);
  const people = readTruth(world, 'people').filter((p) => p['ring'] !== '');
  const trueRole = new Map(people.map((p) => [p['person']!, p['role'] as Role]));
  const found = new Map(members.map((m) => [m.member, m]));
  // An account nobody's name is known for, with somebody's own number, is that person.
  const ownNumber = new Map(
    readTruth(world, 'numbers')
      .filter((n) => n['ring'] === '' && n['person'] !== '')
      .map((n) => [n['number']!, n['person']!]),
  );
  for (const m of members.filter((x) => x.kind !== 'person')) {
    const owners = new Set(m.numbers.flatMap((n) => ownNumber.get(n) ?? []));
    const [owner] = owners;
    if (owners.size === 1 && !found.has(owner!)) found.set(owner!, m);
  }
  const roleF1: Partial<Record<Role, number>> = {};
  for (const role of ROLES) {
    const real = people.filter((p) => p['role'] === role);
    if (real.length === 0) continue;
    const tp = real.filter((p) => found.get(p['person']!)?.role === role).length;
    // Accounts and numbers whose person is unknown are not people: they are neither right nor wrong here.
    const fp = members.filter((m) => m.kind === 'person' && m.role === role && trueRole.get(m.member) !== role).length;
    roleF1[role] = f1(tp, fp, real.length - tp);
  }
  const ofRoles = Object.values(roleF1);
  const below = people.filter((p) => p['reports_to'] !== '');
  return {
    ringNumbers: ringNumbers.length,
    recall: hit / ringNumbers.length,
    precision: hit / flagged.size,
    falseFlags: [...flagged].filter((n) => !isRing.has(n)).sort(),
    lawful: lawful.length,
    lawfulFlagged: lawful.filter((n) => flagged.has(n)),
    rings: new Set(members.map((m) => m.ring)).size,
    trueRings: new Set(people.map((p) => p['ring'])).size,
    people: people.length,
    peopleFound: people.filter((p) => found.has(p['person']!)).length,
    roleMacroF1: ofRoles.reduce((s, x) => s + x, 0) / Math.max(1, ofRoles.length),
    roleF1,
    linesRight:
      below.filter((p) => found.get(p['person']!)?.reports_to === p['reports_to']).length / Math.max(1, below.length),
    missed: ringNumbers.filter((n) => !flagged.has(n)),
    averagePrecision: averagePrecision([...seen].map((n) => ({ score: scoreOf(n), positive: isRing.has(n) }))),
    recallAtLawful: recallAtRate(ringNumbers.map(scoreOf), lawful.map(scoreOf), LAWFUL_RATE),
    calibrationError: calibrationError(scored),
    scored,
    ringPairF1: pairF1(grouped),
    ringRand: people.length === 0 ? NaN : adjustedRand(groupsOf(new Set([...ringNumbers, ...flagged, ...lawful]))),
    leaks: await scoreLeaks(facts, run, world),
    succession: await scoreSuccession(facts, run, world),
  };
}

const DAY = 86_400_000;

/** Sources named by `run` against `truth/leaks.csv`. */
export async function scoreLeaks(facts: FactsStore, run: string, world: string): Promise<LeakScore> {
  const truth = readTruth(world, 'leaks');
  const ringOf = new Map(
    readTruth(world, 'numbers').flatMap((n) => (n['ring'] === '' ? [] : [[n['number']!, n['ring']!]])),
  );
  const votes = new Map<string, Map<string, number>>();
  for (const r of await facts.query<{ ring: string; number: string }>(
    sql`SELECT DISTINCT ring, number FROM ring_numbers WHERE work = 1 ORDER BY ring, number`,
  )) {
    const real = ringOf.get(r.number) ?? '';
    const own = votes.get(r.ring) ?? new Map<string, number>();
    votes.set(r.ring, own.set(real, (own.get(real) ?? 0) + 1));
  }
  const realRing = (ring: string): string => [...(votes.get(ring) ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  const named = (
    await facts.query<{ document: string }>(
      sql`SELECT document FROM leaks WHERE run = ${run} AND verdict = 'source' ORDER BY ring, place`,
    )
  ).map((r) => JSON.parse(r.document) as Leak);
  const key = (ring: string, organisation: string): string => `${ring} ${organisation}`;
  const isTrue = new Map(truth.map((t) => [key(t['ring']!, t['organisation']!), Date.parse(t['until']!)]));
  const first = new Map<string, boolean>();
  const found = new Map<string, number | null>();
  const wrong: string[] = [];
  for (const l of named) {
    const ring = realRing(l.ring);
    const until = isTrue.get(key(ring, l.organisation));
    if (!first.has(ring)) first.set(ring, until !== undefined);
    if (until === undefined) wrong.push(key(l.ring, l.organisation));
    else {
      const at = l.window?.until ?? null;
      found.set(key(ring, l.organisation), at === null ? null : Math.round(((at - until) / DAY) * 10) / 10);
    }
  }
  const rings = new Set(truth.map((t) => t['ring']!));
  return {
    true: isTrue.size,
    found: found.size,
    false: wrong,
    firstRight: [...rings].filter((r) => first.get(r) === true).length,
    rings: rings.size,
    untilErrors: [...found.values()],
  };
}
