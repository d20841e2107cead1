import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, startProgram, type Program, type Watched } from './program.ts';

let program: Program;
let browser: Browser;
let watched: Watched;
let page: Page;
/** Id of the ring the demonstration led to. */
let ring = '';

/** A number in the list, as a link to its page. */
const NUMBER_LINK = '.vt-row a[href^="/numbers/"]';

const at = (id: string): Locator => page.getByTestId(id);

/** Runs in the page: counts the colours of a PNG. In text, because these files are checked without the browser's types. */
const COLOURS_OF = `async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const draw = new OffscreenCanvas(image.width, image.height).getContext('2d');
  draw.drawImage(image, 0, 0);
  const { data } = draw.getImageData(0, 0, image.width, image.height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  return seen.size;
}`;

/** How many different colours a canvas or picture holds: one means that nothing was drawn. */
async function coloursIn(what: Locator): Promise<number> {
  const png = await what.screenshot();
  return page.evaluate<number>(`(${COLOURS_OF})(${JSON.stringify(png.toString('base64'))})`);
}

const theme = (): Promise<string> => page.evaluate<string>('document.documentElement.dataset.theme');

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram('demo', '--scale', '0.1', '--seed', '1'), startBrowser()]);
  watched = await openPage(browser, program);
  page = watched.page;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

describe('the demonstration', () => {
  it('shows what it is doing, then leads to a ring', async () => {
    await page.goto(program.url);
    await at('working').waitFor();
    expect(await page.locator('.steps li').count()).toBeGreaterThanOrEqual(3);
    await page.waitForURL(/\/rings\/[^/]+$/, { timeout: 150_000 });
    ring = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    await at('structure').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('团伙里有谁，靠什么联系在一起？');
  }, 170_000);
});

describe('a ring', () => {
  it('names its people, and says why each is held to be what', async () => {
    await at('structure').locator('.who').first().click();
    const card = at('member-card');
    await card.waitFor();
    expect(await card.locator('.reason').count()).toBeGreaterThan(0);
    expect(page.url()).toContain('who=');
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('draws its network, its lanes, its places, its funnel and its evidence', async () => {
    await at('tab-network').click();
    await at('network').locator('canvas').first().waitFor();
    await expect.poll(() => coloursIn(at('network')), { timeout: 20_000 }).toBeGreaterThan(20);
    await at('tab-time').click();
    await at('lanes').locator('canvas').first().waitFor();
    await expect.poll(() => coloursIn(at('lanes')), { timeout: 20_000 }).toBeGreaterThan(20);
    await at('tab-succession').click();
    await at('succession').locator('button.link').first().click();
    await page.locator('.ant-popover .reason').first().waitFor();
    await page.keyboard.press('Escape');
    await at('tab-leaks').click();
    await at('leaks').locator('.tag.danger').first().waitFor();
    expect(await at('leaks').locator('svg rect').count()).toBeGreaterThan(10);
    await at('tab-places').click();
    await page.locator('button.tile').first().click();
    await page.locator('.folks .who').first().waitFor();
    await at('tab-reached').click();
    await at('funnel').waitFor();
    expect(await at('funnel').locator('.track b').count()).toBeGreaterThanOrEqual(2);
    await at('tab-evidence').click();
    await page.locator('.reason').first().waitFor();
    await page.goBack();
    await at('funnel').waitFor();
  }, 120_000);

  it('steps back and forth in its network, and a link opens it as it was seen', async () => {
    await at('tab-network').click();
    const pay = page.getByRole('checkbox', { name: /发放报酬/ });
    await pay.waitFor();
    await pay.click();
    await expect.poll(() => pay.isChecked()).toBe(false);
    await page.locator('body').press('Control+z');
    await expect.poll(() => pay.isChecked()).toBe(true);
    await page.locator('body').press('Control+Shift+z');
    await expect.poll(() => pay.isChecked()).toBe(false);
    // The window of time by its keys: the first day is left out.
    await page.getByRole('slider', { name: '起始日' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('复制此视图的链接').click();
    await page.waitForURL(/view=/);
    expect(JSON.parse(new URL(page.url()).searchParams.get('view')!)).toMatchObject({
      off: ['pay'],
      window: [expect.any(Number), expect.any(Number)],
    });
    await page.reload();
    await pay.waitFor();
    expect(await pay.isChecked()).toBe(false);
  }, 60_000);

  it('grows its network from one person, a layer at a time', async () => {
    await page.goto(`${program.url}/rings/${ring}?tab=network`);
    const find = page.getByRole('combobox', { name: '查找节点' });
    await find.fill('_');
    await page.getByRole('option').first().waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const card = at('node-card');
    await card.getByRole('button', { name: '只看此节点' }).click();
    const shown = async (): Promise<number> =>
      Number(/^(\d+) 个节点/.exec((await page.locator('.net .note').textContent())!.trim())![1]);
    await expect.poll(shown).toBe(1);
    await card
      .getByRole('button', { name: /^展开.+再显示/ })
      .first()
      .click();
    await expect.poll(shown).toBeGreaterThan(1);
    const some = await shown();
    await page.locator('body').press('Control+z');
    await expect.poll(shown).toBe(1);
    await card.getByRole('button', { name: '展开全部邻居' }).click();
    await expect.poll(shown).toBeGreaterThanOrEqual(some);
  }, 60_000);

  it('keeps a node where it was put: in its network, a step back, and in a link', async () => {
    await page.goto(`${program.url}/rings/${ring}?tab=network`);
    const card = at('node-card');
    const choose = async (): Promise<void> => {
      const find = page.getByRole('combobox', { name: '查找节点' });
      await find.fill('_');
      await page.getByRole('option').first().waitFor({ state: 'attached' });
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await card.waitFor();
    };
    const pin = card.getByRole('button', { name: '固定', exact: true });
    const unpin = card.getByRole('button', { name: '取消固定' });
    await choose();
    await pin.click();
    await unpin.waitFor();
    await page.locator('body').press('Control+z');
    await pin.waitFor();
    await page.locator('body').press('Control+Shift+z');
    await unpin.waitFor();
    await page.getByText('复制此视图的链接').click();
    await page.waitForURL(/view=/);
    const { pins } = JSON.parse(new URL(page.url()).searchParams.get('view')!) as { pins: unknown };
    expect(pins).toEqual([[expect.any(String), expect.any(Number), expect.any(Number)]]);
    await page.reload();
    await choose();
    await unpin.waitFor();
  }, 60_000);

  it('is not offered to be compared while it is the only one', async () => {
    await page.goto(`${program.url}/rings`);
    await at('ring-card').first().waitFor();
    const others = (await at('ring-card').count()) - 1;
    expect(await page.getByRole('checkbox', { name: '选来比较' }).count()).toBe(others === 0 ? 0 : others + 1);
  });

  it('stands beside another, thing by thing, and beside random groups', async () => {
    await page.goto(`${program.url}/rings/${ring}/compare/${ring}`);
    expect(await at('verdict').textContent()).toMatch(/共有成员/);
    expect(await at('shared').locator('tr').count()).toBeGreaterThan(6);
    await page.goto(`${program.url}/rings/${ring}?tab=evidence`);
    await page.getByRole('heading', { name: '与随机号码组相比' }).waitFor();
  });

  it('says whose customers it calls, against how many to expect, until when, and what else it could be', async () => {
    await page.goto(`${program.url}/rings/${encodeURIComponent(ring)}`);
    await at('tab-leaks').click();
    await at('leak-chart').waitFor();
    expect(page.url()).toContain('tab=leaks');
    expect(await at('leak-outcome').textContent()).toContain('名单来源');
    const source = at('leak-chart')
      .locator('.leakrow', { has: page.locator('.track.source') })
      .first();
    expect(await source.locator('.track').getAttribute('aria-label')).toMatch(/被呼叫的客户 [\d,]+ 人，应有 [\d,]+ 人/);
    expect(await at('leak-chart').locator('.track.none').count()).toBeGreaterThan(3);
    const first = at('leak-source').first();
    expect(await first.locator('.leakwindow rect.in').count()).toBeGreaterThan(5);
    expect(await first.textContent()).toContain('名单截至该日');
    expect(await at('leak-innocent').first().textContent()).toContain('请向该机构核实');
    await first
      .getByText(/条原始记录/)
      .first()
      .click();
    await first.locator('button.link.mono').first().click();
    await expect.poll(() => page.locator('.ant-popover').last().textContent()).toMatch(/dealings\.csv.*第 [\d,]+ 行/);
    await page.goto(`${program.url}/rings`);
    await page.getByTestId('ring-sources').first().getByRole('link').click();
    await at('leak-chart').waitFor();
  });

  it('leads from a reason to the row of the file it rests on', async () => {
    await page.goto(`${program.url}/numbers`);
    await page.locator('.vt-row').first().click();
    await page
      .locator('.aside')
      .getByText(/条原始记录/)
      .first()
      .click();
    await page.locator('.aside button.link.mono').first().click();
    await expect.poll(() => page.locator('.ant-popover').last().textContent()).toMatch(/\.csv.*第 [\d,]+ 行/);
  });
});

describe('numbers', () => {
  it('are found by any run of their digits', async () => {
    await page.goto(`${program.url}/numbers`);
    const first = page.locator(NUMBER_LINK).first();
    const number = (await first.getAttribute('title')) ?? '';
    const part = number.slice(-7, -1);
    await page.locator('#find-number').fill(part);
    await page.waitForURL(new RegExp(`q=${part}`));
    await expect.poll(async () => (await page.locator(NUMBER_LINK).allTextContents()).length).toBeGreaterThan(0);
    for (const link of await page.locator(NUMBER_LINK).all()) expect(await link.getAttribute('title')).toContain(part);
  });

  it('each have a page with reasons and what speaks against them', async () => {
    await page.goto(`${program.url}/numbers`);
    await page.locator(NUMBER_LINK).first().click();
    await page.waitForURL(/\/numbers\/./);
    await at('sentence').waitFor();
    expect(await page.locator('.reason .value').count()).toBeGreaterThan(0);
    expect(((await at('innocent').textContent()) ?? '').length).toBeGreaterThan(5);
    await page.locator('table.plain td button.link.mono').first().waitFor();
  });

  it('can be gone through without a mouse', async () => {
    await page.goto(program.url);
    await page.locator('.figure').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.waitForURL(/\/numbers/);
    await page.locator('.vt-row').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.locator('.vt-row.at').waitFor();
    await page.locator('.aside').waitFor();
    await page.keyboard.press('Enter');
    await at('sentence').waitFor();
    await page.keyboard.press('/');
    await page.locator('.palette input').fill(ring);
    await page.locator('.palette .hit').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/rings\//);
    await at('structure').waitFor();
    await page.keyboard.press('6');
    await at('funnel').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
  });

  it('are judged by a person, and the judgement stays', async () => {
    await page.goto(`${program.url}/numbers`);
    await page.locator(NUMBER_LINK).nth(1).click();
    await at('sentence').waitFor();
    await page.locator('#judge .ant-radio-button-wrapper').nth(2).click();
    await page.locator('#judge textarea').fill('<b>待核</b>');
    await page.locator('#judge button[type=submit]').click();
    await page.getByText('<b>待核</b>', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('<b>待核</b>', { exact: true }).waitFor();
  });
});

describe('detectors', () => {
  const field = '[id="many-faces.numbers"]';

  it('each say what looks the same, and preview which numbers another threshold would change, by keyboard alone', async () => {
    await page.goto(`${program.url}/numbers`);
    await page.locator('.vt').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    const detector = at('detector-many-faces');
    await detector.getByText('外呼中心的中继号段').waitFor();
    await page.locator(field).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('90');
    const outcome = detector.getByTestId('preview').getByText(/将多标记 [\d,]+ 个号码，少标记 [\d,]+ 个/);
    await outcome.waitFor();
    // The slider by its keys: a step further is another value, previewed again.
    await detector.getByRole('slider').first().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator(field).inputValue()).not.toBe('90');
    await outcome.waitFor();
  });

  it('refuse a value outside the range, and store what is saved with who set it', async () => {
    const detector = at('detector-many-faces');
    await page.locator(field).fill('500');
    await detector.getByRole('alert').waitFor();
    await expect.poll(() => detector.locator('button[type=submit]').isDisabled()).toBe(true);
    await page.locator(field).fill('4');
    await page.locator(field).press('Enter');
    await at('threshold-changes').getByText('一机多号、频繁换号').waitFor();
    await page.reload();
    await expect.poll(() => page.locator(field).inputValue()).toBe('4');
    await page.getByText('阈值有改动，尚未用于现有结果').waitFor();
    await detector.getByText('恢复默认').click();
    await expect.poll(() => page.locator(field).inputValue()).toBe('3');
  });

  it('have cleared callers whose page says why not', async () => {
    const list = (await (await fetch(`${program.url}/api/numbers?all=1&lawful=1&sort=-people&limit=1`)).json()) as {
      rows: { number: string }[];
    };
    await page.goto(`${program.url}/numbers/${encodeURIComponent(list.rows[0]!.number)}`);
    await page.getByRole('heading', { name: '为什么没有标记' }).waitFor();
    expect(await at('weighed').locator('tr').count()).toBeGreaterThanOrEqual(4);
    expect(await at('sentence').textContent()).toMatch(/^未标记：/);
  });
});

describe('teaching', () => {
  it('offers numbers, takes a judgement and takes it back, trains on what was judged, and says what is in use', async () => {
    const ask = async (query: string): Promise<string[]> => {
      const list = (await (await fetch(`${program.url}/api/numbers?${query}&limit=6`)).json()) as {
        rows: { number: string }[];
      };
      return list.rows.map((r) => r.number);
    };
    const say = (subject: string, verdict: string): Promise<Response> =>
      fetch(`${program.url}/api/judgements`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subjectKind: 'number', subject, verdict, note: '' }),
      });
    for (const n of await ask('flagged=1&sort=-score')) expect((await say(n, 'ring')).status).toBe(200);
    for (const n of await ask('all=1&lawful=1&sort=-people')) expect((await say(n, 'lawful')).status).toBe(200);
    await page.goto(`${program.url}/numbers`);
    await page.locator('.vt').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    const row = at('lessons').locator('tbody tr').first();
    await row.getByRole('button', { name: '合法' }).click();
    await row.getByRole('button', { name: '撤回' }).click();
    await row.getByRole('button', { name: '合法' }).waitFor();
    await page.getByRole('button', { name: '用全部判断训练' }).click();
    await at('models').getByText('使用中').waitFor({ timeout: 30_000 });
    expect(await at('models').textContent()).toMatch(/\d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\]/);
    await at('models').getByRole('button', { name: '停用' }).click();
    await at('models').getByRole('button', { name: '启用' }).waitFor();
  }, 60_000);
});

describe('an import', () => {
  const hostile = '<img src=x onerror="window.harmed=1">';
  const quoted = `"${hostile.replaceAll('"', '""')}"`;
  const rows = [
    'started_at,caller,callee,duration_s,account,city',
    '2023-05-01T10:00:00+08:00,+639175550123,13800001234,33,a1,上海',
    `2023-05-01T10:05:00+08:00,+639175550123,13800001235,12,${quoted},上海`,
    `yesterday,+639175550123,13800001236,12,${quoted},上海`,
    '2023-05-01T10:07:00+08:00,1.38E+10,13800001237,12,a1,上海',
  ].join('\n');

  it('is dropped in, looked at, stored, and shows what was set aside', async () => {
    await page.goto(`${program.url}/imports`);
    await at('drop').waitFor();
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(rows)}], 'calls.csv', { type: 'text/csv' }));
      return data;
    })()`);
    await at('drop').dispatchEvent('drop', { dataTransfer: dropped });
    await at('preview').waitFor();
    expect(await at('preview').textContent()).toContain('started_at');
    await at('store').click();
    await at('quarantine').getByText('1.38E+10').first().waitFor();
    expect(await at('jobs').textContent()).toContain('calls.csv');
  });

  it('shows text from outside and never runs it', async () => {
    await at('quarantine').getByText(hostile).first().waitFor();
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });
});

describe('the reader', () => {
  it('switches language and appearance, and both stay', async () => {
    await page.goto(program.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await at('language').click();
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent())
      .toBe('What came in, what was found, what needs me now?');
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    await page.keyboard.press('Escape');
    await page.locator('main').click({ position: { x: 2, y: 2 } });
    await page.keyboard.press('d');
    await expect.poll(theme).toBe('dark');
    await page.reload();
    await page.getByText('Needs a person').waitFor();
    expect(await theme()).toBe('dark');
    await at('language').click();
  });

  it('has every page on a phone without sideways scrolling', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of ['/', '/numbers', '/rings', '/detectors', '/teach', '/imports', '/runs']) {
      await page.goto(program.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.panel, .vt, .cards').first().waitFor();
      const wide = await page.evaluate<number>('document.querySelector("main").scrollWidth - window.innerWidth');
      expect(wide, path).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('is told when there is no such page, number or ring', async () => {
    const before = watched.complaints.length;
    for (const path of ['/nowhere', '/numbers/%2B000000000', '/rings/none']) {
      await page.goto(program.url + path);
      await page.locator('.state h2').waitFor();
    }
    // The browser itself writes a line about each 404 it was answered.
    watched.complaints.splice(
      before,
      watched.complaints.length,
      ...watched.complaints.slice(before).filter((c) => !c.includes('404')),
    );
  });
});

describe('the whole time', () => {
  it('nothing complained, and nobody else was asked anything', () => {
    expect(watched.complaints, program.said().slice(-3000)).toEqual([]);
    expect(watched.strangers).toEqual([]);
  });
});
