import type { Reason } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';

export interface Handover {
  from: string;
  to: string;
  /** First call of the successor, epoch ms. */
  at: number;
  score: number;
  reasons: Reason[];
}

const DAY = 86_400_000;

/**
 * Number rotation (换号) within an account: a number fell silent and the same account's next number began within three days. Numbers of an
 * account are lined up by first use, so each has one successor at most.
 *
 * @param silentUntil numbers whose last call is later than this may still be in use: no successor is sought
 */
export async function findSuccession(facts: FactsStore, silentUntil: number): Promise<Handover[]> {
  const rows = await facts.query<{
    account: string;
    number: string;
    first: number;
    last: number;
    people: string[];
  }>(sql`
    SELECT account, caller AS number, toUnixTimestamp64Milli(min(started_at)) AS first, toUnixTimestamp64Milli(max(started_at)) AS last,
      arraySlice(arraySort(groupUniqArray(callee)), 1, 2000) AS people
    FROM calls WHERE account != '' AND caller IN (SELECT number FROM ring_numbers WHERE work = 1)
    GROUP BY account, number HAVING count() >= 3 ORDER BY account, first, number`);
  const out = new Map<string, Handover>();
  for (let i = 0; i + 1 < rows.length; i++) {
    const [a, b] = [rows[i]!, rows[i + 1]!];
    if (a.account !== b.account || a.number === b.number) continue;
    const gap = b.first - a.last;
    if (gap > 3 * DAY || gap < -DAY || a.last > silentUntil) continue;
    const before = new Set(a.people);
    const shared = b.people.filter((p) => before.has(p)).length;
    const score = Math.round(1e6 * Math.min(0.99, 0.7 + (gap >= 0 ? 0.1 : 0) + 0.06 * Math.log2(1 + shared))) / 1e6;
    const handover: Handover = {
      from: a.number,
      to: b.number,
      at: b.first,
      score,
      reasons: [
        {
          measure: 'same_account',
          value: 1,
          unit: 'account',
          threshold: null,
          text: {
            zh: `同一账号 ${a.account} 在前号停用 ${(gap / 3_600_000).toFixed(1)} 小时后启用`,
            en: `the same account ${a.account} began using it ${(gap / 3_600_000).toFixed(1)} hours after the other fell silent`,
          },
          innocent: { zh: '企业更换线路也会如此', en: 'a firm that changes its lines looks the same' },
        },
        ...(shared === 0
          ? []
          : [
              {
                measure: 'shared_contacts',
                value: shared,
                unit: 'people',
                threshold: null,
                text: { zh: `接着联系了同样的 ${shared} 人`, en: `went on with ${shared} of the same people` },
              },
            ]),
      ],
    };
    const k = `${a.number}|${b.number}`;
    const known = out.get(k);
    if (known === undefined || known.score < score) out.set(k, handover);
  }
  return [...out.values()].sort((x, y) => (x.from < y.from ? -1 : x.from > y.from ? 1 : x.to < y.to ? -1 : 1));
}
