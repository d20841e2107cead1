import { MEASURED } from '../../features/steps.ts';
import { sql } from '../../store/sql.ts';
import { detector, int, pct, reason, strength } from '../detector.ts';
import { ofBills, SHOWN } from '../shown.ts';

const DAY = 86_400_000;
/** Records that begin or end with the number cannot tell whether it is short-lived: it has to be silent for this many days, and longer than it was used. */
const SILENT_DAYS = 2;

/**
 * Short-lived from abroad (境外号码短期群呼): what remains of the signature where records do not say where a call entered the network.
 *
 * Sees: a number shown with a foreign country code that calls many strangers at home, is used for days, and is silent for the rest of the record.
 * Looks the same: a foreign firm's campaign of one week; a visitor's foreign SIM; a reminder robot of an airline or a hotel.
 * Tells them apart: a firm's number is called back, and serves for months; a visitor calls few people, who know the number.
 * Source: 反电信网络诈骗法 art. 13, 14; the base case (virtual numbers used up in days); short account life in Tseng et al. 2015 (FrauDetector).
 */
export const shortLivedFromAbroad = detector<
  'peopleReached' | 'lifeDays' | 'strangersShare' | 'callBackShare',
  {
    number: string;
    country: string;
    people: number;
    shown: number;
    at_home: number;
    life_days: number;
    silent_days: number;
    called_back: number;
  }
>({
  id: 'short-lived-from-abroad',
  title: { zh: '境外号码短期群呼', en: 'Short-lived from abroad' },
  family: 'identity',
  sees: {
    zh: '外显境外的号码只用了几天，却呼叫了境内许多陌生人，此前此后都无声息',
    en: 'a number shown as foreign is in use for days only, calls many strangers at home, and is silent before and after',
  },
  looksTheSame: {
    zh: '外企一周的推广、短期来访者的境外卡、航空或酒店的提醒号',
    en: 'a foreign firm’s campaign of a week, a visitor’s foreign SIM, an airline’s or hotel’s reminders',
  },
  tellsApart: {
    zh: '企业号码有人回拨、长期使用；来访者只联系少数熟人',
    en: 'a firm’s number is called back and serves for months; a visitor calls a few people who know it',
  },
  source: '反电信网络诈骗法 13, 14; Tseng et al. 2015',
  needs: ['calls'],
  // With the conduct of a mass caller it reaches the flag, barely; where origins are known, their contradiction says twice as much.
  weight: 2,
  thresholds: {
    peopleReached: { value: 30, unit: 'people called', min: 5, max: 10000 },
    lifeDays: { value: 10, unit: 'days from first to last use', min: 1, max: 90 },
    strangersShare: { value: 0.75, unit: 'share of strangers among the people reached', min: 0, max: 1 },
    callBackShare: { value: 0.01, unit: 'share of people called who call back', min: 0, max: 1 },
  },
  steps: (t, home) => [
    {
      name: 'brief_foreigners',
      sql: sql`SELECT n.id AS id, m.number AS number, n.country AS country, out_degree AS people, ${SHOWN} AS shown, call_back_ratio AS called_back,
          toUnixTimestamp64Milli(first_seen) AS first, toUnixTimestamp64Milli(last_seen) AS last, (last - first) / ${DAY} AS life_days
        FROM measures AS m INNER JOIN ${MEASURED.numbers} AS n ON n.number = m.number
        WHERE displayed_abroad = 1 AND out_degree >= ${t.peopleReached / 3} * shown AND strangers_share >= ${t.strangersShare}
          AND call_back_ratio <= ${t.callBackShare} AND life_days <= ${t.lifeDays}`,
    },
    {
      name: 'silent_otherwise',
      table: 'short_lived_foreigners',
      orderBy: 'id',
      sql: sql`SELECT * FROM (
          SELECT *, ((SELECT max(toUnixTimestamp64Milli(started_at)) - min(toUnixTimestamp64Milli(started_at)) FROM calls) - (last - first)) / ${DAY} AS silent_days
          FROM brief_foreigners
        ) WHERE silent_days >= ${SILENT_DAYS} AND silent_days >= life_days`,
    },
    {
      name: 'short_lived_from_abroad',
      sql: sql`SELECT number, any(s.country) AS country, any(people) AS people, any(shown) AS shown, countIf(c.country = ${home.country}) / count() AS at_home,
          any(life_days) AS life_days, any(silent_days) AS silent_days, any(called_back) AS called_back
        FROM (SELECT number AS caller, contact FROM ${MEASURED.pairs} WHERE call_out > 0 AND number IN (SELECT id FROM short_lived_foreigners)) AS p
          INNER JOIN short_lived_foreigners AS s ON s.id = p.caller INNER JOIN ${MEASURED.contacts} AS c ON c.id = p.contact
        GROUP BY number HAVING at_home >= 0.5`,
    },
  ],
  score: (r, t) => strength(r.people / r.shown, t.peopleReached / 3, t.peopleReached, t.peopleReached * 5),
  reasons: (r, t) => [
    reason(
      'active_span_days',
      r.life_days,
      'days',
      t.lifeDays,
      {
        zh: `显示 ${r.country} 号码，只用了 ${r.life_days.toFixed(1)} 天，其余 ${int(r.silent_days)} 天无声息`,
        en: `shows a number of ${r.country}, in use for ${r.life_days.toFixed(1)} days and silent for the other ${int(r.silent_days)}`,
      },
      {
        zh: '外企的短期推广、来访者的境外卡也会如此',
        en: 'a foreign firm’s brief campaign or a visitor’s SIM looks the same',
      },
    ),
    reason('out_degree', r.people, 'people', t.peopleReached * r.shown, {
      zh: `这几天里呼叫 ${int(r.people)} 人${ofBills(r.shown).zh}，${pct(r.at_home)} 在境内，回拨的占 ${pct(r.called_back)}`,
      en: `called ${int(r.people)} people in these days${ofBills(r.shown).en}, ${pct(r.at_home)} of them at home; ${pct(r.called_back)} called back`,
    }),
  ],
  innocent: () => null,
});
