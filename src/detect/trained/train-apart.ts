import { Worker } from 'node:worker_threads';
import type { Model, TrainOptions } from './model.ts';
import { UnusableTable, type Table } from './table.ts';

type Said = { done: number; total: number } | { model: Model } | { unusable: string };

/**
 * Trains on a thread of its own: it computes for seconds, and a server has to answer meanwhile.
 *
 * @throws UnusableTable as `train`
 */
export function trainApart(
  table: Table,
  labelAt: number,
  idAt: number | null,
  { onProgress, ...options }: TrainOptions,
): Promise<Model> {
  const worker = new Worker(new URL('./train-worker.mjs', import.meta.url), {
    workerData: { table, labelAt, idAt, options },
  });
  return new Promise<Model>((done, fail) => {
    worker.on('message', (said: Said) => {
      if ('model' in said) done(said.model);
      else if ('unusable' in said) fail(new UnusableTable(said.unusable));
      else onProgress?.(said.done, said.total);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`the thread that trains the model ended (exit code ${code})`)));
  });
}
