import { findingKind } from '../../detect/catalogue.ts';
import { FLAG_AT, logistic, PRIOR, round } from '../../detect/combine.ts';
import { pct } from '../../detect/detector.ts';
import { lawfulEvidenceWhere } from '../../detect/lawful-traits.ts';
import type { Bilingual } from '../../model/reason.ts';
import type { Weighing } from '../../model/weighing.ts';
import type { FactsStore } from '../../store/facts.ts';
import { sql } from '../../store/sql.ts';
import type { Weighed } from '../contract.ts';
import { detectorTitle } from './labels.ts';
import { parsedOrNull, PUBLISHED } from './results.ts';
import { wouldChange } from './would-change.ts';

/** People reached from which a caller is heavy: somebody will ask why it is not flagged. */
const HEAVY = 30;

/**
 * How a number's score adds up, and why it is not flagged where it is not: which suspicions were outweighed by what. Also of heavy callers that no detector speaks of.
 * null where there is nothing to weigh: few calls and no findings, or results of an older version.
 */
export async function weighed(facts: FactsStore, number: string): Promise<Weighed | null> {
  const [row] = await facts.query<{ people: number | null; scored: number; flagged: number; weighing: string }>(sql`
    SELECT m.people AS people, s.number != '' AS scored, s.flagged AS flagged, s.weighing AS weighing
    FROM (SELECT ${number} AS number, (SELECT any(out_degree) FROM measures WHERE number = ${number}) AS people) AS m
    LEFT JOIN (SELECT number, flagged, weighing FROM scores WHERE run = ${PUBLISHED} AND number = ${number}) AS s ON s.number = m.number`);
  if (row === undefined) return null;
  const people = row.people ?? 0;
  if (row.scored === 1) {
    const weighing = parsedOrNull<Weighing>(row.weighing);
    return weighing === null ? null : told(weighing, row.flagged === 1, people);
  }
  if (people < HEAVY) return null;
  const lawful = (await lawfulEvidenceWhere(facts, sql`m.number = ${number}`)).get(number) ?? [];
  const off = lawful.reduce((sum, l) => sum + l.weight, 0);
  return told(
    { prior: PRIOR, families: [], association: 0, lawful, model: null, logOdds: round(PRIOR - off) },
    false,
    people,
  );
}

const told = (w: Weighing, flagged: boolean, people: number): Weighed => ({
  ...w,
  families: w.families.map((f) => ({ ...f, titles: f.detectors.map(detectorTitle) })),
  whyNot: flagged ? null : whyNot(w, people),
  wouldChange: wouldChange(w, flagged),
});

/** One sentence that says why a number is not flagged. */
export function whyNot(w: Weighing, people: number): Bilingual {
  const said = listed(w.families.flatMap((f) => f.detectors.map((id) => findingKind(id)?.title ?? { zh: id, en: id })));
  const spoken: Bilingual = {
    zh: w.lawful.map((l) => l.reason.text.zh).join('；'),
    en: w.lawful.map((l) => l.reason.text.en).join('; '),
  };
  const besides: Bilingual =
    w.lawful.length === 0
      ? { zh: '', en: '' }
      : { zh: `有利依据：${spoken.zh}。`, en: ` It has for itself: ${spoken.en}.` };
  if (w.families.length === 0 && w.association === 0) {
    return {
      zh: `呼叫过 ${people} 人，没有检测发现可疑之处。${besides.zh}`,
      en: `It called ${people} people, and no detector found anything suspicious.${besides.en}`,
    };
  }
  const off = w.lawful.reduce((sum, l) => sum + l.weight, 0);
  if (logistic(w.logOdds) >= FLAG_AT) {
    return {
      zh: `可疑之处（${said.zh}）只属一类；标记须有两类不同的依据。`,
      en: `What is suspicious (${said.en}) is evidence of one kind; two kinds are needed to flag a number.`,
    };
  }
  const model = w.model?.logOdds ?? 0;
  if (model < 0 && logistic(w.logOdds - model) >= FLAG_AT) {
    return {
      zh: `可疑之处（${said.zh}）被由人工判断训练的模型抵消（属于团伙的概率 ${pct(w.model!.probability)}）。${besides.zh}`,
      en: `What is suspicious (${said.en}) is outweighed by the model trained on judgements (${pct(w.model!.probability)} likely to be a ring’s).${besides.en}`,
    };
  }
  if (w.lawful.length > 0 && logistic(w.logOdds + off) >= FLAG_AT) {
    return {
      zh: `可疑之处（${said.zh}）被抵消：${spoken.zh}。`,
      en: `What is suspicious (${said.en}) is outweighed: ${spoken.en}.`,
    };
  }
  return {
    zh: `可疑之处（${said.zh}）合起来不足以标记。${besides.zh}`,
    en: `What is suspicious (${said.en}) does not amount to a flag.${besides.en}`,
  };
}

const listed = (texts: readonly Bilingual[]): Bilingual => ({
  zh: texts.map((x) => x.zh).join('、'),
  en: texts.map((x) => x.en).join(', '),
});
