/**
 * A network of 13,000 nodes and 24,000 links on the ring's page, beside a page that is sigma.js alone with the same network, in the same browser and run: time to the first picture, frames a
 * second while zooming in and out. And a ring of 5,000 entities opened again.
 *
 *   npm run bench:link-chart -- [--nodes 13000] [--edges 24000]
 *
 * Needs the built pages (npm run build) and Debian's Chromium; it draws by software there, so frames are few on either page: what counts is the ratio.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { seededRandom } from '../src/model/random.ts';
import type { EdgeLayer, NetworkNode, RingNetwork } from '../src/server/contract.ts';
import { openPage, startBrowser, startProgram } from '../test/e2e/program.ts';

const { values: args } = parseArgs({
  options: { nodes: { type: 'string', default: '13000' }, edges: { type: 'string', default: '24000' } },
});

/** Teams of thirty, the rest people whom two of them called; every node has two links or more. */
function networkOf(nodes: number, edges: number): RingNetwork {
  const random = seededRandom(5);
  const members = Math.round(nodes / 13);
  const at = (i: number): NetworkNode => ({
    id: `n${i}`,
    kind: i < members ? 'person' : 'victim',
    label: `n${i}`,
    role: i >= members ? null : i % 30 === 0 ? 'leader' : 'agent',
    team: i < members ? `t${Math.floor(i / 30)}` : null,
    weight: 1,
    span: null,
  });
  const pick = (n: number): number => Math.floor(random() * n);
  const link = (from: number, to: number, layer: EdgeLayer) => ({ from: `n${from}`, to: `n${to}`, layer, weight: 1 });
  const reached = Array.from({ length: nodes - members }, (_, i) => members + i);
  const links = reached.flatMap((v) => {
    const a = pick(members);
    return [link(a, v, 'victims'), link((a + 1 + pick(members - 1)) % members, v, 'victims')];
  });
  while (links.length < edges) {
    const a = pick(members);
    const leader = a - (a % 30);
    links.push(a === leader ? link(a, members + pick(nodes - members), 'victims') : link(a, leader, 'pay'));
  }
  return { nodes: Array.from({ length: nodes }, (_, i) => at(i)), edges: links.slice(0, edges) };
}

/** The page with sigma.js alone, as one script. */
async function bareScript(): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'ringbreak-bare-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      root: import.meta.dirname,
      build: {
        outDir: out,
        target: 'es2022',
        rolldownOptions: { input: join(import.meta.dirname, 'link-chart/bare.ts') },
      },
    });
    const [file] = readdirSync(join(out, 'assets'));
    return readFileSync(join(out, 'assets', file!), 'utf8');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const PICTURE = '.sigma-edges, canvas.sigma-nodes, .sigma-mouse';

/** Milliseconds from asking for the page to the first frame after sigma has drawn. */
async function firstPicture(page: Page, url: string): Promise<number> {
  const began = performance.now();
  await page.goto(url);
  await page.locator(PICTURE).first().waitFor({ state: 'attached', timeout: 60_000 });
  // Two frames: what was drawn in the first is on the screen in the second.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  return performance.now() - began;
}

/** Frames a second while the wheel turns, over twelve seconds. */
async function framesWhileZooming(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const target = document.querySelector('.sigma-mouse');
    const box = target.getBoundingClientRect();
    let frames = 0;
    const began = performance.now();
    const step = () => {
      frames++;
      const spent = performance.now() - began;
      if (spent > 12000) return done((1000 * frames) / spent);
      target.dispatchEvent(new WheelEvent('wheel', { deltaY: Math.floor(spent / 500) % 2 ? 40 : -40, bubbles: true, cancelable: true,
        clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
}

const big = networkOf(Number(args.nodes), Number(args.edges));
const middling = networkOf(5000, 9000);
const script = await bareScript();
const [program, browser] = await Promise.all([startProgram('demo', '--scale', '0.03'), startBrowser()]);
try {
  const ring = await ringOf(program.url);
  const { page: first } = await openPage(browser, program);
  const context = first.context();
  let shown = big;
  const html =
    '<!doctype html><div id="stage" style="position:fixed;inset:0"></div><script type="module" src="/bare.js"></script>';
  await context.route('**/api/rings/*/network', (r) => r.fulfill({ json: shown }));
  await context.route('**/network.json', (r) => r.fulfill({ json: big }));
  await context.route('**/bare.js', (r) => r.fulfill({ body: script, contentType: 'text/javascript' }));
  await context.route('**/bare.html', (r) => r.fulfill({ body: html, contentType: 'text/html' }));
  const ours = `${program.url}/rings/${ring}?tab=network`;
  const alone = `${program.url}/bare.html`;
  /** In a page of its own: what a page before has left for the graphics to draw would count for the next. */
  const measured = async (url: string, frames: boolean): Promise<{ picture: number; frames: number }> => {
    const page = await context.newPage();
    await page.waitForTimeout(2000);
    const picture = await firstPicture(page, url);
    if (frames && url === ours) await page.getByText(/拖动节点即固定/).waitFor({ timeout: 120_000 });
    const found = { picture, frames: frames ? await framesWhileZooming(page) : 0 };
    await page.close();
    return found;
  };
  // Once each for the cache: whoever works with the program has its files there.
  await measured(ours, false);
  await measured(alone, false);
  const bare = await measured(alone, true);
  const own = await measured(ours, true);
  shown = middling;
  await measured(ours, false);
  const again = (await measured(ours, false)).picture;

  console.table({
    'sigma.js alone': { 'first picture, ms': Math.round(bare.picture), 'frames a second': bare.frames.toFixed(1) },
    "the ring's page": { 'first picture, ms': Math.round(own.picture), 'frames a second': own.frames.toFixed(1) },
    ratio: {
      'first picture, ms': (bare.picture / own.picture).toFixed(2),
      'frames a second': (own.frames / bare.frames).toFixed(2),
    },
  });
  console.log(`A ring of 5,000 entities opened again: ${Math.round(again)} ms.`);
} finally {
  await browser.close();
  await program.stop();
}

async function ringOf(url: string): Promise<string> {
  for (let i = 0; i < 600; i++) {
    const { rows } = (await (await fetch(`${url}/api/rings`)).json()) as { rows: { id: string }[] };
    if (rows[0] !== undefined) return rows[0].id;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('the demonstration found no ring within two minutes');
}
