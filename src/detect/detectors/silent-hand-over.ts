import { binomialTail } from '../../features/exact-tests.ts';
import { MEASURED, SWITCHBOARD } from '../../features/steps.ts';
import { raw, sql } from '../../store/sql.ts';
import { chanceStrength, detector, int, oneIn, pct, reason } from '../detector.ts';

const DAY = 86_400_000;
/** Clocks of two sources differ; a successor may seem to begin before its predecessor ended. */
const SKEW = 3_600_000;
/** A number that reached fewer people than this leaves nothing to hand over. */
const USED = 5;
/** Strangers' share from which a number calls people who do not know it. */
const STRANGERS = 0.6;
/** Whom more such numbers than this call, says nothing of any two of them. */
const SOUGHT = 10;
/** What the same account or handset is worth alone: a line is resold, a handset passed on. */
const BY_LINE = 0.3;
/**
 * What a hand-over is worth unless both numbers are foreign and were in use for days only: people change their number and firms their line, but nobody goes from one foreign number
 * to the next every few days to keep calling the same strangers here.
 */
const ORDINARY = 0.5;
const DAYS_ONLY = 10 * DAY;

/**
 * Silent hand-over (静默换号接手): a number fell silent, and within days another one went on with the same people, or from the same account or handset.
 *
 * Sees: pairs of numbers that call strangers, whose times meet and do not overlap, and the people both called: more than the second one shares with numbers
 * in use beside it, and more than chance would give.
 * Looks the same: somebody who changed their number and calls the same friends; a rider who took over a colleague's round; a foreign firm that changed its line.
 * Tells them apart: friends know the new number and call it back, so its people are no strangers; two riders of a town share people at any time, not only then.
 * Source: the base case (封号后换号续联); Cortes, Pregibon & Volinsky 2001 (Communities of interest: the new account of a closed one); binomial test, Bonferroni over the pairs.
 */
export const silentHandOver = detector<
  'gapDays' | 'sharedPeople' | 'chance',
  {
    number: string;
    other: string;
    took_over: number;
    gap_days: number;
    shared: number;
    people_before: number;
    expected: number;
    pairs: number;
    line: number;
    /** Both are shown as foreign. */
    abroad: number;
    /** And were in use for days only. */
    fleeting: number;
  }
>({
  id: 'silent-hand-over',
  title: { zh: '静默换号接手', en: 'Silent hand-over' },
  family: 'identity',
  sees: {
    zh: '一个号码停用后数日内，另一号码接着联系同样的陌生人，或从同一账号、手机拨出',
    en: 'a number fell silent, and within days another went on with the same strangers, or from the same account or handset',
  },
  looksTheSame: {
    zh: '换了号码的普通人、接替同事的骑手、更换线路的外企',
    en: 'somebody who changed their number, a rider who took over a colleague’s round, a foreign firm that changed its line',
  },
  tellsApart: {
    zh: '熟人知道新号码并会回拨；同城骑手的客户随时重合，不只在交接之时；企业的号码有人回拨',
    en: 'friends know the new number and call it; riders of one town share people at any time, not only then; a firm is called back',
  },
  source: 'Cortes, Pregibon & Volinsky 2001; binomial test, Bonferroni over the pairs; the base case',
  needs: ['calls'],
  // One change of number is ordinary; that strangers were handed over is not, least of all from one short-lived foreign number to another (the full weight). With rotation it says much the same, and
  // the family is capped.
  weight: 4,
  thresholds: {
    gapDays: { value: 3, unit: 'days between the last call of one and the first of the other', min: 0.5, max: 30 },
    sharedPeople: { value: 4, unit: 'people called by both', min: 2, max: 1000 },
    chance: { value: 0.001, unit: 'probability of as many by chance', min: 1e-12, max: 0.5 },
  },
  steps: (t, home) => {
    const gap = raw(String(Math.round(t.gapDays * DAY)));
    const meet = (last: string, first: string): ReturnType<typeof raw> =>
      raw(`${first} >= ${last} - ${SKEW} AND ${first} <= ${last} + ${gap.raw}`);
    return [
      // `newcomer`: began after the records did; `silenced`: silent when they ended. Of the others nobody knows.
      {
        name: 'spans',
        table: 'hand_over_spans',
        orderBy: 'id',
        sql: sql`SELECT id, people, first, last, id IN (SELECT id FROM ${MEASURED.numbers} WHERE country NOT IN ('', ${home.country})) AS abroad,
            first > (SELECT min(t) FROM ${MEASURED.calls}) + ${gap} AS newcomer, last < (SELECT max(t) FROM ${MEASURED.calls}) - ${gap} AS silenced
          FROM (
            SELECT u.id AS id, toUInt64(u.people) AS people, c.first AS first, c.last AS last
            FROM (
              SELECT n.id AS id, m.out_degree AS people FROM (SELECT number, out_degree FROM measures WHERE out_degree >= ${USED} AND strangers_share >= ${STRANGERS}) AS m
              INNER JOIN ${MEASURED.numbers} AS n ON n.number = m.number
            ) AS u INNER JOIN (SELECT caller, min(t) AS first, max(t) AS last FROM ${MEASURED.calls} GROUP BY caller) AS c ON c.caller = u.id
          )`,
      },
      {
        name: 'people_called',
        table: 'hand_over_people',
        orderBy: 'contact',
        sql: sql`SELECT number AS id, contact FROM ${MEASURED.pairs} WHERE call_out + text_out > 0 AND number IN (SELECT id FROM hand_over_spans)`,
      },
      {
        name: 'sought',
        sql: sql`SELECT contact FROM hand_over_people GROUP BY contact HAVING count() BETWEEN 2 AND ${SOUGHT}`,
      },
      {
        name: 'overlaps',
        sql: sql`SELECT a.id AS a, b.id AS b, count() AS shared
          FROM (SELECT * FROM hand_over_people WHERE contact IN (SELECT contact FROM sought)) AS a
          INNER JOIN (SELECT * FROM hand_over_people WHERE contact IN (SELECT contact FROM sought) AND id IN (SELECT id FROM hand_over_spans WHERE newcomer)) AS b ON a.contact = b.contact
          WHERE a.id != b.id GROUP BY a, b`,
      },
      {
        name: 'overlaps_in_time',
        table: 'hand_over_overlaps',
        orderBy: 'b, a',
        sql: sql`SELECT o.a AS a, o.b AS b, o.shared AS shared, x.people AS people_before, y.people AS people_after, y.first - x.last AS gap,
            x.silenced AND ${meet('x.last', 'y.first')} AS met, NOT met AND x.first <= y.last AND x.last >= y.first AS side_by_side
          FROM overlaps AS o INNER JOIN hand_over_spans AS x ON x.id = o.a INNER JOIN hand_over_spans AS y ON y.id = o.b`,
      },
      // How much of their people the newcomer shares with numbers in use at the same time: a small town, a list in many hands.
      {
        name: 'usual_overlap',
        sql: sql`SELECT b, sumIf(shared, side_by_side) / sumIf(people_before, side_by_side) AS usual FROM hand_over_overlaps GROUP BY b`,
      },
      {
        name: 'by_people',
        sql: sql`SELECT o.a AS a, o.b AS b, o.gap AS gap, o.shared AS shared, o.people_before AS people_before,
            greatest(ifNotFinite(u.usual, 0), o.people_after / (SELECT uniqExact(contact) FROM hand_over_people)) AS expected
          FROM hand_over_overlaps AS o INNER JOIN usual_overlap AS u ON u.b = o.b WHERE o.met AND o.shared >= ${t.sharedPeople}`,
      },
      {
        name: 'line_uses',
        sql: sql`SELECT kind, value, arraySort(groupArray((first, last, number))) AS uses FROM ${MEASURED.lines}
          WHERE kind IN (1, 2) AND number IN (SELECT id FROM hand_over_spans) GROUP BY kind, value HAVING length(uses) BETWEEN 2 AND ${SWITCHBOARD}`,
      },
      {
        // A handset's own number is not handed over when a dialler on it begins to show another country's.
        name: 'by_line',
        sql: sql`SELECT x.3 AS a, y.3 AS b, y.1 - x.2 AS gap, kind
          FROM (SELECT kind, uses, x FROM line_uses ARRAY JOIN uses AS x) ARRAY JOIN uses AS y
          WHERE a != b AND ${meet('x.2', 'y.1')} AND a IN (SELECT id FROM hand_over_spans WHERE silenced) AND b IN (SELECT id FROM hand_over_spans WHERE newcomer)
            AND (a IN (SELECT id FROM hand_over_spans WHERE abroad)) = (b IN (SELECT id FROM hand_over_spans WHERE abroad))`,
      },
      {
        name: 'hand_overs',
        sql: sql`SELECT a, b, min(gap_ms) AS gap, max(shared_people) AS shared, max(before) AS people_before, max(rate) AS expected, max(line_kind) AS line FROM (
            SELECT a, b, gap AS gap_ms, shared AS shared_people, people_before AS before, expected AS rate, toUInt8(0) AS line_kind FROM by_people
            UNION ALL SELECT a, b, gap, 0, 0, 0, kind FROM by_line
          ) GROUP BY a, b`,
      },
      {
        name: 'both_sides',
        sql: sql`SELECT id, argMax((took_over, other_id, gap, shared, people_before, expected, line), (shared, line > 0, took_over, other_id)) AS best FROM (
            SELECT a AS id, toUInt8(0) AS took_over, b AS other_id, gap, shared, people_before, expected, line FROM hand_overs
            UNION ALL SELECT b, 1, a, gap, shared, people_before, expected, line FROM hand_overs
          ) GROUP BY id`,
      },
      {
        name: 'hand_over',
        sql: sql`SELECT n.number AS number, o.number AS other, best.1 AS took_over, greatest(0, best.3) / ${DAY} AS gap_days, best.4 AS shared, best.5 AS people_before,
            best.6 AS expected, best.7 AS line,
            n.country NOT IN ('', ${home.country}) AND o.country NOT IN ('', ${home.country}) AS abroad,
            abroad AND greatest(x.last - x.first, y.last - y.first) <= ${DAYS_ONLY} AS fleeting, (SELECT toFloat64(countIf(silenced)) * countIf(newcomer) FROM hand_over_spans) AS all_pairs,
            (SELECT toFloat64(countIf(silenced AND abroad)) * countIf(newcomer AND abroad) FROM hand_over_spans) AS pairs_abroad, if(abroad, pairs_abroad, all_pairs) AS pairs
          FROM both_sides AS s INNER JOIN ${MEASURED.numbers} AS n ON n.id = s.id INNER JOIN ${MEASURED.numbers} AS o ON o.id = best.2
            INNER JOIN hand_over_spans AS x ON x.id = s.id INNER JOIN hand_over_spans AS y ON y.id = best.2`,
      },
    ];
  },
  score: (r, t) =>
    Math.max(r.line > 0 ? BY_LINE : 0, (r.fleeting === 1 ? 1 : ORDINARY) * chanceStrength(byChance(r), t.chance)),
  reasons: (r, t) => [
    reason(
      'hand_over_gap',
      r.gap_days,
      'days',
      t.gapDays,
      r.took_over === 1
        ? {
            zh: `号码 ${r.other} 停用 ${r.gap_days.toFixed(1)} 天后，本号开始外呼`,
            en: `it began to call ${r.gap_days.toFixed(1)} days after ${r.other} fell silent`,
          }
        : {
            zh: `本号停用 ${r.gap_days.toFixed(1)} 天后，号码 ${r.other} 开始外呼`,
            en: `${r.other} began to call ${r.gap_days.toFixed(1)} days after it fell silent`,
          },
      r.abroad === 1
        ? { zh: '更换线路的外企也会如此', en: 'a foreign firm that changed its line looks the same' }
        : { zh: '换了号码的普通人也会如此', en: 'somebody who changed their number looks the same' },
    ),
    ...(r.shared === 0
      ? []
      : [
          reason('shared_contacts', r.shared, 'people', t.sharedPeople, {
            zh: `前一号码联系的 ${int(r.people_before)} 人中 ${int(r.shared)} 人由后一号码接着联系（一般为 ${pct(r.expected)}；偶然概率 ${oneIn(byChance(r))}）`,
            en: `the later number went on with ${int(r.shared)} of the ${int(r.people_before)} people of the earlier one (usual: ${pct(r.expected)}; by chance ${oneIn(byChance(r))})`,
          }),
        ]),
    ...(r.line === 0
      ? []
      : [
          reason('same_line', 1, 'account or handset', null, {
            zh: `两者从同一${r.line === 1 ? '账号' : '手机'}拨出`,
            en: `both were placed from the same ${r.line === 1 ? 'account' : 'handset'}`,
          }),
        ]),
  ],
  // By the people alone: an account or a handset is a layer of its own.
  follows: (r, t) => (byChance(r) <= t.chance ? r.other : null),
  innocent: (r) =>
    r.shared === 0
      ? {
          zh: '没有共同联系的人：账号或手机可能转给了他人',
          en: 'nobody was called by both: the account or handset may have been passed on',
        }
      : null,
});

/** As many shared people or more, if each of the earlier number's people were called by the later one as often as usual; of all pairs that might have been. */
const byChance = (r: { shared: number; people_before: number; expected: number; pairs: number }): number =>
  r.shared === 0 ? 1 : Math.min(1, r.pairs * binomialTail(r.shared, r.people_before, Math.min(1, r.expected)));
