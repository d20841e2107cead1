import type { Balance } from './import-balance.ts';
import type { Bilingual } from './reason.ts';

/** One tick of something that takes longer than a second; shown in the terminal and sent to the browser. */
export interface Progress {
  /** Stable name of the step (`read`, `normalise`, `features`, a SQL step's name ...). */
  step: string;
  text: Bilingual;
  /** Units done and in total; total is null while unknown. */
  done: number;
  total: number | null;
  unit: 'rows' | 'bytes' | 'steps' | 'numbers';
  /** `total` is reckoned from what was seen so far. */
  estimated?: boolean;
  /** How an import stands: what is read is a fact, a duplicate, in quarantine, or still waiting to be judged. */
  balance?: RunningBalance;
}

/** rows = facts + duplicates + quarantined + waiting */
export interface RunningBalance extends Balance {
  waiting: number;
}

export type ProgressSink = (p: Progress) => void;

export const silent: ProgressSink = () => undefined;
