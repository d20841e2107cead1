import type { Bilingual } from '../model/reason.ts';
import { StoreBusyError } from '../store/lock.ts';

/** What the process says to the shell. */
export const EXIT = { done: 0, failed: 1, usage: 2, quarantined: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something the person at the terminal can act on: what happened, what to do, and the exit code. */
export class CliError extends Error {
  readonly text: Bilingual;
  readonly action: Bilingual | null;
  readonly exitCode: ExitCode;
  constructor(text: Bilingual, options: ErrorOptions & { action?: Bilingual; exitCode?: ExitCode } = {}) {
    super(text.en, options);
    this.name = 'CliError';
    this.text = text;
    this.action = options.action ?? null;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** The command was called in a way it cannot be called (exit code 2). */
export const wrongUsage = (text: Bilingual, action?: Bilingual): CliError =>
  new CliError(text, { exitCode: EXIT.usage, ...(action === undefined ? {} : { action }) });

/** Nothing was ever computed in this store (exit code 1). */
export const neverAnalysed = (dataDir: string): CliError =>
  new CliError(
    {
      zh: `${dataDir} 中还没有分析结果。`,
      en: `Nothing has been analysed in ${dataDir} yet.`,
    },
    {
      action: {
        zh: '先运行 ringbreak import 导入数据，再运行 ringbreak analyse；或用 ringbreak demo 看演示。',
        en: 'Run ringbreak import, then ringbreak analyse; or see the demonstration with ringbreak demo.',
      },
    },
  );

/** Turns whatever was thrown into a CliError. */
export function toCliError(error: unknown, dataDir: string): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof StoreBusyError) return storeBusy(error, dataDir);
  const thrown = error instanceof Error ? error : new Error(String(error));
  const text = oneLine(thrown);
  return new CliError({ zh: text, en: text }, { cause: thrown });
}

/** An error's own words on one line that fits a terminal; an engine repeats its whole statement, which --debug shows. */
export function oneLine(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  const words = text.replace(/\s*(In query|: ?While processing|in scope) .*$/, '');
  return words.length > 400 ? `${words.slice(0, 399)}…` : words;
}

function storeBusy(error: StoreBusyError, dataDir: string): CliError {
  const { url, pid, command } = error.holder;
  if (url === undefined) {
    return new CliError(
      {
        zh: `数据目录 ${dataDir} 正被另一个进程使用(进程 ${pid}:${command})。`,
        en: `Another process is using the data directory ${dataDir} (process ${pid}: ${command}).`,
      },
      {
        cause: error,
        action: {
          zh: '等它结束，或用 --data 指定另一个目录。',
          en: 'Wait until it is done, or name another directory with --data.',
        },
      },
    );
  }
  return new CliError(
    {
      zh: `数据目录 ${dataDir} 正由 ${url} 提供服务(进程 ${pid})。`,
      en: `The data directory ${dataDir} is being served at ${url} (process ${pid}).`,
    },
    {
      cause: error,
      action: {
        zh: `打开 ${url}；或先停止该服务(Ctrl-C)再运行此命令。`,
        en: `Open ${url}; or stop that server (Ctrl-C) and run this command again.`,
      },
    },
  );
}
