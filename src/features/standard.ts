import type { Feature, InteractionClass } from './feature.ts';
import {
  ALL_WINDOWS,
  CLASSES,
  arrayStd,
  count,
  countByTime,
  durationOf,
  durationsOf,
  exactStd,
  pairCount,
  pairOut,
  ratio,
  seenIs,
  spellsOf,
  timesOf,
} from './feature.ts';
import { balanceStats, contactCounts, entropy, pareto, stdOf, type ClassState, type NumberState } from './fold.ts';
import { sqlOf } from './wall-clock.ts';

/**
 * The standard indicators of call records, under the names and by the definitions of MIT's bandicoot (individual.py). A number is the
 * "user"; every call or message it has, from either end, is a record of it.
 *
 * Names: the plain name is bandicoot's value for its default interaction: `call` where its definition says so (call_duration,
 * percent_initiated_interactions, percent_pareto_durations), otherwise `callandtext`, calls and texts together. Parts follow in
 * bandicoot's own flat spelling: `number_of_contacts__text`, `call_duration__call__std`.
 */
const of = (k: InteractionClass): string => (k === 'callandtext' ? '' : `__${k}`);
const source = 'bandicoot';
const WORDS: Record<InteractionClass, { zh: string; en: string }> = {
  callandtext: { zh: '通话和短信', en: 'calls and texts' },
  call: { zh: '通话', en: 'calls' },
  text: { zh: '短信', en: 'texts' },
};

type Part = Omit<Feature, 'source' | 'windows' | 'name' | 'meaning' | 'sql' | 'value'>;

/** A measure over all interactions, over calls alone, and over texts alone. NULL where there is none of the kind. */
function perClass(
  name: string,
  part: Part,
  zh: string,
  en: string,
  text: (k: InteractionClass) => string,
  value: (c: ClassState, s: NumberState) => number | null,
): Feature[] {
  return CLASSES.map((k) => ({
    ...part,
    name: `${name}${of(k)}`,
    meaning: { zh: `${zh}(${WORDS[k].zh})`, en: `${en} (${WORDS[k].en})` },
    source,
    windows: ALL_WINDOWS,
    sql: `if(${part.relation === 'seen' ? count(seenIs[k]) : `countIf(${pairCount[k]} > 0)`} = 0, NULL, ${text(k)})`,
    value: (s) => (s[k].n === 0 ? null : value(s[k], s)),
    ...(k === 'callandtext' ? { also: [`${name}__callandtext`] } : {}),
  }));
}

/** Mean and standard deviation of a distribution, for each kind of interaction. */
function meanAndStd(
  name: string,
  part: Part,
  zh: string,
  en: string,
  mean: (k: InteractionClass) => string,
  std: (k: InteractionClass) => string,
  value: (c: ClassState) => [number, number] | null,
): Feature[] {
  return CLASSES.flatMap((k) => {
    const plain = k === 'callandtext';
    const at = (i: 0 | 1) => (s: NumberState) => (s[k].n === 0 ? null : (value(s[k])?.[i] ?? null));
    const common = { ...part, source, windows: ALL_WINDOWS };
    const seen = part.relation === 'seen' ? count(seenIs[k]) : `countIf(${pairCount[k]} > 0)`;
    const guarded = (text: string): string => `if(${seen} = 0, NULL, ${text})`;
    return [
      {
        ...common,
        name: plain ? name : `${name}__${k}__mean`,
        meaning: { zh: `${zh}的均值（${WORDS[k].zh})`, en: `mean of ${en} (${WORDS[k].en})` },
        sql: guarded(mean(k)),
        value: at(0),
        also: plain ? [`${name}__callandtext__mean`] : [`${name}__${k}`],
      },
      {
        ...common,
        name: `${name}__${k}__std`,
        meaning: { zh: `${zh}的标准差（${WORDS[k].zh})`, en: `standard deviation of ${en} (${WORDS[k].en})` },
        sql: guarded(std(k)),
        value: at(1),
      },
    ];
  });
}

const total = (k: InteractionClass): string => `sum(${pairCount[k]})`;
const contacts = (k: InteractionClass): string => `countIf(${pairCount[k]} > 0)`;
const times = (k: InteractionClass): string => timesOf(seenIs[k]);
const gaps = (k: InteractionClass): string => `arrayPopFront(arrayDifference(${times(k)}))`;
const callMs = durationOf(seenIs.call);
const sorted = (k: InteractionClass): string => `arrayReverseSort(groupArrayIf(${pairCount[k]}, ${pairCount[k]} > 0))`;
const durations = `arrayReverseSort(groupArrayIf(call_ms, ${pairCount.call} > 0))`;
const gapMean = (k: InteractionClass): string => `(${times(k)}[-1] - ${times(k)}[1]) / (${count(seenIs[k])} - 1)`;

const one = (feature: Omit<Feature, 'source' | 'windows' | 'meaning'> & { zh: string; en: string }): Feature => {
  const { zh, en, ...rest } = feature;
  return { ...rest, meaning: { zh, en }, source, windows: ALL_WINDOWS };
};

export const STANDARD: readonly Feature[] = [
  one({
    name: 'active_days',
    unit: 'days',
    zh: '有通话或短信的天数',
    en: 'days with a call or a text',
    relation: 'seen',
    sql: `length(${spellsOf(sqlOf('t').day, {})})`,
    value: (s) => (s.callandtext.n === 0 ? null : s.days.size),
    also: ['active_days__callandtext'],
  }),
  ...perClass(
    'number_of_contacts',
    { unit: 'contacts', relation: 'pairs' },
    '联系人数',
    'contacts interacted with',
    contacts,
    (c) => c.contacts.size,
  ),
  one({
    name: 'call_duration',
    unit: 's',
    zh: '通话时长的均值（未接通计 0 秒）',
    en: 'mean duration of calls (unanswered ones count 0 s)',
    relation: 'seen',
    sql: ratio(callMs, count(seenIs.call)) + ' / 1000',
    value: (s) => (s.call.n === 0 ? null : s.durations.mean),
    also: ['call_duration__call', 'call_duration__call__mean'],
  }),
  one({
    name: 'call_duration__call__std',
    unit: 's',
    zh: '通话时长的标准差',
    en: 'standard deviation of the duration of calls',
    relation: 'seen',
    sql: `if(${count(seenIs.call)} = 0, NULL, ${exactStd(count(seenIs.call), callMs, `arraySum(ms -> toInt128(ms) * ms, ${durationsOf(seenIs.call)})`)} / 1000)`,
    value: (s) => (s.call.n === 0 ? null : stdOf(s.durations)),
  }),
  ...perClass(
    'percent_nocturnal',
    { unit: 'share', relation: 'seen' },
    '夜间(19:00–07:00)所占比例',
    'share at night, 19:00-07:00',
    (k) => `${countByTime(seenIs[k], sqlOf('t').night)} / ${count(seenIs[k])}`,
    (c) => c.night / c.n,
  ),
  one({
    name: 'percent_initiated_conversations',
    unit: 'share',
    zh: '由本号码发起的短信会话比例（无会话为 0）',
    en: 'share of text conversations begun by this number (0 without conversations)',
    relation: 'conversations',
    sql: 'if(sum(begun) = 0, 0, sum(initiated) / sum(begun))',
    absent: '0',
    value: (s) => (s.callandtext.n === 0 ? null : s.texts.begun === 0 ? 0 : s.texts.initiated / s.texts.begun),
    also: ['percent_initiated_conversations__callandtext'],
  }),
  one({
    name: 'percent_initiated_interactions',
    unit: 'share',
    zh: '通话中主叫所占比例',
    en: 'share of calls placed by this number',
    relation: 'seen',
    sql: ratio(count({ sms: false, out: true }), count(seenIs.call)),
    value: (s) => (s.call.n === 0 ? null : s.call.out / s.call.n),
    also: ['percent_initiated_interactions__call'],
  }),
  one({
    name: 'response_delay_text',
    unit: 's',
    zh: '回复短信的平均间隔',
    en: 'mean delay before answering a text',
    relation: 'conversations',
    sql: 'if(sum(length(delays)) = 0, NULL, sum(arraySum(delays)) / sum(length(delays)) / 1000)',
    value: (s) => (s.texts.delays.n === 0 ? null : s.texts.delays.mean),
    also: ['response_delay_text__callandtext', 'response_delay_text__callandtext__mean'],
  }),
  one({
    name: 'response_delay_text__callandtext__std',
    unit: 's',
    zh: '回复短信间隔的标准差',
    en: 'standard deviation of the delay before answering a text',
    relation: 'conversations',
    sql: `if(sum(length(delays)) = 0, NULL, ${exactStd('sum(length(delays))', 'sum(arraySum(delays))', 'sum(arraySum(d -> d * d, delays))')} / 1000)`,
    value: (s) => (s.texts.delays.n === 0 ? null : stdOf(s.texts.delays)),
  }),
  one({
    name: 'response_rate_text',
    unit: 'share',
    zh: '对方先发起的短信会话中有回复的比例',
    en: 'share of text conversations begun by the other side that were answered',
    relation: 'conversations',
    sql: 'if(sum(received) = 0, NULL, sum(responded) / sum(received))',
    value: (s) => (s.texts.received === 0 ? null : s.texts.responded / s.texts.received),
    also: ['response_rate_text__callandtext'],
  }),
  ...perClass(
    'entropy_of_contacts',
    { unit: 'nats', relation: 'pairs' },
    '联系人分布的熵（自然对数）',
    'entropy of the contacts, natural logarithm',
    (k) => `greatest(0, log(${total(k)}) - arraySum(arrayMap(c -> c * log(c), ${sorted(k)})) / ${total(k)})`,
    (c) => entropy(contactCounts(c)),
  ),
  ...meanAndStd(
    'balance_of_contacts',
    { unit: 'share', relation: 'pairs' },
    '各联系人上呼出次数占全部次数的比例',
    'outgoing interactions with a contact, as a share of all interactions',
    (k) => `sum(${pairOut[k]}) / ${total(k)} / ${contacts(k)}`,
    (k) =>
      `${exactStd(contacts(k), `sum(${pairOut[k]})`, `sum(toUInt64(${pairOut[k]}) * ${pairOut[k]})`)} / ${total(k)}`,
    balanceStats,
  ),
  ...meanAndStd(
    'interactions_per_contact',
    { unit: 'interactions', relation: 'pairs' },
    '每个联系人的次数',
    'interactions with a contact',
    (k) => `${total(k)} / ${contacts(k)}`,
    (k) => exactStd(contacts(k), total(k), `sum(toUInt64(${pairCount[k]}) * ${pairCount[k]})`),
    (c) => {
      const counts = contactCounts(c);
      const mean = c.n / counts.length;
      return [mean, Math.sqrt(counts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / counts.length)];
    },
  ),
  ...meanAndStd(
    'interevent_time',
    { unit: 's', relation: 'seen' },
    '相邻两次之间的间隔',
    'time between one interaction and the next',
    (k) => `if(${count(seenIs[k])} < 2, NULL, ${gapMean(k)} / 1000)`,
    (k) => `if(${count(seenIs[k])} < 2, NULL, ${arrayStd(gaps(k), gapMean(k))} / 1000)`,
    (c) => (c.gaps.n === 0 ? null : [c.gaps.mean, stdOf(c.gaps)]),
  ),
  ...perClass(
    'percent_pareto_interactions',
    { unit: 'share', relation: 'pairs' },
    '占去八成次数的联系人数，除以总次数',
    'contacts that make up 80 % of the interactions, divided by the interactions',
    (k) =>
      `arrayFirstIndex((s, goal) -> s >= goal, arrayCumSum(${sorted(k)}), arrayWithConstant(length(${sorted(k)}), ceil(${total(k)} * 0.8))) / ${total(k)}`,
    (c) => pareto(contactCounts(c), Math.ceil(c.n * 0.8)) / c.n,
  ),
  one({
    name: 'percent_pareto_durations',
    unit: 'share',
    zh: '占去八成通话时长的联系人数，除以通话次数',
    en: 'contacts that make up 80 % of the talk time, divided by the calls',
    relation: 'pairs',
    sql: `if(${contacts('call')} = 0, NULL, if(sum(call_ms) = 0, 0, if(PARETO = 0, ${contacts('call')}, PARETO)) / ${total('call')})`.replaceAll(
      'PARETO',
      `arrayFirstIndex((s, goal) -> s >= goal, arrayCumSum(${durations}), arrayWithConstant(length(${durations}), ceil(sum(call_ms) / 1000 * 0.8) * 1000))`,
    ),
    value: (s) =>
      s.call.n === 0
        ? null
        : pareto(
            [...s.call.contacts.values()].map((c) => c.ms),
            Math.ceil((s.totalMs / 1000) * 0.8) * 1000,
          ) / s.call.n,
    also: ['percent_pareto_durations__call'],
  }),
  ...perClass(
    'number_of_interactions',
    { unit: 'interactions', relation: 'seen' },
    '次数',
    'interactions',
    (k) => count(seenIs[k]),
    (c) => c.n,
  ),
  ...perClass(
    'number_of_interaction_in',
    { unit: 'interactions', relation: 'seen' },
    '呼入次数',
    'incoming interactions',
    (k) => count({ ...seenIs[k], out: false }),
    (c) => c.n - c.out,
  ),
  ...perClass(
    'number_of_interaction_out',
    { unit: 'interactions', relation: 'seen' },
    '呼出次数',
    'outgoing interactions',
    (k) => count({ ...seenIs[k], out: true }),
    (c) => c.out,
  ),
];
