import { int, pct } from '../../detect/detector.ts';
import { RING_MEMBER } from '../../detect/ring-member.ts';
import { MEASURED } from '../../features/steps.ts';
import type { Home } from '../../model/home.ts';
import type { Bilingual } from '../../model/reason.ts';
import type { FactsStore } from '../../store/facts.ts';
import { raw, sql, type Sql } from '../../store/sql.ts';
import type { ComparedRing, RingComparison, RingDetail, SharedThings } from '../contract.ts';
import { hoursOf } from './hours.ts';
import { detectorTitle } from './labels.ts';
import { dayMs, PUBLISHED } from './results.ts';
import { ringDetail } from './rings.ts';

/** Names shown of what is shared; the counts are of all. */
const NAMED = 8;
/** People called by both stand out from this many times what two independent gangs of the size would share. */
const BEYOND_CHANCE = 3;
/** Somebody whom more people pay than this is a business with customers; a handset that more numbers or accounts are used on is a gateway that is let, or a name that many handsets show. */
const MANY_PAYERS = 200;
const MANY_USERS = 200;
const DAY = 86_400_000;

/** Kinds of things, and whether sharing one means that people work together: lines, addresses and lists are also bought from the same seller. */
const KINDS = [
  { kind: 'people', close: true },
  { kind: 'numbers', close: true },
  { kind: 'accounts', close: true },
  { kind: 'devices', close: true },
  { kind: 'groups', close: true },
  { kind: 'payees', close: true },
  { kind: 'payers', close: false },
  { kind: 'addresses', close: false },
  { kind: 'trunks', close: false },
  { kind: 'sources', close: false },
] as const;

/**
 * Two rings of the published run side by side: what they share, thing by thing, people called by both against as many as chance would give, who was active when, numbers handed from one to the
 * other, and what that amounts to. null when either is not there.
 */
export async function ringComparison(
  facts: FactsStore,
  home: Home,
  a: string,
  b: string,
): Promise<RingComparison | null> {
  const [left, right] = await Promise.all([ringDetail(facts, null, a), ringDetail(facts, null, b)]);
  if (left === null || right === null) return null;
  const shared: SharedThings[] = [];
  for (const { kind, close } of KINDS) {
    const found = await sharedThings(facts, kind, a, b);
    if (found !== null) shared.push({ kind, close, ...found });
  }
  const called = await calledByBoth(facts, a, b);
  const handovers = await facts.query<RingComparison['handovers'][number]>(sql`
    SELECT from_number AS from, to_number AS to, toUnixTimestamp64Milli(at) AS at, score FROM succession
    WHERE run = ${PUBLISHED} AND ((from_number IN ${workOf(a)} AND to_number IN ${workOf(b)}) OR (from_number IN ${workOf(b)} AND to_number IN ${workOf(a)}))
    ORDER BY at, from, to LIMIT 100`);
  const days = await daysOf(facts, home, a, b);
  const [ofA, ofB] = [
    await hoursOf(facts, home, sql`caller IN ${workOf(a)}`),
    await hoursOf(facts, home, sql`caller IN ${workOf(b)}`),
  ];
  const rest = { shared, called, handovers };
  return {
    rings: [sideOf(left, days.a, ofA), sideOf(right, days.b, ofB)],
    firstDay: days.first,
    methods: await methodsOf(facts, a, b),
    ...rest,
    ...verdictOf(left, right, rest),
  };
}

const workOf = (ring: string): Sql => sql`(SELECT number FROM ring_numbers WHERE work = 1 AND ring = ${ring})`;
const membersOf = (ring: string): Sql => sql`ring_members WHERE run = ${PUBLISHED} AND ring = ${ring}`;

const sideOf = (ring: RingDetail, daily: number[], hours: number[][]): ComparedRing => {
  const { id, name, score, size, accounts, numbers, byRole, firstSeen, lastSeen, reach } = ring.card;
  return { id, name, score, size, accounts: accounts ?? 0, numbers, byRole, firstSeen, lastSeen, reach, daily, hours };
};

/** What each ring has of a kind, as a SELECT of names. */
function thingsOf(kind: (typeof KINDS)[number]['kind'], ring: string): Sql {
  const ofCalls = (column: string): Sql =>
    sql`SELECT DISTINCT ${raw(column)} AS thing FROM calls WHERE ${raw(column)} != '' AND caller IN ${workOf(ring)}`;
  const accounts = sql`(SELECT arrayJoin(accounts) FROM ${membersOf(ring)})`;
  const ofLogins = (column: string): Sql =>
    sql`SELECT DISTINCT ${raw(column)} AS thing FROM logins WHERE ${raw(column)} != '' AND account IN ${accounts}`;
  const handles = sql`(SELECT member FROM ${membersOf(ring)})`;
  switch (kind) {
    case 'people':
      return sql`SELECT DISTINCT member AS thing FROM ${membersOf(ring)}`;
    case 'numbers':
      return sql`SELECT DISTINCT arrayJoin(numbers) AS thing FROM ${membersOf(ring)}`;
    case 'accounts':
      return sql`SELECT DISTINCT arrayJoin(accounts) AS thing FROM ${membersOf(ring)}`;
    case 'devices':
      return sql`SELECT thing FROM (${ofCalls('imei')} UNION DISTINCT ${ofLogins('imei')}) WHERE thing NOT IN (
        SELECT imei FROM (SELECT imei, caller AS user FROM calls WHERE imei != '' UNION ALL SELECT imei, account AS user FROM logins WHERE imei != '')
        GROUP BY imei HAVING uniqExact(user) > ${MANY_USERS})`;
    case 'addresses':
      return sql`${ofCalls('origin_ip')} UNION DISTINCT ${ofLogins('ip')}`;
    case 'trunks':
      return ofCalls('trunk');
    case 'groups':
      // One gang's callers are leads in the groups of another: guests are no part of it.
      return sql`SELECT DISTINCT to_id AS thing FROM ring_edges WHERE run = ${PUBLISHED} AND ring = ${ring} AND to_kind = 'group' AND layer != 'guest'`;
    case 'payees':
      // Whom many pay, or mostly people of no ring, is a shop, not a paymaster of theirs; whom one of them paid once or twice is somebody's friend.
      return sql`SELECT to AS thing FROM payments WHERE from IN ${handles}
        AND to NOT IN (SELECT to FROM payments GROUP BY to
          HAVING uniqExact(from) > ${MANY_PAYERS} OR 2 * uniqExactIf(from, from IN (SELECT member FROM ring_members WHERE run = ${PUBLISHED})) < uniqExact(from))
        GROUP BY to HAVING uniqExact(from) > 1 OR count() > 2`;
    case 'payers':
      return sql`SELECT DISTINCT from AS thing FROM payments WHERE to IN ${handles}`;
    case 'sources':
      return sql`SELECT DISTINCT organisation AS thing FROM leaks WHERE run = ${PUBLISHED} AND ring = ${ring} AND verdict = 'source'`;
  }
}

/** null: neither has any of the kind. */
async function sharedThings(
  facts: FactsStore,
  kind: (typeof KINDS)[number]['kind'],
  a: string,
  b: string,
): Promise<Omit<SharedThings, 'kind' | 'close'> | null> {
  const [row] = await facts.query<{ left: number; right: number; both: number; names: string[] }>(sql`
    SELECT countIf(l) AS left, countIf(r) AS right, countIf(l AND r) AS both,
      arraySlice(arraySort(groupArrayIf(thing, l AND r)), 1, ${NAMED}) AS names
    FROM (
      SELECT thing, max(side = 1) AS l, max(side = 2) AS r FROM (
        SELECT thing, 1 AS side FROM (${thingsOf(kind, a)}) UNION ALL SELECT thing, 2 AS side FROM (${thingsOf(kind, b)})
      ) GROUP BY thing)`);
  return row === undefined || row.left + row.right === 0 ? null : row;
}

/**
 * People called by both, and as many as would be by chance if each ring called its number of people, everybody being called as often as people call them (configuration model; Newman, Strogatz & Watts 2001): a
 * hotline that all the world calls is no sign of anything.
 */
async function calledByBoth(facts: FactsStore, a: string, b: string): Promise<RingComparison['called']> {
  const [row] = await facts.query<{ left: number; right: number; both: number }>(sql`
    SELECT countIf(l) AS left, countIf(r) AS right, countIf(l AND r) AS both FROM (
      SELECT callee, max(caller IN ${workOf(a)}) AS l, max(caller IN ${workOf(b)}) AS r FROM calls
      WHERE caller IN (SELECT number FROM ring_numbers WHERE work = 1 AND ring IN (${a}, ${b})) GROUP BY callee)`);
  const { left = 0, right = 0, both = 0 } = row ?? {};
  const [chance] = await facts.query<{ expected: number }>(sql`
    WITH (SELECT sum(popularity) FROM ${MEASURED.contacts}) AS ties
    SELECT sum(least(1, ${left} * popularity / ties) * least(1, ${right} * popularity / ties)) AS expected
    FROM ${MEASURED.contacts} WHERE popularity > 0`);
  return { left, right, both, expected: chance?.expected ?? 0 };
}

/** Calls of either ring day by day over the days of both. */
async function daysOf(
  facts: FactsStore,
  home: Home,
  a: string,
  b: string,
): Promise<{ first: number; a: number[]; b: number[] }> {
  const rows = await facts.query<{ ring: string; day: number; begins: number; n: number }>(sql`
    SELECT r.ring AS ring, toInt32(toDate(c.started_at, ${home.zone})) AS day, min(${raw(dayMs('c.started_at', home.zone))}) AS begins, count() AS n
    FROM calls AS c INNER JOIN (SELECT DISTINCT number, ring FROM ring_numbers WHERE work = 1 AND ring IN (${a}, ${b})) AS r ON r.number = c.caller
    GROUP BY ring, day ORDER BY day`);
  const first = rows[0]?.day ?? 0;
  const length = (rows.at(-1)?.day ?? first) - first + 1;
  const of = (ring: string): number[] => {
    const out = new Array<number>(length).fill(0);
    for (const r of rows) if (r.ring === ring) out[r.day - first] = r.n;
    return out;
  };
  return { first: rows[0]?.begins ?? 0, a: of(a), b: of(b) };
}

/** What was found of the numbers either ring calls from, with the share of them; what is commonest in either first. */
async function methodsOf(facts: FactsStore, a: string, b: string): Promise<RingComparison['methods']> {
  const share = (ring: string): Sql =>
    sql`uniqExactIf(number, number IN ${workOf(ring)}) / greatest(1, (SELECT uniqExact(number) FROM ${workOf(ring)}))`;
  const rows = await facts.query<{ detector: string; left: number; right: number }>(sql`
    SELECT detector, ${share(a)} AS left, ${share(b)} AS right FROM findings
    WHERE run = ${PUBLISHED} AND detector != ${RING_MEMBER.id} AND (number IN ${workOf(a)} OR number IN ${workOf(b)})
    GROUP BY detector ORDER BY greatest(left, right) DESC, detector`);
  return rows.map(({ detector, left, right }) => ({ detector, title: detectorTitle(detector), shares: [left, right] }));
}

type Compared = Pick<RingComparison, 'shared' | 'called' | 'handovers'>;

/** What it amounts to: one gang, one that came of the other, or strangers with something bought from the same seller. */
export function verdictOf(
  left: Pick<RingDetail, 'card'>,
  right: Pick<RingDetail, 'card'>,
  { shared, called, handovers }: Compared,
): Pick<RingComparison, 'verdict' | 'text' | 'innocent'> {
  const close = shared.filter((s) => s.close && s.both > 0);
  const loose = shared.filter((s) => !s.close && s.both > 0);
  const overlap = called.both >= 5 && called.both >= BEYOND_CHANCE * called.expected;
  const [earlier, later] =
    left.card.firstSeen <= right.card.firstSeen ? [left.card, right.card] : [right.card, left.card];
  // One number that seems handed on may be chance; with something only colleagues share, or several of them, it is not.
  const followed =
    handovers.length > 1 ||
    (handovers.length === 1 && close.length > 0) ||
    (close.length > 0 && later.firstSeen > earlier.lastSeen - 3 * DAY);
  const things = (list: readonly SharedThings[]): Bilingual => ({
    zh: list.map((s) => `${THING[s.kind].zh} ${int(s.both)}`).join('、'),
    en: list.map((s) => `${int(s.both)} ${THING[s.kind][s.both === 1 ? 'one' : 'en']}`).join(', '),
  });
  if (followed) {
    return {
      verdict: 'successor',
      text: {
        zh: `${later.id} 很可能由 ${earlier.id} 转来：${handovers.length > 0 ? `${int(handovers.length)} 个号码前后接替` : '前者停、后者起'}${close.length > 0 ? `，共有${things(close).zh}` : ''}`,
        en: `${later.id} probably came of ${earlier.id}: ${handovers.length > 0 ? `${int(handovers.length)} ${handovers.length === 1 ? 'number was' : 'numbers were'} handed over` : 'one stopped as the other began'}${close.length > 0 ? `, and they share ${things(close).en}` : ''}`,
      },
      innocent: {
        zh: '号码、账号到期后会由服务商另行分配；须核实使用者是否同一人',
        en: 'numbers and accounts that lapse are given to somebody else; check whether the same people use them',
      },
    };
  }
  if (close.length > 0) {
    return {
      verdict: 'together',
      text: {
        zh: `两者共有${things(close).zh}：有共同的人或同一班底`,
        en: `They share ${things(close).en}: some of the same people, or one staff`,
      },
      innocent: {
        zh: '技术人员、号商、代付人可能同时服务互不相识的两伙人',
        en: 'a technician, a seller of numbers or a paymaster may serve two gangs that do not know each other',
      },
    };
  }
  if (loose.length > 0 || overlap) {
    const times = called.expected > 0 ? called.both / called.expected : 0;
    const people: Bilingual = {
      zh: `${int(called.both)} 人被两者都呼叫过（偶然约 ${int(Math.round(called.expected))} 人${times > 0 ? `，${times.toFixed(1)} 倍` : ''}）`,
      en: `${int(called.both)} people were called by both (about ${int(Math.round(called.expected))} by chance${times > 0 ? `, ${times.toFixed(1)} times` : ''})`,
    };
    return {
      verdict: 'supplier',
      text: {
        zh: `只共有能从同一卖家买到的东西：${[...(loose.length > 0 ? [things(loose).zh] : []), ...(overlap ? [people.zh] : [])].join('；')}。不足以认定同伙`,
        en: `They share only what is bought from one seller: ${[...(loose.length > 0 ? [things(loose).en] : []), ...(overlap ? [people.en] : [])].join('; ')}. Not enough to take them for one gang`,
      },
      innocent: {
        zh: '同一份名单、同一条线路常被卖给多家',
        en: 'one list, or one trunk, is often sold to several buyers',
      },
    };
  }
  return {
    verdict: 'strangers',
    text: {
      zh: `未见关联：没有共同的人、账号、设备、群组、付款，两者都呼叫过的 ${int(called.both)} 人（${pct(called.both / Math.max(1, Math.min(called.left, called.right)))}）不多于偶然`,
      en: `Nothing links them: no people, accounts, handsets, groups or payments in common, and the ${int(called.both)} people called by both (${pct(called.both / Math.max(1, Math.min(called.left, called.right)))}) are no more than chance`,
    },
    innocent: null,
  };
}

/** What the kinds are called in a sentence; `one` of them in English. */
export const THING: Readonly<Record<SharedThings['kind'], Bilingual & { one: string }>> = {
  people: { zh: '成员', en: 'members', one: 'member' },
  numbers: { zh: '号码', en: 'numbers', one: 'number' },
  accounts: { zh: '账号', en: 'accounts', one: 'account' },
  devices: { zh: '设备', en: 'handsets', one: 'handset' },
  groups: { zh: '群组', en: 'chat groups', one: 'chat group' },
  payees: { zh: '收款人', en: 'payees', one: 'payee' },
  payers: { zh: '付款人', en: 'payers', one: 'payer' },
  addresses: { zh: '网络地址', en: 'addresses', one: 'address' },
  trunks: { zh: '中继', en: 'trunks', one: 'trunk' },
  sources: { zh: '名单来源', en: 'list sources', one: 'list source' },
};
