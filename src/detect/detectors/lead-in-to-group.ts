import { binomialTail } from '../../features/exact-tests.ts';
import { chanceStrength, detector, int, oneIn, reason } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * Lead-in to a group (电话引流入群): people join the same chat group soon after this number called them.
 *
 * Sees: members of one group who were called by this number in the 72 hours before they joined, against how often people join any group after any call.
 * Looks the same: a school's or clinic's line that then opens a parents' or patients' group; a shop's customer group.
 * Tells them apart: those numbers are registered, called back, and the group's members know each other.
 * Source: the base case (引流到指定聊天群); one-sided binomial test.
 */
export const leadInToGroup = detector<
  'chance' | 'joined',
  { number: string; chat_group: string; joined: number; people: number; base: number; records: string[] }
>({
  id: 'lead-in-to-group',
  title: { zh: '电话引流入群', en: 'Lead-in to a chat group' },
  family: 'harm',
  sees: { zh: '接到其来电后不久加入同一聊天群', en: 'people join the same chat group soon after its call' },
  looksTheSame: {
    zh: '学校家长群、诊所患者群、商家会员群的工作人员',
    en: 'staff of a school’s, clinic’s or shop’s own group',
  },
  tellsApart: {
    zh: '它们已登记、有人回拨，群成员彼此相识',
    en: 'they are registered and called back; members know each other',
  },
  source: 'one-sided binomial test',
  needs: ['calls', 'memberships'],
  weight: 5,
  thresholds: {
    chance: { value: 0.001, unit: 'probability of as many by chance', min: 1e-12, max: 0.5 },
    joined: { value: 2, unit: 'people in the same group', min: 1, max: 100 },
  },
  steps: (t) => [
    {
      name: 'joins',
      sql: sql`SELECT \`group\` AS chat_group, member, min(joined_at) AS joined_first FROM memberships
        WHERE joined_at IS NOT NULL AND role = 'member' GROUP BY chat_group, member`,
    },
    {
      name: 'calls_before_joining',
      sql: sql`SELECT c.caller AS number, j.chat_group AS chat_group, uniqExact(c.callee) AS joined,
          arraySlice(arraySort(groupArray(concat(substring(c.file_sha256, 1, 12), ':', toString(c.row)))), 1, 20) AS records
        FROM calls AS c INNER JOIN joins AS j ON j.member = c.callee
        WHERE c.started_at <= j.joined_first AND c.started_at >= j.joined_first - INTERVAL 72 HOUR
        GROUP BY number, chat_group`,
    },
    {
      name: 'best_group',
      sql: sql`SELECT number, max(joined) AS joined_most, argMax(chat_group, (joined, chat_group)) AS top_group, argMax(records, (joined, chat_group)) AS top_records
        FROM calls_before_joining GROUP BY number`,
    },
    {
      name: 'lead_in',
      sql: sql`SELECT b.number AS number, b.top_group AS chat_group, b.joined_most AS joined, b.top_records AS records, m.out_degree AS people,
          (SELECT sum(joined) FROM calls_before_joining) / (SELECT sum(out_degree) FROM measures) AS base
        FROM best_group AS b INNER JOIN measures AS m ON m.number = b.number
        WHERE b.joined_most >= ${t.joined}`,
    },
  ],
  score: (r, t) => chanceStrength(binomialTail(r.joined, Math.max(r.people, r.joined), Math.min(1, r.base)), t.chance),
  reasons: (r, t) => [
    reason(
      'lead_in_joins',
      r.joined,
      'people',
      t.joined,
      {
        zh: `${int(r.joined)} 人在其来电后 72 小时内加入同一群（${r.chat_group}）；偶然概率 ${oneIn(binomialTail(r.joined, Math.max(r.people, r.joined), Math.min(1, r.base)))}`,
        en: `${int(r.joined)} people joined the same group (${r.chat_group}) within 72 hours of its call; by chance ${oneIn(binomialTail(r.joined, Math.max(r.people, r.joined), Math.min(1, r.base)))}`,
      },
      {
        zh: '学校、诊所、商家也会来电后建群；但它们已登记、有人回拨',
        en: 'a school, clinic or shop may open a group after calling; but it is registered and called back',
      },
    ),
  ],
  innocent: () => null,
});
