import { randomUUID } from 'node:crypto';

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** A piece of work that writes to the stores. */
export interface Job<V = unknown> {
  readonly id: string;
  readonly kind: 'import' | 'correction' | 'analysis' | 'preview';
  state: JobState;
  startedAt: number | null;
  endedAt: number | null;
  error: unknown;
  /** What the pages are shown of it; the work itself keeps it current. */
  view: V;
  readonly signal: AbortSignal;
}

interface Queued {
  job: Job;
  stop: AbortController;
  work: () => Promise<void>;
}

/** Finished jobs that are remembered. */
const KEEP = 100;

/** One import or analysis at a time, in the order asked for. Kept in memory: what it stored is in the stores. */
export class Jobs {
  readonly #clock: () => number;
  readonly #known = new Map<string, Queued>();
  #tail: Promise<void> = Promise.resolve();
  /** Called whenever a job changed its state. */
  onChange: (job: Job) => void = () => undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Puts work at the end of the queue. The returned promise settles when it ended; it never rejects: look at `job.state`. */
  add<V>(kind: Job['kind'], view: V, work: (job: Job<V>) => Promise<void>): { job: Job<V>; ended: Promise<void> } {
    const stop = new AbortController();
    const job: Job<V> = {
      id: randomUUID(),
      kind,
      state: 'queued',
      startedAt: null,
      endedAt: null,
      error: null,
      view,
      signal: stop.signal,
    };
    const queued: Queued = { job, stop, work: () => work(job) };
    this.#known.set(job.id, queued);
    this.#forgetOld();
    this.#tail = this.#tail.then(() => this.#run(queued));
    return { job, ended: this.#tail };
  }

  async #run({ job, stop, work }: Queued): Promise<void> {
    if (job.state === 'cancelled') return;
    job.startedAt = this.#clock();
    this.#to(job, 'running');
    let ended: JobState;
    try {
      await work();
      ended = 'done';
    } catch (error) {
      ended = stop.signal.aborted ? 'cancelled' : 'failed';
      job.error = error;
    }
    job.endedAt = this.#clock();
    this.#to(job, ended);
  }

  /** Stops a job that waits or runs; false when there is none such. Rows already stored stay, and a later import completes them. */
  cancel(id: string): boolean {
    const queued = this.#known.get(id);
    if (queued === undefined || !['queued', 'running'].includes(queued.job.state)) return false;
    queued.stop.abort();
    if (queued.job.state === 'queued') this.#to(queued.job, 'cancelled');
    return true;
  }

  get(id: string): Job | undefined {
    return this.#known.get(id)?.job;
  }

  /** Newest first. */
  list(kind: Job['kind']): Job[] {
    return [...this.#known.values()]
      .map((q) => q.job)
      .filter((j) => j.kind === kind)
      .reverse();
  }

  busy(kind: Job['kind']): boolean {
    return this.list(kind).some((j) => j.state === 'queued' || j.state === 'running');
  }

  #to(job: Job, state: JobState): void {
    job.state = state;
    this.onChange(job);
  }

  #forgetOld(): void {
    for (const [id, { job }] of this.#known) {
      if (this.#known.size <= KEEP) return;
      if (job.endedAt !== null) this.#known.delete(id);
    }
  }
}
