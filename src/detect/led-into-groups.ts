import type { Home } from '../model/home.ts';
import { phoneSql } from '../normalise/cell-sql.ts';
import { raw, sql, type Sql } from '../store/sql.ts';

/** Hours before somebody joined a group in which the call that led them there falls; and before somebody reported the group, which they do when the money is gone. */
const BEFORE = { joining: 72, reporting: 30 * 24 };

/**
 * Who got into which chat group: from lists of members, and from reports that name the group. A SELECT of (chat, member, joined_first: when they joined, else when they
 * reported, null when neither was told; within: hours before that in which the call falls; joining: 1 where it is known when they joined; reported: 1 where a report says so; named: numbers that their reports name).
 *
 * Members are telephone numbers in E.164 where their text is one. `which` is a condition on a row of the member lists.
 */
export const ledIntoGroups = (which: Sql, home: Home): Sql => sql`
  SELECT chat, member, ifNull(minIf(since, NOT said), minIf(since, said)) AS joined_first,
    if(isNull(minIf(since, NOT said)), ${BEFORE.reporting}, ${BEFORE.joining}) AS within, toUInt8(isNotNull(minIf(since, NOT said))) AS joining, toUInt8(max(said)) AS reported, groupUniqArrayArray(blamed) AS named
  FROM (
    SELECT \`group\` AS chat, ${raw(phoneSql('member', home))} AS member, joined_at AS since, 0 AS said, emptyArrayString() AS blamed FROM memberships WHERE ${which}
    UNION ALL SELECT arrayJoin(chat_groups), victim, reported_at, 1, suspect_numbers FROM cases
  ) WHERE chat != '' GROUP BY chat, member`;

/** Condition on a call `c` and a row `j` of the above: it may be the call that led them there. */
export const MAY_HAVE_LED: Sql = sql`j.joined_first IS NOT NULL AND c.started_at <= j.joined_first AND c.started_at >= j.joined_first - toIntervalHour(j.within)`;
