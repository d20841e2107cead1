import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { UnreadableFile } from './inspect.ts';
import { peopleTable, type CutRow } from './people-table.ts';
import type { Reader, SourceFile, SourceTable } from './reader.ts';
import { findTable, LOOKED_AT } from './table-finder.ts';
import { sheetsOf, type Sheet } from './workbook.ts';

const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/**
 * Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): every sheet with a header is a table. What a cell says: workbook.ts.
 */
export const spreadsheet: Reader = {
  id: 'spreadsheet',
  anyColumns: true,
  title: { zh: '电子表格', en: 'spreadsheet' },
  source: 'ECMA-376; MS-XLS; cells read by SheetJS 0.20',
  recognise(file) {
    if (!isWorkbook(file)) return null;
    return { score: 0.95, why: { zh: '文件是电子表格', en: 'the file is a workbook' } };
  },
  async tables(file, options) {
    const tables: SourceTable[] = [];
    for (const sheet of await sheets(file)) {
      const head: string[][] = [];
      for (const cells of rowsOf(sheet)) if (head.push(cells) === LOOKED_AT) break;
      const found = findTable(head, options.words ?? new Set());
      if (found === null) continue;
      tables.push(
        peopleTable(sheet.name, found, async function* (): AsyncGenerator<CutRow> {
          for (const cells of rowsOf(sheet)) yield { cells, raw: cells.join('\t') };
        }),
      );
    }
    return tables;
  },
};

/** By its bytes: an OLE file, or a zip archive that holds a workbook's parts. */
export function isWorkbook(file: Pick<SourceFile, 'head' | 'name'>): boolean {
  if (file.head.subarray(0, 4).equals(OLE)) return true;
  if (!file.head.subarray(0, 4).equals(ZIP)) return false;
  const names = file.head.toString('latin1');
  return (
    /\[Content_Types\]\.xml|xl\/|_rels\/\.rels|application\/vnd\.oasis\.opendocument\.spreadsheet/.test(names) ||
    /\.(xlsx|xlsm|xlsb|ods)$/i.test(file.name)
  );
}

function* rowsOf(sheet: Sheet): Generator<string[]> {
  for (const batch of sheet.batches) yield* JSON.parse(batch) as string[][];
}

/** Bytes from which a workbook is parsed on a thread of its own: parsing takes seconds, and a serving process answers others meanwhile. */
const OWN_THREAD = 300_000;

async function sheets(file: SourceFile): Promise<Sheet[]> {
  try {
    return statSync(file.path).size < OWN_THREAD ? await sheetsOf(file.path) : await inThread(file.path);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new UnreadableFile('binary', `workbook: ${words}`, '', { cause });
  }
}

function inThread(path: string): Promise<Sheet[]> {
  const worker = new Worker(new URL('./workbook-worker.mjs', import.meta.url), { workerData: { path } });
  const ended = new Promise<Sheet[]>((done, fail) => {
    worker.once('message', done);
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`the thread that parses it ended (exit code ${code})`)));
  });
  return ended.finally(() => void worker.terminate());
}
