import { READERS } from '../sources/readers.ts';
import { FACT_KINDS } from '../model/fact-kinds.ts';
import { loadProfiles, ruleOf, type Profile } from './profile.ts';

const INTRODUCTION = `# 能导入什么 / What can be imported

由读取器目录与 \`profiles/\` 生成，勿手改：\`npx ringbreak formats > docs/formats.md\`。
Generated from the readers and \`profiles/\`; do not edit: \`npx ringbreak formats > docs/formats.md\`.

- 标准文件（十种，列名见 [guide.md](guide.md)）：CSV、CSV.GZ、Parquet、NDJSON；UTF-8、GB18030、UTF-16、Big5。
  Canonical files (ten kinds, columns in [guide.md](guide.md)): CSV, CSV.GZ, Parquet, NDJSON; UTF-8, GB18030, UTF-16, Big5.
- zip 压缩包，其中再套一层也可；解压有上限（成员数、总字节、压缩比）。
  Zip archives, and one level within them, with limits (members, bytes, ratio).
- 文件按内容识别，并说明依据与次选；也可用 \`--as\`、\`--profile\` 指定，或在页面上为列指定含义，保存为配置。
  Files are recognised by content, with reasons and runners-up; \`--as\` and \`--profile\` say otherwise, and columns can be explained on the page and kept as a profile.
- 识别不出、读不懂的行进入隔离，附原文与原因；文件整体读不懂则拒收，附原因。
  Rows that can't be read are quarantined with their text and the reason; files that can't be read are refused with the reason.
`;

/** docs/formats.md: readers and profiles as a page. A test holds the file to this. */
export function formatsDocument(profiles: readonly Profile[] = loadProfiles()): string {
  const readers = READERS.map((r) => `| \`${r.id}\` | ${r.title.zh} / ${r.title.en} | ${r.source} |`);
  const rows = profiles.map((p) => {
    const title = p.title === undefined ? '' : `${p.title.zh} / ${p.title.en}`;
    const marks = (p.match ?? (p.cells === undefined ? [] : Object.keys(p.cells))).join(', ');
    return `| \`${p.name}\` | ${title} | ${p.kind} | ${marks} | ${columnsOf(p)} |`;
  });
  return [
    INTRODUCTION,
    '## 自带读取器 / Readers of our own',
    '',
    '| 名称 name | 格式 format | 依据的文档 written from |',
    '| --- | --- | --- |',
    ...readers,
    '',
    '## 配置 / Profiles',
    '',
    '| 名称 name | 来源 source | 种类 kind | 特征列 marks | 必填列的同义词 synonyms of what is required |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

const columnsOf = (profile: Profile): string =>
  FACT_KINDS[profile.kind].columns
    .filter((c) => c.required === true)
    .map((c) => {
      const written = profile.columns[c.name];
      if (written === undefined) return c.name;
      const rule = ruleOf(written);
      const names = [rule.from ?? [], ...(rule.cases ?? []).map((x) => x.from ?? [])].flat();
      const shown = [...new Set(names)].slice(0, 4).join(', ');
      return `${c.name}: ${shown}${names.length > 4 ? ' ...' : ''}`;
    })
    .join('; ')
    .replaceAll('|', '\\|');
