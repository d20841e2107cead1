import { binomialTail } from '../../features/exact-tests.ts';
import { chanceStrength, detector, int, oneIn, pct, reason } from '../detector.ts';
import { MEASURED } from '../../features/steps.ts';
import { sql } from '../../store/sql.ts';

/**
 * Convergence on a past dealing (客户名单汇聚): the people it calls are customers of one organisation, far more often than chance would give.
 *
 * Sees: the most frequent organisation among the past dealings of the people called, against that organisation's share of all customers known.
 * Looks the same: the organisation itself calling its own customers, or its lawful outsourced call centre.
 * Tells them apart: the caller is registered to the organisation, and customers call it back.
 * Source: the base case (教育机构、金融投资客户名单); binomial test, corrected for the number of organisations.
 */
export const convergenceOnDealings = detector<
  'chance' | 'customers',
  {
    number: string;
    organisation: string;
    customers: number;
    known: number;
    base: number;
    organisations: number;
    own: string | null;
  }
>({
  id: 'convergence-on-dealings',
  title: { zh: '客户名单汇聚', en: 'Convergence on one customer list' },
  family: 'list',
  sees: { zh: '被叫多为同一机构的客户', en: 'the people it calls are customers of one organisation' },
  looksTheSame: { zh: '机构自己或其合法外包外呼中心', en: 'the organisation itself, or its lawful call centre' },
  tellsApart: { zh: '主叫登记在该机构名下，客户会回拨', en: 'the caller is registered to it, and customers call back' },
  source: 'one-sided binomial test, Bonferroni over organisations',
  needs: ['calls', 'dealings'],
  weight: 2,
  thresholds: {
    chance: { value: 0.001, unit: 'probability of as many by chance', min: 1e-12, max: 0.5 },
    customers: { value: 4, unit: 'customers of one organisation', min: 2, max: 1000 },
  },
  steps: (t) => [
    { name: 'customers', sql: sql`SELECT DISTINCT person, organisation FROM dealings` },
    {
      name: 'organisation_share',
      sql: sql`SELECT organisation, count() / (SELECT uniqExact(person) FROM dealings) AS base FROM customers GROUP BY organisation`,
    },
    {
      name: 'top_organisation',
      sql: sql`SELECT number AS caller, max(people) AS most, argMax(organisation, (people, organisation)) AS top, any(total) AS known
        FROM ${MEASURED.dealings} GROUP BY caller HAVING most >= ${t.customers}`,
    },
    {
      name: 'convergence_on_dealings',
      sql: sql`SELECT n.number AS number, tp.top AS organisation, tp.most AS customers, tp.known AS known, s.base AS base,
          (SELECT uniqExact(organisation) FROM dealings) AS organisations, nullIf(g.holder, '') AS own
        FROM top_organisation AS tp
        INNER JOIN ${MEASURED.numbers} AS n ON n.id = tp.caller
        INNER JOIN organisation_share AS s ON s.organisation = tp.top
        LEFT JOIN (SELECT number, min(organisation) AS holder FROM registry GROUP BY number) AS g ON g.number = n.number
        WHERE tp.most / tp.known > s.base AND n.number IN (SELECT number FROM measures WHERE out_degree >= 5)`,
    },
  ],
  score: (r, t) =>
    r.own === r.organisation
      ? 0
      : chanceStrength(
          Math.min(1, r.organisations * binomialTail(r.customers, r.known, Math.min(1, r.base))),
          t.chance,
        ),
  reasons: (r, t) => [
    reason(
      'dealing_concentration',
      r.customers,
      'people',
      t.customers,
      {
        zh: `被叫中 ${int(r.customers)} 人是「${r.organisation}」的客户（有往来记录者 ${int(r.known)} 人；该机构一般占 ${pct(r.base)}；偶然概率 ${oneIn(Math.min(1, r.organisations * binomialTail(r.customers, r.known, Math.min(1, r.base))))}）`,
        en: `${int(r.customers)} of ${int(r.known)} people called with known dealings are customers of “${r.organisation}” (usual: ${pct(r.base)}; by chance ${oneIn(Math.min(1, r.organisations * binomialTail(r.customers, r.known, Math.min(1, r.base))))})`,
      },
      {
        zh: '机构自己或其外包外呼中心也会只呼叫本机构客户',
        en: 'the organisation itself or its call centre also calls only its own customers',
      },
    ),
  ],
  innocent: (r) =>
    r.own === null
      ? {
          zh: `可能是「${r.organisation}」自己的外呼号码：请向该机构核实`,
          en: `it may be a line of “${r.organisation}” itself: ask them`,
        }
      : null,
});
