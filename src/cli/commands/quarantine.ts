import { importSettings } from '../../app.ts';
import { writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Option, type Command } from 'commander';
import { FACT_KIND_NAMES, type FactKindName } from '../../model/fact-kinds.ts';
import {
  countQuarantine,
  exportQuarantine,
  listQuarantine,
  retryFile,
  type QuarantineEntry,
  type QuarantineFilter,
} from '../../normalise/quarantine.ts';
import { runCommand, writeOut } from '../context.ts';
import { EXIT, wrongUsage } from '../errors.ts';
import { table, type TableColumn } from '../output.ts';
import { asCliError } from './import.ts';

interface FilterOptions {
  file?: string;
  kind?: FactKindName;
  limit?: string;
  offset?: string;
  all?: boolean;
  out?: string;
}

/** Rows that could not become facts: to be looked at, corrected and imported again. */
export function register(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('被隔离的行：查看、导出、更正后重新导入 / rows that could not be read: list, export, retry');
  const filtered = (command: Command): Command =>
    command
      .option('--file <sha256>', '只看一个文件（摘要开头）/ of one file (beginning of its SHA-256)')
      .addOption(new Option('--kind <kind>', '只看一种数据 / of one kind').choices([...FACT_KIND_NAMES]));

  filtered(quarantine.command('list').description('列出 / list'))
    .option('--all', '包括已更正的 / corrected ones too')
    .option('--limit <n>', '行数 / rows', '50')
    .option('--offset <n>', '跳过 / rows to skip', '0')
    .action((options: FilterOptions, command: Command) =>
      runCommand(command, async ({ app, result, lang }) => {
        const facts = await app.facts();
        const filter = filterOf(options);
        const rows = await listQuarantine(facts, filter);
        const total = await countQuarantine(facts, filter);
        await result(rows, () => {
          const shown = table(COLUMNS, rows, lang);
          return total > rows.length ? `${shown}${lang === 'zh' ? `共 ${total} 行` : `${total} rows in all`}\n` : shown;
        });
      }),
    );

  filtered(quarantine.command('export').description('导出为 CSV 供更正 / write them as CSV, to be corrected'))
    .option('--out <file>', '输出文件 / file to write (default: standard output)')
    .action((options: FilterOptions, command: Command) =>
      runCommand(command, async ({ app }) => {
        const lines = exportQuarantine(await app.facts(), filterOf(options));
        try {
          if (options.out === undefined) for await (const piece of lines) await writeOut(piece);
          else await writePieces(options.out, lines);
        } catch (e) {
          throw asCliError(e);
        }
      }),
    );

  quarantine
    .command('retry')
    .description('重新导入更正后的文件 / import the corrected file')
    .argument('<file>', '由 quarantine export 导出并更正的 CSV / a CSV written by quarantine export, corrected')
    .action((file: string, _options: object, command: Command) =>
      runCommand(command, async ({ app, progress, result, lang }) => {
        try {
          const report = await retryFile(await app.facts(), file, importSettings(app), progress.sink);
          progress.stop();
          await result(report, () =>
            lang === 'zh'
              ? `更正 ${report.corrected} 行；仍被隔离 ${report.quarantined} 行。\n`
              : `${report.corrected} rows corrected; ${report.quarantined} still quarantined.\n`,
          );
          for (const { message } of report.failed) process.stderr.write(`${message[lang]}\n`);
          if (report.failed.length > 0) return EXIT.failed;
          return report.quarantined > 0 ? EXIT.quarantined : EXIT.done;
        } catch (e) {
          throw asCliError(e);
        }
      }),
    );
}

async function writePieces(path: string, pieces: AsyncIterable<string>): Promise<void> {
  await writeFile(path, '', { mode: 0o600 });
  const out = createWriteStream(path, { flags: 'a' });
  for await (const piece of pieces) if (!out.write(piece)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

function filterOf(options: FilterOptions): QuarantineFilter {
  const number = (text: string): number => {
    if (!/^\d{1,9}$/.test(text)) throw wrongUsage({ zh: `不是行数：${text}`, en: `Not a number of rows: ${text}` });
    return Number(text);
  };
  return {
    ...(options.file === undefined ? {} : { file: options.file }),
    ...(options.kind === undefined ? {} : { kind: options.kind }),
    ...(options.all === true ? { all: true } : {}),
    ...(options.limit === undefined ? {} : { limit: number(options.limit) }),
    ...(options.offset === undefined ? {} : { offset: number(options.offset) }),
  };
}

const COLUMNS: readonly TableColumn<QuarantineEntry>[] = [
  { title: { zh: '编号', en: 'id' }, value: (r) => r.id },
  { title: { zh: '种类', en: 'kind' }, value: (r) => r.kind },
  { title: { zh: '列', en: 'column' }, value: (r) => r.column },
  { title: { zh: '原因', en: 'reason' }, value: (r) => r.reason },
  { title: { zh: '值', en: 'value' }, value: (r) => r.value.slice(0, 60) },
  { title: { zh: '文件', en: 'file' }, value: (r) => r.path },
];
