import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlapCounter, reachFrom } from './overlap.ts';

/** Six callers and what each reaches. */
const reaching = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 8 }), {
  minLength: 6,
  maxLength: 6,
});
const groupsOfSix = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 6 }), { maxLength: 8 });

describe('overlaps of groups', () => {
  it('are what counting each by itself gives, group after group', () => {
    fc.assert(
      fc.property(reaching, groupsOfSix, fc.uniqueArray(fc.integer({ min: 0, max: 12 })), (reach, groups, reported) => {
        const from = Uint32Array.from(reach.flatMap((to, i) => to.map(() => i)));
        const r = reachFrom(from, Uint32Array.from(reach.flat()));
        const count = overlapCounter(
          r,
          Uint8Array.from(r.reached, (id) => Number(reported.includes(id))),
        );
        for (const group of groups) {
          const times = new Map<number, number>();
          for (const member of group) for (const id of reach[member] ?? []) times.set(id, (times.get(id) ?? 0) + 1);
          expect(count(group)).toEqual({
            shared: [...times.values()].filter((n) => n > 1).length,
            sharing: group.filter((m) => (reach[m] ?? []).some((id) => times.get(id)! > 1)).length,
            marked: [...times.keys()].filter((id) => reported.includes(id)).length,
          });
        }
      }),
    );
  });

  it('need columns of one length, in order', () => {
    expect(() => reachFrom(Uint32Array.of(1, 2), Uint32Array.of(1))).toThrow(/differ in length: 2 and 1/);
    expect(() => reachFrom(Uint32Array.of(2, 1), Uint32Array.of(1, 1))).toThrow(/does not ascend at 1/);
  });
});
