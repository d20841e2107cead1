import { resolve } from 'node:path';
import type { Command } from 'commander';
import { simulate } from '../../simulate/index.ts';
import { PRESETS } from '../../simulate/presets.ts';
import { runCommand } from '../context.ts';
import { wrongUsage } from '../errors.ts';
import { seedOf } from '../seed.ts';
import { formatCount } from '../output.ts';

/** Writes the canonical files of a synthetic country, with its ground truth in `truth/`. */
export function register(program: Command): void {
  const names = PRESETS.map((p) => p.name);
  program
    .command('simulate')
    .description('生成模拟国家的话单及真值 / canonical files of a synthetic country, and its ground truth')
    .option('--preset <name>', `场景 / world: ${names.join(', ')}`, 'pudong')
    .option('--seed <n>', '随机种子，相同种子得到相同字节 / same seed, same bytes', '7')
    .option('--scale <x>', '背景人口规模，1 为二十万人 / size of the country, 1 = 200,000 people', '1')
    .option(
      '--density <x>',
      '日常通话的倍数；约 16 倍相当于运营商的真实话单 / times as many everyday calls; about 16 is what a carrier records',
      '1',
    )
    .requiredOption('--out <dir>', '输出目录 / folder to write into')
    .action(
      (options: { preset: string; seed: string; scale: string; density: string; out: string }, command: Command) => {
        const seed = seedOf(options.seed);
        const scale = Number(options.scale);
        if (!names.includes(options.preset)) {
          throw wrongUsage(
            { zh: `没有场景 ${options.preset}。`, en: `There is no preset '${options.preset}'.` },
            { zh: `可选：${names.join('、')}。`, en: `Choose one of ${names.join(', ')}.` },
          );
        }
        if (!(scale > 0 && scale <= 1000)) {
          throw wrongUsage(
            {
              zh: `规模必须在 0 与 1000 之间，得到 ${options.scale}。`,
              en: `The scale must be between 0 and 1000, got ${options.scale}.`,
            },
            { zh: '例如 --scale 1。', en: 'For example --scale 1.' },
          );
        }
        const density = Number(options.density);
        if (!(density > 0 && density <= 100)) {
          throw wrongUsage(
            {
              zh: `密度必须在 0 与 100 之间，得到 ${options.density}。`,
              en: `The density must be between 0 and 100, got ${options.density}.`,
            },
            { zh: '例如 --density 16。', en: 'For example --density 16.' },
          );
        }
        return runCommand(command, async ({ progress, result, say }) => {
          const made = await simulate(
            { preset: options.preset, seed, scale, out: resolve(options.out), options: { density } },
            progress.sink,
          );
          const rows = Object.entries(made.rows);
          await result(made, () =>
            [
              say({ zh: `已写入 ${made.out}`, en: `Written to ${made.out}` }),
              ...rows.map(([kind, n]) => `  ${kind.padEnd(12)} ${formatCount(n)}`),
              '',
            ].join('\n'),
          );
        });
      },
    );
}
