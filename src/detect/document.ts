import { FINDING_KINDS } from './catalogue.ts';
import { FAMILY_CAP, FLAG_AT, PRIOR } from './combine.ts';
import { FAMILIES, type DetectorInfo, type Family } from './detector.ts';

const FAMILY_NAMES: Readonly<Record<Family, string>> = {
  conduct: '行为 conduct',
  identity: '身份 identity',
  harm: '危害 harm',
  list: '名单 list',
  schedule: '作息 schedule',
  script: '话术 script',
  block: '集体 block',
};

const INTRODUCTION = `# 号码发现 / What is said of a number

由检测目录生成，勿手改:\`npx ringbreak numbers --catalogue > docs/detectors.md\`。
Generated from the catalogue in \`src/detect/\`; do not edit: \`npx ringbreak numbers --catalogue > docs/detectors.md\`.

- 每条发现都有强度（0 到 1；正好在阈值上为 0.5）、理由和记录编号；看起来相同的无辜情形一并写明。
  Every finding has a strength (0 to 1; 0.5 at its threshold), reasons and record ids, and names the innocent thing that looks the same.
- 各发现按"权重 × 强度"以对数几率相加，从 ${PRIOR} 起算；同一类别最多加到其上限；有利证据（已登记、服务短号、有人回拨、熟人往来）相减。
  Findings add up as log-odds, weight × strength, starting from ${PRIOR}; a family adds its cap at most; what speaks for a number
  (registered, a service code, called back, known to its contacts) is taken off.
- 概率达到 ${FLAG_AT} 且至少两个类别有发现（或成片的集体呼叫，或确属某团伙）才标记。
  A number is flagged from a probability of ${FLAG_AT} on, if two families speak (or a whole block was found, or it belongs to a ring).
- 所需的表没有数据时，检测报告"未见",不作判断。Without rows in the tables it needs, a detector says "not seen" and does not judge.
`;

/** docs/detectors.md: the catalogue as a page. A test holds the file to this. */
export function detectorsDocument(): string {
  const caps = [
    '| 类别 family | 上限 cap (log-odds) |',
    '| --- | --- |',
    ...FAMILIES.map((f) => `| ${FAMILY_NAMES[f]} | ${FAMILY_CAP[f]} |`),
    '',
  ].join('\n');
  return [INTRODUCTION, caps, ...FINDING_KINDS.map(section)].join('\n');
}

function section(d: DetectorInfo): string {
  const thresholds = Object.entries(d.thresholds);
  return [
    `## ${d.title.zh} / ${d.title.en}`,
    '',
    `\`${d.id}\` · ${FAMILY_NAMES[d.family]} · 权重 weight ${d.weight}`,
    '',
    `- 所见 sees: ${d.sees.zh}<br>${d.sees.en}`,
    `- 貌似 looks the same: ${d.looksTheSame.zh}<br>${d.looksTheSame.en}`,
    `- 区分 told apart by: ${d.tellsApart.zh}<br>${d.tellsApart.en}`,
    `- 来源 source: ${d.source}`,
    '',
    ...(thresholds.length === 0
      ? []
      : [
          '| 阈值 threshold | 值 value | 单位 unit | 范围 range |',
          '| --- | --- | --- | --- |',
          ...thresholds.map(([name, t]) => `| \`${name}\` | ${t.value} | ${t.unit} | ${t.min} – ${t.max} |`),
          '',
        ]),
  ].join('\n');
}
