import type { Command } from 'commander';
import { detectorsDocument } from '../../detect/document.ts';
import { canonicalNumber } from '../../normalise/phone-number.ts';
import { publishedRun } from '../../server/read/results.ts';
import { scoredNumbers, type ScoredNumber } from '../../server/read/findings.ts';
import { runCommand, writeOut, type CliContext } from '../context.ts';
import { CliError, neverAnalysed } from '../errors.ts';
import { formatScore, formatShare, table } from '../output.ts';

/** Flagged numbers with their reasons, every number, or one. */
export function register(program: Command): void {
  program
    .command('numbers')
    .argument('[number]', '号码，任何写法 / a number in any spelling')
    .option('--all', '包括未标记的号码 / unflagged ones too')
    .option('--catalogue', '输出检测目录(Markdown)/ print the catalogue of detectors as Markdown')
    .description('可疑号码及理由 / flagged numbers and why')
    .action(async (number: string | undefined, options: { all?: boolean; catalogue?: boolean }, command: Command) => {
      if (options.catalogue === true) return writeOut(detectorsDocument());
      return runCommand(command, async (context) => {
        const { app, result } = context;
        const facts = await app.facts();
        if ((await publishedRun(facts)) === null) throw neverAnalysed(app.dataDir);
        const wanted = number === undefined ? undefined : spelled(number, context);
        const rows = await scoredNumbers(facts, {
          ...(wanted === undefined ? {} : { number: wanted }),
          all: options.all === true,
        });
        if (wanted !== undefined && rows.length === 0) throw notSeen(wanted);
        await result(rows, () => (wanted === undefined ? list(rows, context) : one(rows, context)));
      });
    });
}

/** The spelling used in the store. */
function spelled(number: string, { app }: CliContext): string {
  const canonical = canonicalNumber(number, app.home);
  if (canonical.rejected === true) throw notSeen(number);
  return canonical.id;
}

const notSeen = (number: string): CliError =>
  new CliError(
    { zh: `分析结果中没有号码 ${number}。`, en: `The number ${number} is not in the analysed data.` },
    {
      action: {
        zh: '用 ringbreak numbers --all 列出所有号码。',
        en: 'List every number with ringbreak numbers --all.',
      },
    },
  );

function list(rows: readonly ScoredNumber[], { lang }: CliContext): string {
  return table(
    [
      { title: { zh: '号码', en: 'number' }, value: (r: ScoredNumber) => r.number },
      { title: { zh: '得分', en: 'score' }, value: (r) => formatScore(r.score), align: 'right' },
      { title: { zh: '可疑', en: 'flagged' }, value: (r) => (r.flagged ? '●' : '') },
      { title: { zh: '团伙', en: 'ring' }, value: (r) => r.ring ?? '' },
      { title: { zh: '主要理由', en: 'strongest reason' }, value: (r) => r.findings[0]?.reasons[0]?.text[lang] ?? '' },
    ],
    rows,
    lang,
  );
}

/** What was weighed against what, and why it is not flagged. */
function sum({ weighed: w }: ScoredNumber, say: CliContext['say']): string[] {
  if (w === null) return [];
  const line = (amount: number, text: string): string =>
    `    ${(amount < 0 ? '-' : '+') + Math.abs(amount).toFixed(1)}  ${text}`;
  return [
    ...w.wouldChange.map((x) => `  ${say({ zh: '什么会改变判断', en: 'would change it' })}: ${say(x)}`),
    ...(w.whyNot === null ? [] : [`  ${say({ zh: '为什么没有标记', en: 'why not' })}: ${say(w.whyNot)}`]),
    `  ${say({ zh: '权衡（对数几率）', en: 'weighed (log-odds)' })}: ${w.logOdds.toFixed(1)}`,
    line(w.prior, say({ zh: '起点', en: 'to start from' })),
    ...w.families.map((f) =>
      line(
        f.logOdds,
        f.titles.map((x) => say(x)).join(say({ zh: '、', en: ', ' })) +
          (f.capped ? say({ zh: '（已达该类上限）', en: ' (capped)' }) : ''),
      ),
    ),
    ...(w.association === 0 ? [] : [line(w.association, say({ zh: '属于团伙', en: 'belongs to a ring' }))]),
    ...(w.model == null
      ? []
      : [
          line(
            w.model.logOdds,
            say({
              zh: `模型 ${w.model.model}：属于团伙的概率 ${formatShare(w.model.probability)}`,
              en: `model ${w.model.model}: ${formatShare(w.model.probability)} likely to be a ring’s`,
            }),
          ),
        ]),
    ...w.lawful.map((l) => line(-l.weight, say(l.reason.text))),
  ];
}

/** Every reason of one number, each with the innocent thing that looks the same. */
function one(rows: readonly ScoredNumber[], { lang, say }: CliContext): string {
  return rows
    .map((r) =>
      [
        `${r.number}  ${formatScore(r.score)}  ${r.flagged ? say({ zh: '可疑', en: 'flagged' }) : ''}  ${r.ring ?? ''}`.trimEnd(),
        ...r.findings.flatMap((f) => [
          `  ${f.detector}  ${formatScore(f.score)}`,
          ...f.reasons.flatMap((reason) => [
            `    - ${reason.text[lang]}`,
            ...(reason.innocent === undefined
              ? []
              : [
                  `      ${say({ zh: '相似的合法情形', en: 'what innocent looks the same' })}: ${reason.innocent[lang]}`,
                ]),
          ]),
          ...(f.records.length === 0
            ? []
            : [`    ${say({ zh: '记录', en: 'records' })}: ${f.records.slice(0, 5).join(' ')}`]),
        ]),
        ...sum(r, say),
        ...(r.findings.length === 0
          ? [`  ${say({ zh: '没有检测器提出理由。', en: 'No detector has anything to say.' })}`]
          : []),
        '',
      ].join('\n'),
    )
    .join('\n');
}
