import type { Home } from '../model/home.ts';
import type { Identifier } from '../model/identifier.ts';
import type { ProgressSink } from '../model/progress.ts';
import type { Finding } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, type Sql, sql } from '../store/sql.ts';
import { type NamedStep, runSteps, withSteps } from '../store/step.ts';
import { DETECTORS } from './catalogue.ts';
import { round } from './combine.ts';
import { type Detector, type DetectorRow, inForce } from './detector.ts';

/**
 * Named SELECTs as one statement: each reads the ones before it by name, the last one's rows are the result. A step that keeps a table is
 * read from it.
 */
export function chain(steps: readonly NamedStep[]): Sql {
  const last = steps[steps.length - 1];
  if (last === undefined) throw new Error('a detector needs at least one step');
  if (last.table !== undefined) return sql`SELECT * FROM ${raw(last.table)}`;
  return sql`${withSteps(steps.slice(0, -1).filter((s) => s.table === undefined))} ${last.sql}`;
}

export interface DetectorRun {
  detector: Detector;
  findings: Finding[];
  /** Pairs of numbers that its findings show in the same hands. */
  follows: (readonly [string, string])[];
  /** Tables it needed and found empty: it did not judge. */
  notSeen: string[];
  ms: number;
}

export interface DetectOptions {
  home: Home;
  /** Tables that hold rows. */
  present: ReadonlySet<string>;
  /** Thresholds that differ from the defaults, by `detector.name`. */
  settings?: Readonly<Record<string, number>>;
  /** Milliseconds, for the timing in the run's record. */
  clock: () => number;
}

/**
 * Runs every detector of the catalogue over the measures and facts. Findings come sorted by number; a detector whose tables are empty
 * says so instead of judging.
 */
export async function runDetectors(
  facts: FactsStore,
  o: DetectOptions,
  progress: ProgressSink,
): Promise<DetectorRun[]> {
  const runs: DetectorRun[] = [];
  for (const [i, detector] of DETECTORS.entries()) {
    progress({ step: 'detect', text: detector.title, done: i, total: DETECTORS.length, unit: 'steps' });
    runs.push(await runDetector(facts, detector, o));
  }
  return runs;
}

/** Runs one detector over table `measures` and the facts. */
export async function runDetector(facts: FactsStore, detector: Detector, o: DetectOptions): Promise<DetectorRun> {
  const began = o.clock();
  const oneOf = detector.needsOneOf ?? [];
  const notSeen = [
    ...detector.needs.filter((t) => !o.present.has(t)),
    ...(oneOf.some((t) => o.present.has(t)) ? [] : oneOf),
  ];
  const t = inForce(detector, o.settings);
  const findings: Finding[] = [];
  const follows: [string, string][] = [];
  const steps = detector.steps(t, o.home);
  // Also where it does not judge: then the tables are empty, and its steps can be shown.
  const kept = steps.findLastIndex((s) => s.table !== undefined);
  if (kept >= 0) await runSteps(facts, steps.slice(0, kept + 1));
  if (notSeen.length === 0) {
    for await (const batch of facts.stream<DetectorRow>(chain(steps))) {
      for (const row of batch) {
        const score = detector.score(row, t);
        if (!(score > 0)) continue;
        const other = detector.follows?.(row, t) ?? null;
        if (other !== null) follows.push([row.number, other]);
        findings.push({
          detector: detector.id,
          number: row.number as Identifier,
          score: round(score),
          reasons: detector.reasons(row, t),
          innocent: detector.innocent(row, t),
          records: Array.isArray(row['records']) ? row['records'] : [],
        });
      }
    }
    findings.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  }
  return { detector, findings, follows, notSeen, ms: o.clock() - began };
}

/** Every step of every detector, for `analyse --explain`: a step alone is the chain up to it. Tables that steps keep are there once the detectors have run. */
export const explainSteps = (home: Home, settings: Readonly<Record<string, number>> = {}): NamedStep[] =>
  DETECTORS.flatMap((d) => {
    const steps = d.steps(inForce(d, settings), home);
    return steps.map((s, i) => ({ name: `${d.id}.${s.name}`, sql: chain(steps.slice(0, i + 1)) }));
  });
