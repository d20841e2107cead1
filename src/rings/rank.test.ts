import { describe, expect, it } from 'vitest';
import { seededRandom } from '../model/random.ts';
import { rankFromMessages, type Messages } from './rank.ts';

const DAY = 86_400_000;

/** A firm of 1 + 4 + 20: managers write to their teams and each other, the head to the managers, colleagues to whom they please. */
function firm(seed: number): { messages: Messages; managerOf: number[] } {
  const random = seededRandom(seed);
  const rows: [number, number, number][] = [];
  const managerOf = Array.from({ length: 25 }, (_, v) => (v === 0 ? -1 : v <= 4 ? 0 : 1 + ((v - 5) % 4)));
  const team = (m: number) => managerOf.flatMap((b, v) => (b === m ? [v] : []));
  const pick = (from: number[]): number => from[Math.floor(random() * from.length)]!;
  for (let day = 0; day < 120; day++) {
    const at = () => Math.floor((day + 0.3 + random() / 3) * DAY);
    for (let m = 0; m <= 4; m++) {
      if (random() < 0.3) {
        const sent = at();
        for (const v of team(m)) rows.push([m, v, sent]);
      }
      if (random() < 0.5) rows.push([m, pick(team(m)), at()]);
    }
    for (let v = 1; v < 25; v++) {
      const sent = at();
      if (random() < 0.2) rows.push([v, managerOf[v]!, sent], [v, pick(team(managerOf[v]!)), sent]);
      if (random() < 0.4) rows.push([v, pick(team(managerOf[v]!)), at()]);
      if (random() < 0.1) rows.push([v, Math.floor(random() * 25), at()]);
    }
  }
  return { messages: columns(rows), managerOf };
}

const columns = (rows: [number, number, number][]): Messages => ({
  from: Uint32Array.from(rows, (r) => r[0]),
  to: Uint32Array.from(rows, (r) => r[1]),
  at: Float64Array.from(rows, (r) => r[2]),
});

describe('rank from metadata', () => {
  it('finds most managers and puts them above their people', () => {
    for (const seed of [1, 2, 3]) {
      const { messages, managerOf } = firm(seed);
      const ranking = rankFromMessages(messages, 25);
      let first = 0;
      let upward = 0;
      for (let v = 1; v < 25; v++) {
        if (ranking.managerOf[v]![0]!.person === managerOf[v]) first++;
        if (ranking.score[managerOf[v]!]! > ranking.score[v]!) upward++;
      }
      expect(first).toBeGreaterThanOrEqual(20);
      expect(upward).toBeGreaterThanOrEqual(19); // of 24
    }
  });

  it('gives reasons in both languages with every candidate, and shares that sum to at most one', () => {
    const ranking = rankFromMessages(firm(4).messages, 25, 'Asia/Shanghai', 5);
    for (const candidates of ranking.managerOf) {
      expect(candidates).toHaveLength(5);
      expect(candidates.reduce((sum, c) => sum + c.score, 0)).toBeLessThanOrEqual(1 + 1e-9);
      for (const c of candidates)
        expect(c.reasons.every((r) => r.text.zh !== '' && r.text.en !== '' && Number.isFinite(r.value))).toBe(true);
    }
    expect(ranking.score.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });

  it('does not depend on the order of the rows', () => {
    const { messages } = firm(5);
    const turned: Messages = {
      from: messages.from.toReversed(),
      to: messages.to.toReversed(),
      at: messages.at.toReversed(),
    };
    expect(rankFromMessages(turned, 25)).toEqual(rankFromMessages(messages, 25));
  });

  it('says nothing about people without a trace, and works where nothing has several recipients', () => {
    const ranking = rankFromMessages(
      columns([
        [0, 1, 0],
        [2, 1, DAY],
        [1, 0, 2 * DAY],
      ]),
      4,
    );
    expect(ranking.managerOf[3]).toEqual([]);
    expect(ranking.managerOf[2]![0]!.person).toBe(1);
    expect(ranking.score[1]).toBeGreaterThan(ranking.score[2]!);
    expect(rankFromMessages(columns([]), 0).score).toHaveLength(0);
  });

  it('counts days in the zone it is given', () => {
    // Two calls on both sides of midnight in Shanghai, on one day in UTC: two days in touch with 1, one with 2.
    const evening = Date.UTC(2024, 0, 1, 15, 30);
    const rows: [number, number, number][] = [
      [0, 1, evening],
      [0, 1, evening + 3_600_000],
      [0, 2, evening],
    ];
    const touch = (zone: string) =>
      rankFromMessages(columns(rows), 3, zone).managerOf[0]!.find((c) => c.person === 1)!.reasons[0]!.value;
    expect(touch('UTC')).toBeCloseTo(1 / 2, 9);
    expect(touch('Asia/Shanghai')).toBeCloseTo(2 / 3, 9);
  });

  it('refuses what it cannot rank', () => {
    expect(() => rankFromMessages(columns([[0, 5, 0]]), 3)).toThrow(/people 0\.\.2/);
    expect(() => rankFromMessages(columns([]), 5000)).toThrow(/one group at a time/);
  });
});
