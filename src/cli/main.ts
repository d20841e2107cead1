import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { codeVersion } from '../app.ts';
import { closedByReader, langFrom, type GlobalOptions } from './context.ts';
import { EXIT, toCliError } from './errors.ts';
import type { Lang } from './output.ts';

const COMMANDS = join(import.meta.dirname, 'commands');

/** A file of `commands/`: adds its verb to the program. The file's name is the verb. */
interface CommandFile {
  register(program: Command): void;
}

/**
 * The command line. Only the file of the verb that was called is loaded; `--help` and unknown verbs load all of them.
 * Sets `process.exitCode`; never calls `process.exit` while a store is open.
 */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!closedByReader(error)) throw error;
  });
  const program = frame();
  try {
    for (const file of filesFor(args)) ((await import(file)) as CommandFile).register(program);
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, program.opts<GlobalOptions>());
  }
}

/** The program with the options every verb shares, without any verb. */
export function frame(): Command {
  return new Command('ringbreak')
    .description('断流：从话单中发现、证明并阻断话务引流团伙 / finds, proves and stops telephone lead-in rings')
    .version(codeVersion())
    .option(
      '--data <dir>',
      '数据目录 / directory of the embedded stores',
      process.env['RINGBREAK_DATA'] ?? './.ringbreak',
    )
    .option('--lang <zh|en>', '语言 / language (RINGBREAK_LANG)')
    .option('--json', '结果以 JSON 输出 / print the result as JSON')
    .option('--quiet', '不显示进度 / no progress')
    .option('--debug', '出错时显示调用栈 / show the stack of an error')
    .showHelpAfterError('(ringbreak --help)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
}

/** Files to load for these arguments: the verb's own, or all when there is no such verb or help is asked for. */
export function filesFor(args: readonly string[]): string[] {
  const verb = args.find((arg, i) => !arg.startsWith('-') && !['--data', '--lang'].includes(args[i - 1] ?? ''));
  const own = join(COMMANDS, `${verb}.ts`);
  if (verb !== undefined && /^[a-z-]+$/.test(verb) && existsSync(own)) return [own];
  return readdirSync(COMMANDS)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(COMMANDS, name));
}

/** Says on stderr what happened and what to do; returns the exit code. */
export function report(error: unknown, options: Partial<GlobalOptions>): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const lang = langToReportIn(options.lang);
  const known = toCliError(error, resolve(options.data ?? './.ringbreak'));
  process.stderr.write(`${lang === 'zh' ? '错误' : 'error'}: ${known.text[lang]}\n`);
  if (known.action !== null) process.stderr.write(`${known.action[lang]}\n`);
  const thrown = known.cause instanceof Error ? known.cause : known;
  if (options.debug === true) process.stderr.write(`${thrown.stack ?? ''}\n`);
  else if (known.cause instanceof Error && known.action === null) {
    process.stderr.write(lang === 'zh' ? '用 --debug 查看细节。\n' : 'Use --debug for details.\n');
  }
  return known.exitCode;
}

/** The language asked for; when that is the very error, the environment's, else Chinese. */
function langToReportIn(asked: string | undefined): Lang {
  for (const option of [asked, undefined]) {
    try {
      return langFrom(option, process.env);
    } catch {
      continue;
    }
  }
  return 'zh';
}
