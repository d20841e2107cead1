import { sql } from '../../store/sql.ts';
import { detector, int, pct, reason, shareStrength, strength } from '../detector.ts';

/** Words by which switches say that the called end, not the caller, ended the ringing. */
const ENDED_BY_CALLEE =
  'busy|reject|declin|unalloc|absent|unreach|congest|not.?found|forbidden|unavailable|用户忙|拒|空号|关机|停机|不在服务|无法接通';

/**
 * Wangiri (响一声挂断): very short rings to a mass of people, so that they call back.
 *
 * Sees: calls the caller ended within seconds of the first ring, unanswered, to many different people; and how many of them called back.
 * Looks the same: a predictive dialler's abandoned calls, a broken autodialler, a line that carriers cut off.
 * Tells them apart: a dialler drops a few in a hundred and talks to the rest; a blocked line is ended by the other end, and nobody calls it back.
 * Needs ring times (ring_ms); where records carry none it sees nothing.
 * Source: Sahin et al. 2017 (SoK: Fraud in Telephony, callback scam); 反电信网络诈骗法 art. 16.
 */
export const wangiri = detector<
  'ringSeconds' | 'people' | 'shortShare',
  {
    number: string;
    people: number;
    attempts: number;
    short: number;
    seconds: number;
    back: number;
    answered_in: number | null;
  }
>({
  id: 'wangiri',
  title: { zh: '响一声挂断', en: 'Wangiri: one ring and gone' },
  family: 'conduct',
  sees: {
    zh: '对大量不同的人响铃几秒即挂断，引人回拨',
    en: 'rings many people for seconds and hangs up, so that they call back',
  },
  looksTheSame: {
    zh: '预测式外呼放弃的呼叫、出了故障的自动拨号器、被运营商拦截的线路',
    en: 'calls a predictive dialler abandons, a broken autodialler, a line that carriers cut off',
  },
  tellsApart: {
    zh: '外呼系统只放弃百分之几，其余都接通；被拦截的线路由对端结束，也无人回拨',
    en: 'a dialler drops a few in a hundred and talks to the rest; a blocked line is ended by the other end, and nobody calls it back',
  },
  source: 'Sahin et al. 2017；反电信网络诈骗法 16',
  needs: ['calls'],
  // No lawful business wants most of its calls unanswered. Faults of equipment do look so, and the family is capped.
  weight: 3.5,
  thresholds: {
    ringSeconds: { value: 5, unit: 'seconds of ringing before the caller hung up', min: 1, max: 15 },
    people: { value: 30, unit: 'people rung', min: 5, max: 10000 },
    shortShare: { value: 0.6, unit: 'share of calls of known ringing time', min: 0.05, max: 1 },
  },
  steps: (t) => [
    {
      name: 'known_rings',
      sql: sql`SELECT caller, count() AS attempts,
          countIf(one_ring) AS short, uniqExactIf(callee, one_ring) AS people, round(quantileExactIf(0.5)(ring_ms, one_ring) / 1000, 1) AS seconds
        FROM (
          SELECT caller, callee, ring_ms, answered = 0 AND ring_ms <= ${1000 * t.ringSeconds}
            AND NOT match(lower(toString(release_cause)), ${ENDED_BY_CALLEE}) AS one_ring
          FROM calls WHERE kind = 'voice' AND ring_ms IS NOT NULL AND caller != callee
        ) GROUP BY caller HAVING people >= ${t.people / 3} AND short >= ${t.shortShare} * attempts`,
    },
    {
      name: 'one_ring',
      sql: sql`SELECT k.caller AS number, k.people AS people, k.attempts AS attempts, k.short AS short, k.seconds AS seconds,
          round(ifNull(m.call_back_ratio, 0) * ifNull(m.out_degree, 0)) AS back, m.answered_in_share AS answered_in
        FROM known_rings AS k INNER JOIN measures AS m ON m.number = k.caller`,
    },
  ],
  // Call-backs are what it is for: without any it may as well be a fault.
  score: (r, t) =>
    strength(r.people, t.people / 3, t.people, t.people * 5) *
    (0.5 + shareStrength(r.short / r.attempts, t.shortShare) / 2) *
    (r.back > 0 ? 1 : 0.5),
  reasons: (r, t) => [
    reason(
      'one_ring_share',
      r.short / r.attempts,
      'share',
      t.shortShare,
      {
        zh: `已知响铃时长的 ${int(r.attempts)} 次呼叫中 ${pct(r.short / r.attempts)} 响铃不超过 ${t.ringSeconds} 秒即挂断（多为 ${r.seconds} 秒），涉及 ${int(r.people)} 人`,
        en: `${pct(r.short / r.attempts)} of ${int(r.attempts)} calls of known ringing time were dropped within ${t.ringSeconds} s (mostly ${r.seconds} s), to ${int(r.people)} people`,
      },
      {
        zh: '预测式外呼也会放弃呼叫，但只占百分之几',
        en: 'a predictive dialler abandons calls too, but only a few in a hundred',
      },
    ),
    reason('called_back', r.back, 'people', null, {
      zh: `其中 ${int(r.back)} 人回拨`,
      en: `${int(r.back)} of them called back`,
    }),
  ],
  innocent: (r) =>
    r.back === 0
      ? {
          zh: '无人回拨：也可能是自动拨号器故障',
          en: 'nobody called back: it may be a broken autodialler',
        }
      : null,
});
