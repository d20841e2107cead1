import { detector, int, reason } from '../detector.ts';
import { FILED_AS_NUISANCE } from '../../features/reports.ts';
import { MEASURED } from '../../features/steps.ts';
import { sql } from '../../store/sql.ts';

/** What a report weighs whose call is not in the records: of a victim whose calls are there otherwise, and of one whose calls nobody has. */
const CONTRADICTED = 0.3;
const UNKNOWN = 0.75;
/** What a report without a loss weighs, beside one with it: annoyed people name lawful callers too. */
const WITHOUT_LOSS = 0.5;
/**
 * What all reports without a loss weigh together, at most: as many as one with it, and half of that where they complain of a nuisance. A debt collector who rings a thousand
 * debtors is complained about fifty times, and has defrauded nobody.
 */
const ALL_WITHOUT_LOSS = 1;
const ALL_OF_NUISANCE = 0.5;

/** Reports that name a number, each counted as far as the call records bear it out: with a loss or nothing said of one, without, and of a nuisance. */
type Reports = {
  harm: number;
  attempts: number;
  complaints: number;
};

const weightOf = ({ harm, attempts, complaints }: Reports): number =>
  harm + Math.min(ALL_WITHOUT_LOSS, WITHOUT_LOSS * attempts + Math.min(ALL_OF_NUISANCE, WITHOUT_LOSS * complaints));

/**
 * Named in cases (报案指认): victims name this number as the one that called them. A report counts in full when somebody lost money and the call records agree;
 * less when nothing was lost, however many say so, and much less when the victim's calls are known and this number is not among them.
 *
 * Looks the same: a mistaken digit, a courier who called the same day, a displayed number that was forged and belongs to somebody else.
 * Tells them apart: several victims independently name it; its own call records agree.
 * Source: 反电信网络诈骗法 art. 29.
 */
export const namedInCases = detector<
  'cases',
  { number: string; cases: number; called: number; lost: number; ids: string[]; records: string[] } & Reports
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
      sql: sql`SELECT arrayJoin(suspect_numbers) AS number, case_id, victim, ifNull(loss > 0, 0) AS lost,
          ${FILED_AS_NUISANCE} AS annoyed, if(isNull(loss), annoyed, loss = 0) AS nothing, concat(substring(file_sha256, 1, 12), ':', toString(row)) AS record FROM cases`,
    },
    {
      name: 'named_calls',
      sql: sql`SELECT DISTINCT caller, callee FROM calls WHERE caller IN (SELECT number FROM named) AND callee IN (SELECT victim FROM named)`,
    },
    {
      name: 'named_in_cases',
      sql: sql`SELECT number, count() AS cases, countIf(agrees) AS called, countIf(harmed) AS lost,
          sumIf(believed, NOT nothing) / 100 AS harm, sumIf(believed, nothing AND NOT annoyed) / 100 AS attempts, sumIf(believed, nothing AND annoyed) / 100 AS complaints,
          arraySlice(arraySort(groupArray(case_id)), 1, 10) AS ids, arraySlice(arraySort(groupUniqArrayArray(rows)), 1, 20) AS records
        FROM (
          SELECT n.number AS number, n.case_id AS case_id, max(n.lost) AS harmed, min(n.nothing) AS nothing, min(n.annoyed) AS annoyed, max(c.caller != '') AS agrees,
            max(n.victim IN (SELECT number FROM ${MEASURED.numbers} WHERE number IN (SELECT victim FROM named))) AS known, multiIf(agrees, 100, known, ${100 * CONTRADICTED}, ${100 * UNKNOWN}) AS believed,
            groupUniqArray(n.record) AS rows
          FROM named AS n LEFT JOIN named_calls AS c ON c.caller = n.number AND c.callee = n.victim
          WHERE n.number != '' GROUP BY n.number, n.case_id
        ) GROUP BY number`,
    },
  ],
  // One report that the call records bear out is half of what several are.
  score: (r, t) => {
    const counted = weightOf(r);
    return counted < t.cases ? 0.6 * (counted / t.cases) : Math.min(1, 0.6 + 0.25 * Math.log2(counted / t.cases));
  },
  reasons: (r, t) => [
    reason('named_in_cases', r.cases, 'cases', t.cases, {
      zh: `${int(r.cases)} 起案件的被害人指认此号码（${int(r.lost)} 起有损失，${int(r.called)} 起与话单吻合）`,
      en: `named by the victims of ${int(r.cases)} cases (money was lost in ${int(r.lost)}, the call records agree in ${int(r.called)})`,
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
