import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { personOf, PROJECT_ROOT, type App } from '../app.ts';
import { Board } from './board.ts';
import { isLoopback, type Access } from './guard.ts';
import { httpApp } from './http.ts';
import { importChanged } from './imports.ts';
import { Jobs } from './jobs.ts';
import { listen, type Listening } from './listen.ts';
import { Live } from './live.ts';
import { Pages } from './pages.ts';
import { DUTIES, type ServerContext } from './route.ts';
import { discardAll } from './uploads.ts';

export interface ServeOptions {
  host: string;
  port: number;
  demo: boolean;
  log: (line: string) => void;
}

/** Thrown before anything is opened: this address may not be served like that. */
export class UnsafeHostError extends Error {
  constructor(host: string) {
    super(`${host} can be reached by other machines: set RINGBREAK_TOKEN to a secret of at least 16 characters first`);
    this.name = 'UnsafeHostError';
  }
}

export interface Serving extends Listening {
  context: ServerContext;
}

/**
 * Serves pages and API at once; nothing is opened yet. The caller opens the stores (or lets the first request do it) and says so on
 * `context.board`.
 */
export async function serve(app: App, options: ServeOptions): Promise<Serving> {
  const access = accessFrom(app.env, options.host);
  const context = serverContext(app, options);
  const pages = new Pages(join(PROJECT_ROOT, 'dist/web'));
  const listening = await listen(context, httpApp(context, access, pages), access, options.port);
  discardAll(app.dataDir);
  void buildPages(pages, options.log);
  return { ...listening, context };
}

/** Everything handlers work with, without a socket. */
export function serverContext(app: App, options: Pick<ServeOptions, 'demo' | 'log'>): ServerContext {
  const live = new Live();
  const board = new Board(live, { clock: app.clock, version: app.codeVersion, home: app.home, demo: options.demo });
  const jobs = new Jobs(app.clock);
  const person = { name: personOf(app.env), duties: new Set(DUTIES) };
  const context: ServerContext = { app, board, live, jobs, person, log: options.log };
  jobs.onChange = (job) => {
    if (job.kind === 'import') importChanged(context, job);
  };
  return context;
}

/** Who may reach the server. Other machines only with a token. */
export function accessFrom(env: App['env'], host: string): Access {
  const token = env['RINGBREAK_TOKEN'] ?? '';
  if (!isLoopback(host) && token.length < 16) throw new UnsafeHostError(host);
  return { host, token: token === '' ? null : token };
}

/** Builds the pages in a child process when they are missing or older than their sources; until then a page says so. */
async function buildPages(pages: Pages, log: (line: string) => void): Promise<void> {
  const { pagesAreStale } = (await import(join(PROJECT_ROOT, 'scripts/set-up.mjs'))) as { pagesAreStale(): boolean };
  if (pages.built && !pagesAreStale()) return;
  if (!pages.built) pages.waiting = { zh: '正在构建页面，约十秒……', en: 'Building the pages, about ten seconds ...' };
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'scripts/build-web.mjs')], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  const code = await new Promise<number | null>((done) => child.on('error', () => done(null)).on('exit', done));
  pages.reload();
  if (code === 0 && pages.built) pages.waiting = null;
  else {
    log(`The pages could not be built (exit code ${code}); npm run build shows why.\n${said}`);
    pages.waiting = pages.built
      ? null
      : {
          zh: '页面构建失败：请在终端运行 npm run build 查看原因。',
          en: 'The pages could not be built: run npm run build to see why.',
        };
  }
}
