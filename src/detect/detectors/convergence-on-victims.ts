import { binomialTail } from '../../features/exact-tests.ts';
import { FRAUD_CASES } from '../../features/reports.ts';
import { chanceStrength, detector, int, oneIn, pct, reason, strength } from '../detector.ts';
import { MEASURED } from '../../features/steps.ts';
import { sql } from '../../store/sql.ts';

/** Longest use, in days, of a foreign number that several victims' bills show. */
const BRIEF = 10;

/**
 * Convergence on victims (被害人汇聚): the people this number called went on to report a fraud, far more often than chance would give.
 *
 * Sees: distinct reported victims among the people it called in the 30 days before their reports, against how often anybody's calls meet a victim.
 * Looks the same: popular callers (a bank, a courier firm) meet victims too, because they call everybody; a victim's family.
 * Tells them apart: the test is against the number of people called, so a popular caller's share stays ordinary; two victims are the least.
 * Where the records are the victims' own telephone bills, everybody in them called victims. There it speaks of numbers shown with a foreign code and in use for days only, by how many of the victims one of them called.
 * Source: the base case (串并); one-sided binomial test.
 */
export const convergenceOnVictims = detector<
  'chance' | 'victims',
  { number: string; victims: number; people: number; base: number; chosen: number; records: string[] }
>({
  id: 'convergence-on-victims',
  title: { zh: '被害人汇聚', en: 'Convergence on victims' },
  family: 'harm',
  sees: {
    zh: '它呼叫过的人随后报案，比例远高于偶然',
    en: 'people it called went on to report a fraud, far more often than chance would give',
  },
  looksTheSame: {
    zh: '人人都接到的银行、快递来电；被害人的家人',
    en: 'banks and couriers that call everybody; a victim’s family',
  },
  tellsApart: {
    zh: '按其呼叫人数检验：受众广的号码比例正常；至少两名被害人',
    en: 'tested against how many people it called: a popular caller’s share stays ordinary; at least two victims',
  },
  source: 'one-sided binomial test',
  needs: ['calls', 'cases'],
  weight: 5,
  thresholds: {
    chance: { value: 0.001, unit: 'probability of as many by chance', min: 1e-12, max: 0.5 },
    victims: { value: 2, unit: 'victims', min: 1, max: 100 },
  },
  steps: (t) => [
    {
      name: 'reports',
      sql: sql`SELECT id, arrayMax(reported) AS last_report FROM ${MEASURED.victims}`,
    },
    {
      name: 'victims_reached',
      sql: sql`SELECT p.number AS caller, count() AS people,
          countIf(v.id != 0 AND p.first_out <= v.last_report AND p.first_out >= v.last_report - 30 * 86400000) AS victims
        FROM ${MEASURED.pairs} AS p LEFT JOIN reports AS v ON v.id = p.contact
        WHERE p.call_out + p.text_out > 0 GROUP BY caller HAVING people >= 3 OR victims >= 2`,
    },
    {
      name: 'convergence',
      sql: sql`SELECT n.number AS number, people, victims, (SELECT sum(victims) / sum(people) FROM victims_reached) AS base,
          (SELECT any(chosen) FROM ${MEASURED.scope}) AS chosen, emptyArrayString() AS records
        FROM (SELECT * FROM victims_reached WHERE victims >= ${t.victims}) AS r INNER JOIN ${MEASURED.numbers} AS n ON n.id = r.caller
        WHERE chosen = 0 OR n.number IN (SELECT number FROM measures WHERE displayed_abroad = 1 AND active_span_days <= ${BRIEF})`,
    },
  ],
  score: (r, t) =>
    r.chosen === 1
      ? strength(r.victims, t.victims / 2, t.victims * 1.5, t.victims * 6)
      : chanceStrength(binomialTail(r.victims, r.people, r.base), t.chance),
  reasons: (r, t) => {
    if (r.chosen === 1) {
      return [
        reason('victim_contacts', r.victims, 'people', t.victims, {
          zh: `同一境外号码出现在 ${int(r.victims)} 名被害人的话单中，使用不过数日`,
          en: `the same foreign number is in the telephone bills of ${int(r.victims)} victims, and was in use for days only`,
        }),
      ];
    }
    const p = binomialTail(r.victims, r.people, r.base);
    return [
      reason(
        'victim_contacts',
        r.victims,
        'people',
        t.victims,
        {
          zh: `呼叫过的 ${int(r.people)} 人中 ${int(r.victims)} 人在 30 日内报案（一般为 ${pct(r.base)}；偶然概率 ${oneIn(p)}）`,
          en: `${int(r.victims)} of ${int(r.people)} people called reported a fraud within 30 days (usual: ${pct(r.base)}; by chance ${oneIn(p)})`,
        },
        {
          zh: '受众极广的合法来电也会碰到被害人，但比例与常人无异',
          en: 'a lawful caller with a very wide audience meets victims too, but no more often than others',
        },
      ),
    ];
  },
  innocent: () => null,
  recordsOf: () => ({
    name: 'calls_to_victims',
    sql: sql`SELECT caller AS number,
        arrayMap(x -> x.3, groupArraySorted(20)((started_at, row, concat(substring(file_sha256, 1, 12), ':', toString(row))))) AS records
      FROM calls WHERE caller IN (SELECT number FROM candidates) AND callee IN (SELECT victim FROM ${FRAUD_CASES}) GROUP BY caller`,
  }),
});
