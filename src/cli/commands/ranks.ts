import type { Command } from 'commander';
import { rankFromMessages } from '../../rings/rank.ts';
import { sql } from '../../store/sql.ts';
import { runCommand } from '../context.ts';
import { CliError } from '../errors.ts';
import { formatScore, table } from '../output.ts';

interface Ranked {
  rank: number;
  id: string;
  score: number;
  managers: { id: string; score: number }[];
}

/** Who ranks above whom in a group, from the messages and calls between its people alone. */
export function register(program: Command): void {
  program
    .command('ranks')
    .description('仅凭往来记录推断上下级 / rank people from who writes to or calls whom')
    .option('--top <n>', '只显示前 n 名 / show the first n only')
    .action((options: { top?: string }, command: Command) =>
      runCommand(command, async ({ app, lang, result }) => {
        const facts = await app.facts();
        const c = await facts.columns(sql`
          SELECT caller, callee, toUnixTimestamp64Milli(started_at) AS at FROM calls ORDER BY started_at, caller, callee`);
        const callers = c['caller'] as string[];
        if (callers.length === 0) {
          throw new CliError(
            { zh: `${app.dataDir} 中没有往来记录。`, en: `There are no calls or messages in ${app.dataDir}.` },
            { action: { zh: '先运行 ringbreak import 导入。', en: 'Run ringbreak import first.' } },
          );
        }
        const index = new Map<string, number>();
        const number = (name: string): number => {
          let i = index.get(name);
          if (i === undefined) index.set(name, (i = index.size));
          return i;
        };
        const from = Uint32Array.from(callers, number);
        const to = Uint32Array.from(c['callee'] as string[], number);
        const at = Float64Array.from(c['at'] as ArrayLike<number | bigint>, Number);
        const names = [...index.keys()];
        const ranking = rankFromMessages({ from, to, at }, names.length, app.home.zone);
        const rows = names
          .map((id, i) => ({
            rank: 0,
            id,
            score: ranking.score[i]!,
            managers: ranking.managerOf[i]!.map((m) => ({ id: names[m.person]!, score: m.score })),
          }))
          .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
          .map((r, i): Ranked => ({ ...r, rank: i + 1 }))
          .slice(0, options.top === undefined ? undefined : Number(options.top));
        await result(rows, () =>
          table(
            [
              { title: { zh: '名次', en: 'rank' }, value: (r: Ranked) => String(r.rank), align: 'right' },
              { title: { zh: '人', en: 'person' }, value: (r) => r.id },
              { title: { zh: '得分', en: 'score' }, value: (r) => formatScore(r.score), align: 'right' },
              {
                title: { zh: '可能的上级', en: 'likely managers' },
                value: (r) => r.managers.map((m) => `${m.id} ${(100 * m.score).toFixed(0)}%`).join(', '),
              },
            ],
            rows,
            lang,
          ),
        );
      }),
    );
}
