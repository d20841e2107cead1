/**
 * Speed of importing a workbook: rows a second of `importPaths` beside the reading library alone on the same file in the same run.
 *
 *   npm run bench:xlsx -- [--rows 200000]
 *
 * "Alone" is SheetJS reading the workbook and handing over its rows as arrays: nothing mapped, checked, normalised or stored.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as XLSX from '@e965/xlsx';
import { importPaths } from '../src/normalise/import-files.ts';
import { openChdb } from '../src/store/chdb.ts';
import { migrateFacts } from '../src/store/migrate.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '200000' } } });
const wanted = Number(values.rows);

/** A carrier's call list with a title and a total. */
function workbook(): Buffer {
  const rows: (string | number)[][] = [
    ['客户通话详单'],
    ['用户号码：13800001111'],
    ['序号', '呼叫类型', '对方号码', '起始时间', '通话时长', '通话地', 'LAC', 'CI'],
  ];
  for (let i = 0; i < wanted; i++) {
    const at = new Date(Date.UTC(2023, 2, 1) + i * 30_000).toISOString().slice(0, 19).replace('T', ' ');
    rows.push([
      i + 1,
      i % 3 === 0 ? '被叫' : '主叫',
      13_000_000_000 + ((i * 7919) % 900_000_000),
      at,
      `${i % 9}分${i % 60}秒`,
      '上海',
      4300 + (i % 90),
      10_000 + (i % 9000),
    ]);
  }
  rows.push(['合计', '', '', '', wanted]);
  const sheet = XLSX.utils.aoa_to_sheet(rows, { dense: true });
  return XLSX.write(
    { SheetNames: ['详单'], Sheets: { 详单: sheet } },
    { type: 'buffer', bookType: 'xlsx', compression: true },
  ) as Buffer;
}

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-xlsx-'));
try {
  const path = join(dir, '详单.xlsx');
  writeFileSync(path, workbook());
  const facts = await openChdb(join(dir, 'facts'));
  await migrateFacts(facts);
  const timed = async <T>(work: () => Promise<T> | T): Promise<[number, T]> => {
    const began = performance.now();
    const result = await work();
    return [(performance.now() - began) / 1000, result];
  };
  const [alone, read] = await timed(() => {
    const book = XLSX.read(readFileSync(path), { dense: true });
    return XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]!]!, { header: 1 }).length;
  });
  const [ours, report] = await timed(() =>
    importPaths(facts, [path], {
      home: { country: 'CN', zone: 'Asia/Shanghai' },
      clock: Date.now,
      originals: join(dir, 'originals'),
    }),
  );
  await facts.close();
  const line = (name: string, seconds: number, rows: number): string =>
    `${name.padEnd(28)}${seconds.toFixed(2).padStart(8)} s${Math.round(rows / seconds)
      .toLocaleString('en-US')
      .padStart(12)} rows/s\n`;
  process.stdout.write(
    `${report.rows.toLocaleString('en-US')} rows, ${(statSync(path).size / 1e6).toFixed(1)} MB: ${report.facts} facts, ${report.duplicates} duplicates, ${report.quarantined} quarantined\n` +
      line('the reading library alone', alone, read) +
      line('ringbreak import', ours, report.rows) +
      `ratio ${(alone / ours).toFixed(2)} (goal 0.3); peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}
