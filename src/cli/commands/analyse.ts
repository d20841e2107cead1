import type { Command } from 'commander';
import { analyse } from '../../pipeline.ts';
import { countFacts } from '../../server/read/facts-count.ts';
import { listRuns } from '../../server/read/runs.ts';
import { runCommand } from '../context.ts';
import { CliError } from '../errors.ts';
import { formatCount, table } from '../output.ts';

/** features -> findings -> rings -> roles; publishes the result as one run. */
export function register(program: Command): void {
  program
    .command('analyse')
    .alias('analyze')
    .description('分析已导入的数据 / analyse what was imported')
    .option('--explain', '显示每个步骤的前几行 / show the first rows of every named step')
    .action((options: { explain?: boolean }, command: Command) =>
      runCommand(command, async ({ app, lang, progress, result, say }) => {
        const [facts, records] = [await app.facts(), await app.records()];
        if ((await countFacts(facts)).calls === 0) {
          throw new CliError(
            { zh: `${app.dataDir} 中没有通话记录。`, en: `There are no calls in ${app.dataDir}.` },
            { action: { zh: '先运行 ringbreak import 导入。', en: 'Run ringbreak import first.' } },
          );
        }
        const run = await analyse(
          facts,
          records,
          { home: app.home, clock: app.clock, codeVersion: app.codeVersion, explain: options.explain === true },
          progress.sink,
        );
        progress.stop();
        const [summary] = await listRuns(facts, records, 1);
        await result(run, () =>
          [
            say({ zh: `分析 ${run.id} 完成`, en: `Run ${run.id} is done` }),
            say({
              zh: `号码 ${formatCount(summary?.numbers ?? 0)},可疑 ${formatCount(summary?.flagged ?? 0)},团伙 ${summary?.rings ?? 0}`,
              en: `${formatCount(summary?.numbers ?? 0)} numbers, ${formatCount(summary?.flagged ?? 0)} flagged, ${summary?.rings ?? 0} rings`,
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
