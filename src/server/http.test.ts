import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApp, type App } from '../app.ts';
import type { ApiError, Status } from './contract.ts';
import { accessFrom, serverContext, UnsafeHostError } from './serve.ts';
import type { Access } from './guard.ts';
import { httpApp } from './http.ts';
import { Pages } from './pages.ts';
import { DUTIES, route, type ServerContext } from './route.ts';
import { ROUTES } from './routes.ts';

const HOST = '127.0.0.1:8787';
const TOKEN = 'a-secret-of-sixteen-characters';
const local: Access = { host: '127.0.0.1', token: null };

let dir: string;
let app: App;
let context: ServerContext;
let logged: string[];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'server-'));
  app = openApp({ dataDir: join(dir, 'data'), env: {}, clock: () => 1_700_000_000_000 });
  logged = [];
  context = serverContext(app, { demo: false, log: (line) => logged.push(line) });
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

const served = (access: Access = local, extra: Parameters<typeof httpApp>[3] = ROUTES): Hono =>
  httpApp(context, access, new Pages(join(dir, 'no-pages')), extra);
const ask = (http: Hono, path: string, init: RequestInit = {}): Response | Promise<Response> =>
  http.request(path, { ...init, headers: { host: HOST, ...(init.headers as Record<string, string>) } });
const codeOf = async (response: Response | Promise<Response>): Promise<string> =>
  ((await (await response).json()) as ApiError).error.code;

describe('every route', () => {
  it('is in the table, names a duty, and is the only one at its address', () => {
    const declared = ROUTES.map((r) => `${r.method} ${r.path}`);
    expect(new Set(declared).size).toBe(declared.length);
    for (const r of ROUTES) expect(DUTIES, `${r.method} ${r.path}`).toContain(r.permission);
    const answered = served()
      .routes.filter((r) => r.method !== 'ALL' && r.path.startsWith('/api/'))
      .map((r) => `${r.method} ${r.path}`);
    expect(answered.sort()).toEqual(declared.sort());
  });

  it('refuses a person without the duty it names', async () => {
    const nobody = { ...context, person: { name: 'nobody', duties: new Set<never>() } };
    const http = httpApp(nobody, local, new Pages(dir));
    for (const r of ROUTES) {
      const response = await ask(http, r.path.replace(/:\w+/g, 'x'), { method: r.method });
      expect(response.status, `${r.method} ${r.path}`).toBe(403);
      expect(await codeOf(response)).toBe('permission');
    }
  });
});

describe('who may ask', () => {
  it('answers the status before any store is open, with a strict policy', async () => {
    const response = await ask(served(), '/api/status');
    expect(response.status).toBe(200);
    expect(((await response.json()) as Status).phase).toBe('starting');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['evil.example', 'evil.example:8787', '127.0.0.1.evil.example', ''])('refuses the host %j', async (host) => {
    const response = await ask(served(), '/api/status', { headers: { host } });
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('host');
  });

  it.each(['localhost:1', '127.0.0.1', '[::1]:8787'])('knows the host %s', async (host) => {
    expect((await ask(served(), '/api/status', { headers: { host } })).status).toBe(200);
  });

  it('lets only our own pages change anything', async () => {
    const post = (headers: Record<string, string>) =>
      ask(served(), '/api/judgements', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '[]',
      });
    expect(await codeOf(post({ origin: 'https://evil.example' }))).toBe('origin');
    expect(await codeOf(post({ origin: 'null' }))).toBe('origin');
    expect(await codeOf(post({ origin: 'http://127.0.0.1:9999' }))).toBe('origin');
    expect(await codeOf(post({ 'sec-fetch-site': 'cross-site' }))).toBe('origin');
    expect(await codeOf(post({ origin: `http://${HOST}` }))).toBe('bad-request');
    expect(await codeOf(post({}))).toBe('bad-request');
  });

  it('is reachable from other machines with a token only', async () => {
    expect(() => accessFrom({}, '0.0.0.0')).toThrow(UnsafeHostError);
    expect(() => accessFrom({ RINGBREAK_TOKEN: 'short' }, '10.0.0.1')).toThrow(UnsafeHostError);
    const http = served(accessFrom({ RINGBREAK_TOKEN: TOKEN }, '0.0.0.0'));
    expect(await codeOf(ask(http, '/api/status'))).toBe('token');
    expect(await codeOf(ask(http, '/api/status', { headers: { authorization: 'Bearer wrong' } }))).toBe('token');
    expect((await ask(http, '/', {})).status).toBe(401);
    expect((await ask(http, '/api/status', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    const signedIn = await ask(http, `/rings?token=${TOKEN}&x=1`);
    expect(signedIn.status).toBe(302);
    expect(signedIn.headers.get('location')).toBe('/rings?x=1');
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await ask(http, '/api/status', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200);
  });
});

describe('what is asked', () => {
  it.each([
    ['/api/thresholds', { id: 'no-such.thing', value: 3 }, 'not-found'],
    ['/api/thresholds', { id: 'shift-work.run', value: 25 }, 'bad-request'],
    ['/api/thresholds', { id: 'shift-work.run', value: '4' }, 'bad-request'],
    ['/api/thresholds/preview', { id: 'shift-work.run', value: 0 }, 'bad-request'],
    ['/api/thresholds/preview', { id: 'shift-work.run', value: null }, 'bad-request'],
  ])('%s refuses %j as %s', async (path, body, code) => {
    const headers = { 'content-type': 'application/json', origin: `http://${HOST}` };
    expect(await codeOf(ask(served(), path, { method: 'POST', headers, body: JSON.stringify(body) }))).toBe(code);
  });

  it.each([
    ['/api/numbers?limit=0', 'bad-request'],
    ['/api/numbers?limit=1001', 'bad-request'],
    ['/api/numbers?offset=-1', 'bad-request'],
    ['/api/numbers?sort=score;DROP', 'bad-request'],
    ['/api/overview?from=yesterday', 'bad-request'],
    ['/api/views', 'bad-request'],
    ['/api/nothing-here', 'not-found'],
    ['/api/imports/preview', 'method'],
  ])('%s is refused as %s, without repeating what was asked', async (path, code) => {
    const response = await ask(served(), path);
    const text = await response.text();
    expect((JSON.parse(text) as ApiError).error.code).toBe(code);
    expect(text).not.toMatch(/DROP|yesterday/);
  });

  it('takes JSON of a sane size only', async () => {
    const post = (body: string, type: string) =>
      ask(served(), '/api/judgements', { method: 'POST', headers: { 'content-type': type }, body });
    expect(await codeOf(post('{}', 'text/plain'))).toBe('content-type');
    expect(await codeOf(post('{', 'application/json'))).toBe('bad-request');
    expect(await codeOf(post(`"${'x'.repeat(300_000)}"`, 'application/json'))).toBe('too-large');
  });

  it('says nothing of the inside when something breaks, neither to the page nor in the log', async () => {
    const broken = route({
      method: 'GET',
      path: '/api/broken/:number',
      permission: 'read',
      query: z.looseObject({}),
      handle: () => {
        throw new Error('SELECT * FROM calls WHERE caller = +8613800001234 in /home/somebody/data');
      },
    });
    const response = await ask(served(local, [broken]), '/api/broken/+8613800001234');
    expect(response.status).toBe(500);
    const text = (await response.text()) + logged.join('\n');
    expect(text).toMatch(/"code":"internal"/);
    expect(text).toMatch(/GET \/api\/broken\/:number 500: Error/);
    expect(text).not.toMatch(/SELECT|13800001234|home/);
  });

  it('shows a page that asks again while the pages are not built', async () => {
    const response = await ask(served(), '/rings/R1');
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/http-equiv="refresh"/);
  });
});
