import type { Command } from 'commander';
import { personOf } from '../../app.ts';
import {
  problemWith,
  setThreshold,
  settingsInForce,
  thresholdNamed,
  type NamedThreshold,
} from '../../detect/settings.ts';
import { unitWords } from '../../detect/threshold-words.ts';
import type { PreviewedNumber, ThresholdPreview } from '../../server/contract.ts';
import { previewThreshold } from '../../server/read/threshold-preview.ts';
import { thresholdsPage } from '../../server/read/thresholds.ts';
import { runCommand, type CliContext } from '../context.ts';
import { neverAnalysed, wrongUsage } from '../errors.ts';
import { formatCount, formatScore, table } from '../output.ts';

/** Thresholds of the detectors: as they stand, set, or tried without storing anything. */
export function register(program: Command): void {
  const thresholds = program
    .command('thresholds')
    .description('检测阈值：列出、设置、预览 / thresholds of the detectors: list, set, preview')
    .option('--changes', '列出所有改动 / every change, with who and when')
    .action((options: { changes?: boolean }, command: Command) =>
      runCommand(command, async (context) => {
        const page = await thresholdsPage(await context.app.facts(), await context.app.records());
        if (options.changes === true) {
          return context.result(page.changes, () =>
            page.changes.length === 0
              ? context.say({ zh: '没有人改过阈值。\n', en: 'Nobody has set a threshold.\n' })
              : changesTable(page.changes, context),
          );
        }
        await context.result(page.detectors, () => list(page.detectors, context));
        if (!page.applied)
          process.stderr.write(
            context.say({
              zh: '阈值在上次分析后有改动：运行 ringbreak analyse 使其生效。\n',
              en: 'Thresholds were changed after the last analysis: run ringbreak analyse to apply them.\n',
            }),
          );
      }),
    );
  thresholds
    .command('set')
    .argument('<threshold>', '检测.阈值，例如 / DETECTOR.NAME, e.g. shift-work.run')
    .argument('<value>', '数值，或 default / a number, or default')
    .description('设置阈值，下次分析起生效 / set a threshold; applied from the next analysis on')
    .action((id: string, value: string, _options: object, command: Command) =>
      runCommand(command, async ({ app, result, say }) => {
        const threshold = named(id);
        const number = value === 'default' ? null : valueFor(threshold, value);
        const change = await setThreshold(await app.records(), threshold, number, personOf(app.env), app.clock());
        await result(
          change,
          () =>
            `${id}: ${change.was} -> ${change.value ?? `${threshold.threshold.value} (${say({ zh: '默认', en: 'default' })})`}\n`,
        );
      }),
    );
  thresholds
    .command('preview')
    .argument('<threshold>', '检测.阈值 / DETECTOR.NAME')
    .argument('<value>', '数值 / a number')
    .description('会多标记、少标记哪些号码；不保存 / which numbers would be flagged or not any more; stores nothing')
    .action((id: string, value: string, _options: object, command: Command) =>
      runCommand(command, async (context) => {
        const { app, result } = context;
        const threshold = named(id);
        const number = valueFor(threshold, value);
        const settings = await settingsInForce(await app.records());
        const preview = await previewThreshold(await app.facts(), app.home, threshold, number, settings);
        if (preview === null) throw neverAnalysed(app.dataDir);
        await result(preview, () => said(preview, context));
      }),
    );
}

function named(id: string): NamedThreshold {
  const found = thresholdNamed(id);
  if (found === undefined)
    throw wrongUsage(
      { zh: `没有阈值 ${id}。`, en: `There is no threshold ${id}.` },
      { zh: '用 ringbreak thresholds 列出。', en: 'List them with ringbreak thresholds.' },
    );
  return found;
}

function valueFor(threshold: NamedThreshold, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const problem = problemWith(threshold, value);
  if (problem !== null)
    throw wrongUsage({ zh: `${threshold.id}: ${problem.zh}`, en: `${threshold.id}: ${problem.en}` });
  return value;
}

function list(detectors: Awaited<ReturnType<typeof thresholdsPage>>['detectors'], { lang, say }: CliContext): string {
  const rows = detectors.flatMap((d) => d.thresholds);
  return table(
    [
      { title: { zh: '阈值', en: 'threshold' }, value: (t: (typeof rows)[number]) => t.id },
      { title: { zh: '值', en: 'value' }, value: (t) => String(t.value), align: 'right' },
      {
        title: { zh: '默认', en: 'default' },
        value: (t) => (t.value === t.default ? '' : String(t.default)),
        align: 'right',
      },
      { title: { zh: '范围', en: 'range' }, value: (t) => `${t.min} – ${t.max}` },
      { title: { zh: '含义', en: 'unit' }, value: (t) => say(unitWords(t.unit)) },
      { title: { zh: '设置人', en: 'set by' }, value: (t) => t.set?.person ?? '' },
    ],
    rows,
    lang,
  );
}

function changesTable(
  changes: Awaited<ReturnType<typeof thresholdsPage>>['changes'],
  { lang, say }: CliContext,
): string {
  return table(
    [
      { title: { zh: '时间', en: 'at' }, value: (c: (typeof changes)[number]) => new Date(c.at).toISOString() },
      { title: { zh: '人', en: 'person' }, value: (c) => c.person },
      { title: { zh: '阈值', en: 'threshold' }, value: (c) => c.id },
      { title: { zh: '原值', en: 'was' }, value: (c) => String(c.was), align: 'right' },
      {
        title: { zh: '新值', en: 'value' },
        value: (c) => (c.value === null ? say({ zh: '默认', en: 'default' }) : String(c.value)),
        align: 'right',
      },
    ],
    changes,
    lang,
  );
}

/** "14 more numbers would be flagged, 2 fewer; here they are." */
function said(p: ThresholdPreview, { lang, say }: CliContext): string {
  const numbers = (list: readonly PreviewedNumber[]): string =>
    list.length === 0
      ? ''
      : table(
          [
            { title: { zh: '号码', en: 'number' }, value: (n: (typeof list)[number]) => n.number },
            { title: { zh: '得分', en: 'score' }, value: (n) => formatScore(n.score), align: 'right' },
            {
              title: { zh: '原得分', en: 'was' },
              value: (n) => (n.was === null ? '' : formatScore(n.was)),
              align: 'right',
            },
            { title: { zh: '理由', en: 'reason' }, value: (n) => n.reason?.text[lang] ?? '' },
          ],
          list,
          lang,
        );
  return [
    say({
      zh: `${p.id} 由 ${p.now} 改为 ${p.value}：将多标记 ${formatCount(p.more)} 个号码，少标记 ${formatCount(p.fewer)} 个（该检测有发现的号码 ${formatCount(p.findings.before)} -> ${formatCount(p.findings.after)}）。未保存。`,
      en: `${p.id} from ${p.now} to ${p.value}: ${formatCount(p.more)} more numbers would be flagged, ${formatCount(p.fewer)} fewer (numbers it speaks of: ${formatCount(p.findings.before)} -> ${formatCount(p.findings.after)}). Nothing was stored.`,
    }),
    ...(p.notSeen.length === 0
      ? []
      : [say({ zh: `没有数据，未判断：${p.notSeen.join(' ')}`, en: `Not judged, no data: ${p.notSeen.join(' ')}` })]),
    ...(p.more === 0 ? [] : [say({ zh: '将标记：', en: 'Would be flagged:' }), numbers(p.added)]),
    ...(p.fewer === 0 ? [] : [say({ zh: '将不再标记：', en: 'Would not be flagged any more:' }), numbers(p.removed)]),
    ...(p.restOnRing === 0
      ? []
      : [
          say({
            zh: `另有 ${formatCount(p.restOnRing)} 个将只因属于团伙而标记，重新分析后可能不再标记：`,
            en: `${formatCount(p.restOnRing)} others would be flagged for their ring alone; the next analysis may drop them:`,
          }),
          numbers(p.onRing),
        ]),
    '',
  ].join('\n');
}
