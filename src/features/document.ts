import { FEATURES } from './catalogue.ts';
import type { Feature } from './feature.ts';

const INTRODUCTION = `# 号码指标 / Measures of a number

由指标目录生成，勿手改:\`npx ringbreak measures --catalogue > docs/measures.md\`。
Generated from the catalogue in \`src/features/\`; do not edit: \`npx ringbreak measures --catalogue > docs/measures.md\`.

\`ringbreak measures NUMBER [--window all|week|day]\` 给出一个号码的全部指标；表 \`measures\` 中每个号码一行（窗口 all）。
\`ringbreak measures NUMBER [--window all|week|day]\` prints every measure of one number; table \`measures\` has one row per number (window all).

- 空值表示"未见",绝不是 0。An empty value means "not seen", never 0.
- \`week\`（ISO 周）与 \`day\` 的值是各窗口的均值，另附标准差（总体）和各窗口的值。Over ISO weeks and days the value is the mean of the windows
  that have one, with the population standard deviation and the windows beside it.
- 时间按本地钟表（默认 Asia/Shanghai）。Times are read on the wall clock of the home zone.
- 来源为 bandicoot 的指标与 MIT bandicoot 同名同义：不带后缀的名字取其默认交互类型（\`call_duration\`、\`percent_initiated_interactions\`、
  \`percent_pareto_durations\` 为通话，其余为通话和短信）；分项用它的写法:\`__call\`、\`__text\`、\`__callandtext\`、\`__mean\`、\`__std\`。
  Measures whose source is bandicoot have the names and definitions of MIT's bandicoot: the plain name is its default interaction (calls for the
  three named above, otherwise calls and texts together); parts are spelled as it flattens them.
- 没有 \`radius_of_gyration\`：通话记录不含基站坐标。There is no \`radius_of_gyration\`: calls carry no coordinates.
- "流"一栏打勾者也能从通话流逐条累计得到，结果相同。A tick under "stream" means the same value can be folded from a stream of calls.
`;

/** docs/measures.md: the catalogue as a page. A test holds the file to this. */
export function measuresDocument(): string {
  const section = (title: string, features: readonly Feature[]): string =>
    [
      `## ${title}`,
      '',
      '| 名称 name | 单位 unit | 含义 meaning | 窗口 windows | 流 stream | 同义写法 also |',
      '| --- | --- | --- | --- | --- | --- |',
      ...features.map(
        (f) =>
          `| \`${f.name}\` | ${f.unit} | ${f.meaning.zh}<br>${f.meaning.en} | ${f.windows.join(', ')} | ${f.value === undefined ? '' : '✓'} | ${(f.also ?? []).map((n) => `\`${n}\``).join(' ')} |`,
      ),
      '',
    ].join('\n');
  return [
    INTRODUCTION,
    section(
      '标准指标 / Standard indicators (bandicoot)',
      FEATURES.filter((f) => f.source === 'bandicoot'),
    ),
    section(
      '断流指标 / Ringbreak’s own',
      FEATURES.filter((f) => f.source !== 'bandicoot'),
    ),
  ].join('\n');
}
