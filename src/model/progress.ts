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
}

export type ProgressSink = (p: Progress) => void;

export const silent: ProgressSink = () => undefined;
