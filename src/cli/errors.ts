import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bilingual } from '../model/reason.ts';

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
        zh: '先运行 ringbreak import 导入数据,再运行 ringbreak analyse;或用 ringbreak demo 看演示。',
        en: 'Run ringbreak import, then ringbreak analyse; or see the demonstration with ringbreak demo.',
      },
    },
  );

/** Written by a serving process into its data directory, so that others can say where it is. */
export interface ServingNote {
  url: string;
  pid: number;
}

/** The process that serves `dataDir` now, or null. A note left behind by a process that died is ignored. */
export function servedAt(dataDir: string): ServingNote | null {
  try {
    const note = JSON.parse(readFileSync(join(dataDir, 'serving.json'), 'utf8')) as ServingNote;
    process.kill(note.pid, 0);
    return note.pid === process.pid ? null : note;
  } catch {
    return null;
  }
}

/**
 * Turns whatever was thrown into a CliError. A store held by another process is recognised by name, so that this file does not
 * load the engines.
 */
export function toCliError(error: unknown, dataDir: string): CliError {
  if (error instanceof CliError) return error;
  const thrown = error instanceof Error ? error : new Error(String(error));
  if (thrown.name === 'StoreBusyError') {
    const note = servedAt(dataDir);
    return new CliError(
      note === null
        ? {
            zh: `数据目录 ${dataDir} 正被另一个进程使用。`,
            en: `Another process is using the data directory ${dataDir}.`,
          }
        : {
            zh: `数据目录 ${dataDir} 正由 ${note.url} 提供服务(进程 ${note.pid})。`,
            en: `The data directory ${dataDir} is being served at ${note.url} (process ${note.pid}).`,
          },
      {
        cause: thrown,
        action:
          note === null
            ? {
                zh: '等它结束,或用 --data 指定另一个目录。',
                en: 'Wait until it is done, or name another directory with --data.',
              }
            : {
                zh: `打开 ${note.url};或先停止该服务(Ctrl-C)再运行此命令。`,
                en: `Open ${note.url}; or stop that server (Ctrl-C) and run this command again.`,
              },
      },
    );
  }
  return new CliError({ zh: firstLine(thrown.message), en: firstLine(thrown.message) }, { cause: thrown });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
