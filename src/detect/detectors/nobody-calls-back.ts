import { detector, int, pct, reason, strength } from '../detector.ts';
import { sql } from '../../store/sql.ts';
import { ofBills, SHOWN } from '../shown.ts';

/** Callers with this many people show whether call-backs are recorded; so many callers, and this share without any, and they are not. */
const RECORDED = { people: 3, callers: 100, none: 0.9 };

/**
 * Nobody calls back (有去无回).
 *
 * Sees: a number that called many people, of whom nobody ever called it, or nobody who did was answered. A virtual number shown by an outbound
 * gateway cannot be reached, and a SIM box does not pick up.
 * Looks the same: bank and service lines whose callers use another number; reminder robots.
 * Tells them apart: those are short service codes, or registered; a private-looking number that thirty people were called from gets calls back.
 * Silent where hardly any caller at all is called back: then one direction of the calls is not in the records (a gateway's, a diallers' own), and "nobody" says nothing of a number.
 * Source: the base case; reciprocity as in Onnela et al. 2007.
 */
export const nobodyCallsBack = detector<
  'peopleReached' | 'callBackShare',
  {
    number: string;
    people: number;
    shown: number;
    called_back: number;
    answered_in: number | null;
    answered_share: number | null;
    short_share: number | null;
  }
>({
  id: 'nobody-calls-back',
  title: { zh: '无人回拨', en: 'Nobody calls back' },
  family: 'conduct',
  sees: {
    zh: '呼叫了许多人，却没有人回拨，或回拨无人接听',
    en: 'called many people, and nobody ever called it, or was ever answered',
  },
  looksTheSame: {
    zh: '银行与服务热线的外呼号、提醒机器人',
    en: 'outbound lines of banks and services, reminder robots',
  },
  tellsApart: { zh: '它们是服务短号或已登记', en: 'those are service codes, or registered' },
  source: 'Onnela et al. 2007 (reciprocity)',
  needs: ['calls'],
  weight: 1.5,
  thresholds: {
    peopleReached: { value: 30, unit: 'people called', min: 5, max: 10000 },
    callBackShare: { value: 0.01, unit: 'share of people called who call back', min: 0, max: 1 },
  },
  steps: (t) => [
    {
      name: 'no_call_back',
      sql: sql`SELECT number, out_degree AS people, ${SHOWN} AS shown, call_back_ratio AS called_back, answered_in_share AS answered_in, answer_seizure_ratio AS answered_share, short_call_ratio AS short_share
      FROM measures
      WHERE out_degree >= ${t.peopleReached / 3} * ${SHOWN} AND (call_back_ratio <= ${t.callBackShare} OR (answered_in_share = 0 AND calls_in >= 3))
        AND (SELECT count() < ${RECORDED.callers} OR countIf(call_back_ratio = 0) < ${RECORDED.none} * count() FROM measures WHERE out_degree >= ${RECORDED.people})`,
    },
  ],
  score: (r, t) => strength(r.people / r.shown, t.peopleReached / 3, t.peopleReached, t.peopleReached * 5),
  reasons: (r, t) => [
    ...(r.called_back <= t.callBackShare
      ? []
      : [
          reason('answered_in_share', r.answered_in ?? 0, 'share', 0, {
            zh: `回拨的人无一接通`,
            en: `nobody who called it back was ever answered`,
          }),
        ]),
    reason('call_back_ratio', r.called_back, 'share', t.callBackShare, {
      zh: `呼叫 ${int(r.people)} 人${ofBills(r.shown).zh}，回拨的占 ${pct(r.called_back)}`,
      en: `called ${int(r.people)} people${ofBills(r.shown).en}; ${pct(r.called_back)} ever called back`,
    }),
  ],
  innocent: () => null,
});
