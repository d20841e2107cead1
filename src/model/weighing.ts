import type { Reason } from './reason.ts';

/** What speaks for a number being lawful: log-odds taken off the suspicion, and why. */
export interface LawfulEvidence {
  weight: number;
  reason: Reason;
}

/** What a model trained on people's judgements says of a number. */
export interface ModelOpinion {
  /** The kept model's number. */
  model: number;
  /** Calibrated probability of being a ring's. */
  probability: number;
  /** What that adds to the number's log-odds, or takes off. */
  logOdds: number;
  reasons: Reason[];
}

/**
 * How a number's score came about, so that it can be taken apart again: log-odds of the prior, of each family of findings (capped), of belonging to a ring, of the model
 * in use, less what speaks for the number. They add up to `logOdds`.
 */
export interface Weighing {
  prior: number;
  /** `capped`: the family said more than it may add. */
  families: { family: string; logOdds: number; capped: boolean; detectors: string[] }[];
  association: number;
  lawful: LawfulEvidence[];
  /** Null: no model was in use, or it does not know the number. */
  model: ModelOpinion | null;
  logOdds: number;
}
