import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openApp, type App } from '../../src/app.ts';
import { headcount } from '../../src/model/ring.ts';
import { importPaths } from '../../src/normalise/import-files.ts';
import { analyse } from '../../src/pipeline.ts';
import { simulate } from '../../src/simulate/index.ts';
import type {
  ApiError,
  CallRow,
  ContactRow,
  ImportJob,
  ImportPreview,
  ImportsPage,
  Judgement,
  LiveMessage,
  NumberDetail,
  NumbersPage,
  Overview,
  Page,
  QuarantineRow,
  RecordOrigin,
  RetryResult,
  RingCard,
  RingDetail,
  RingEvidence,
  RingNetwork,
  RingTimeline,
  RunDetail,
  RunSummary,
  SavedView,
  SearchResult,
  StepRows,
} from '../../src/server/contract.ts';
import { httpApp } from '../../src/server/http.ts';
import { listen, type Listening } from '../../src/server/listen.ts';
import { Pages } from '../../src/server/pages.ts';
import { refreshStatus } from '../../src/server/refresh.ts';
import type { ServerContext } from '../../src/server/route.ts';
import { serverContext } from '../../src/server/serve.ts';

/** A small country with a ring in it, simulated, imported, analysed, and then asked about over HTTP like a page does. */
let dir: string;
let app: App;
let context: ServerContext;
let http: Hono;
const logged: string[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'api-'));
  const world = join(dir, 'world');
  await simulate({ preset: 'pudong', seed: 1, scale: 0.03, out: world });
  app = openApp({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
  const { home, clock, codeVersion } = app;
  await importPaths(await app.facts(), [world], { home, clock });
  await analyse(await app.facts(), await app.records(), { home, clock, codeVersion });
  context = serverContext(app, { demo: false, log: (line) => logged.push(line) });
  await refreshStatus(context);
  http = httpApp(context, { host: '127.0.0.1', token: null }, new Pages(join(dir, 'no-pages')));
}, 300_000);

afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

async function send(method: string, path: string, body?: string | object): Promise<Response> {
  return http.request(path, {
    method,
    headers: { host: 'localhost:8787', ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}) },
    ...(body === undefined ? {} : { body: typeof body === 'object' ? JSON.stringify(body) : body }),
  });
}
async function get<T>(path: string): Promise<T> {
  const response = await send('GET', path);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text} ${logged.join('; ')}`);
  return JSON.parse(text) as T;
}
async function post<T>(path: string, body?: string | object): Promise<T> {
  const response = await send('POST', path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text} ${logged.join('; ')}`);
  return JSON.parse(text) as T;
}
const seg = encodeURIComponent;

describe('rings', () => {
  it('are found, with members in roles, network, time and evidence', async () => {
    const rings = await get<Page<RingCard>>('/api/rings');
    expect(rings.rows.length).toBeGreaterThan(0);
    const [card] = rings.rows;
    const path = `/api/rings/${seg(card?.id ?? '')}`;
    const ring = await get<RingDetail>(path);
    const { people, accounts } = headcount(ring.members);
    expect([people.length, accounts.length]).toEqual([card?.size, card?.accounts]);
    expect(ring.reasons.length).toBeGreaterThan(0);
    expect(ring.alternatives.length).toBeGreaterThan(0);
    const network = await get<RingNetwork>(`${path}/network`);
    const nodes = new Set(network.nodes.map((n) => n.id));
    for (const m of ring.members) expect(nodes).toContain(m.id);
    for (const e of network.edges) expect(nodes.has(e.from) && nodes.has(e.to)).toBe(true);
    const time = await get<RingTimeline>(`${path}/timeline`);
    expect(time.lanes).toHaveLength(ring.members.length);
    expect(time.to).toBeGreaterThan(time.from);
    expect(time.daily.reduce((n, d) => n + d.calls, 0)).toBe(
      time.lanes.flatMap((l) => l.calls).reduce((n, c) => n + c.n, 0),
    );
    expect((await get<RingEvidence>(`${path}/evidence`)).layers.length).toBeGreaterThan(0);
  });

  it('keep what people decide, newest first', async () => {
    const [card] = (await get<Page<RingCard>>('/api/rings')).rows;
    const judge = (verdict: string) =>
      post<Judgement>('/api/judgements', { subjectKind: 'ring', subject: card?.id ?? '', verdict, note: '已核实' });
    await judge('dismissed');
    await judge('confirmed');
    const ring = await get<RingDetail>(`/api/rings/${seg(card?.id ?? '')}`);
    expect(ring.card.state).toBe('confirmed');
    expect(ring.judgements.map((j) => j.verdict)).toEqual(['confirmed', 'dismissed']);
  });
});

describe('numbers', () => {
  it('are paged without a gap or a double, whatever they are sorted by', async () => {
    for (const sort of ['-score', 'calls', '-victims', 'lastSeen', 'originHomeShare']) {
      const whole = await get<NumbersPage>(`/api/numbers?all=1&sort=${sort}&limit=60`);
      const parts = await Promise.all(
        [0, 20, 40].map((o) => get<NumbersPage>(`/api/numbers?all=1&sort=${sort}&limit=20&offset=${o}`)),
      );
      expect(parts.flatMap((p) => p.rows.map((r) => r.number))).toEqual(whole.rows.map((r) => r.number));
      expect(new Set(whole.rows.map((r) => r.number)).size).toBe(60);
    }
  });

  it('are counted by facets as they are filtered', async () => {
    const all = await get<NumbersPage>('/api/numbers?limit=1');
    const [ring] = all.facets.ring;
    const [country] = all.facets.country;
    expect((await get<NumbersPage>(`/api/numbers?limit=1&ring=${seg(ring?.value ?? '')}`)).total).toBe(ring?.n);
    expect((await get<NumbersPage>(`/api/numbers?limit=1&country=${seg(country?.value ?? '')}`)).total).toBe(
      country?.n,
    );
    const busy = await get<NumbersPage>('/api/numbers?all=1&min.calls=50&limit=1000');
    expect(busy.rows.every((r) => r.calls >= 50)).toBe(true);
    const q = all.rows[0]?.number.slice(-6) ?? '';
    expect((await get<NumbersPage>(`/api/numbers?q=${q}`)).rows.map((r) => r.number)).toContain(all.rows[0]?.number);
  });

  it('say why, why perhaps not, and from which rows', async () => {
    const [row] = (await get<NumbersPage>('/api/numbers?limit=1')).rows;
    const number = row?.number ?? '';
    const detail = await get<NumberDetail>(`/api/numbers/${seg(number)}`);
    expect(detail.findings.length).toBeGreaterThan(0);
    for (const f of detail.findings) expect(f.reasons.length).toBeGreaterThan(0);
    expect(detail.innocent.length).toBeGreaterThan(0);
    expect(detail.hours.flat().reduce((a, b) => a + b, 0)).toBe(detail.calendar.reduce((n, d) => n + d.n, 0));
    expect(detail.measures.find((m) => m.name === 'out_degree')?.peers).toHaveLength(7);
    const calls = await get<Page<CallRow>>(`/api/numbers/${seg(number)}/calls?limit=5`);
    const contacts = await get<Page<ContactRow>>(`/api/numbers/${seg(number)}/contacts?limit=1000`);
    expect(contacts.rows.reduce((n, c) => n + c.calls + c.calledBack, 0)).toBe(calls.total);
    const origin = await get<RecordOrigin>(`/api/records/${seg(calls.rows[0]?.record ?? '')}`);
    expect(origin.kind).toBe('calls');
    expect([origin.values['caller'], origin.values['callee']]).toContain(number);
  });

  it('are found in any spelling', async () => {
    const busy = await get<NumbersPage>('/api/numbers?all=1&country=CN&sort=-calls&limit=50');
    const mobile = busy.rows.find((r) => /^\+861\d{10}$/.test(r.number))?.number ?? '';
    const spelled = `0086 ${mobile.slice(3, 6)}-${mobile.slice(6, 10)}-${mobile.slice(10)}`;
    expect((await get<NumberDetail>(`/api/numbers/${seg(spelled)}`)).row.number).toBe(mobile);
  });

  it('are exported whole, with their reasons', async () => {
    const { total } = await get<NumbersPage>('/api/numbers?limit=1');
    const csv = await (await send('GET', '/api/numbers.csv')).text();
    expect(csv.trimEnd().split('\r\n')).toHaveLength(total + 1);
    expect(csv.split('\r\n')[0]).toMatch(/^\uFEFF?number,.*reason_zh/);
  });
});

describe('looking around', () => {
  it('finds digits, rings, members, cases, groups and places', async () => {
    const kinds = async (q: string) => (await get<SearchResult>(`/api/search?q=${seg(q)}`)).hits.map((h) => h.kind);
    const [card] = (await get<Page<RingCard>>('/api/rings')).rows;
    const { members } = await get<RingDetail>(`/api/rings/${seg(card?.id ?? '')}`);
    const { needs, places } = await get<Overview>('/api/overview');
    expect(needs).toBeInstanceOf(Array);
    expect(await kinds(card?.id ?? '')).toContain('ring');
    expect(await kinds(members[0]?.id ?? '')).toContain('member');
    expect(await kinds(members.find((m) => m.numbers.length > 0)?.numbers[0]?.slice(-5) ?? '')).toContain('number');
    expect(await kinds(places.victims[0]?.province ?? '')).toContain('place');
    const facts = await app.facts();
    const [one] = await facts.query<{ c: string; g: string }>(
      'SELECT (SELECT min(case_id) FROM cases) AS c, (SELECT min(`group`) FROM memberships) AS g',
    );
    expect(await kinds(one?.c ?? '')).toContain('case');
    expect(await kinds(one?.g ?? '')).toContain('group');
    expect(await kinds('1')).toEqual([]);
  });

  it('shows figures that agree with the numbers and rings, and narrows them to a range', async () => {
    const overview = await get<Overview>('/api/overview');
    const value = (o: Overview, id: string) => o.figures.find((f) => f.id === id)?.value;
    expect(value(overview, 'flagged')).toBe((await get<NumbersPage>('/api/numbers?limit=1')).total);
    expect(value(overview, 'rings')).toBe((await get<Page<RingCard>>('/api/rings')).total);
    const { from } = overview.range ?? { from: 0 };
    const day = await get<Overview>(`/api/overview?from=${from}&to=${from + 86_400_000}`);
    expect(value(day, 'calls')).toBeLessThan(value(overview, 'calls') ?? 0);
  });

  it('keeps views of a page by name', async () => {
    const view = await post<SavedView>('/api/views', { page: 'numbers', name: '境外', query: { country: 'PH' } });
    await post('/api/views', { page: 'numbers', name: '境外', query: { country: 'HK' } });
    expect(await get<SavedView[]>('/api/views?page=numbers')).toEqual([{ ...view, query: { country: 'HK' } }]);
    expect((await send('DELETE', `/api/views/${view.id}`)).status).toBe(204);
    expect(await get<SavedView[]>('/api/views?page=numbers')).toEqual([]);
  });
});

describe('imports over HTTP', () => {
  const settled = async (id: string): Promise<ImportJob> => {
    for (let i = 0; i < 300; i++) {
      const { jobs } = await get<ImportsPage>('/api/imports');
      const job = jobs.find((j) => j.id === id);
      if (job !== undefined && job.state !== 'queued' && job.state !== 'running') return job;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error('the import did not end');
  };

  it('preview, store, balance, quarantine and correct', async () => {
    const file = [
      'started_at,caller,callee,duration_s',
      '2023-03-05T10:00:00+08:00,13800001111,13900002222,31.5',
      'yesterday,13800001111,13900003333,10',
      '',
    ].join('\n');
    const preview = await post<ImportPreview>('/api/imports/preview?name=calls.csv', file);
    expect(preview).toMatchObject({ tables: [{ kind: 'calls', balance: { rows: 2, quarantined: 1 } }] });
    const job = await settled((await post<ImportJob>(`/api/imports?upload=${preview.upload}`)).id);
    expect(job.state).toBe('done');
    expect(job.files[0]).toMatchObject({ path: 'calls.csv', rows: 2, facts: 1, duplicates: 0, quarantined: 1 });
    const { rows } = await get<Page<QuarantineRow>>('/api/quarantine');
    const bad = rows.find((r) => r.column === 'started_at');
    expect(bad?.value).toBe('yesterday');
    const retry = (at: string) =>
      post<RetryResult>(`/api/quarantine/${seg(bad?.id ?? '')}`, { values: { started_at: at } });
    expect(await retry('tomorrow')).toMatchObject({
      stored: false,
      problem: { column: 'started_at', value: 'tomorrow' },
    });
    expect(await retry('2023-03-05T11:00:00+08:00')).toEqual({ stored: true, problem: null });
    expect((await get<ImportsPage>('/api/imports')).quarantined).toBe(0);
  });

  it('say why a file is refused, and keep nothing of it', async () => {
    const preview = await post<ImportPreview>(
      '/api/imports/preview?name=holiday.csv',
      '\u0000\u0001\u0002 not a table',
    );
    expect(preview.tables).toEqual([]);
    expect(preview.refused?.en.length).toBeGreaterThan(10);
    expect(preview.refused?.en).not.toContain(dir);
    const response = await send('POST', '/api/imports?upload=00000000-0000-0000-0000-000000000000');
    expect(((await response.json()) as ApiError).error.code).toBe('no-upload');
  });
});

describe('runs', () => {
  it('are repeated on request, one at a time, with the same result for the same facts', async () => {
    const before = await get<Page<RunSummary>>('/api/runs');
    await post('/api/analyse', {});
    expect((await send('POST', '/api/analyse', {})).status).toBe(409);
    while (context.jobs.busy('analysis')) await new Promise((later) => setTimeout(later, 100));
    const [job] = context.jobs.list('analysis');
    expect(job?.error).toBeNull();
    const after = await get<Page<RunSummary>>('/api/runs');
    expect(after.total).toBe(before.total + 1);
    const run = await get<RunDetail>(`/api/runs/${seg(after.rows[0]?.id ?? '')}`);
    expect(run.state).toBe('done');
    expect(run.steps.length).toBeGreaterThan(5);
    const step = await get<StepRows>(`/api/runs/${seg(run.id)}/steps/measures`);
    expect(step.columns).toContain('out_degree');
    expect(context.board.status).toMatchObject({ phase: 'ready', lastRun: { id: run.id } });
  });
});

describe('a listening server', () => {
  let listening: Listening;
  beforeAll(async () => {
    listening = await listen(context, http, { host: '127.0.0.1', token: null }, 0);
  });
  afterAll(() => listening.close());

  it('greets a page with the status, and tells it what changes', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/live`, {
      origin: `http://127.0.0.1:${listening.port}`,
    });
    const messages: LiveMessage[] = [];
    await new Promise<void>((done, fail) => {
      socket.on('error', fail).on('message', (data: Buffer) => {
        messages.push(JSON.parse(data.toString()) as LiveMessage);
        if (messages.length === 1) context.board.update({ phase: 'ready' });
        else done();
      });
    });
    socket.close();
    expect(messages.map((m) => m.type)).toEqual(['status', 'status']);
  });

  it.each([
    ['/live', 'http://evil.example'],
    ['/elsewhere', undefined],
  ])('refuses a socket to %s from %s', async (path, origin) => {
    const socket = new WebSocket(`ws://127.0.0.1:${listening.port}${path}`, origin === undefined ? {} : { origin });
    const error = await new Promise<Error>((done) => socket.on('error', done));
    expect(error.message).toMatch(/403/);
  });

  it('takes the next port when the wanted one is taken, and says where it serves', async () => {
    const second = await listen(context, http, { host: '127.0.0.1', token: null }, listening.port);
    expect(second).toMatchObject({ moved: true });
    expect(second.port).toBeGreaterThan(listening.port);
    second.announce();
    expect(JSON.parse(readFileSync(join(app.dataDir, 'serving.json'), 'utf8'))).toMatchObject({ url: second.url });
    await second.close();
  });
});
