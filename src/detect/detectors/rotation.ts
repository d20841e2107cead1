import { MEASURED, SWITCHBOARD } from '../../features/steps.ts';
import { sql } from '../../store/sql.ts';
import { detector, int, pct, reason, strength } from '../detector.ts';

/** A number that reached fewer people than this was not used, only tried. */
const USED = 5;
const DAY = 86_400_000;

/**
 * Rotation (轮换号码): one account or handset uses number after number, each briefly.
 *
 * Sees: how many other numbers of the same account or handset had fallen silent before this one began, or began after it fell silent, and how long its own turn was.
 * Looks the same: a firm that changes its lines once; a pool of caller ids used side by side; somebody trying SIM cards.
 * Tells them apart: a firm's lines last and change once; the ids of a pool overlap in time, a rotation's follow each other; people know whoever changes SIM cards.
 * Source: the base case (主叫分组, 换号); 反电信网络诈骗法 art. 14; measures numbers_before and numbers_after.
 */
export const rotation = detector<
  'inTurn' | 'turnDays' | 'apart',
  {
    number: string;
    kind: number;
    before: number;
    after: number;
    others: number;
    turn_days: number;
    strangers: number | null;
    called_back: number | null;
    answered_in: number | null;
  }
>({
  id: 'rotation',
  title: { zh: '轮换号码', en: 'Rotation of numbers' },
  family: 'identity',
  sees: {
    zh: '同一账号或手机接连使用多个号码，用几天就换',
    en: 'one account or handset uses number after number, each for a few days',
  },
  looksTheSame: {
    zh: '更换线路的企业、并用的号码池、换卡的人',
    en: 'a firm changing its lines, a pool of caller ids used side by side, somebody changing SIM cards',
  },
  tellsApart: {
    zh: '企业只换一次且长期使用；号码池中的号码同时在用；换卡的人联系的是熟人',
    en: 'a firm changes once and keeps the new line; ids of a pool overlap in time; who changes cards calls people who know them',
  },
  source: '反电信网络诈骗法 14; the base case',
  needs: ['calls'],
  // Lawful callers change a number, they do not use one up in days; but accounts resold by a provider may look so. Less than the displayed country's contradiction.
  weight: 2,
  thresholds: {
    inTurn: { value: 3, unit: 'numbers one after another, this one included', min: 2, max: 100 },
    turnDays: { value: 7, unit: 'days from first to last use', min: 1, max: 90 },
    apart: { value: 0.6, unit: 'share of the line’s other numbers not in use at the same time', min: 0, max: 1 },
  },
  steps: (t) => [
    {
      name: 'used_numbers',
      sql: sql`SELECT n.id AS id, n.number AS number FROM ${MEASURED.numbers} AS n
        WHERE n.number IN (SELECT number FROM measures WHERE out_degree >= ${USED})`,
    },
    {
      name: 'turns',
      sql: sql`SELECT kind, value, arraySort(groupArray((first, last, u.number))) AS turns
        FROM ${MEASURED.lines} AS l INNER JOIN used_numbers AS u ON u.id = l.number WHERE kind IN (1, 2)
        GROUP BY kind, value HAVING length(turns) BETWEEN 2 AND ${SWITCHBOARD}`,
    },
    {
      name: 'one_after_another',
      sql: sql`SELECT turn.3 AS number, kind, arrayCount(x -> x.2 < turn.1, turns) AS before, arrayCount(x -> x.1 > turn.2, turns) AS after,
          length(turns) - 1 AS others, (turn.2 - turn.1) / ${DAY} AS turn_days
        FROM turns ARRAY JOIN turns AS turn`,
    },
    {
      name: 'longest_rotation',
      sql: sql`SELECT number, argMax((kind, before, after, others, turn_days), (before + after, kind, others)) AS best FROM one_after_another
        WHERE before + after + 1 >= ${t.inTurn} AND turn_days <= ${t.turnDays} AND before + after >= ${t.apart} * others GROUP BY number`,
    },
    {
      name: 'rotation',
      sql: sql`SELECT r.number AS number, best.1 AS kind, best.2 AS before, best.3 AS after, best.4 AS others, best.5 AS turn_days,
          m.strangers_share AS strangers, m.call_back_ratio AS called_back, m.answered_in_share AS answered_in
        FROM longest_rotation AS r INNER JOIN measures AS m ON m.number = r.number`,
    },
  ],
  // Somebody whom people know or can reach is changing cards, not rotating numbers.
  score: (r, t) =>
    strength(r.before + r.after + 1, t.inTurn - 1, t.inTurn, t.inTurn * 3) *
    ((r.strangers ?? 0) >= 0.6 ? 1 : 0.2) *
    (reachable(r) ? 0.3 : 1),
  reasons: (r, t) => [
    reason(
      'numbers_in_turn',
      r.before + r.after + 1,
      'numbers',
      t.inTurn,
      {
        zh: `同一${r.kind === 1 ? '账号' : '手机'}接连用过 ${int(r.before + r.after + 1)} 个号码：此前 ${int(r.before)} 个已停用，此后又启用 ${int(r.after)} 个`,
        en: `the same ${r.kind === 1 ? 'account' : 'handset'} used ${int(r.before + r.after + 1)} numbers one after another: ${int(r.before)} had fallen silent before, ${int(r.after)} began after`,
      },
      { zh: '企业更换线路也会先后使用两个号码', en: 'a firm that changes its line uses two in a row as well' },
    ),
    reason('turn_days', r.turn_days, 'days', t.turnDays, {
      zh: `本号只用了 ${r.turn_days.toFixed(1)} 天`,
      en: `this one was in use for ${r.turn_days.toFixed(1)} days`,
    }),
  ],
  innocent: (r) =>
    reachable(r)
      ? { zh: `${pct(r.called_back ?? 0)} 的人会回拨`, en: `${pct(r.called_back ?? 0)} of the people call it back` }
      : (r.strangers ?? 0) < 0.6
        ? { zh: '联系的多是熟人：可能只是换卡', en: 'it calls people who know it: perhaps only a change of SIM card' }
        : null,
});

const reachable = (r: { called_back: number | null; answered_in: number | null }): boolean =>
  (r.called_back ?? 0) > 0.1 && (r.answered_in ?? 0) > 0.1;
