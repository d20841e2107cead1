import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as XLSX from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainHeader } from './reader.ts';
import { spreadsheet } from './spreadsheet.ts';
import { recordsOf, sourceFile } from './testing.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-sheets-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const words = new Set(['对方号码', '通话时间', '通话时长', '呼叫类型'].map(plainHeader));

/** A workbook of one sheet; `type` says in which format. */
function book(cells: XLSX.CellObject[][], type: XLSX.BookType = 'xlsx', merges: XLSX.Range[] = []): string {
  const sheet: XLSX.WorkSheet = { '!ref': `A1:Z${cells.length}`, '!merges': merges };
  cells.forEach((row, r) => row.forEach((cell, c) => (sheet[XLSX.utils.encode_cell({ r, c })] = cell)));
  const path = join(dir, `t${Math.random()}.${type === 'biff8' ? 'xls' : type}`);
  writeFileSync(
    path,
    XLSX.write({ SheetNames: ['话单'], Sheets: { 话单: sheet } }, { type: 'buffer', bookType: type }) as Buffer,
  );
  return path;
}

const s = (v: string): XLSX.CellObject => ({ t: 's', v });
const n = (v: number, z?: string): XLSX.CellObject => ({ t: 'n', v, ...(z === undefined ? {} : { z }) });
const HEADER = ['对方号码', '通话时间', '通话时长', '呼叫类型'].map(s);
/** 2023-03-01 08:00:01 as a workbook counts days. */
const AT = 44986 + (8 * 3600 + 1) / 86400;

async function read(path: string): Promise<Record<string, string>[]> {
  const file = sourceFile(path);
  expect(spreadsheet.recognise(file)?.score).toBeGreaterThan(0.9);
  const [table] = await spreadsheet.tables(file, { maxLine: 10_000, words });
  return recordsOf(table!);
}

describe('workbooks', () => {
  for (const type of ['xlsx', 'biff8', 'xlsb', 'ods'] as const) {
    it(`reads ${type}: values and not their looks, dates as wall clock`, async () => {
      const rows = [
        HEADER,
        [n(13800001234, '0.00E+00'), n(AT, 'yyyy-mm-dd hh:mm:ss'), n(83 / 86400, '[h]:mm:ss'), s('主叫')],
      ];
      expect(await read(book(rows, type))).toEqual([
        { 对方号码: '13800001234', 通话时间: '2023-03-01 08:00:01', 通话时长: '0:01:23', 呼叫类型: '主叫' },
      ]);
    });
  }

  it('reads a large one on a thread of its own, a broken one as well: others are served meanwhile', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => [
      s(`138${10_000_000 + ((i * 7919) % 89_999_999)}`),
      s('2023-03-01 08:00'),
      n(i),
      s('主叫'),
    ]);
    const path = book([HEADER, ...rows], 'biff8');
    let turns = 0;
    let counting = true;
    const turn = (): void => void (counting && (turns++, setImmediate(turn)));
    setImmediate(turn);
    const found = await read(path);
    counting = false;
    expect(found.map((r) => Number(r['通话时长']))).toEqual(rows.map((_, i) => i));
    // Parsed here, the loop would turn some dozens of times.
    expect(turns).toBeGreaterThan(1000);

    const whole = readFileSync(path);
    const broken = join(dir, 'broken.xls');
    writeFileSync(broken, whole.subarray(0, whole.length >> 1));
    await expect(spreadsheet.tables(sourceFile(broken), { maxLine: 10_000, words })).rejects.toThrow(/workbook/);
  });

  it('does not make up the digits that a number of more than fifteen has lost', async () => {
    const [row] = await read(book([HEADER, [n(6222021234567890123), s('2023-03-01 08:00'), n(5), s('被叫')]]));
    expect(row?.['对方号码']).toMatch(/^6\.22202\d+E\+18$/);
  });

  it('finds the header below lines of text, keeps what they say, leaves totals out and says so', async () => {
    const path = book([
      [s('客户通话详单')],
      [s('用户号码：13900002222'), s(''), s('起止：2023-03')],
      HEADER,
      [s('95588'), s('2023-03-01 08:00:01'), s('1分23秒'), s('被叫')],
      HEADER,
      [s('13800001234'), s('2023-03-01 09:00:01'), s('5秒'), s('主叫')],
      [s('合计'), s(''), s('88')],
    ]);
    const [table] = await spreadsheet.tables(sourceFile(path), { maxLine: 10_000, words });
    expect(table?.preamble?.get('用户号码')).toBe('13900002222');
    expect((await recordsOf(table!)).map((r) => r['对方号码'])).toEqual(['95588', '13800001234']);
    expect(table?.notes?.map((x) => x.en)).toEqual([
      '2 lines above the header, not read as records.',
      '1 row(s) are no records (repeated header): 对方号码\t通话时间\t通话时长\t呼叫类型',
      expect.stringContaining('(total): 合计'),
    ]);
  });

  it('gives the rows of a merged cell its value', async () => {
    const rows = [HEADER, [s('95588'), s('a'), s('1'), s('被叫')], [s(''), s('b'), s('2'), s('被叫')]];
    const merged = await read(book(rows, 'xlsx', [{ s: { r: 1, c: 0 }, e: { r: 2, c: 0 } }]));
    expect(merged.map((r) => r['对方号码'])).toEqual(['95588', '95588']);
  });

  it('refuses a workbook it cannot open, with the reason', async () => {
    const path = join(dir, 'broken.xlsx');
    writeFileSync(
      path,
      Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('[Content_Types].xml xl/ nothing')]),
    );
    await expect(spreadsheet.tables(sourceFile(path), { maxLine: 1000, words })).rejects.toMatchObject({
      code: 'binary',
    });
  });
});
