import type { Command } from 'commander';
import type { Bilingual } from '../../model/reason.ts';
import type { Leak, LeakSearch, LeakVerdict } from '../../server/contract.ts';
import { leaks, leakSearches } from '../../server/read/leaks.ts';
import { publishedRun } from '../../server/read/results.ts';
import { ringCards } from '../../server/read/rings.ts';
import { runCommand, type CliContext } from '../context.ts';
import { CliError, neverAnalysed } from '../errors.ts';
import { formatCount, table } from '../output.ts';

const VERDICTS: Record<LeakVerdict, Bilingual> = {
  source: { zh: '来源', en: 'source' },
  shadow: { zh: '客户重叠', en: 'overlap' },
  none: { zh: '无证据', en: 'no evidence' },
};

/** Whose customers the rings call; with --all every organisation that was compared. */
export function register(program: Command): void {
  program
    .command('leaks')
    .argument('[ring]', '团伙编号 / id of a ring')
    .option('--all', '列出比较过的所有机构 / every organisation that was compared')
    .description('名单来源：被叫者是谁家的客户 / whose customers the rings call')
    .action((ring: string | undefined, options: { all?: boolean }, command: Command) =>
      runCommand(command, async (context) => {
        const { app, result, lang } = context;
        const facts = await app.facts();
        if ((await publishedRun(facts)) === null) throw neverAnalysed(app.dataDir);
        if (ring !== undefined && !(await ringCards(facts, null)).some((c) => c.id === ring)) {
          throw new CliError(
            { zh: `没有团伙 ${ring}。`, en: `There is no ring ${ring}.` },
            { action: { zh: '用 ringbreak rings 列出所有团伙。', en: 'List them with ringbreak rings.' } },
          );
        }
        const rows = await leaks(facts, {
          ...(ring === undefined ? {} : { ring }),
          sources: options.all !== true,
        });
        const searches = await leakSearches(facts, ring);
        await result(
          rows.map((l) =>
            printed(
              l,
              searches.find((s) => s.ring === l.ring),
            ),
          ),
          () =>
            searches.length === 0
              ? context.say({ zh: '没有团伙，无名单可比。\n', en: 'There is no ring, so no list to compare.\n' })
              : searches
                  .map((s) => {
                    const own = rows.filter((l) => l.ring === s.ring);
                    return `${s.ring}  ${s.text[lang]}\n${own.length === 0 ? '' : listed(own, context)}`;
                  })
                  .join('\n'),
        );
      }),
    );
}

/** One organisation as `--json` prints it: until when its customers are on the list, and of how many people called. */
const printed = (l: Leak, search: LeakSearch | undefined) => ({
  ...l,
  until: l.window?.until ?? null,
  called: search?.called ?? null,
  calledWithDealings: search?.known ?? null,
});

function listed(rows: readonly Leak[], { lang, app }: CliContext): string {
  const day = (l: Leak): string => {
    if (l.window === null) return '';
    if (l.window.until === null) return l.window.state === 'open' ? '…' : '?';
    return new Intl.DateTimeFormat('sv-SE', { timeZone: app.home.zone, dateStyle: 'short' }).format(l.window.until - 1);
  };
  return table(
    [
      { title: { zh: '机构', en: 'organisation' }, value: (l: Leak) => l.organisation },
      { title: { zh: '行业', en: 'sector' }, value: (l) => l.sector },
      { title: { zh: '结论', en: 'verdict' }, value: (l) => VERDICTS[l.verdict][lang] },
      { title: { zh: '被叫客户', en: 'customers called' }, value: (l) => formatCount(l.victims), align: 'right' },
      { title: { zh: '应有', en: 'expected' }, value: (l) => formatCount(Math.round(l.expected)), align: 'right' },
      { title: { zh: '倍数', en: 'lift' }, value: (l) => l.lift.toFixed(2), align: 'right' },
      { title: { zh: 'q 值', en: 'q' }, value: (l) => chance(l.qValue), align: 'right' },
      { title: { zh: '报案', en: 'reported' }, value: (l) => formatCount(l.reported), align: 'right' },
      { title: { zh: '名单截至', en: 'until' }, value: day },
      { title: { zh: '理由', en: 'reason' }, value: (l) => l.reasons[0]?.text[lang] ?? '' },
    ],
    rows,
    lang,
  );
}

const chance = (p: number): string => (p < 1e-12 ? '<1e-12' : p < 0.001 ? p.toExponential(0) : p.toFixed(3));
