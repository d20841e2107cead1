// Thread in which a model is trained: see train-apart.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { train } = await import('./model.ts');
const { UnusableTable } = await import('./table.ts');
const { table, labelAt, idAt, options } = workerData;
try {
  const onProgress = (done, total) => parentPort?.postMessage({ done, total });
  parentPort?.postMessage({ model: train(table, labelAt, idAt, { ...options, onProgress }) });
} catch (error) {
  if (!(error instanceof UnusableTable)) throw error;
  parentPort?.postMessage({ unusable: error.message });
}
