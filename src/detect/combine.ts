import type { Finding } from '../model/reason.ts';
import { FINDING_KINDS } from './catalogue.ts';
import type { Family } from './detector.ts';
import type { LawfulEvidence, ModelOpinion, Weighing } from '../model/weighing.ts';

/**
 * Prior log-odds that a number somebody has a finding about belongs to a ring. Low on purpose: no single trait of a lawful business may
 * reach the flag.
 */
export const PRIOR = -6;
/** Log-odds one family of observations can add at most: saying the same thing twice is not evidence twice. */
export const FAMILY_CAP: Readonly<Record<Family, number>> = {
  conduct: 4.5,
  identity: 5.5,
  harm: 8,
  list: 2.5,
  schedule: 1,
  script: 2,
  block: 7,
};
/** A number is flagged from this probability on, if at least two families speak, or a whole block was found. */
export const FLAG_AT = 0.5;

export interface Combined {
  logOdds: number;
  /** 0..1 */
  score: number;
  flagged: boolean;
  families: Family[];
  /** The sum, piece by piece. */
  weighing: Weighing;
}

const byId = new Map(FINDING_KINDS.map((d) => [d.id, d]));

/** Six decimals: more than anybody reads, few enough that every platform prints the same. */
export const round = (x: number): number => Math.round(x * 1e6) / 1e6;

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Adds up findings as log-odds by family (capped), less what speaks for the number, plus `association`: log-odds from belonging to a
 * community of suspicious numbers, and what a trained model says. Weights are the detectors' own; they are set from how rarely lawful callers show the trait and are not
 * fitted to any world.
 */
export function combine(
  findings: readonly Pick<Finding, 'detector' | 'score'>[],
  lawful: readonly LawfulEvidence[],
  association = 0,
  model: ModelOpinion | null = null,
): Combined {
  const perFamily = new Map<Family, number>();
  const detectors = new Map<Family, string[]>();
  for (const f of findings) {
    const d = byId.get(f.detector);
    if (d === undefined || d.weight === 0 || f.score <= 0) continue;
    perFamily.set(d.family, (perFamily.get(d.family) ?? 0) + d.weight * f.score);
    detectors.set(d.family, [...(detectors.get(d.family) ?? []), d.id]);
  }
  let logOdds = PRIOR + association + (model?.logOdds ?? 0);
  for (const [family, sum] of perFamily) logOdds += Math.min(FAMILY_CAP[family], sum);
  for (const l of lawful) logOdds -= l.weight;
  const score = logistic(logOdds);
  const families = [...perFamily.keys()];
  return {
    logOdds,
    score,
    flagged: score >= FLAG_AT && (families.length >= 2 || families.includes('block') || association > 0),
    families,
    weighing: {
      prior: PRIOR,
      families: [...perFamily]
        .map(([family, sum]) => ({
          family,
          logOdds: round(Math.min(FAMILY_CAP[family], sum)),
          capped: sum > FAMILY_CAP[family],
          detectors: detectors.get(family)!.sort(),
        }))
        .sort((a, b) => b.logOdds - a.logOdds || (a.family < b.family ? -1 : 1)),
      association,
      lawful: lawful.map((l) => ({ ...l, weight: round(l.weight) })).sort((a, b) => b.weight - a.weight),
      model,
      logOdds: round(logOdds),
    },
  };
}
