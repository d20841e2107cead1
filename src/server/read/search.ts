import { sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { SearchHit } from '../contract.ts';
import { countryName, placeName } from './labels.ts';
import { publishedRun, PUBLISHED } from './results.ts';

/** Hits of each kind. */
const EACH = 8;
const encode = encodeURIComponent;

/**
 * Finds any run of four or more digits in numbers, and names in the rest: rings, members, cases, chat groups, places. Newest or worst
 * first within a kind. Nothing for fewer than two characters.
 */
export async function search(facts: FactsStore, asked: string): Promise<SearchHit[]> {
  const text = asked.normalize('NFKC').trim();
  if ([...text].length < 2) return [];
  const compact = text.replace(/[\s()+.-]/g, '');
  const digits = /^\d{4,}$/.test(compact) ? compact : null;
  const analysed = (await publishedRun(facts)) !== null;
  const hits = await Promise.all([
    digits === null ? [] : numberHits(facts, digits, analysed),
    analysed ? ringHits(facts, text) : [],
    analysed ? memberHits(facts, text) : [],
    caseHits(facts, text, digits),
    groupHits(facts, text, analysed),
    digits === null ? placeHits(facts, text) : [],
  ]);
  return hits.flat();
}

async function numberHits(facts: FactsStore, digits: string, analysed: boolean): Promise<SearchHit[]> {
  const scores = analysed
    ? sql`SELECT number, score, flagged FROM scores WHERE run = ${PUBLISHED} AND position(number, ${digits}) > 0`
    : sql`SELECT '' AS number, 0. AS score, toUInt8(0) AS flagged WHERE 0`;
  const rows = await facts.query<{
    id: string;
    country: string;
    province: string;
    city: string;
    score: number;
    flagged: number;
  }>(sql`
    SELECT n.id AS id, n.country AS country, n.province AS province, n.city AS city, s.score AS score, s.flagged AS flagged FROM (
      SELECT id, any(country) AS country, any(province) AS province, any(city) AS city FROM numbers WHERE position(id, ${digits}) > 0 GROUP BY id
    ) AS n LEFT JOIN (${scores}) AS s ON s.number = n.id
    ORDER BY flagged DESC, score DESC, position(id, ${digits}), length(id), id LIMIT ${EACH}`);
  return rows.map((r) => {
    const country = countryName(r.country);
    const place = r.province === '' ? country : placeName(r.province, r.city);
    const mark = r.flagged === 1 ? { zh: '可疑 · ', en: 'flagged · ' } : { zh: '', en: '' };
    return {
      kind: 'number',
      id: r.id,
      label: { zh: r.id, en: r.id },
      detail: { zh: mark.zh + place.zh, en: mark.en + place.en },
      href: `/numbers/${encode(r.id)}`,
    };
  });
}

async function ringHits(facts: FactsStore, text: string): Promise<SearchHit[]> {
  const rows = await facts.query<{ id: string; zh: string; en: string; size: number }>(sql`
    SELECT id, JSONExtractString(document, 'card', 'name', 'zh') AS zh, JSONExtractString(document, 'card', 'name', 'en') AS en, size
    FROM rings WHERE run = ${PUBLISHED}
      AND (positionCaseInsensitiveUTF8(id, ${text}) > 0 OR positionCaseInsensitiveUTF8(zh, ${text}) > 0 OR positionCaseInsensitiveUTF8(en, ${text}) > 0)
    ORDER BY score DESC, id LIMIT ${EACH}`);
  return rows.map((r) => ({
    kind: 'ring',
    id: r.id,
    label: { zh: r.zh, en: r.en },
    detail: r.size > 0 ? { zh: `${r.size} 人`, en: `${r.size} members` } : { zh: '使用人未明', en: 'users not known' },
    href: `/rings/${encode(r.id)}`,
  }));
}

async function memberHits(facts: FactsStore, text: string): Promise<SearchHit[]> {
  const rows = await facts.query<{ ring: string; member: string; role: string }>(sql`
    SELECT ring, member, role FROM ring_members
    WHERE run = ${PUBLISHED} AND (positionCaseInsensitiveUTF8(member, ${text}) > 0 OR arrayExists(a -> positionCaseInsensitiveUTF8(a, ${text}) > 0, accounts))
    ORDER BY role_score DESC, member LIMIT ${EACH}`);
  return rows.map((r) => ({
    kind: 'member',
    id: r.member,
    label: { zh: r.member, en: r.member },
    detail: { zh: `团伙 ${r.ring}`, en: `ring ${r.ring}` },
    href: `/rings/${encode(r.ring)}?who=${encode(r.member)}`,
  }));
}

async function caseHits(facts: FactsStore, text: string, digits: string | null): Promise<SearchHit[]> {
  const byVictim = digits === null ? sql`0` : sql`position(victim, ${digits}) > 0`;
  const rows = await facts.query<{
    case_id: string;
    victim: string;
    province: string;
    city: string;
    category: string;
  }>(sql`
    SELECT case_id, victim, province, city, category FROM cases
    WHERE positionCaseInsensitiveUTF8(case_id, ${text}) > 0 OR ${byVictim} ORDER BY reported_at DESC, case_id LIMIT ${EACH}`);
  return rows.map((r) => {
    const detail = [r.province, r.city, r.category].filter((part) => part !== '').join(' · ');
    return {
      kind: 'case',
      id: r.case_id,
      label: { zh: `案件 ${r.case_id}`, en: `case ${r.case_id}` },
      detail: { zh: detail, en: detail },
      href: `/numbers/${encode(r.victim)}?case=${encode(r.case_id)}`,
    };
  });
}

async function groupHits(facts: FactsStore, text: string, analysed: boolean): Promise<SearchHit[]> {
  const rings = analysed
    ? sql`SELECT to_id AS id, min(ring) AS ring FROM ring_edges WHERE run = ${PUBLISHED} AND layer = 'group' GROUP BY id`
    : sql`SELECT '' AS id, '' AS ring WHERE 0`;
  const rows = await facts.query<{ id: string; platform: string; members: number; ring: string }>(sql`
    SELECT g.id AS id, g.platform AS platform, g.members AS members, toString(r.ring) AS ring FROM (
      SELECT \`group\` AS id, min(toString(platform)) AS platform, uniqExact(member) AS members FROM memberships
      WHERE positionCaseInsensitiveUTF8(\`group\`, ${text}) > 0 GROUP BY id
    ) AS g LEFT JOIN (${rings}) AS r ON r.id = g.id ORDER BY members DESC, id LIMIT ${EACH}`);
  return rows.map((r) => ({
    kind: 'group',
    id: r.id,
    label: { zh: `${r.platform} 群 ${r.id}`.trim(), en: `${r.platform} group ${r.id}`.trim() },
    detail: {
      zh: `${r.members} 人${r.ring === '' ? '' : ` · 团伙 ${r.ring}`}`,
      en: `${r.members} members${r.ring === '' ? '' : ` · ring ${r.ring}`}`,
    },
    href: r.ring === '' ? '/rings' : `/rings/${encode(r.ring)}?tab=network`,
  }));
}

async function placeHits(facts: FactsStore, text: string): Promise<SearchHit[]> {
  const rows = await facts.query<{ province: string; city: string; n: number }>(sql`
    SELECT province, if(startsWith(city, ${text}), city, '') AS city, uniqExact(id) AS n FROM numbers
    WHERE startsWith(province, ${text}) OR startsWith(city, ${text}) GROUP BY province, city ORDER BY n DESC, province, city LIMIT ${EACH}`);
  return rows.map((r) => ({
    kind: 'place',
    id: `${r.province}${r.city}`,
    label: placeName(r.province, r.city),
    detail: { zh: `${r.n} 个号码`, en: `${r.n} numbers` },
    href: `/numbers?scope=all&province=${encode(r.province)}`,
  }));
}
