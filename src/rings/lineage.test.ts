import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineageOf, type Heir } from './lineage.ts';

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `n:${from + i}`);
const heir = (own: string, ...parts: string[][]): Heir => ({ own, parts: new Set(parts.flat()) });
const before = new Map([
  ['RA', new Set(numbers(0, 60))],
  ['RB', new Set(numbers(100, 130))],
]);

describe('names of rings from one search to the next', () => {
  it('stay with a ring that grew, whatever its earliest number is now', () => {
    expect(lineageOf(before, [heir('RNEW', numbers(0, 60), numbers(500, 900))])).toEqual([{ id: 'RA', lineage: null }]);
  });

  it('stay with the largest part of a ring that split, and the other part says where it came from', () => {
    const found = lineageOf(before, [heir('RX', numbers(0, 20)), heir('RY', numbers(20, 60), numbers(300, 310))]);
    expect(found.map((f) => f.id)).toEqual(['RX', 'RA']);
    expect(found[0]!.lineage).toEqual({ kind: 'split', from: [{ ring: 'RA', shared: 20, of: 60 }] });
    expect(found[1]!.lineage).toEqual({ kind: 'split', from: [{ ring: 'RA', shared: 40, of: 60 }] });
  });

  it('of two that merged the larger one is left', () => {
    const [found] = lineageOf(before, [heir('RX', numbers(0, 55), numbers(100, 125))]);
    expect(found!.id).toBe('RA');
    expect(found!.lineage).toEqual({
      kind: 'merged',
      from: [
        { ring: 'RA', shared: 55, of: 60 },
        { ring: 'RB', shared: 25, of: 30 },
      ],
    });
  });

  it('a stranger who shares a number or two is new, even where its own name is held by another', () => {
    const found = lineageOf(before, [heir('RA', numbers(58, 90)), heir('RY', numbers(0, 57))]);
    expect(found[1]!.id).toBe('RA');
    expect(found[0]!.id).not.toBe('RA');
    expect(found[0]!.lineage).toBeNull();
  });

  it('the same rings keep their names and say nothing; names are never given twice', () => {
    const rings = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(rings, rings, (old, now) => {
        const known = new Map(old.map((r, i) => [`R${i}`, new Set(r.map((n) => `n:${n}`))]));
        const found = lineageOf(
          known,
          now.map((r, i) => ({ own: `R${i + 3}`, parts: new Set(r.map((n) => `n:${n}`)) })),
        );
        expect(new Set(found.map((f) => f.id)).size).toBe(now.length);
      }),
    );
    const same = lineageOf(
      before,
      [...before].map(([own, parts]) => ({ own, parts })),
    );
    expect(same).toEqual([
      { id: 'RA', lineage: null },
      { id: 'RB', lineage: null },
    ]);
  });
});
