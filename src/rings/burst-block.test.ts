import { describe, expect, it } from 'vitest';
import { callBlocks, type CallColumns } from './burst-block.ts';
import { seededRandom } from '../model/random.ts';

const HOUR = 3_600_000;
type Row = [caller: number, callee: number, at: number, seconds: number];

const columns = (rows: Row[]): CallColumns => ({
  caller: Uint32Array.from(rows, (r) => r[0]),
  callee: Uint32Array.from(rows, (r) => r[1]),
  at: Float64Array.from(rows, (r) => r[2]),
  durationMs: Uint32Array.from(rows, (r) => r[3] * 1000),
});

/** 600 numbers, 2,500 calls at random over five days. */
function everyday(seed: number): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: 2500 }, (): Row => [
    Math.floor(random() * 600),
    Math.floor(random() * 600),
    Math.floor(random() * 120 * HOUR),
    1 + Math.floor(random() * 400),
  ]);
}

const range = (from: number, size: number) => Uint32Array.from({ length: size }, (_, i) => from + i);

describe('blocks in a bare call graph', () => {
  it('finds the callers and the called exactly, and nobody else', () => {
    const random = seededRandom(8);
    const rows = everyday(1);
    for (let a = 100; a < 108; a++)
      for (let b = 104; b < 114; b++)
        for (let i = 0; i < 3; i++) rows.push([a, b, random() * 120 * HOUR, 20 + random() * 20]);
    const [block, ...others] = callBlocks(600, columns(rows));
    expect(others).toEqual([]);
    expect(block).toMatchObject({ callers: range(100, 8), callees: range(104, 10), pairs: 80 });
    expect(block!.pValue).toBeLessThan(1e-9);
    expect(block!.expectedPairs).toBeLessThan(3);
    expect(block!.duration[0]).toBeGreaterThanOrEqual(20_000);
    expect(callBlocks(600, columns(rows.toReversed()))).toEqual([block]);
  });

  it('finds a ring that is dense only within two hours, and says which', () => {
    const random = seededRandom(9);
    const rows = everyday(2);
    for (let a = 0; a < 14; a++)
      for (let b = 300; b < 314; b++)
        if (random() < 0.6) rows.push([a, b, (50 + random() * 2) * HOUR, 1 + random() * 400]);
    const blocks = callBlocks(600, columns(rows));
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatchObject({ callers: range(0, 14), callees: range(300, 14) });
    expect(blocks[0]!.time[0]).toBeGreaterThanOrEqual(50 * HOUR);
    expect(blocks[0]!.time[1]).toBeLessThanOrEqual(52 * HOUR);
  });

  it('finds two rings apart', () => {
    const rows = everyday(3);
    for (let a = 0; a < 7; a++)
      for (let b = 0; b < 7; b++)
        rows.push([10 + a, 200 + b, (a + b) * HOUR, 30], [400 + a, 500 + b, a * b * HOUR, 90]);
    const blocks = callBlocks(600, columns(rows)).sort((a, b) => a.callers[0]! - b.callers[0]!);
    expect(blocks.map((b) => [b.callers, b.callees])).toEqual([
      [range(10, 7), range(200, 7)],
      [range(400, 7), range(500, 7)],
    ]);
  });

  it('finds nothing in random traffic, popular numbers and busy callers, or no calls at all', () => {
    for (const seed of [4, 5, 6]) expect(callBlocks(600, columns(everyday(seed)))).toEqual([]);
    const random = seededRandom(7);
    const skewed = Array.from({ length: 2500 }, (): Row => [
      Math.floor(600 * random() ** 3),
      599 - Math.floor(600 * random() ** 3),
      random() * 120 * HOUR,
      60,
    ]);
    expect(callBlocks(600, columns(skewed))).toEqual([]);
    expect(callBlocks(5, columns([]))).toEqual([]);
  });

  it('shows that an office calls back', () => {
    const rows = everyday(10);
    for (let a = 50; a < 60; a++) for (let b = 50; b < 60; b++) if (a !== b) rows.push([a, b, a * b * 60_000, 120]);
    const [office] = callBlocks(600, columns(rows));
    expect(office!.calledBack).toBe(1);
  });

  it('refuses columns that do not fit', () => {
    expect(() => callBlocks(3, columns([[0, 3, 0, 1]]))).toThrow(/numbers 0\.\.2/);
    expect(() => callBlocks(3, { ...columns([[0, 1, 0, 1]]), at: new Float64Array(0) })).toThrow(/differ in length/);
  });
});
