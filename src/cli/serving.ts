import type { Serving } from '../server/serve.ts';
import { serve, UnsafeHostError } from '../server/serve.ts';
import type { CliContext } from './context.ts';
import { CliError, oneLine, wrongUsage } from './errors.ts';

export interface ServingOptions {
  port: string;
  host: string;
  demo: boolean;
}

/**
 * Listens at once, then does `work` (open, simulate, import ...) while the page already shows it, and serves until Ctrl-C.
 * `beside` is started then, and closed before the server is. Something the person at the terminal must decide ends it; any other failure of `work` is shown on the page and in the terminal.
 */
export async function serveUntilStopped(
  context: CliContext,
  options: ServingOptions,
  work: (serving: Serving) => Promise<void>,
  beside?: (serving: Serving) => Promise<{ close(): Promise<void> }>,
): Promise<void> {
  const { app, say, signal } = context;
  const port = portOf(options.port);
  await app.claim();
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const serving = await serve(app, { host: options.host, port, demo: options.demo, log }).catch((error: unknown) => {
    throw notServed(error, options);
  });
  if (serving.moved) {
    log(
      say({ zh: `端口 ${port} 已被占用，改用 ${serving.port}。`, en: `Port ${port} is taken; using ${serving.port}.` }),
    );
  }
  serving.announce();
  process.stdout.write(`${say({ zh: '断流已启动', en: 'Ringbreak is at' })}: ${serving.url}\n`);
  let other: { close(): Promise<void> } | undefined;
  try {
    await Promise.race([work(serving), aborted(signal)]);
    if (!signal.aborted) {
      other = await beside?.(serving);
      context.progress.stop();
      log(say({ zh: '就绪。按 Ctrl-C 停止。', en: 'Ready. Press Ctrl-C to stop.' }));
    }
  } catch (error) {
    if (error instanceof CliError) {
      await serving.close();
      throw error;
    }
    context.progress.stop();
    log(`${say({ zh: '出错', en: 'Failed' })}: ${oneLine(error)}`);
    if (context.options.debug === true && error instanceof Error) log(error.stack ?? '');
  }
  await aborted(signal);
  await other?.close();
  await serving.close();
}

/** @throws CliError when the text is no port */
export function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw wrongUsage({ zh: `端口不正确：${text}`, en: `Not a port: ${text}` });
  }
  return port;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });

function notServed(error: unknown, options: ServingOptions): unknown {
  if (error instanceof UnsafeHostError) {
    return wrongUsage(
      { zh: `${options.host} 可被其他机器访问，须先设置访问令牌。`, en: error.message },
      {
        zh: '设置环境变量 RINGBREAK_TOKEN（至少 16 个字符）后重试。',
        en: 'Set RINGBREAK_TOKEN (16 characters or more) and try again.',
      },
    );
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    return new CliError(
      {
        zh: `无法监听 ${options.host}:${options.port}(${code})。`,
        en: `Cannot listen on ${options.host}:${options.port} (${code}).`,
      },
      { action: { zh: '用 --port 或 --host 换一个。', en: 'Choose another with --port or --host.' }, cause: error },
    );
  }
  return error;
}
