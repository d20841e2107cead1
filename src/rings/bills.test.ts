import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinByBills, type Bills } from './bills.ts';
import type { Link } from './communities.ts';

/** Two rings of which a leader and some numbers are known, and numbers in the bills of three or four of their victims each. */
const runs = (from: string, to: string): Link => ({ from, to, hub: 'group', layer: 'group', weight: 3 });
const links = [runs('a-lead', 'a-chat'), runs('b-lead', 'b-chat')];
const rings = [
  ['a-lead', 'a1', 'a2', 'a3'],
  ['b-lead', 'b1', 'b2'],
];
const bills: Record<string, string[]> = {
  a1: ['v1', 'v2', 'v3', 'v4'],
  a2: ['v2', 'v3', 'v5', 'v6'],
  a3: ['v1', 'v4', 'v5', 'v6'],
  b1: ['w1', 'w2', 'w3', 'v1'],
  b2: ['w2', 'w3', 'w4'],
};
const join = (loose: Record<string, string[]>, ledInto: Record<string, string[]> = {}, known: string[][] = rings) => {
  const all = { ...bills, ...loose };
  const of: Bills = {
    victimsOf: new Map(Object.entries(all).map(([id, v]) => [id, new Set(v)])),
    ledInto: new Map(Object.entries(ledInto)),
  };
  return joinByBills([...known, ...Object.keys(loose).map((id) => [id])], new Set(Object.keys(all)), links, of);
};
const ringOf = (found: ReturnType<typeof join>, id: string): string =>
  found.groups.find((g) => g.includes(id))!.find((x) => x.endsWith('lead')) ?? 'none';

describe('numbers in the bills of victims', () => {
  it('are of the ring whose victims these are, though one was called by the other as well', () => {
    const found = join({ n1: ['v1', 'v2', 'v6'], n2: ['w1', 'w3', 'w4'], n3: ['w2', 'w4', 'v1', 'w3'] });
    expect(['n1', 'n2', 'n3'].map((n) => ringOf(found, n))).toEqual(['a-lead', 'b-lead', 'b-lead']);
    expect(found.ties).toContainEqual({
      from: 'b1',
      to: 'n2',
      hub: null,
      layer: 'victims',
      weight: 2,
    });
  });

  it('are of the ring into whose group their victims were led, though none of its numbers is in these bills', () => {
    const led = { x1: ['b-chat'], x2: ['b-chat'], x3: ['b-chat'] };
    const found = join({ n1: ['x1', 'x2', 'x3', 'x4'] }, led);
    expect(ringOf(found, 'n1')).toBe('b-lead');
    expect(found.ties).toContainEqual({ from: 'n1', to: 'b-chat', hub: 'group', layer: 'victims', weight: 3 });
  });

  it('find their place one after the other', () => {
    const found = join({ n1: ['v1', 'v2', 'v6', 'y1', 'y2'], n2: ['y1', 'y2', 'v3', 'y3'], n3: ['y3', 'y1', 'y2'] });
    expect(['n1', 'n2', 'n3'].map((n) => ringOf(found, n))).toEqual(['a-lead', 'a-lead', 'a-lead']);
  });

  it('are nobody’s where their victims are torn between two, or known from nowhere', () => {
    const found = join({ torn: ['v2', 'v3', 'w2', 'w3'], strange: ['z1', 'z2', 'z3'] });
    expect(['torn', 'strange'].map((n) => ringOf(found, n))).toEqual(['none', 'none']);
    expect(join({ strange: ['z1', 'z2', 'z3'] }, {}, [rings[0]!]).groups).toContainEqual(['strange']);
    expect(join({ n1: ['v1', 'v2'] }, {}, []).groups).toEqual([['n1']]);
  });

  it('lose nobody, and move nobody who had a ring', () => {
    const victim = fc.constantFrom('v1', 'v2', 'v3', 'w1', 'w2', 'w3', 'z1', 'z2');
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(victim, { maxLength: 5 }), { maxLength: 12 }), (sets) => {
        const loose = Object.fromEntries(sets.map((v, i) => [`n${i}`, v]));
        const found = join(loose);
        expect(found.groups.flat().sort()).toEqual([...rings.flat(), ...Object.keys(loose)].sort());
        for (const g of rings) for (const id of g) expect(ringOf(found, id)).toBe(g[0]);
      }),
    );
  });
});
