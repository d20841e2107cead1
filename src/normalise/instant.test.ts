import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import { END_OF_INSTANTS, FIRST_INSTANT, instantSql, readInstant, type InstantRules } from './instant.ts';
import { emptyFacts } from './testing.ts';

const rules: InstantRules = { zone: 'Asia/Shanghai', format: 'auto', dateAlone: false };

describe('readInstant', () => {
  it.each([
    ['2023-04-05T06:07:08.123+08:00', '2023-04-04T22:07:08.123Z'],
    ['2023-04-05T06:07:08Z', '2023-04-05T06:07:08.000Z'],
    ['2023-04-05T06:07:08.123456+0800', '2023-04-04T22:07:08.123Z'],
    ['2023-04-05 06:07:08', '2023-04-04T22:07:08.000Z'],
    ['2023/4/5 6:07', '2023-04-04T22:07:00.000Z'],
    ['1680646028123', '2023-04-04T22:07:08.123Z'],
    ['1990-01-01T00:00:00.001Z', '1990-01-01T00:00:00.001Z'],
    ['2100-12-31T23:59:59.999Z', '2100-12-31T23:59:59.999Z'],
  ])('reads %s', (raw, iso) => expect(new Date(readInstant(raw, rules) as number).toISOString()).toBe(iso));

  it.each([
    ['0000-01-01T00:00:00Z', 'year_out_of_range'],
    ['9999-12-31T23:59:59Z', 'year_out_of_range'],
    ['1680646028', 'year_out_of_range'],
    ['2023-02-30 00:00:00', 'not_a_time'],
    ['2023-04-05 24:00:00', 'not_a_time'],
    ['2023-04-05 23:59:60', 'not_a_time'],
    ['2023-04-05', 'not_a_time'],
    ['05/04/2023 10:00:00', 'not_a_time'],
    ['yesterday', 'not_a_time'],
    ['', 'empty'],
  ])('refuses %s: %s', (raw, reason) => expect(readInstant(raw, rules)).toBe(reason));

  it('takes a bare date where a kind allows it', () => {
    expect(readInstant('2023-04-05', { ...rules, dateAlone: true })).toBe(Date.parse('2023-04-04T16:00:00Z'));
  });
});

describe('instantSql', () => {
  let store: Awaited<ReturnType<typeof emptyFacts>>;
  beforeAll(async () => {
    store = await emptyFacts();
  });
  afterAll(() => store.close());

  const inEngine = async (
    facts: FactsStore,
    texts: readonly string[],
    with_: InstantRules,
  ): Promise<(number | string)[]> => {
    const { value, reason } = instantSql('t', with_);
    const statement = sql`SELECT t, toUnixTimestamp64Milli(v) AS ms, r FROM (
      SELECT trimBoth(arrayJoin(${[...texts]})) AS t, ${{ raw: value }} AS v, ${{ raw: reason }} AS r)`;
    const rows = await facts.query<{ t: string; ms: number | null; r: string }>(statement);
    return rows.map(({ t, ms, r }) => {
      if (t === '') return 'empty';
      if (ms === null) return r;
      return ms >= FIRST_INSTANT && ms < END_OF_INSTANTS ? ms : 'year_out_of_range';
    });
  };

  it('agrees with readInstant on times and on nonsense', async () => {
    const two = fc.integer({ min: 0, max: 61 }).map((n) => String(n).padStart(2, '0'));
    const shaped = fc
      .tuple(
        fc
          .oneof(fc.integer({ min: 1992, max: 2100 }), fc.integer({ min: 0, max: 9999 }))
          .map((y) => String(y).padStart(4, '0')),
        fc.constantFrom('-', '/'),
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 31 }),
        fc.constantFrom('T', ' ', '  '),
        two,
        two,
        two,
        fc.constantFrom('', '.1', '.123', '.999999', ','),
        fc.constantFrom('', 'Z', '+08:00', '-0330', '+14', '+25:00', ' +08:00', 'z'),
      )
      .map(([y, s, m, d, t, h, mi, se, f, o]) => `${y}${s}${m}${s}${d}${t}${h}:${mi}:${se}${f}${o}`);
    const other = fc.oneof(
      fc.integer({ min: 0, max: 5_000_000_000_000 }).map(String),
      fc.stringMatching(/^[0-9T:./+-]{0,20}$/).filter((s) => !/^[+-]?\d{19,}$/.test(s)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(shaped, other), { minLength: 40, maxLength: 60 }), async (texts) => {
        const expected = texts.map((t) => readInstant(t, rules));
        expect(await inEngine(store.facts, texts, rules)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('brings every millisecond back that was written in ISO 8601', async () => {
    const instants = fc.array(fc.integer({ min: FIRST_INSTANT, max: END_OF_INSTANTS - 1 }), {
      minLength: 1,
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(instants, async (all) => {
        const texts = all.map((at) => new Date(at).toISOString());
        expect(await inEngine(store.facts, texts, rules)).toEqual(all);
        expect(texts.map((t) => readInstant(t, rules))).toEqual(all);
      }),
      { numRuns: 10 },
    );
  });
});
