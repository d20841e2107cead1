import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw, sql } from '../store/sql.ts';
import { amountText, durationSql, instantText } from './spelled-sql.ts';
import { emptyFacts } from './testing.ts';

let store: Awaited<ReturnType<typeof emptyFacts>>;
beforeAll(async () => {
  store = await emptyFacts();
});
afterAll(() => store.close());

/** Evaluates SQL over cells, in their order. */
const over = async <T>(cells: readonly string[], expression: string): Promise<T[]> =>
  (
    await store.facts.query<{ value: T }>(
      sql`SELECT ${raw(expression)} AS value FROM (SELECT c FROM (SELECT arrayJoin(arrayZip(${[...cells]}, arrayEnumerate(${[...cells]}))) AS x, x.1 AS c, x.2 AS i) ORDER BY i)`,
    )
  ).map((r) => r.value);

describe('durations as people write them', () => {
  const { text, shape, value } = durationSql('trimBoth(c)', 't', true);
  const read = (cells: string[]): Promise<(number | null)[]> =>
    over(
      cells,
      `(${text} AS t, if(match(t, '${shape.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'), ${value}, NULL)).2`,
    );

  it('are seconds, clocks or words', async () => {
    const spelled: [string, number][] = [
      ['45', 45],
      ['1.5', 1.5],
      ['00:02:03', 123],
      ['2:03', 123],
      ['100:00:01', 360_001],
      ['1分23秒', 83],
      ['1小时2分3秒', 3723],
      ['1时0分5秒', 3605],
      ['23秒', 23],
      ['5分钟', 300],
      ['2m 3s', 123],
      ['1\'23"', 83],
    ];
    expect(await read(spelled.map(([cell]) => cell))).toEqual(spelled.map(([, seconds]) => seconds));
  });

  it('are nothing else', async () => {
    const others = ['', 'abc', '1:2:3:4', '-5', '1.38E+10', '秒', '12:99:00x', '五分'];
    expect(await read(others)).toEqual(others.map(() => null));
  });
});

describe('times as people write them', () => {
  it('become text that is read as a time', async () => {
    const spelled: [string, string][] = [
      ['2023年3月1日 8:05:01', '2023-3-1 8:05:01'],
      ['2023年03月01日08时05分01秒', '2023-03-01 08:05:01'],
      ['2023年03月01日 08:05', '2023-03-01 08:05'],
      ['20230301080501', '2023-03-01 08:05:01'],
      ['20230301 080501', '2023-03-01 08:05:01'],
      ['2023.3.1 8:05:01', '2023-3-1 8:05:01'],
      ['2023-03-01T08:05:01+08:00', '2023-03-01T08:05:01+08:00'],
      ['1677629101000', '1677629101000'],
      ['2023-03-01 2023-03-01 08:05:01', '2023-03-01 08:05:01'],
      ['20230301 08:05:01', '2023-03-01 08:05:01'],
    ];
    expect(
      await over(
        spelled.map(([cell]) => cell),
        instantText('c'),
      ),
    ).toEqual(spelled.map(([, text]) => text));
  });
});

describe('amounts as people write them', () => {
  it('lose their currency, and their sign only where something else has read it', async () => {
    const cells = ['¥1,250.00', '100元', '-20.5', '+3', 'CNY 7'];
    expect(await over(cells, amountText('c', false))).toEqual(['1,250.00', '100', '-20.5', '3', '7']);
    expect(await over(cells, amountText('c', true))).toEqual(['1,250.00', '100', '20.5', '3', '7']);
  });
});
