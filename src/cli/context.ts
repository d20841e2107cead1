import { resolve } from 'node:path';
import type { Command } from 'commander';
import { openApp, type App } from '../app.ts';
import type { Bilingual } from '../model/reason.ts';
import { EXIT, wrongUsage, type ExitCode } from './errors.ts';
import { progressDisplay, type Lang, type ProgressDisplay, type Terminal } from './output.ts';

/** Options every command knows; declared once in main.ts. */
export interface GlobalOptions {
  data: string;
  lang?: string;
  json?: boolean;
  quiet?: boolean;
  debug?: boolean;
}

/** What a command works with. */
export interface CliContext {
  options: GlobalOptions;
  lang: Lang;
  app: App;
  progress: ProgressDisplay;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  say(text: Bilingual): string;
  /** Prints the result: `--json` gets the value, a person gets the text. */
  result(value: unknown, text: () => string): Promise<void>;
}

export const langFrom = (option: string | undefined, env: NodeJS.ProcessEnv): Lang => {
  const lang = option ?? env['RINGBREAK_LANG'] ?? 'zh';
  if (lang === 'zh' || lang.startsWith('zh')) return 'zh';
  if (lang === 'en' || lang.startsWith('en')) return 'en';
  throw wrongUsage(
    { zh: `不支持的语言：${lang}`, en: `Unknown language: ${lang}` },
    { zh: '用 zh 或 en。', en: 'Use zh or en.' },
  );
};

const terminal = (stream: NodeJS.WriteStream): Terminal => ({
  write: (text) => void stream.write(text),
  isTTY: stream.isTTY,
  columns: stream.columns ?? 100,
});

/** Whoever read our output has seen enough (`ringbreak rings --json | head`) and closed the pipe. */
export const closedByReader = (error: NodeJS.ErrnoException): boolean => error.code === 'EPIPE';

/** Writes and waits until the pipe took it: a big `--json` must be whole before the process ends. A reader who has seen enough is no error. */
export const writeOut = (text: string): Promise<void> =>
  new Promise((done, fail) => {
    process.stdout.write(text, (error) => (error && !closedByReader(error) ? fail(error) : done()));
  });

/** What shells report for a command ended by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Runs a command's work with an App, and closes the stores whatever happens: done, failed or Ctrl-C.
 * `work` returns the exit code; nothing returned means 0.
 *
 * @example
 * program.command('rings').action((id, _options, command) => runCommand(command, async ({ app, result }) => { ... }));
 */
export async function runCommand(
  command: Command,
  work: (context: CliContext) => Promise<ExitCode | void>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const lang = langFrom(options.lang, process.env);
  const app = openApp({ dataDir: resolve(options.data), env: process.env, clock: Date.now });
  const progress = progressDisplay(terminal(process.stderr), lang, options.quiet === true, Date.now);
  const stop = new AbortController();
  // The first Ctrl-C asks the work to end and, a second later, ends it; the store is given back. A second one does not wait.
  const interrupted = new Promise<typeof INTERRUPTED>((done) => {
    const onSignal = (): void => {
      if (stop.signal.aborted) process.exit(INTERRUPTED);
      stop.abort();
      progress.stop();
      setTimeout(() => done(INTERRUPTED), 1000).unref();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
  const context: CliContext = {
    options,
    lang,
    app,
    progress,
    signal: stop.signal,
    say: (text) => text[lang],
    result: (value, text) => writeOut(options.json === true ? `${JSON.stringify(value, null, 2)}\n` : text()),
  };
  try {
    process.exitCode = (await Promise.race([work(context), interrupted])) ?? EXIT.done;
  } finally {
    progress.stop();
    await app.close();
  }
  // Work that was cut short, or an engine's own threads, must not keep the process.
  if (stop.signal.aborted) process.exit();
}
