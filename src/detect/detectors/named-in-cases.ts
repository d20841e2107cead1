import { detector, int, reason } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * Named in cases (报案指认): victims name this number as the one that called them.
 *
 * Looks the same: a mistaken digit, a courier who called the same day, a displayed number that was forged and belongs to somebody else.
 * Tells them apart: several victims independently name it; its own call records agree.
 * Source: 反电信网络诈骗法 art. 29.
 */
export const namedInCases = detector<
  'cases',
  { number: string; cases: number; called: number; ids: string[]; records: string[] }
>({
  id: 'named-in-cases',
  title: { zh: '报案指认', en: 'Named in cases' },
  family: 'harm',
  sees: { zh: '被害人报案时指认该号码', en: 'victims name this number in their reports' },
  looksTheSame: {
    zh: '记错号码、当天来电的快递、被冒用的他人号码',
    en: 'a mistaken digit, a courier of the same day, somebody’s number that was forged',
  },
  tellsApart: {
    zh: '多名被害人分别指认，且话单吻合',
    en: 'several victims name it independently and the call records agree',
  },
  source: '反电信网络诈骗法 29',
  needs: ['cases'],
  weight: 4.5,
  thresholds: { cases: { value: 1, unit: 'cases', min: 1, max: 50 } },
  steps: () => [
    {
      name: 'named',
      sql: sql`SELECT arrayJoin(suspect_numbers) AS number, case_id, victim, concat(substring(file_sha256, 1, 12), ':', toString(row)) AS record FROM cases`,
    },
    {
      name: 'named_calls',
      sql: sql`SELECT DISTINCT caller, callee FROM calls WHERE caller IN (SELECT number FROM named) AND callee IN (SELECT victim FROM named)`,
    },
    {
      name: 'named_in_cases',
      sql: sql`SELECT n.number AS number, uniqExact(n.case_id) AS cases, uniqExactIf(n.case_id, c.caller != '') AS called,
          arraySlice(arraySort(groupUniqArray(n.case_id)), 1, 10) AS ids, arraySlice(arraySort(groupUniqArray(n.record)), 1, 20) AS records
        FROM named AS n LEFT JOIN named_calls AS c ON c.caller = n.number AND c.callee = n.victim
        WHERE n.number != '' GROUP BY n.number`,
    },
  ],
  score: (r, t) => {
    const s = r.cases < t.cases ? 0 : Math.min(1, 0.45 + 0.25 * Math.log2(r.cases / t.cases));
    return r.called > 0 ? Math.min(1, s + 0.15) : s;
  },
  reasons: (r, t) => [
    reason('named_in_cases', r.cases, 'cases', t.cases, {
      zh: `${int(r.cases)} 起案件的被害人指认此号码（其中 ${int(r.called)} 起与话单吻合）`,
      en: `named by the victims of ${int(r.cases)} cases (${int(r.called)} of them agree with the call records)`,
    }),
  ],
  innocent: (r) =>
    r.cases === 1 && r.called === 0
      ? {
          zh: '仅一起指认且话单中未见此呼叫：可能记错号码',
          en: 'one report only, and no such call in the records: the digits may be mistaken',
        }
      : null,
});
