// Thread in which a workbook is parsed: see spreadsheet.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { sheetsOf } = await import('./workbook.ts');
parentPort?.postMessage(await sheetsOf(workerData.path));
