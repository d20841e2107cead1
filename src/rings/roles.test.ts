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

describe('whoever sits in a group with those who pay, and pays nobody', () => {
  const staff = ['top', 'l1', 'l2', 'l3', 'quiet'];
  const payments = ['l1', 'l2', 'l3'].flatMap((l) => [
    paid('top', l, 4, 0.2),
    ...[1, 2, 3].map((i) => paid(l, `${l}-${i}`, 3, 0.3)),
  ]);
  const workers = payments.map((p) => p.to).filter((id) => id.includes('-'));
  const inGroup = (group: string, ids: string[]) =>
    ids.map((member, i) => ({ group, member, role: i === 0 ? 'owner' : 'member', joinedAt: null }));
  const traces = tracesOf(
    {
      ...NO_LAYERS,
      payments: [...payments, paid('top', 'quiet', 4, 0)],
      memberships: [...inGroup('heads', staff), ...inGroup('team', ['l1', 'l1-1', 'l1-2', 'l1-3'])],
    },
    new Set(['heads', 'team']),
    [...staff, ...workers].map((id) => person(id)),
    new Map(),
  );

  it('serves them all: an inspector when the sum is always the same', () => {
    expect(traces.get('quiet')!.amongHeads).toBe(4);
    const { role, reasons } = guessRole(traces.get('quiet')!);
    expect(role).toBe('inspector');
    expect(reasons.map((r) => r.measure)).toContain('among_heads');
  });

  it('is none of a team, whose only payer is its leader, nor one who pays', () => {
    for (const id of ['l1-1', 'l2', 'top']) expect(traces.get(id)!.amongHeads).toBe(0);
    expect(guessRole(traces.get('l1-1')!).role).toBe('agent');
  });
});

describe('colleagues among each other', () => {
  const team = ['a1', 'a2', 'a3', 'a4', 'a5'];
  const wages = team.map((id) => paid('boss', id, 6));
  const inTeam = [['boss', 'owner'], ['a1', 'admin'], ...team.slice(1).map((id) => [id, 'member'])] as const;
  const memberships = inTeam.map(([member, role]) => ({ group: 'team', member, role, joinedAt: null }));
  const traces = (payments: Layers['payments']) =>
    tracesOf(
      { ...NO_LAYERS, payments, memberships },
      new Set(['team']),
      ['boss', ...team].map((id) => person(id)),
      new Map(),
    );

  it('send each other small sums, and are nobody’s payers for it', () => {
    const t = traces([...wages, ...team.slice(1).map((id) => paid('a1', id, 1)), paid('a1', 'boss', 1)]);
    expect(t.get('boss')!.payees).toBe(5);
    expect(t.get('a1')!.payees).toBeLessThan(3);
    expect(guessRole(t.get('a1')!).role).toBe('agent');
    expect(guessRole(t.get('boss')!).role).toBe('leader');
  });

  it('may help the one who pays to run the group, and do not lead for that', () => {
    // Paid in cash: nothing but the group is seen of this one.
    const t = traces(wages.filter((p) => p.to !== 'a1'));
    expect(t.get('a1')!.runsBesidePayer).toBe(true);
    const { role, reasons } = guessRole(t.get('a1')!);
    expect(role).toBe('agent');
    expect(reasons.map((r) => r.measure)).toContain('runs_beside_payer');
    // Where no one else who runs it pays, whoever does leads.
    const alone = traces(wages.filter((p) => p.to !== 'a1').map((p) => ({ ...p, from: 'a2' })));
    expect(alone.get('a1')!.runsBesidePayer).toBe(false);
    expect(guessRole(alone.get('a1')!).role).toBe('leader');
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
