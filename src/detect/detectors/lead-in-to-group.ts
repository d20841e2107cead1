import { binomialTail } from '../../features/exact-tests.ts';
import { chanceStrength, detector, int, oneIn, reason } from '../detector.ts';
import { ledIntoGroups, MAY_HAVE_LED } from '../led-into-groups.ts';
import { sql } from '../../store/sql.ts';

/**
 * Lead-in to a group (电话引流入群): people join the same chat group soon after this number called them, or name the same group when they report a fraud.
 *
 * Sees: people of one group who were called by this number in the 72 hours before they joined, or in the 30 days before they reported it, against how often that follows any call.
 * Looks the same: a school's or clinic's line that then opens a parents' or patients' group; a shop's customer group.
 * Tells them apart: those numbers are registered, called back, and the group's members know each other.
 * Source: the base case (引流到指定聊天群); one-sided binomial test.
 */
export const leadInToGroup = detector<
  'chance' | 'joined',
  {
    number: string;
    chat_group: string;
    joined: number;
    reported: number;
    people: number;
    base: number;
    records: string[];
  }
>({
  id: 'lead-in-to-group',
  title: { zh: '电话引流入群', en: 'Lead-in to a chat group' },
  family: 'harm',
  sees: {
    zh: '接到其来电后不久加入同一聊天群，或报案时指出同一群',
    en: 'people join the same chat group soon after its call, or report the same group',
  },
  looksTheSame: {
    zh: '学校家长群、诊所患者群、商家会员群的工作人员',
    en: 'staff of a school’s, clinic’s or shop’s own group',
  },
  tellsApart: {
    zh: '它们已登记、有人回拨，群成员彼此相识',
    en: 'they are registered and called back; members know each other',
  },
  source: 'one-sided binomial test',
  needs: ['calls'],
  needsOneOf: ['memberships', 'cases'],
  weight: 5,
  thresholds: {
    chance: { value: 0.001, unit: 'probability of as many by chance', min: 1e-12, max: 0.5 },
    joined: { value: 2, unit: 'people in the same group', min: 1, max: 100 },
  },
  steps: (t, home) => [
    {
      name: 'joins',
      sql: ledIntoGroups(sql`role = 'member'`, home),
    },
    {
      name: 'calls_before_joining',
      sql: sql`SELECT c.caller AS number, j.chat AS chat_group, uniqExact(c.callee) AS joined, uniqExactIf(c.callee, j.reported = 1) AS said,
          arraySlice(arraySort(groupArray(concat(substring(c.file_sha256, 1, 12), ':', toString(c.row)))), 1, 20) AS records
        FROM calls AS c INNER JOIN joins AS j ON j.member = c.callee WHERE ${MAY_HAVE_LED}
        GROUP BY number, chat_group`,
    },
    {
      name: 'best_group',
      sql: sql`SELECT number, max(joined) AS joined_most, argMax(chat_group, (joined, chat_group)) AS top_group, argMax(records, (joined, chat_group)) AS top_records, argMax(said, (joined, chat_group)) AS top_said
        FROM calls_before_joining GROUP BY number`,
    },
    {
      name: 'lead_in',
      sql: sql`SELECT b.number AS number, b.top_group AS chat_group, b.joined_most AS joined, b.top_said AS reported, b.top_records AS records, m.out_degree AS people,
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
        zh: `${int(r.joined)} 人接到其来电后进入同一群（${r.chat_group}；72 小时内加入，其中 ${int(r.reported)} 人报案指出该群）；偶然概率 ${oneIn(binomialTail(r.joined, Math.max(r.people, r.joined), Math.min(1, r.base)))}`,
        en: `${int(r.joined)} people got into the same group (${r.chat_group}) after its call (within 72 hours, or as ${int(r.reported)} of them reported); by chance ${oneIn(binomialTail(r.joined, Math.max(r.people, r.joined), Math.min(1, r.base)))}`,
      },
      {
        zh: '学校、诊所、商家也会来电后建群；但它们已登记、有人回拨',
        en: 'a school, clinic or shop may open a group after calling; but it is registered and called back',
      },
    ),
  ],
  innocent: () => null,
});
