import { detector, int, pct, reason, shareStrength, strength } from '../detector.ts';
import { sql } from '../../store/sql.ts';
import { ofBills, SHOWN } from '../shown.ts';

/**
 * Mass dialling to strangers (广撒网式外呼).
 *
 * Sees: a number that reaches many people a day who never had contact with it before, and whom it hardly ever calls twice or hears from.
 * Looks the same: couriers, clinics' reminders, banks, surveys, election and health campaigns, lawful call centres.
 * Tells them apart: they are called back, they are registered, they keep their number for months. Alone this is never enough.
 * Source: 反电信网络诈骗法 art. 13, 16; fan-out and stranger ratio after Tseng et al. 2015 (FrauDetector) and Sahin et al. 2017 (SoK: Fraud in Telephony).
 */
export const massDiallingToStrangers = detector<
  'newPeopleADay' | 'strangersShare',
  {
    number: string;
    fan_out: number;
    strangers: number;
    called_back: number | null;
    answered_in: number | null;
    people: number;
    shown: number;
    days: number;
  }
>({
  id: 'mass-dialling-to-strangers',
  title: { zh: '大量拨打陌生人', en: 'Mass dialling to strangers' },
  family: 'conduct',
  sees: {
    zh: '每个活跃日接通或拨打许多此前从无联系的人，几乎不再联系',
    en: 'reaches many people a day who had no contact with it before, and hardly ever again',
  },
  looksTheSame: {
    zh: '快递、诊所提醒、银行、调查、竞选与健康宣传、合法外呼中心',
    en: 'couriers, clinic reminders, banks, surveys, campaigns, lawful call centres',
  },
  tellsApart: { zh: '有人回拨、已登记、号码长期不变', en: 'people call back, it is registered, the number lasts' },
  source: '反电信网络诈骗法 13, 16; Sahin et al. 2017',
  needs: ['calls'],
  weight: 4,
  thresholds: {
    newPeopleADay: { value: 12, unit: 'new people a day', min: 1, max: 1000 },
    strangersShare: { value: 0.75, unit: 'share of strangers among the people reached', min: 0, max: 1 },
  },
  steps: (t) => [
    {
      name: 'mass_dialling',
      sql: sql`SELECT number, fan_out_new_contacts AS fan_out, strangers_share AS strangers, call_back_ratio AS called_back, answered_in_share AS answered_in,
        out_degree AS people, ${SHOWN} AS shown, out_days AS days
      FROM measures
      WHERE out_degree >= greatest(2, 10 * shown) AND fan_out_new_contacts >= ${t.newPeopleADay / 3} * shown AND strangers_share >= ${t.strangersShare}`,
    },
  ],
  score: (r, t) =>
    strength(r.fan_out / r.shown, t.newPeopleADay / 3, t.newPeopleADay, t.newPeopleADay * 4) *
    (0.5 + shareStrength(r.strangers, t.strangersShare) / 2),
  reasons: (r, t) => [
    reason('fan_out_new_contacts', r.fan_out, 'people/day', t.newPeopleADay * r.shown, {
      zh: `${int(r.days)} 个活跃日里平均每天新接触 ${r.fan_out.toFixed(1)} 人（共 ${int(r.people)} 人）${ofBills(r.shown).zh}`,
      en: `reached ${r.fan_out.toFixed(1)} new people on ${r.days === 1 ? 'its one active day' : `each of ${int(r.days)} active days`} (${int(r.people)} in all)${ofBills(r.shown).en}`,
    }),
    reason('strangers_share', r.strangers, 'share', t.strangersShare, {
      zh: `其中 ${pct(r.strangers)} 此前从未联系、也不回拨`,
      en: `${pct(r.strangers)} of them had no earlier contact and never called back`,
    }),
  ],
  innocent: (r) =>
    r.called_back !== null && r.called_back >= 0.05 && (r.answered_in ?? 0) > 0.1
      ? {
          zh: `${pct(r.called_back)} 的人会回拨，像快递或商家`,
          en: `${pct(r.called_back)} of the people called back, as they do a courier or a shop`,
        }
      : null,
});
