import { describe, expect, it } from 'vitest';
import { associate, type Suspicion } from './association.ts';
import { chainsOf } from './layers.ts';
import { NO_LAYERS, paid } from './testing.ts';

const suspicion = (more: Partial<Record<keyof Suspicion, string[]>>): Suspicion => ({
  flagged: new Set(more.flagged),
  suspects: new Set([...(more.flagged ?? []), ...(more.suspects ?? [])]),
  almost: new Set(),
  cleared: new Set(more.cleared),
  numbers: new Set(),
});

describe('chains of numbers', () => {
  it('are joined from pairs, in whatever order they come', () => {
    const pairs = [
      ['n1', 'n2'],
      ['n4', 'n3'],
      ['n2', 'n3'],
      ['m2', 'm1'],
      ['n2', 'n1'],
    ] as const;
    expect(chainsOf(pairs)).toEqual([
      ['m1', 'm2'],
      ['n1', 'n2', 'n3', 'n4'],
    ]);
    expect(chainsOf([...pairs].reverse())).toEqual(chainsOf(pairs));
    expect(chainsOf([])).toEqual([]);
  });

  const layers = { ...NO_LAYERS, chains: [['a', 'b', 'c', 'd']] };
  const ring = (s: Suspicion): string[] => [...associate(layers, s, new Map()).numbers].sort();

  it('bring in the suspects among them once half are the ring’s, and nobody else', () => {
    const s = { flagged: ['a', 'c'], suspects: ['b', 'other'] };
    expect(ring(suspicion(s))).toEqual(['a', 'b', 'c']);
    expect(associate(layers, suspicion(s), new Map()).via.get('n:b')).toBe('chain');
  });

  it('bring in nobody for one flagged number, nor whom something speaks for', () => {
    expect(ring(suspicion({ flagged: ['a'], suspects: ['b', 'c', 'd'] }))).toEqual(['a']);
    expect(ring(suspicion({ flagged: ['a', 'c'], suspects: ['b', 'd'], cleared: ['b'] }))).toEqual(['a', 'c', 'd']);
  });
});

describe('a chat group that reports name', () => {
  const chat = ['boss', 'guest-1', 'guest-2', 'guest-3'].map((member, i) => ({
    group: 'g',
    member,
    role: i === 0 ? 'owner' : 'member',
    joinedAt: null,
  }));
  const led = (reported: number, reportedAfterCall: number, joined = reported) =>
    associate(
      { ...NO_LAYERS, memberships: chat },
      suspicion({ flagged: ['n'] }),
      new Map([['g', { joined, joinedAfterCall: reportedAfterCall, reported, reportedAfterCall }]]),
    );

  it('is the ring’s, with whoever runs it, once two of those it called say so', () => {
    const { groups, people } = led(2, 2);
    expect([[...groups], [...people]]).toEqual([['g'], ['boss']]);
  });

  it('is not for one report, nor where most of the reports are of people it never called', () => {
    expect(led(1, 1).groups.size).toBe(0);
    expect(led(5, 2).groups.size).toBe(0);
    // Joining after a call may be chance: that takes three.
    expect(
      associate(
        { ...NO_LAYERS, memberships: chat },
        suspicion({ flagged: ['n'] }),
        new Map([['g', { joined: 2, joinedAfterCall: 2, reported: 0, reportedAfterCall: 0 }]]),
      ).groups.size,
    ).toBe(0);
  });
});

describe('a group in which everybody goes by a telephone number', () => {
  const of = (members: string[], handles: string[] = []) =>
    associate(
      {
        ...NO_LAYERS,
        memberships: [...members, ...handles].map((member, i) => ({
          group: 'g',
          member,
          role: i === 0 ? 'owner' : 'member',
          joinedAt: null,
        })),
        phones: ['1', '2', '3'].map((n) => ({ handle: n, number: `+${n}` })),
      },
      { ...suspicion({ flagged: ['+1', '+2', '+3'] }), numbers: new Set(members) },
      new Map(),
    );

  it('is the ring’s when half of them are', () => {
    const { groups, people } = of(['boss', '1', '2', '3']);
    expect([...groups]).toEqual(['g']);
    expect([...people]).toEqual(expect.arrayContaining(['1', '2', '3', 'boss']));
  });

  it('is not when most are others', () => {
    expect(of(['boss', '1', '2', '3', '4', '5', '6', '7']).groups.size).toBe(0);
  });
});

describe('whoever runs a group that reports name', () => {
  const run = (payments: ReturnType<typeof paid>[]) => {
    const memberships = [{ group: 'g', member: 'lead', role: 'owner', joinedAt: null }];
    const reports = new Map([['g', { joined: 2, joinedAfterCall: 2, reported: 2, reportedAfterCall: 2 }]]);
    return [
      ...associate({ ...NO_LAYERS, memberships, payments }, suspicion({ flagged: ['n'] }), reports).people,
    ].sort();
  };
  const wages = ['w1', 'w2', 'w3'].map((w) => paid('lead', w, 5));

  it('pays wages where three or more get the same again and again', () => {
    expect(run(wages)).toEqual(['lead', 'w1', 'w2', 'w3']);
  });

  it('does not where two do, where it comes back, or where most of what they get is from others', () => {
    expect(run(wages.slice(1))).toEqual(['lead']);
    expect(run(wages.map((p) => ({ ...p, days: 4 })))).toEqual(['lead']);
    expect(run([...wages, paid('w1', 'lead', 2)])).toEqual(['lead']);
    expect(run([...wages, paid('firm', 'w1', 9)])).toEqual(['lead', 'w2', 'w3']);
  });
});

describe('a group whose owner pays some of it', () => {
  const staffOf = (others: number) => {
    const ids = ['w1', 'w2', 'w3', ...Array.from({ length: others }, (_, i) => `neighbour-${i}`)];
    const member = (id: string, role: string) => ({ group: 'g', member: id, role, joinedAt: null });
    const memberships = [member('owner', 'owner'), ...ids.map((id) => member(id, 'member'))];
    const payments = ['w1', 'w2', 'w3'].map((w) => paid('owner', w, 2));
    const seats = [{ seat: 's', account: '', team: '', person: 'owner', number: 'n' }];
    return associate({ ...NO_LAYERS, memberships, payments, seats }, suspicion({ flagged: ['n'] }), new Map()).people;
  };

  it('is a work group when a quarter of it is paid: all of those are of the ring', () => {
    expect([...staffOf(9)]).toEqual(expect.arrayContaining(['w1', 'w2', 'w3']));
  });

  it('is a village otherwise, and three who got presents are nobody’s staff', () => {
    expect([...staffOf(10)]).toEqual(['owner']);
  });
});

describe('somebody the top pays now and then', () => {
  const run = (total: number, more: ReturnType<typeof paid>[] = []) => {
    const owner = (group: string, member: string, role: string) => ({ group, member, role, joinedAt: null });
    const workers = ['w1', 'w2', 'w3', 'w4'];
    const memberships = [owner('g', 'lead', 'owner'), ...workers.map((w) => owner('g', w, 'member'))];
    const payments = [
      ...['lead', 'lead-2', 'lead-3'].map((l) => ({ ...paid('top', l, 4, 0.2), total: 36_000 })),
      ...workers.map((w) => ({ ...paid('lead', w, 8, 0.2), total: 1600 })),
      { ...paid('top', 'keeper', 2, 0.1), total },
      ...more,
    ];
    const reports = new Map([['g', { joined: 2, joinedAfterCall: 2, reported: 2, reportedAfterCall: 2 }]]);
    const seats = ['lead-2', 'lead-3'].map((p, i) => ({
      seat: `s${i}`,
      account: '',
      team: '',
      person: p,
      number: 'n',
    }));
    return associate({ ...NO_LAYERS, memberships, payments, seats }, suspicion({ flagged: ['n'] }), reports).people;
  };

  it('is of the ring for what anybody of it gets, though leaders get far more', () => {
    expect([...run(5000)].sort()).toContain('keeper');
    expect([...run(300)]).not.toContain('keeper');
  });

  it('is a friend who pays back', () => {
    expect([...run(5000, [paid('keeper', 'top', 1, 0)])]).not.toContain('keeper');
  });
});
