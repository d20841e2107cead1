import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pages } from './pages.ts';

let dir: string;
let pages: Pages;
const script = `console.log(${JSON.stringify('x'.repeat(5000))})`;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pages-'));
  mkdirSync(join(dir, 'assets'));
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>断流</title>');
  writeFileSync(join(dir, 'assets/app-1a2b.js'), script);
  pages = new Pages(dir);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const ask = (path: string, headers: Record<string, string> = {}) => pages.answer(path, (name) => headers[name]);
const bytes = async (r: Response) => Buffer.from(await r.arrayBuffer());

describe('the built pages', () => {
  it('answer every address of a page with index.html, never kept without asking', async () => {
    for (const path of ['/', '/rings/R1', '/numbers/+8613800001234', '/numbers/a.b']) {
      const response = await ask(path);
      expect(await response.text()).toContain('断流');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('send hashed files once and for all, squeezed as the browser can read them', async () => {
    const br = await ask('/assets/app-1a2b.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect(br.headers.get('cache-control')).toMatch(/immutable/);
    expect(br.headers.get('content-encoding')).toBe('br');
    expect(brotliDecompressSync(await bytes(br)).toString()).toBe(script);
    const gz = await ask('/assets/app-1a2b.js', { 'accept-encoding': 'gzip' });
    expect(gunzipSync(await bytes(gz)).toString()).toBe(script);
    expect(await (await ask('/assets/app-1a2b.js')).text()).toBe(script);
  });

  it('answer 304 to a page that has them, 404 for a file of an older build', async () => {
    const etag = (await ask('/')).headers.get('etag') ?? '';
    expect((await ask('/', { 'if-none-match': etag })).status).toBe(304);
    expect((await ask('/assets/app-old.js')).status).toBe(404);
  });

  it('cannot be led out of their folder', async () => {
    for (const path of ['/../package.json', '/assets/../../package.json']) {
      expect(await (await ask(path)).text()).not.toContain('"name"');
    }
  });
});
