import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { FACT_KIND_NAMES, type FactKindName } from '../../model/fact-kinds.ts';
import {
  filesOf,
  importPaths,
  previewFile,
  type FilePreview,
  type ImportOptions,
  type ImportReport,
} from '../../normalise/import-files.ts';
import { importSettings } from '../../app.ts';
import { ImportRefusal } from '../../normalise/refusal.ts';
import { runCommand, type CliContext } from '../context.ts';
import { CliError, EXIT, wrongUsage, type ExitCode } from '../errors.ts';
import { formatCount, table, type Lang, type TableColumn } from '../output.ts';

interface Options {
  as?: FactKindName;
  profile?: string;
  dryRun?: boolean;
  ownNumber?: string;
  authority?: string;
  originals: boolean;
}

/** Takes files and canonical folders in, or (--dry-run) says what taking them in would do. */
export function register(program: Command): void {
  program
    .command('import')
    .description('导入话单等记录：标准目录或单个文件 / take in records: a canonical folder, or files of a known format')
    .argument('<paths...>', '文件或目录 / files or folders')
    .addOption(new Option('--as <kind>', '数据种类 / what the files are').choices([...FACT_KIND_NAMES]))
    .option('--profile <name>', '导入配置名或 YAML 路径 / a profile of profiles/, or the path of one')
    .option(
      '--own-number <number>',
      '话单属于哪个号码（表中没写时） / whose list of calls it is, where the table does not say',
    )
    .option('--authority <text>', '依据：案件编号、调取文书号 / under which authority: a case, an order')
    .option('--no-originals', '不保留原始文件 / do not keep the original files')
    .option('--dry-run', '只预览，不入库 / show what would happen, store nothing')
    .action((paths: string[], options: Options, command: Command) =>
      runCommand(command, (context) => run(context, paths, options)),
    );
}

async function run(context: CliContext, paths: string[], chosen: Options): Promise<ExitCode> {
  const absent = paths.filter((p) => !existsSync(p));
  if (absent.length > 0) {
    throw wrongUsage({
      zh: `没有这个文件或目录：${absent.join(' ')}`,
      en: `No such file or folder: ${absent.join(' ')}`,
    });
  }
  const { app, progress, lang } = context;
  const facts = await app.facts();
  const { originals, ...settings } = importSettings(app);
  const options: ImportOptions = {
    ...settings,
    signal: context.signal,
    ...(chosen.originals && originals !== undefined ? { originals } : {}),
    ...(chosen.ownNumber === undefined ? {} : { ownNumber: chosen.ownNumber }),
    ...(chosen.authority === undefined ? {} : { authority: chosen.authority }),
    ...(chosen.as === undefined ? {} : { as: chosen.as }),
    ...(chosen.profile === undefined ? {} : { profile: chosen.profile }),
  };
  try {
    if (chosen.dryRun === true) return await preview(context, paths, options);
    const report = await importPaths(facts, paths, options, progress.sink);
    progress.stop();
    await context.result(report, () => reportText(report, lang));
    for (const { message } of report.failed)
      process.stderr.write(`${lang === 'zh' ? '错误' : 'error'}: ${message[lang]}\n`);
    if (report.failed.length > 0) return EXIT.failed;
    return report.quarantined > 0 ? EXIT.quarantined : EXIT.done;
  } catch (e) {
    throw asCliError(e);
  }
}

/** A refusal in the words of the command line. */
export const asCliError = (e: unknown): unknown =>
  e instanceof ImportRefusal
    ? new CliError(e.text, { cause: e, exitCode: e.code === 'profile' ? EXIT.usage : EXIT.failed })
    : e;

async function preview(context: CliContext, paths: string[], options: ImportOptions): Promise<ExitCode> {
  const facts = await context.app.facts();
  const { files } = await filesOf(paths);
  const previews: FilePreview[] = [];
  for (const path of files) previews.push(...(await previewFile(facts, path, options, context.progress.sink)));
  context.progress.stop();
  await context.result(previews, () => previews.map((p) => previewText(p, context.lang)).join('\n'));
  return previews.some((p) => p.balance.quarantined > 0) ? EXIT.quarantined : EXIT.done;
}

const BALANCE: readonly TableColumn<{
  path: string;
  kind: string;
  rows: number;
  facts: number;
  duplicates: number;
  quarantined: number;
}>[] = [
  { title: { zh: '文件', en: 'file' }, value: (f) => f.path },
  { title: { zh: '种类', en: 'kind' }, value: (f) => f.kind },
  { title: { zh: '行', en: 'rows' }, value: (f) => formatCount(f.rows), align: 'right' },
  { title: { zh: '事实', en: 'facts' }, value: (f) => formatCount(f.facts), align: 'right' },
  { title: { zh: '重复', en: 'duplicates' }, value: (f) => formatCount(f.duplicates), align: 'right' },
  { title: { zh: '隔离', en: 'quarantined' }, value: (f) => formatCount(f.quarantined), align: 'right' },
];

function reportText(report: ImportReport, lang: Lang): string {
  const total = { ...report, path: lang === 'zh' ? '合计' : 'total', kind: '' };
  const lines = [table(BALANCE, report.files.length > 1 ? [...report.files, total] : report.files, lang)];
  for (const note of report.notes) lines.push(`${lang === 'zh' ? '注' : 'note'}: ${note[lang]}\n`);
  if (report.skipped.length > 0) {
    lines.push(`${lang === 'zh' ? '未读取的文件' : 'files that were not read'}: ${report.skipped.join(' ')}\n`);
  }
  if (report.quarantined > 0) {
    lines.push(
      lang === 'zh'
        ? '查看被隔离的行：ringbreak quarantine list；导出更正后重新导入：quarantine export、quarantine retry\n'
        : 'To see the quarantined rows: ringbreak quarantine list; to correct them: quarantine export, then quarantine retry\n',
    );
  }
  return lines.join('');
}

function previewText(preview: FilePreview, lang: Lang): string {
  const { path, kind, balance, sample, problems, columns, notes, candidates } = preview;
  const shown = Object.keys(sample[0] ?? {}).filter((k) => sample.some((row) => row[k] !== ''));
  const mapped = columns.map((c) => `${c.source} -> ${c.canonical ?? 'extra'}`).join(', ');
  return [
    table(BALANCE, [{ path, kind, ...balance }], lang),
    `${lang === 'zh' ? '列' : 'columns'}: ${mapped}\n`,
    ...candidates.map(
      (c, i) =>
        `${i === 0 ? (lang === 'zh' ? '识别为' : 'taken for') : lang === 'zh' ? '其次' : 'runner-up'}: ${c.id} ${c.score.toFixed(2)} ${c.why[lang]}\n`,
    ),
    ...notes.map((n) => `${lang === 'zh' ? '注' : 'note'}: ${n[lang]}\n`),
    table(
      shown.map((name): TableColumn<Record<string, string>> => ({
        title: { zh: name, en: name },
        value: (r) => r[name] ?? '',
      })),
      sample,
      lang,
    ),
    ...problems.map(
      (p) => `${lang === 'zh' ? '第' : 'row'} ${p.row}: ${p.column} ${p.reason} ${JSON.stringify(p.value)}\n`,
    ),
  ].join('');
}
