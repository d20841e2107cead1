import type { Command } from 'commander';
import { publishedRun } from '../../server/read/results.ts';
import type { Succession } from '../../server/contract.ts';
import { successions } from '../../server/read/succession.ts';
import { runCommand } from '../context.ts';
import { neverAnalysed } from '../errors.ts';
import { formatScore, table } from '../output.ts';

/** Numbers that fell silent, and the ones that took over from them. */
export function register(program: Command): void {
  program
    .command('succession')
    .argument('[ring]', '团伙编号 / id of a ring')
    .description('号码接替：停用的号码与接替它的号码 / numbers that fell silent and the ones that took over')
    .action((ring: string | undefined, _options: unknown, command: Command) =>
      runCommand(command, async ({ app, lang, result }) => {
        const facts = await app.facts();
        if ((await publishedRun(facts)) === null) throw neverAnalysed(app.dataDir);
        const rows = await successions(facts, ring === undefined ? {} : { ring });
        await result(rows, () =>
          table(
            [
              { title: { zh: '停用', en: 'from' }, value: (r: Succession) => r.from },
              { title: { zh: '接替', en: 'to' }, value: (r) => r.to },
              { title: { zh: '链', en: 'chain' }, value: (r) => `${r.chain} #${r.position}` },
              { title: { zh: '得分', en: 'score' }, value: (r) => formatScore(r.score), align: 'right' },
              { title: { zh: '理由', en: 'reason' }, value: (r) => r.reasons[0]?.text[lang] ?? '' },
            ],
            rows,
            lang,
          ),
        );
      }),
    );
}
