import { raw, sql } from '../../store/sql.ts';
import { detector, int, pct, reason, strength } from '../detector.ts';

/** Characters in a shingle: a Chinese phrase of two or three words. */
const SHINGLE = 4;
/** A text with fewer shingles than this is a greeting, not a script. */
const LEAST = 20;
/** 12 bands of 4 hashes: texts alike by 0.7 share a band 96 times in 100, by 0.3 9 times; the exact comparison then decides. */
const BANDS = 12;
const ROWS = 4;

/** Odd multipliers and offsets of the hash functions: a fixed sequence (SplitMix64), so that a re-run gives the same bytes. */
const HASHES = Array.from({ length: BANDS * ROWS }, (_, i) => {
  const mixed = (seed: bigint): bigint => {
    let z = (seed * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
    return z ^ (z >> 31n);
  };
  return { odd: mixed(BigInt(2 * i + 1)) | 1n, xor: mixed(BigInt(2 * i + 2)) };
});
const minHash = (i: number): string =>
  `arrayMin(s -> bitXor(s, toUInt64('${HASHES[i]!.xor}')) * toUInt64('${HASHES[i]!.odd}'), shingles)`;
const band = (b: number): string =>
  `cityHash64(${b}, ${Array.from({ length: ROWS }, (_, r) => minHash(b * ROWS + r)).join(', ')})`;

/**
 * Script family (同一话术): what is said on this number's calls is nearly word for word what is said on many other numbers' calls.
 *
 * Sees: transcripts tied to calls by their recording, cut into shingles of four characters (digits and punctuation aside), brought together by MinHash and compared
 * exactly; how many other numbers say the same, and how many of those victims have named.
 * Looks the same: a lawful call centre's own script; an institution's standard notice.
 * Tells them apart: the lawful script's numbers are registered, and nobody reports them. Without a named number it stays a hint.
 * Source: Broder 1997 (On the resemblance and containment of documents); the base case (话术, 质检).
 */
export const scriptFamily = detector<
  'numbers' | 'resemblance',
  {
    number: string;
    others: number;
    alike: number;
    registered: number;
    registered_itself: number;
    named: number;
    sample: string;
  }
>({
  id: 'script-family',
  title: { zh: '同一话术', en: 'One script' },
  family: 'script',
  sees: {
    zh: '通话内容与许多其他号码几乎逐字相同',
    en: 'what is said on its calls is nearly word for word what many other numbers say',
  },
  looksTheSame: {
    zh: '合法外呼中心自己的话术、机构的标准通知',
    en: 'a lawful call centre’s own script, an institution’s standard notice',
  },
  tellsApart: {
    zh: '合法话术的号码已登记，也没有人报案指认；没有被指认的号码时仅作提示',
    en: 'numbers of a lawful script are registered and nobody reports them; without a named one it is only a hint',
  },
  source: 'Broder 1997 (MinHash); the base case',
  needs: ['calls', 'texts'],
  // Every call centre has a script. What it adds is that others who say the same were reported.
  weight: 2,
  thresholds: {
    numbers: { value: 3, unit: 'numbers that say the same, this one included', min: 2, max: 10000 },
    resemblance: { value: 0.6, unit: 'share of shingles in common', min: 0.1, max: 1 },
  },
  steps: (t) => [
    {
      name: 'spoken',
      sql: sql`SELECT c.caller AS number, x.text_id AS text_id, x.text AS text,
          replaceRegexpAll(replaceRegexpAll(lowerUTF8(x.text), '(?m)^[^:：\\n]{1,6}[:：]', ''), '[\\pP\\pS\\pN\\pZ\\s]+', '') AS plain
        FROM (SELECT text_id, text, recording FROM texts WHERE kind = 'transcript' AND recording != '') AS x
        INNER JOIN (SELECT DISTINCT recording, caller FROM calls WHERE recording IN (SELECT recording FROM texts WHERE kind = 'transcript' AND recording != '')) AS c
          ON c.recording = x.recording`,
    },
    {
      name: 'shingled',
      table: 'script_texts',
      orderBy: 'text_id',
      sql: sql`SELECT number, text_id, text, arrayDistinct(arrayMap(g -> cityHash64(g), ngrams(plain, ${raw(String(SHINGLE))}))) AS shingles FROM spoken
        WHERE lengthUTF8(plain) >= ${SHINGLE} AND length(shingles) >= ${LEAST}`,
    },
    {
      name: 'banded',
      table: 'script_bands',
      orderBy: 'band',
      sql: sql`SELECT number, text_id, arrayJoin([${raw(Array.from({ length: BANDS }, (_, b) => band(b)).join(', '))}]) AS band FROM script_texts`,
    },
    // The first text of a band stands for its script, and the others are compared with it alone: a large call centre costs no more than its texts.
    {
      name: 'alike',
      sql: sql`SELECT DISTINCT b.number AS number, b.text_id AS text_id, s.standard AS standard FROM script_bands AS b
        INNER JOIN (SELECT band, min(text_id) AS standard FROM script_bands GROUP BY band HAVING uniqExact(number) > 1) AS s ON s.band = b.band`,
    },
    {
      name: 'speakers',
      sql: sql`SELECT standard, number, any(sample) AS sample, max(resemblance) AS alike FROM (
          SELECT a.standard AS standard, a.number AS number, s.words AS sample,
            length(arrayIntersect(x.shingles, s.pieces)) / length(arrayDistinct(arrayConcat(x.shingles, s.pieces))) AS resemblance
          FROM alike AS a INNER JOIN script_texts AS x ON x.text_id = a.text_id AND x.number = a.number
          INNER JOIN (SELECT text_id, argMin(shingles, text) AS pieces, min(text) AS words FROM script_texts GROUP BY text_id) AS s ON s.text_id = a.standard
        ) WHERE resemblance >= ${t.resemblance} GROUP BY standard, number`,
    },
    // Annoyed people name lawful callers too: only reports of which nobody says that nothing was lost.
    { name: 'reported', sql: sql`SELECT arrayJoin(suspect_numbers) AS number FROM cases WHERE ifNull(loss > 0, 1)` },
    {
      name: 'families',
      sql: sql`SELECT standard, uniqExact(number) AS numbers, uniqExactIf(number, number IN (SELECT number FROM registry)) AS registered,
          uniqExactIf(number, number IN (SELECT number FROM reported)) AS named
        FROM speakers GROUP BY standard HAVING numbers >= ${t.numbers}`,
    },
    {
      name: 'largest_family',
      sql: sql`SELECT s.number AS number, argMax((f.numbers - 1, s.alike, f.registered, f.named, s.sample), (f.numbers, f.standard)) AS best
        FROM speakers AS s INNER JOIN families AS f ON f.standard = s.standard GROUP BY s.number`,
    },
    {
      name: 'script_family',
      sql: sql`SELECT number, best.1 AS others, best.2 AS alike, best.3 AS registered, number IN (SELECT number FROM registry) AS registered_itself,
          best.4 - (number IN (SELECT number FROM reported)) AS named, substringUTF8(best.5, 1, 40) AS sample FROM largest_family`,
    },
  ],
  // A script that registered numbers speak is a firm's; whom nobody named may be one too.
  score: (r, t) =>
    r.registered_itself === 1 || r.registered > (r.others + 1) / 5
      ? 0
      : strength(r.others + 1, t.numbers - 1, t.numbers, t.numbers * 4) * (r.named > 0 ? 1 : 0.2),
  reasons: (r, t) => [
    reason(
      'script_numbers',
      r.others + 1,
      'numbers',
      t.numbers,
      {
        zh: `另有 ${int(r.others)} 个号码说同样的话（重合 ${pct(r.alike)}）：「${oneLine(r.sample)}…」`,
        en: `${int(r.others)} other numbers say the same (${pct(r.alike)} in common): “${oneLine(r.sample)}…”`,
      },
      { zh: '合法外呼中心也有自己的话术', en: 'a lawful call centre has a script of its own' },
    ),
    ...(r.named === 0
      ? []
      : [
          reason('script_named', r.named, 'numbers', 1, {
            zh: `其中 ${int(r.named)} 个号码已被报案指认`,
            en: `${int(r.named)} of them were named by victims`,
          }),
        ]),
  ],
  innocent: (r) =>
    r.named === 0
      ? {
          zh: '说同样话的号码都没有被指认：可能是一家机构的标准话术，请核实',
          en: 'none of the numbers that say it was named: it may be a firm’s standard script; ask',
        }
      : null,
});

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
