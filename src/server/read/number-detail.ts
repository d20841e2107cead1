import { DETECTORS } from '../../detect/catalogue.ts';
import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../../model/fact-kinds.ts';
import type { Home } from '../../model/home.ts';
import type { Bilingual } from '../../model/reason.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import { raw, sql } from '../../store/sql.ts';
import type { Finding, NumberDetail, NumberRow, RingMember } from '../contract.ts';
import { countFacts } from './facts-count.ts';
import { findingsOf } from './findings.ts';
import { judgementsOf, verdicts } from './judgements.ts';
import { hoursOf } from './hours.ts';
import { detectorTitle } from './labels.ts';
import { measuresWithPeers } from './measures.ts';
import { rowBeforeAnalysis, rowsOf } from './number-rows.ts';
import { dayMs, parsedOrNull, PUBLISHED } from './results.ts';
import { successions } from './succession.ts';
import { weighed } from './why-not.ts';

/** Everything known of one number (canonical spelling), analysed or not; null when nobody ever met it. */
export async function numberDetail(
  facts: FactsStore,
  records: RecordsStore,
  home: Home,
  number: string,
): Promise<NumberDetail | null> {
  const said = await verdicts(records, 'number');
  const [known] = await rowsOf(facts, home, said, [number]);
  const analysed = known !== undefined;
  const row = known ?? (await rowBeforeAnalysis(facts, home, said, number));
  if (row === null) return null;
  const [
    findings,
    scored,
    measures,
    calendar,
    hours,
    origins,
    reachedProvinces,
    shared,
    chain,
    members,
    judgements,
    counts,
    sum,
  ] = await Promise.all([
    findingsOf(facts, sql`number = ${number}`).then((all) => all.get(number) ?? []),
    analysed ? facts.query<{ innocent: string }>(sql`SELECT innocent FROM number_index WHERE number = ${number}`) : [],
    analysed ? measuresWithPeers(facts, number) : [],
    facts.query<{ day: number; n: number }>(sql`
        SELECT ${raw(dayMs('started_at', home.zone))} AS day, count() AS n FROM calls WHERE caller = ${number} GROUP BY day ORDER BY day`),
    hoursOf(facts, home, sql`caller = ${number}`),
    facts.query<NumberDetail['origins'][number]>(sql`
        SELECT origin_country AS country, city, origin_ip AS ip, count() AS calls FROM calls
        WHERE caller = ${number} AND (origin_country != '' OR city != '' OR origin_ip != '')
        GROUP BY country, city, ip ORDER BY calls DESC, country, city, ip LIMIT 50`),
    facts.query<{ province: string; n: number }>(sql`
        SELECT province, count() AS n FROM numbers FINAL
        WHERE province != '' AND id IN (SELECT callee FROM calls WHERE caller = ${number}) GROUP BY province ORDER BY n DESC, province`),
    sharedWith(facts, number),
    successions(facts, { number }),
    membersWith(facts, number, row.ring),
    judgementsOf(records, 'number', number),
    countFacts(facts),
    analysed ? weighed(facts, number) : null,
  ]);
  const innocent = innocentOf(parsedOrNull<Bilingual[]>(scored[0]?.innocent ?? '') ?? [], findings, row);
  return {
    row,
    analysed,
    sentence: sentenceOf(row, innocent, sum?.whyNot ?? null),
    findings: findings.map((f) => ({ ...f, title: detectorTitle(f.detector) })),
    innocent,
    weighed: sum,
    notSeen: notSeen(counts),
    measures,
    calendar,
    hours,
    origins,
    reachedProvinces,
    shared: [...shared, ...members.shared],
    predecessors: chain.filter((s) => s.to === number).flatMap((s) => link(s.from, s)),
    successors: chain.filter((s) => s.from === number).flatMap((s) => link(s.to, s)),
    rings: members.rings,
    judgements,
  };
}

const link = (number: string, s: { score: number; reasons: Finding['reasons'] }): NumberDetail['successors'] => {
  const [reason] = s.reasons;
  return reason === undefined ? [] : [{ number, score: s.score, reason }];
};

/** Accounts, devices and addresses this number was used on, and the other numbers used on them. */
async function sharedWith(facts: FactsStore, number: string): Promise<NumberDetail['shared']> {
  const layer = (name: string, column: string) => sql`
    SELECT ${name} AS layer, ${raw(column)} AS id, arraySlice(arraySort(groupUniqArray(caller)), 1, 50) AS numbers FROM calls
    WHERE caller != ${number} AND ${raw(column)} != ''
      AND ${raw(column)} IN (SELECT ${raw(column)} FROM calls WHERE caller = ${number} AND ${raw(column)} != '' GROUP BY ${raw(column)} ORDER BY count() DESC LIMIT 30)
    GROUP BY id`;
  return facts.query(sql`
    SELECT layer, id, numbers FROM (${layer('account', 'account')} UNION ALL ${layer('imei', 'imei')} UNION ALL ${layer('ip', 'origin_ip')})
    ORDER BY indexOf(['account', 'imei', 'ip'], layer), length(numbers), id LIMIT 60`);
}

/** The ring members who used this number, in every ring they belong to, `first` (the ring it is counted for) leading; and their other numbers. */
async function membersWith(
  facts: FactsStore,
  number: string,
  first: string | null,
): Promise<Pick<NumberDetail, 'rings' | 'shared'>> {
  const rows = await facts.query<{ ring: string; zh: string; en: string; document: string }>(sql`
    SELECT m.ring AS ring, JSONExtractString(r.document, 'card', 'name', 'zh') AS zh, JSONExtractString(r.document, 'card', 'name', 'en') AS en, m.document AS document
    FROM (SELECT * FROM ring_members WHERE run = ${PUBLISHED} AND has(numbers, ${number})) AS m
    LEFT JOIN (SELECT id, document FROM rings WHERE run = ${PUBLISHED}) AS r ON r.id = m.ring
    ORDER BY m.ring != ${first ?? ''}, m.role_score DESC, m.member, m.ring`);
  const found = rows.map((row) => ({ row, member: JSON.parse(row.document) as RingMember }));
  const people = new Map(found.map(({ member }) => [member.id, member]));
  return {
    // Two members of one ring may have used it in turn.
    rings: found
      .filter(({ row }, i) => found.findIndex((f) => f.row.ring === row.ring) === i)
      .map(({ row, member }) => ({
        id: row.ring,
        name: { zh: row.zh, en: row.en },
        role: member.role,
        roleScore: member.roleScore,
      })),
    shared: [...people.values()].flatMap((member) => {
      const others = member.numbers.filter((n) => n !== number).slice(0, 50);
      return others.length === 0 || member.kind === 'number'
        ? []
        : [{ layer: 'person' as const, id: member.id, numbers: others }];
    }),
  };
}

/** Every innocent explanation that was considered, once each. A flagged number always has one. */
function innocentOf(scored: readonly Bilingual[], findings: readonly Finding[], row: NumberRow): Bilingual[] {
  const all = [
    ...scored,
    ...findings.flatMap((f) => (f.innocent === null ? [] : [f.innocent])),
    ...findings.flatMap((f) => f.reasons.flatMap((r) => (r.innocent === undefined ? [] : [r.innocent]))),
  ];
  const once = [...new Map(all.map((text) => [text.zh, text])).values()];
  if (once.length > 0 || !row.flagged) return once;
  return [
    {
      zh: '也可能是未登记的合法外呼号码：请核实机主与用途。',
      en: 'It may be an unregistered lawful calling line: verify its holder and use.',
    },
  ];
}

function sentenceOf(row: NumberRow, innocent: readonly Bilingual[], whyNot: Bilingual | null): Bilingual {
  const top = row.topReason?.text;
  if (!row.flagged && whyNot !== null) return { zh: `未标记：${whyNot.zh}`, en: `Not flagged. ${whyNot.en}` };
  if (top === undefined) return { zh: '没有发现可疑之处。', en: 'Nothing suspicious was found.' };
  const looks = innocent[0];
  return {
    zh: `${row.flagged ? '可疑' : '未达标记线'}：${top.zh}${looks === undefined ? '' : `；相似的合法情形：${looks.zh}`}`,
    en: `${row.flagged ? 'Suspicious' : 'Below the flag'}: ${top.en}${looks === undefined ? '' : `; what innocent looks the same: ${looks.en}`}`,
  };
}

const KIND_NAMES: Readonly<Record<FactKindName, Bilingual>> = {
  calls: { zh: '通话', en: 'calls' },
  logins: { zh: '登录', en: 'logins' },
  cases: { zh: '报案', en: 'cases' },
  payments: { zh: '资金', en: 'payments' },
  seats: { zh: '座席', en: 'dialler seats' },
  reviews: { zh: '质检', en: 'reviews of recordings' },
  memberships: { zh: '群成员', en: 'group memberships' },
  dealings: { zh: '既往交易', en: 'past dealings' },
  texts: { zh: '文本', en: 'texts' },
  registry: { zh: '合法号码登记', en: 'registry of lawful numbers' },
};

/** Kinds of fact that no file was imported of, with the detectors that could not judge without them. */
function notSeen(counts: Readonly<Record<FactKindName, number>>): Bilingual[] {
  return FACT_KIND_NAMES.filter((kind) => counts[kind] === 0).flatMap((kind) => {
    const silent = DETECTORS.filter((d) => [...d.needs, ...(d.needsOneOf ?? [])].includes(FACT_KINDS[kind].table)).map(
      (d) => d.title,
    );
    if (silent.length === 0 && kind !== 'registry') return [];
    const name = KIND_NAMES[kind];
    return [
      {
        zh: `无${name.zh}数据，未判断${silent.length === 0 ? '' : `:${silent.map((t) => t.zh).join('、')}`}`,
        en: `No ${name.en}: not judged${silent.length === 0 ? '' : ` (${silent.map((t) => t.en).join(', ')})`}`,
      },
    ];
  });
}
