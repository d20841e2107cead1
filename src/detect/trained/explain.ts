import { featureByName } from '../../features/catalogue.ts';
import type { Bilingual, Reason } from '../../model/reason.ts';
import { pct, reason } from '../detector.ts';
import { rankOf } from './encode.ts';
import type { Model, Scored } from './model.ts';
import { contributions } from './trees.ts';

const REASONS = 4;
const GRAPH_WORDS: Readonly<Record<string, Bilingual>> = {
  links: { zh: '关联的号码数', en: 'linked rows' },
  linked_weight: { zh: '关联强度之和', en: 'strength of its links' },
  linked_score: { zh: '关联者得分的均值', en: 'mean score of what it is linked with' },
  linked_most: { zh: '关联者中的最高得分', en: 'highest score of what it is linked with' },
  linked_labels: { zh: '关联者中已知涉案的比例', en: 'share known to be of the class among what it is linked with' },
};

/** What moved a row's score most towards the class that was said: features with value, place among the training rows, and share of the push. */
export function reasonsOf(model: Model, scored: Scored, row: number): Reason[] {
  const said = scored.said[row]!;
  const outputs = model.classes.length === 2 ? 1 : model.classes.length;
  const k = outputs === 1 ? 0 : said;
  const sign = outputs === 1 && said === 0 ? -1 : 1;
  const push = new Float64Array(model.features.length);
  for (const f of model.forests)
    contributions(f, scored.matrix, row, k).forEach((c, i) => (push[i]! += (sign * c) / model.forests.length));
  const order = Array.from(push, (_, i) => i)
    .filter((i) => push[i]! > 0)
    .sort((a, b) => push[b]! - push[a]! || a - b)
    .slice(0, REASONS);
  const label = model.classes[said]!;
  return order.map((i) => {
    const spec = model.features[i]!;
    const value = scored.matrix.columns[i]![row]!;
    const known = featureByName.get(spec.name);
    const words = GRAPH_WORDS[spec.name] ?? known?.meaning ?? { zh: spec.name, en: spec.name };
    const rank = rankOf(spec, value);
    const place: Bilingual =
      rank === null || (spec.kind === 'number' && spec.points.length === 0)
        ? { zh: '', en: '' }
        : { zh: `，高于 ${pct(rank)} 的样本`, en: `, above ${pct(rank)} of the rows it was trained on` };
    const shown = Number.isNaN(value)
      ? { zh: '未见', en: 'not seen' }
      : { zh: cellOf(spec, value), en: cellOf(spec, value) };
    return reason(
      spec.name,
      Number.isNaN(value) ? 0 : value,
      known?.unit ?? '',
      null,
      {
        zh: `${words.zh}：${shown.zh}${place.zh}；使「${label}」的对数几率增加 ${push[i]!.toFixed(2)}`,
        en: `${words.en}: ${shown.en}${place.en}; adds ${push[i]!.toFixed(2)} to the log-odds of “${label}”`,
      },
      {
        zh: '统计上的相似，不是证据：单个指标在合法用户中也会出现',
        en: 'likeness in figures, not proof: each of them occurs with lawful users too',
      },
    );
  });
}

const cellOf = (spec: Model['features'][number], value: number): string =>
  spec.kind === 'category'
    ? (Object.keys(spec.codes).find((c) => spec.codes[c] === value) ?? String(value))
    : String(Math.round(value * 1e4) / 1e4);
