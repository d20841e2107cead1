import type { Command } from 'commander';
import { analyse } from '../../pipeline.ts';
import { countFacts } from '../../server/read/facts-count.ts';
import type { StepReport } from '../../store/step.ts';
import { runCommand } from '../context.ts';
import { CliError } from '../errors.ts';
import { formatCount, table, type Lang } from '../output.ts';

/** features -> findings -> rings -> roles; publishes the result as one run. */
export function register(program: Command): void {
  program
    .command('analyse')
    .alias('analyze')
    .description('分析已导入的数据 / analyse what was imported')
    .option('--explain', '显示每个步骤的前几行 / show the first rows of every named step')
    .action((options: { explain?: boolean }, command: Command) =>
      runCommand(command, async ({ app, lang, progress, result, say }) => {
        const facts = await app.facts();
        if ((await countFacts(facts)).calls === 0) {
          throw new CliError(
            { zh: `${app.dataDir} 中没有通话记录。`, en: `There are no calls in ${app.dataDir}.` },
            { action: { zh: '先运行 ringbreak import 导入。', en: 'Run ringbreak import first.' } },
          );
        }
        const records = await app.records();
        const shown: StepReport[] = [];
        const run = await analyse(
          facts,
          records,
          {
            home: app.home,
            clock: app.clock,
            codeVersion: app.codeVersion,
            ...(options.explain === true ? { explain: (step: StepReport) => void shown.push(step) } : {}),
          },
          progress.sink,
        );
        progress.stop();
        await result(options.explain === true ? { ...run, explain: shown } : run, () =>
          [
            ...shown.map((step) => explained(step, lang)),
            say({ zh: `分析 ${run.id} 完成`, en: `Run ${run.id} is done` }),
            say({
              zh: `号码 ${formatCount(run.numbers)}，可疑 ${formatCount(run.flagged)}，团伙 ${run.rings}`,
              en: `${formatCount(run.numbers)} numbers, ${formatCount(run.flagged)} flagged, ${run.rings} rings`,
            }),
            table(
              [
                { title: { zh: '步骤', en: 'step' }, value: (s: (typeof run.steps)[number]) => s.name },
                { title: { zh: '毫秒', en: 'ms' }, value: (s) => formatCount(Math.round(s.ms)), align: 'right' },
                {
                  title: { zh: '行', en: 'rows' },
                  value: (s) => (s.rows === null ? '' : formatCount(s.rows)),
                  align: 'right',
                },
              ],
              run.steps,
              lang,
            ),
          ].join('\n'),
        );
      }),
    );
}

/** A step's name and its first rows. */
function explained(step: StepReport, lang: Lang): string {
  const columns = Object.keys(step.sample[0] ?? {}).map((name) => ({
    title: { zh: name, en: name },
    value: (row: Record<string, unknown>) => cell(row[name]),
  }));
  return `${step.name}  ${Math.round(step.ms)} ms\n${columns.length === 0 ? '' : table(columns, step.sample, lang)}`;
}

const cell = (value: unknown): string => {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};
