import { describe, expect, it } from 'vitest';
import type { Layers } from './layers.ts';
import { guessRole } from './roles.ts';
import { NO_LAYERS, paid, person } from './testing.ts';
import { handsetOwners, tracesOf, type CallTrace } from './traces.ts';

const people = ['lead', 'steady', 'p1', 'p2', 'p3', 'p4'];
/** What `steady`, who gets the same sum every day, is held to be when the others' sums vary by so much. */
const steadyAmong = (
  variation: number,
  calls: ReadonlyMap<string, CallTrace> = new Map(),
  reviews: Layers['reviews'] = [],
) => {
  const payments = [paid('lead', 'steady', 12, 0), ...people.slice(2).map((to) => paid('lead', to, 12, variation))];
  return guessRole(
    tracesOf(
      { ...NO_LAYERS, payments, reviews },
      new Set(),
      people.map((id) => person(id)),
      calls,
    ).get('steady')!,
  );
};

describe('whoever gets the same sum every day', () => {
  it('is an inspector where others are paid by the piece, though no listening was recorded', () => {
    const { role, reasons, notSeen } = steadyAmong(0.3);
    expect(role).toBe('inspector');
    expect(reasons.map((r) => r.measure)).toEqual(['pay_variation', 'paid_by_leader']);
    expect(notSeen).toContain('reviews');
  });

  it('is an inspector there too when only strangers were seen listening, as in a lawful call centre', () => {
    const strangers = [{ reviewer: 'somebody', seat: 'other-1', reviews: 9, days: 3 }];
    expect(steadyAmong(0.3, new Map(), strangers)).toEqual(steadyAmong(0.3));
    // Where the ring's own listening was recorded, that tells better.
    const own = [{ reviewer: 'p1', seat: 'ours-1', reviews: 9, days: 3 }];
    expect(steadyAmong(0.3, new Map(), own).scores.inspector).toBeLessThan(steadyAmong(0.3).scores.inspector);
  });

  it('is a caller all the same when they call', () => {
    expect(steadyAmong(0.3, new Map([['steady', { people: 40, calls: 60, days: 5 }]])).role).toBe('agent');
  });

  it('is one of many where everybody gets the same', () => {
    const { role, scores } = steadyAmong(0.01);
    expect(role).toBe('agent');
    expect(scores.agent).toBeGreaterThan(2 * scores.inspector);
  });
});

describe('a handset that several log in from', () => {
  it('is that of whoever logs in most, and says which others it touched', () => {
    const login = (account: string, logins: number) => ({ account, value: 'h', logins });
    const owners = handsetOwners(
      { loginDevices: [login('a', 2), login('b', 9), login('c', 1)] },
      new Map([
        ['a', 'anna'],
        ['b', 'bo'],
      ]),
    );
    expect(owners).toEqual([{ handset: 'h', owner: 'bo', others: ['anna', '?c'] }]);
    expect(handsetOwners({ loginDevices: [login('a', 2)] }, new Map())).toEqual([]);
  });
});
