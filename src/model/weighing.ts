import type { Reason } from './reason.ts';

/** What speaks for a number being lawful: log-odds taken off the suspicion, and why. */
export interface LawfulEvidence {
  weight: number;
  reason: Reason;
}

/**
 * How a number's score came about, so that it can be taken apart again: log-odds of the prior, of each family of findings (capped), of belonging to a ring, less
 * what speaks for the number. They add up to `logOdds`.
 */
export interface Weighing {
  prior: number;
  /** `capped`: the family said more than it may add. */
  families: { family: string; logOdds: number; capped: boolean; detectors: string[] }[];
  association: number;
  lawful: LawfulEvidence[];
  logOdds: number;
}
