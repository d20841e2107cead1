import { FACT_KIND_NAMES, type FactKindName } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import type { Progress, ProgressSink } from '../model/progress.ts';
import type { Bilingual } from '../model/reason.ts';
import { apiErrorOf } from './api-error.ts';
import type { Phase, PhaseStep, Status } from './contract.ts';
import type { Live } from './live.ts';

/** Progress reaches the pages at most this often. */
const PROGRESS_EVERY_MS = 150;

/**
 * What the program is doing now: kept in memory, told to every page as it changes. The page is there before the stores are open, so
 * nothing here needs them.
 */
export class Board {
  readonly #live: Live;
  readonly #clock: () => number;
  #status: Status;
  #progressSentAt = 0;

  constructor(live: Live, world: { clock: () => number; version: string; home: Home; demo: boolean }) {
    this.#live = live;
    this.#clock = world.clock;
    this.#status = {
      version: world.version,
      phase: 'starting',
      demo: world.demo,
      steps: [],
      error: null,
      openRing: null,
      facts: noFacts(),
      lastRun: null,
      home: world.home,
    };
  }

  get status(): Status {
    return this.#status;
  }

  /** Replaces parts of the status and tells every page. */
  update(change: Partial<Status>): void {
    this.#status = { ...this.#status, ...change };
    this.#live.send({ type: 'status', status: this.#status });
  }

  /** Writes the checklist, everything waiting. */
  plan(steps: readonly { id: string; text: Bilingual }[]): void {
    this.update({
      steps: steps.map((s) => ({ ...s, state: 'waiting', startedAt: null, endedAt: null, progress: null })),
      error: null,
    });
  }

  /** Runs one step of the checklist; its progress goes to the pages. A failure marks the step and the phase, and is thrown on. */
  async step<R>(id: string, phase: Phase, work: (progress: ProgressSink) => Promise<R>): Promise<R> {
    this.#mark(id, { state: 'running', startedAt: this.#clock() }, phase);
    try {
      const result = await work((p) => this.#progress(id, p));
      this.#mark(id, { state: 'done', endedAt: this.#clock() });
      return result;
    } catch (error) {
      this.#mark(id, { state: 'failed', endedAt: this.#clock() });
      this.fail(error);
      throw error;
    }
  }

  /** A step that needs no work any more (done by an earlier start). */
  skip(id: string): void {
    this.#mark(id, { state: 'done' });
  }

  fail(error: unknown): void {
    this.update({ phase: 'failed', error: apiErrorOf(error).body.error });
  }

  #mark(id: string, change: Partial<PhaseStep>, phase: Phase = this.#status.phase): void {
    this.update({ phase, steps: this.#status.steps.map((s) => (s.id === id ? { ...s, ...change } : s)) });
  }

  #progress(id: string, progress: Progress): void {
    const steps = this.#status.steps.map((s) => (s.id === id ? { ...s, progress } : s));
    this.#status = { ...this.#status, steps };
    const now = this.#clock();
    if (now - this.#progressSentAt < PROGRESS_EVERY_MS) return;
    this.#progressSentAt = now;
    this.#live.send({ type: 'progress', step: id, progress });
  }
}

export const noFacts = (): Record<FactKindName, number> =>
  Object.fromEntries(FACT_KIND_NAMES.map((k) => [k, 0])) as Record<FactKindName, number>;
