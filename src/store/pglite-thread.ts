import { Worker } from 'node:worker_threads';
import { RecordsError, type RecordsStore, type Rows } from './records.ts';

/** What the thread is asked. `tx` is the id of the `begin` that opened the transaction. */
export type Question = { id: number } & (
  | { op: 'query'; tx: number | null; text: string; params: readonly unknown[] }
  | { op: 'begin' }
  | { op: 'commit' | 'rollback'; tx: number }
  | { op: 'close' }
);
type Asked = Question extends infer Q ? (Q extends unknown ? Omit<Q, 'id'> : never) : never;

export type Answer =
  | { id: number; ok: true; rows: unknown[]; affected: number }
  | { id: number; ok: false; message: string; records: { sql: string; code: string; constraint: string } | null };

/**
 * Opens the embedded records store in a thread of its own. PGlite computes on the thread that calls it, seconds at the first opening:
 * a server would not answer meanwhile.
 */
export async function openPgliteInThread(dataDir: string): Promise<RecordsStore> {
  const thread = new PgliteThread(dataDir);
  await thread.opened;
  return thread;
}

class PgliteThread implements RecordsStore {
  readonly engine = 'pglite' as const;
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { done: (a: Rows<unknown>) => void; fail: (e: Error) => void }>();
  #serial = 0;
  #dead: Error | null = null;
  #closed: Promise<void> | null = null;

  constructor(dataDir: string) {
    this.#worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), { workerData: { dataDir } });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#die(error));
    this.#worker.on('exit', (code) => this.#die(new Error(`the records store's thread ended (exit code ${code})`)));
    // Answer 0 says that the store is open.
    this.opened = this.#wait(0).then(
      () => undefined,
      async (error: unknown) => {
        await this.#worker.terminate();
        throw error;
      },
    );
  }

  async query<T = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Rows<T>> {
    return (await this.#ask({ op: 'query', tx: null, text, params })) as Rows<T>;
  }

  async transaction<R>(work: (tx: Pick<RecordsStore, 'query'>) => Promise<R>): Promise<R> {
    const tx = await this.#begin();
    const inside: Pick<RecordsStore, 'query'> = {
      query: async <T>(text: string, params: readonly unknown[] = []) =>
        (await this.#ask({ op: 'query', tx, text, params })) as Rows<T>,
    };
    let result: R;
    try {
      result = await work(inside);
    } catch (error) {
      // What broke the work is the error to tell, whatever the roll-back says.
      await this.#ask({ op: 'rollback', tx }).catch(() => undefined);
      throw error;
    }
    await this.#ask({ op: 'commit', tx });
    return result;
  }

  close(): Promise<void> {
    this.#closed ??= this.#ask({ op: 'close' }).then(
      async () => {
        this.#dead = new Error('the records store is closed');
        await this.#worker.terminate();
      },
      async (error: unknown) => {
        await this.#worker.terminate();
        throw error;
      },
    );
    return this.#closed;
  }

  async #begin(): Promise<number> {
    const id = this.#next();
    this.#worker.postMessage({ id, op: 'begin' } satisfies Question);
    await this.#wait(id);
    return id;
  }

  #ask(question: Asked): Promise<Rows<unknown>> {
    const id = this.#next();
    const answered = this.#wait(id);
    if (this.#dead === null)
      this.#worker.postMessage({ ...question, id, ...('params' in question ? { params: [...question.params] } : {}) });
    return answered;
  }

  #next(): number {
    return ++this.#serial;
  }

  /** The process lives as long as an answer is awaited; an idle store does not keep it. */
  #wait(id: number): Promise<Rows<unknown>> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    this.#worker.ref();
    return new Promise((done, fail) => this.#waiting.set(id, { done, fail }));
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.ok) return waiting?.done({ rows: answer.rows, affected: answer.affected });
    const { message, records } = answer;
    waiting?.fail(records === null ? new Error(message) : new RecordsError(message, records.sql, records));
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { fail } of this.#waiting.values()) fail(this.#dead);
    this.#waiting.clear();
  }
}
