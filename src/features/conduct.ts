import type { Feature } from './feature.ts';
import {
  ALL_WINDOWS,
  FIRST_TIME,
  LAST_TIME,
  WHOLE,
  count,
  countByDuration,
  countByTime,
  durationOf,
  ratio,
  share,
  spellsOf,
  timesOf,
  type Kind,
} from './feature.ts';
import { SHORT_CALL_MS, busiest, longestRun, spanDays, type ContactState, type NumberState } from './fold.ts';
import { DAY, sqlOf } from './wall-clock.ts';

/** How a number behaves: whom it reaches, whether they answer, whether they ever call back, and when it works. "Calls" are voice calls. */
const t = sqlOf('t');
const SHIFT_HOURS = 9;
/** Acquaintances that last two weeks outlast most numbers of a ring. */
const LASTING = 14 * DAY;
const PLACED: Kind = { out: true, sms: false };
const ANSWERED: Kind = { ...PLACED, answered: true };
const RECEIVED: Kind = { out: false, sms: false };
const calledAt = timesOf(PLACED);
const byHour = `arrayReduce('countResample(0, 24, 1)', arrayMap(t -> toUInt8(${t.hourOfDay}), ${calledAt}))`;
const outHours = spellsOf(t.hour, PLACED);

const ours = (
  feature: Omit<Feature, 'source' | 'windows' | 'meaning'> & { zh: string; en: string; windows?: Feature['windows'] },
): Feature => {
  const { zh, en, ...rest } = feature;
  return { windows: ALL_WINDOWS, ...rest, source: 'ringbreak', meaning: { zh, en } };
};

const reached = (s: NumberState): ContactState[] => [...s.contactStates.values()].filter((c) => c.outs > 0);
const reachedShare = (s: NumberState, test: (c: ContactState) => boolean): number | null => {
  const all = reached(s);
  return share(all.filter(test).length, all.length);
};
const out = 'call_out + text_out > 0';
const in_ = 'call_in + text_in > 0';

export const CONDUCT: readonly Feature[] = [
  ours({
    name: 'calls_out',
    unit: 'calls',
    zh: '主叫次数',
    en: 'calls placed',
    relation: 'seen',
    sql: count(PLACED),
    value: (s) => s.call.out,
  }),
  ours({
    name: 'calls_in',
    unit: 'calls',
    zh: '被叫次数',
    en: 'calls received',
    relation: 'seen',
    sql: count(RECEIVED),
    value: (s) => s.call.n - s.call.out,
  }),
  ours({
    name: 'talk_time_out',
    unit: 's',
    zh: '主叫通话总时长',
    en: 'total talk time of answered calls it placed',
    relation: 'seen',
    sql: `${durationOf(ANSWERED)} / 1000`,
    value: (s) => s.answeredMs / 1000,
  }),
  ours({
    name: 'mean_talk_time',
    unit: 's',
    zh: '主叫接通后的平均时长',
    en: 'mean talk time of answered calls it placed',
    relation: 'seen',
    sql: ratio(`${durationOf(ANSWERED)} / 1000`, count(ANSWERED)),
    value: (s) => share(s.answeredMs / 1000, s.answeredOut),
  }),
  ours({
    name: 'answer_seizure_ratio',
    unit: 'share',
    zh: '主叫接通率',
    en: 'share of calls placed that were answered',
    relation: 'seen',
    sql: ratio(count(ANSWERED), count(PLACED)),
    value: (s) => share(s.answeredOut, s.call.out),
  }),
  ours({
    name: 'answered_in_share',
    unit: 'share',
    zh: '来电被接听的比例（虚拟号、多卡设备从不接听）',
    en: 'share of calls received that were answered; a virtual number or SIM box never picks up',
    relation: 'seen',
    sql: ratio(count({ ...RECEIVED, answered: true }), count(RECEIVED)),
    value: (s) => share(s.answeredIn, s.call.n - s.call.out),
  }),
  ours({
    name: 'short_call_ratio',
    unit: 'share',
    zh: '接通的主叫中不足 10 秒的比例',
    en: 'share of answered calls placed that ended within 10 s',
    relation: 'seen',
    sql: ratio(countByDuration(ANSWERED, `ms < ${SHORT_CALL_MS}`), count(ANSWERED)),
    value: (s) => share(s.shortOut, s.answeredOut),
  }),
  ours({
    name: 'out_only_share',
    unit: 'share',
    zh: '呼出占全部次数的比例',
    en: 'outgoing share of all calls and texts',
    relation: 'seen',
    sql: ratio(count({ out: true }), count({})),
    value: (s) => share(s.callandtext.out, s.callandtext.n),
  }),
  ours({
    name: 'sms_share',
    unit: 'share',
    zh: '呼出中短信所占比例',
    en: 'share of texts in what it sent out',
    relation: 'seen',
    sql: ratio(count({ out: true, sms: true }), count({ out: true })),
    value: (s) => share(s.text.out, s.callandtext.out),
  }),
  ours({
    name: 'active_span_days',
    unit: 'days',
    zh: '首次到末次出现的时间',
    en: 'time from the first to the last appearance: the life of the number',
    relation: 'seen',
    sql: `(${LAST_TIME} - ${FIRST_TIME}) / ${DAY}`,
    value: spanDays,
  }),
  ours({
    name: 'out_days',
    unit: 'days',
    zh: '有呼出的天数',
    en: 'days with outgoing calls or texts',
    relation: 'seen',
    sql: `length(${spellsOf(t.day, { out: true })})`,
    value: (s) => s.outDays.size,
  }),
  ours({
    name: 'out_hours',
    unit: 'hours',
    zh: '有主叫的小时数',
    en: 'clock hours in which it placed calls',
    relation: 'seen',
    sql: `length(${outHours})`,
    value: (s) => s.outHours.size,
  }),
  ours({
    name: 'calls_per_active_hour',
    unit: 'calls/hour',
    zh: '每个活跃小时的主叫次数',
    en: 'calls placed per clock hour in which it placed any',
    relation: 'seen',
    sql: ratio(count(PLACED), `length(${outHours})`),
    value: (s) => share(s.call.out, s.outHours.size),
  }),
  ours({
    name: 'hours_per_day',
    unit: 'hours/day',
    zh: '有主叫的日子里平均活跃小时数',
    en: 'clock hours with calls placed, per day with calls placed',
    relation: 'seen',
    sql: ratio(`length(${outHours})`, `length(${spellsOf(t.day, PLACED)})`),
    value: (s) => share(s.outHours.size, new Set([...s.outHours].map((h) => Math.floor(h / 24))).size),
  }),
  ours({
    name: 'shift_shape',
    unit: 'share',
    zh: '主叫落在其最忙的连续 9 小时内的比例',
    en: 'share of calls placed within its own busiest 9 neighbouring hours of the day',
    relation: 'seen',
    sql: ratio(`arrayMax(${windowSums()})`, count(PLACED)),
    value: (s) => share(busiest(s.byHour, SHIFT_HOURS), s.call.out),
  }),
  ours({
    name: 'longest_run_hours',
    unit: 'hours',
    zh: '不间断每小时都有主叫的最长小时数',
    en: 'longest run of neighbouring clock hours, each with calls placed',
    relation: 'seen',
    sql: `if(${count(PLACED)} = 0, NULL, arrayMax(arrayMap(run -> length(run), arraySplit((h, d) -> d != 1, ${outHours}, arrayDifference(${outHours})))))`,
    value: (s) => (s.call.out === 0 ? null : longestRun(s.outHours)),
  }),
  ours({
    name: 'office_hours_share',
    unit: 'share',
    zh: '主叫在工作日 9–18 点的比例',
    en: 'share of calls placed Monday to Friday, 09:00-18:00',
    relation: 'seen',
    sql: ratio(countByTime(PLACED, t.officeHour), count(PLACED)),
    value: (s) => share(s.officeOut, s.call.out),
  }),
  ours({
    name: 'weekend_share',
    unit: 'share',
    zh: '主叫在周末的比例',
    en: 'share of calls placed on Saturdays and Sundays',
    relation: 'seen',
    sql: ratio(countByTime(PLACED, `${t.weekday} >= 5`), count(PLACED)),
    value: (s) => share(s.weekendOut, s.call.out),
  }),
  ours({
    name: 'mean_callee_hour',
    unit: 'hour of day',
    zh: '主叫的平均钟点',
    en: 'mean hour of the day at which the people it calls are called',
    relation: 'seen',
    sql: ratio(`arraySum(t -> ${t.hourOfDay}, ${calledAt})`, count(PLACED)),
    value: (s) =>
      share(
        s.byHour.reduce((sum, n, h) => sum + n * h, 0),
        s.call.out,
      ),
  }),
  ours({
    name: 'origin_known',
    unit: 'calls',
    zh: '已知实际发起国家的呼出次数',
    en: 'outgoing calls and texts whose country of origin is known',
    relation: 'seen',
    sql: count({ out: true, origin: 'known' }),
    value: (s) => s.origins[1] + s.origins[2],
  }),
  ours({
    name: 'origin_home',
    unit: 'share',
    zh: '已知发起国家的呼出中从境内发起的比例',
    en: 'share of outgoing calls of known origin that entered the network at home',
    relation: 'seen',
    sql: ratio(count({ out: true, origin: 'home' }), count({ out: true, origin: 'known' })),
    value: (s) => share(s.origins[1], s.origins[1] + s.origins[2]),
  }),
  // ---- whom it reaches
  ours({
    name: 'out_degree',
    unit: 'contacts',
    zh: '联系过的人数',
    en: 'people reached by call or text',
    relation: 'pairs',
    sql: `countIf(${out})`,
    value: (s) => reached(s).length,
  }),
  ours({
    name: 'callers_in',
    unit: 'contacts',
    zh: '来电（含短信）的人数',
    en: 'people who called or texted this number',
    relation: 'pairs',
    sql: `countIf(${in_})`,
    value: (s) => [...s.contactStates.values()].filter((c) => c.ins > 0).length,
  }),
  ours({
    name: 'new_contacts',
    unit: 'contacts',
    zh: '由本号码首先联系的人数',
    en: 'people whose first contact with this number was made by it',
    relation: 'pairs',
    sql: `countIf(${out} AND (NOT (${in_}) OR first_out < first_in))`,
    value: (s) => reached(s).filter((c) => c.firstOut < c.firstIn).length,
  }),
  ours({
    name: 'fan_out_new_contacts',
    unit: 'contacts/day',
    zh: '每个有呼出的日子新联系的人数',
    en: 'people first reached by this number, per day with outgoing calls or texts',
    relation: 'derived',
    sql: ratio('new_contacts', 'out_days'),
    value: (s) => share(reached(s).filter((c) => c.firstOut < c.firstIn).length, s.outDays.size),
  }),
  ours({
    name: 'contacts_per_active_day',
    unit: 'contacts/day',
    zh: '每个有呼出的日子联系的人数',
    en: 'people reached, per day with outgoing calls or texts',
    relation: 'derived',
    sql: ratio('out_degree', 'out_days'),
    value: (s) => share(reached(s).length, s.outDays.size),
  }),
  ours({
    name: 'strangers_share',
    unit: 'share',
    zh: '联系过的人中此前无来往、此后也不回拨的比例',
    en: 'share of people reached who had no earlier contact with this number and never contact it',
    relation: 'pairs',
    sql: ratio(`countIf(${out} AND NOT (${in_}))`, `countIf(${out})`),
    value: (s) => reachedShare(s, (c) => c.ins === 0),
  }),
  ours({
    name: 'call_back_ratio',
    unit: 'share',
    zh: '联系过的人中此后回拨的比例',
    en: 'share of people reached who later call or text this number',
    relation: 'pairs',
    sql: ratio(`countIf(${out} AND ${in_} AND last_in > first_out)`, `countIf(${out})`),
    value: (s) => reachedShare(s, (c) => c.ins > 0 && c.lastIn > c.firstOut),
  }),
  ours({
    name: 'repeat_ratio',
    unit: 'share',
    zh: '联系过的人中被联系两次以上的比例',
    en: 'share of people reached who were reached more than once',
    relation: 'pairs',
    sql: ratio('countIf(call_out + text_out > 1)', `countIf(${out})`),
    value: (s) => reachedShare(s, (c) => c.outs > 1),
  }),
  ours({
    name: 'lasting_share',
    unit: 'share',
    zh: '呼出中打给联系了两周以上的人的比例',
    en: 'share of its calls and texts that go to people it reached for two weeks or longer',
    relation: 'pairs',
    windows: WHOLE,
    sql: ratio(`sumIf(call_out + text_out, ${out} AND last_out - first_out >= ${LASTING})`, 'sum(call_out + text_out)'),
    value: (s) => {
      const outs = (of: ContactState[]): number => of.reduce((n, c) => n + c.outs, 0);
      const all = reached(s);
      return share(outs(all.filter((c) => c.lastOutAt - c.firstOut >= LASTING)), outs(all));
    },
  }),
  ours({
    name: 'reciprocity',
    unit: 'share',
    zh: '联系人中双向来往的比例',
    en: 'share of contacts with traffic both ways',
    relation: 'pairs',
    sql: `countIf(${out} AND ${in_}) / count()`,
    value: (s) => share(reached(s).filter((c) => c.ins > 0).length, s.contactStates.size),
  }),
  ours({
    name: 'callee_popularity',
    unit: 'callers',
    zh: '联系过的人各被多少号码联系（中位数）',
    en: 'median over the people reached of how many numbers reach them',
    relation: 'reached',
    sql: 'quantileExact(0.5)(popularity)',
    windows: WHOLE,
  }),
  ours({
    name: 'callee_provinces',
    unit: 'provinces',
    zh: '联系过的人所在省份数（按号段）',
    en: 'provinces of the people reached, by their numbers',
    relation: 'reached',
    sql: "nullIf(uniqExactIf(province, province != ''), 0)",
    windows: WHOLE,
  }),
];

/** Calls in each run of SHIFT_HOURS neighbouring hours of the day, over midnight too: differences of the running sum of a day and the first hours of the next. */
function windowSums(): string {
  const sums = `arrayCumSum(arrayConcat(${byHour}, arraySlice(${byHour}, 1, ${SHIFT_HOURS - 1})))`;
  return `arrayMap((upto, before) -> upto - before, arraySlice(${sums}, ${SHIFT_HOURS}, 24), arrayPushFront(arraySlice(${sums}, 1, 23), 0))`;
}
