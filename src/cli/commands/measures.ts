import type { Command } from 'commander';
import { featureByName } from '../../features/catalogue.ts';
import { measuresDocument } from '../../features/document.ts';
import { WINDOWS, type Window } from '../../features/feature.ts';
import { measuresOf, type Measured } from '../../features/measures-of.ts';
import { canonicalNumber } from '../../normalise/phone-number.ts';
import { runCommand, writeOut } from '../context.ts';
import { CliError, wrongUsage } from '../errors.ts';
import { table } from '../output.ts';

/** Every measure of one number, from the facts as they are now; no analysis needs to have run. */
export function register(program: Command): void {
  program
    .command('measures')
    .argument('[number]', '号码，任何写法 / a number in any spelling')
    .option('--window <window>', '时间窗口 all|week|day / window', 'all')
    .option('--catalogue', '输出指标目录(Markdown)/ print the catalogue of measures as Markdown')
    .description('一个号码的全部指标 / every measure of one number')
    .action(async (number: string | undefined, options: { window: string; catalogue?: boolean }, command: Command) => {
      if (options.catalogue === true) return writeOut(measuresDocument());
      const window = windowFrom(options.window);
      if (number === undefined) {
        throw wrongUsage(
          { zh: '缺少号码。', en: 'A number is missing.' },
          { zh: '例：ringbreak measures +8613800001234', en: 'Example: ringbreak measures +8613800001234' },
        );
      }
      return runCommand(command, async ({ app, lang, result }) => {
        const canonical = canonicalNumber(number, app.home);
        const facts = await app.facts();
        const measured = canonical.rejected === true ? null : await measuresOf(facts, app.home, canonical.id, window);
        if (measured === null) {
          throw new CliError(
            { zh: `通话记录中没有号码 ${number}。`, en: `No call names the number ${number}.` },
            {
              action: {
                zh: '检查号码，或先运行 ringbreak import。',
                en: 'Check the number, or run ringbreak import first.',
              },
            },
          );
        }
        await result(measured, () =>
          table(
            [
              { title: { zh: '指标', en: 'measure' }, value: ([name]: [string, Measured]) => name },
              { title: { zh: '值', en: 'value' }, value: ([, m]) => shown(m.value, lang), align: 'right' },
              ...(window === 'all'
                ? []
                : [
                    {
                      title: { zh: '标准差', en: 'std' },
                      value: ([, m]: [string, Measured]) => (m.std === undefined ? '' : shown(m.std, lang)),
                      align: 'right' as const,
                    },
                  ]),
              { title: { zh: '单位', en: 'unit' }, value: ([, m]) => m.unit },
              { title: { zh: '含义', en: 'meaning' }, value: ([name]) => featureByName.get(name)?.meaning[lang] ?? '' },
            ],
            // Other spellings of the same value are for programs.
            Object.entries(measured).filter(([name]) => featureByName.has(name)),
            lang,
          ),
        );
      });
    });
}

function windowFrom(text: string): Window {
  const window = WINDOWS.find((w) => w === text);
  if (window !== undefined) return window;
  throw wrongUsage(
    { zh: `不支持的窗口：${text}`, en: `Unknown window: ${text}` },
    { zh: `用 ${WINDOWS.join('、')}。`, en: `Use ${WINDOWS.join(', ')}.` },
  );
}

const shown = (value: number | null, lang: 'zh' | 'en'): string =>
  value === null
    ? lang === 'zh'
      ? '未见'
      : 'not seen'
    : Number.isInteger(value)
      ? String(value)
      : value.toPrecision(6);
