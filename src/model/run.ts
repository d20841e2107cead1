export interface RunSummary {
  id: string;
  startedAt: number;
  endedAt: number | null;
  state: 'running' | 'done' | 'failed';
  resultHash: string;
  numbers: number;
  flagged: number;
  rings: number;
}

/** One analysis: what went in, how it was computed, and a hash of what came out. The same inputs, code and parameters give the same hash. */
export interface RunDetail extends RunSummary {
  codeVersion: string;
  inputHash: string;
  parameters: Record<string, unknown>;
  steps: { name: string; ms: number; rows: number | null }[];
  error: string;
}
