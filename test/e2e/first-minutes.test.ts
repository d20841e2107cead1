import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as XLSX from '@e965/xlsx';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, startProgram, type Program, type Watched } from './program.ts';

let program: Program;
let browser: Browser;
let watched: Watched;
let page: Page;
let dir: string;
const at = (id: string): Locator => page.getByTestId(id);

/** A call list with a title, unknown column names, lengths in words, a damaged number and a total. */
function callList(): string {
  const rows = [
    ['某单位调取通联记录'],
    ['序', '乙端', '起', '秒', '去来'],
    [1, 13912345678, '2023-03-01 08:00:01', '1分23秒', '主叫'],
    [2, '95588', '2023年3月1日 9:05:01', '00:02:03', '被叫'],
    [3, '1.39E+10', '2023-03-01 10:00:00', '45', '主叫'],
    ['合计', null, null, null, '3'],
  ];
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), '通联');
  const path = join(dir, '通联记录-13800001111.xlsx');
  writeFileSync(path, XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer);
  return path;
}

/** The same without names anybody knows, as a text in GB18030. */
function gb18030List(): string {
  // 「甲,乙,时,长」 and a row, in GB18030: no library on the way writes it, so its bytes stand here.
  const header = Buffer.from([0xbc, 0xd7, 0x2c, 0xd2, 0xd2, 0x2c, 0xca, 0xb1, 0x2c, 0xb3, 0xa4, 0x0a]);
  const path = join(dir, '某系统导出.csv');
  writeFileSync(path, Buffer.concat([header, Buffer.from('13700002222,13912345678,2023-03-02 10:00:01,61\n')]));
  return path;
}

async function choose(select: Locator, option: string): Promise<void> {
  await select.click();
  await page.keyboard.type(option);
  await page.keyboard.press('Enter');
  await select.getByText(option).waitFor();
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-first-minutes-'));
  [program, browser] = await Promise.all([startProgram('serve'), startBrowser()]);
  watched = await openPage(browser, program);
  page = watched.page;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe("an analyst's first five minutes", () => {
  it('drops a call list nobody knows, says what its columns mean, and sees what would be stored', async () => {
    await page.goto(`${program.url}/imports`);
    await at('file').setInputFiles(callList());
    await at('mapping').waitFor();
    // What stands in the columns helps to say what they are.
    expect(await at('mapping').textContent()).toContain('13912345678');
    for (const [i, meaning] of [
      [1, '对方号码'],
      [2, '开始时间'],
      [3, '通话时长'],
      [4, '主叫/被叫'],
    ] as const) {
      await choose(at(`meaning-${i}`), meaning);
    }
    // The number itself is in the file's name only.
    expect(await at('own').inputValue()).toBe('13800001111');
    await at('save-mapping').click();
    await at('previewed').waitFor();
    const seen = (await at('previewed').textContent()) ?? '';
    expect(seen).toContain('+8613912345678');
    expect(seen).toContain('1.39E+10');
    expect(seen).toContain('被电子表格改坏的号码');
    expect(seen).toContain('合计');
  });

  it('stores it under an authority, with the balance and the row that was set aside', async () => {
    await page.getByPlaceholder('案件编号、调取文书号').fill('沪公调字〔2023〕1号');
    await at('store').click();
    await at('jobs').getByText('通联记录').first().waitFor();
    await at('quarantine').getByText('1.39E+10').first().waitFor();
    expect(await at('jobs').textContent()).toMatch(/2 事实 · 0 重复 · 1 隔离/);
  });

  it('finds a number by its last four digits, and the row as it stood in the file', async () => {
    await page.keyboard.press('/');
    await page.locator('.palette input').fill('5678');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/numbers\//);
    await page
      .getByRole('button', { name: /^[0-9a-f]{12}:\d+$/ })
      .first()
      .click();
    await at('raw-row').waitFor();
    expect(await at('raw-row').textContent()).toContain('1分23秒');
    const card = (await page.locator('.ant-popover:visible').textContent()) ?? '';
    expect(card).toContain('通联记录-13800001111.xlsx');
    expect(card).toContain('沪公调字〔2023〕1号');
  });

  it('reads the next list of the same source without being told, and one in GB18030', async () => {
    await page.goto(`${program.url}/imports`);
    await at('file').setInputFiles(gb18030List());
    await at('mapping').waitFor();
    expect(await at('mapping').textContent()).toContain('甲');
    const again = await fetch(`${program.url}/api/profiles`);
    expect(await again.json()).toContainEqual(expect.objectContaining({ name: '通联记录', kind: 'calls', own: true }));
  });

  it('and nothing complained, and nobody else was asked anything', () => {
    expect(watched.complaints).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
