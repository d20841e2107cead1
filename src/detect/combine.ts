import type { Finding } from '../model/reason.ts';
import { FINDING_KINDS } from './catalogue.ts';
import type { Family } from './detector.ts';
import type { LawfulEvidence } from './lawful.ts';

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
}

const byId = new Map(FINDING_KINDS.map((d) => [d.id, d]));

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Adds up findings as log-odds by family (capped), less what speaks for the number, plus `association`: log-odds from belonging to a
 * community of suspicious numbers. Weights are the detectors' own; they are set from how rarely lawful callers show the trait and are not
 * fitted to any world.
 */
export function combine(findings: readonly Finding[], lawful: readonly LawfulEvidence[], association = 0): Combined {
  const perFamily = new Map<Family, number>();
  for (const f of findings) {
    const d = byId.get(f.detector);
    if (d === undefined || d.weight === 0 || f.score <= 0) continue;
    perFamily.set(d.family, (perFamily.get(d.family) ?? 0) + d.weight * f.score);
  }
  let logOdds = PRIOR + association;
  for (const [family, sum] of perFamily) logOdds += Math.min(FAMILY_CAP[family], sum);
  for (const l of lawful) logOdds -= l.weight;
  const score = logistic(logOdds);
  const families = [...perFamily.keys()];
  return {
    logOdds,
    score,
    flagged: score >= FLAG_AT && (families.length >= 2 || families.includes('block') || association > 0),
    families,
  };
}
