/**
 * Findings of a run held against the simulator's ground truth. Used by `bench/quality.ts` and the scenario tests, so that both mean the
 * same by recall, precision and macro F1.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, type Role } from '../src/model/role.ts';
import type { FactsStore } from '../src/store/facts.ts';
import { sql } from '../src/store/sql.ts';
import { adjustedRand, averagePrecision, calibrationError, f1, pairF1, recallAtRate, type Scored } from './metrics.ts';

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
  const members = await facts.query<{ ring: string; member: string; kind: string; role: Role; reports_to: string }>(
    sql`SELECT ring, member, kind, role, reports_to FROM ring_members WHERE run = ${run}`,
  );
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
  };
}
