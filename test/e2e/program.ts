import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');

/** The real program, started as a stranger would start it. */
export interface Program {
  url: string;
  /** What it has printed so far. */
  said: () => string;
  stop: () => Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => done(port));
    });
  });

/** Starts `ringbreak <verb>` on a directory and port of its own; resolves when its pages answer. */
export async function startProgram(verb: 'demo' | 'serve', ...options: string[]): Promise<Program> {
  const data = mkdtempSync(join(tmpdir(), 'ringbreak-e2e-'));
  const port = await freePort();
  const child: ChildProcess = spawn(
    process.execPath,
    [join(root, 'bin/ringbreak.mjs'), verb, '--data', data, '--port', String(port), ...options],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 8000);
    await ended;
    clearTimeout(late);
    rmSync(data, { recursive: true, force: true });
  };
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/api/status`).catch(() => null);
    if (answer?.ok) return { url, said: () => said, stop };
    await new Promise((r) => setTimeout(r, 100));
  }
  await stop();
  throw new Error(`ringbreak ${verb} did not answer at ${url} within 30 s. It said:\n${said}`);
}

/** Debian's Chromium with a software WebGL, and nothing that calls home. Where no language is set it cannot open a file with a Chinese name. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['RINGBREAK_CHROMIUM'] ?? '/usr/bin/chromium',
    env: { LANG: 'C.UTF-8', ...process.env },
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A page that writes down everything it should not have done. */
export interface Watched {
  page: Page;
  /** Console errors, uncaught errors, refused by the content policy. */
  complaints: string[];
  /** Requests to anywhere but the program. */
  strangers: string[];
}

export async function openPage(
  browser: Browser,
  program: Program,
  options: { width?: number; height?: number; theme?: 'light' | 'dark' } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.theme ?? 'light',
    locale: 'zh-CN',
    timezoneId: 'America/New_York',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (m) => m.type() === 'error' && complaints.push(`${m.text()} ${m.location().url}`.trim()));
  page.on('pageerror', (e) => complaints.push(e.message));
  page.on('request', (r) => {
    const { protocol, host } = new URL(r.url());
    if (protocol.startsWith('http') && host !== new URL(program.url).host) strangers.push(r.url());
  });
  return { page, complaints, strangers };
}
