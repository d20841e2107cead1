import { parentPort, workerData } from 'node:worker_threads';
import { openPglite } from './pglite.ts';
import type { Answer, Question } from './pglite-thread.ts';
import { RecordsError, type RecordsStore } from './records.ts';

type Queries = Pick<RecordsStore, 'query'>;

if (parentPort === null) throw new Error('pglite-worker runs as a worker thread only');
const port = parentPort;
const reply = (answer: Answer): void => port.postMessage(answer);

let store: RecordsStore;
/** Transactions under way, each waiting for its `commit` or `rollback`. */
const open = new Map<number, { tx: Queries; end: (how: 'commit' | 'rollback') => void }>();
const ROLLBACK = Symbol('rollback');

async function answer(q: Question): Promise<Answer> {
  switch (q.op) {
    case 'query': {
      const on = q.tx === null ? store : open.get(q.tx)?.tx;
      if (on === undefined) throw new Error('the transaction is over: use the store itself');
      const { rows, affected } = await on.query(q.text, q.params);
      return { id: q.id, ok: true, rows, affected };
    }
    case 'begin':
      return begin(q.id);
    case 'commit':
    case 'rollback':
      throw new Error('handled by the transaction itself');
    case 'close':
      await store.close();
      return { id: q.id, ok: true, rows: [], affected: 0 };
  }
}

/** Answers when the transaction has begun; it stays open until it is ended. The id of `begin` names it. */
function begin(id: number): Promise<Answer> {
  return new Promise((begun, failed) => {
    store
      .transaction(async (tx) => {
        const ended = new Promise<'commit' | 'rollback'>((end) => open.set(id, { tx, end }));
        begun({ id, ok: true, rows: [], affected: 0 });
        if ((await ended) === 'rollback') throw ROLLBACK;
      })
      .then(
        () => finish(id, null),
        (error: unknown) => {
          if (open.has(id)) finish(id, error === ROLLBACK ? null : error);
          else failed(error instanceof Error ? error : new Error(String(error)));
        },
      );
  });
}

/** Who asked for the end is told how it went. */
const enders = new Map<number, number>();
function finish(tx: number, error: unknown): void {
  open.delete(tx);
  const id = enders.get(tx);
  enders.delete(tx);
  if (id !== undefined) reply(error === null ? { id, ok: true, rows: [], affected: 0 } : failure(id, error));
}

function failure(id: number, error: unknown): Answer {
  const e = error instanceof Error ? error : new Error(String(error));
  const records = e instanceof RecordsError ? { sql: e.sql, code: e.code, constraint: e.constraint } : null;
  return { id, ok: false, message: e.message, records };
}

port.on('message', (q: Question) => {
  if (q.op === 'commit' || q.op === 'rollback') {
    const transaction = open.get(q.tx);
    if (transaction === undefined) return reply(failure(q.id, new Error('the transaction is over already')));
    enders.set(q.tx, q.id);
    transaction.end(q.op);
    return;
  }
  answer(q).then(reply, (error: unknown) => reply(failure(q.id, error)));
});

try {
  store = await openPglite((workerData as { dataDir: string }).dataDir);
  reply({ id: 0, ok: true, rows: [], affected: 0 });
} catch (error) {
  reply(failure(0, error));
}
