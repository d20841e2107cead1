import { describe, expect, it } from 'vitest';
import { nobody, type Association } from './association.ts';
import type { CallTie, Link } from './communities.ts';
import type { Layers, Paid } from './layers.ts';
import { partAtSharedHands } from './shared-hands.ts';
import { NO_LAYERS, paid, person } from './testing.ts';

/** Two gangs a and b: a purse that pays two leaders, who pay three agents each; and `t`, who logs into the accounts of both from one handset. */
const AGENTS = [1, 2, 3, 4, 5, 6];
const people = ['a', 'b'].flatMap((g) => [`${g}-top`, `${g}-lead1`, `${g}-lead2`, ...AGENTS.map((i) => `${g}${i}`)]);
const members = new Map(
  [...people, 't'].map((id) => [id, person(id, { accounts: [`acc-${id}`], privateNumbers: [`n-${id}`] })]),
);
const gang = (g: string): Paid[] => [
  paid(`${g}-top`, `${g}-lead1`, 5),
  paid(`${g}-top`, `${g}-lead2`, 5),
  ...AGENTS.map((i) => paid(i <= 3 ? `${g}-lead1` : `${g}-lead2`, `${g}${i}`, 8)),
];
const touched = (...ids: string[]): Layers['loginDevices'] => [
  { account: 'acc-t', value: 'phone', logins: 9 },
  ...ids.map((id) => ({ account: `acc-${id}`, value: 'phone', logins: 1 })),
];
const layers = (more: Partial<Layers> = {}): Layers => ({
  ...NO_LAYERS,
  loginDevices: touched('a1', 'a2', 'a4', 'b1', 'b5'),
  payments: [...gang('a'), ...gang('b'), paid('a-top', 't', 4)],
  ...more,
});
const linksFrom = (l: Layers): Link[] => [
  ...l.payments.map((p): Link => ({ from: p.from, to: p.to, hub: null, layer: 'pay', weight: p.payments })),
  ...l.loginDevices.map((d): Link => ({
    from: d.account.slice(4),
    to: d.value,
    hub: 'device',
    layer: 'device',
    weight: 1,
  })),
  ...l.reviews.map((r): Link => ({ from: r.reviewer, to: r.seat, hub: null, layer: 'review', weight: r.reviews })),
];
const association = (more: Partial<Association> = {}): Association => ({ ...nobody(), ...more });
const part = (l: Layers, a = association(), calls: CallTie[] = []) =>
  partAtSharedHands([...members.keys()].sort(), members, linksFrom(l), l, a, calls);
const together = (l: Layers, a?: Association, calls?: CallTie[]): boolean => part(l, a, calls).length === 1;

describe('two purses and their hired hands', () => {
  it('are two rings when a technician is all they share, and he is a member of both', () => {
    const gangs = part(layers());
    expect(gangs.map((g) => g.members.filter((id) => id !== 't').map((id) => id[0]))).toEqual([
      Array(9).fill('a'),
      Array(9).fill('b'),
    ]);
    expect(gangs.every((g) => g.members.includes('t'))).toBe(true);
    expect(gangs[0]!.shared.size).toBe(0);
    expect([...gangs[1]!.shared.keys()]).toEqual(['t']);
    expect(gangs[1]!.shared.get('t')!.map((r) => [r.measure, r.value])).toEqual([['ring_accounts_touched', 2]]);
  });

  it('share an agent whom both pay, and whoever was paid by the other once stays where he is', () => {
    const l = layers({ payments: [...layers().payments, paid('b-lead1', 'a1', 3), paid('b-lead1', 'a2', 1)] });
    const gangs = part(l);
    const [a, b] = ['a-top', 'b-top'].map((top) => gangs.find((g) => g.members.includes(top)));
    expect(a!.members).toContain('a1');
    expect(b!.shared.get('a1')!.map((r) => [r.measure, r.value])).toEqual([['paid_by_ring', 3]]);
    expect(b!.members).not.toContain('a2');
  });

  it.each([
    ['when one calls the other', {}, {}, [{ a: 'n-a-top', b: 'n-b-lead2', calls: 1 }]],
    ['when one pays the other', { payments: [...layers().payments, paid('a-top', 'b-top', 1)] }, {}, []],
    ['when one pays the other’s leader', { payments: [...layers().payments, paid('a-top', 'b-lead1', 1)] }, {}, []],
    [
      'when one purse funds both',
      { payments: [...layers().payments, paid('wallet', 'a-top', 2), paid('wallet', 'b-top', 2)] },
      { upstream: new Set(['wallet']) },
      [],
    ],
    [
      'when their managers stand in one group of the ring’s',
      {
        memberships: ['a-lead1', 'b-top'].map((member) => ({ group: 'g', member, role: 'member', joinedAt: null })),
      },
      { groups: new Set(['g']), people: new Set(['a-lead1', 'b-top']) },
      [],
    ],
    [
      'when one inspector listens to people of both',
      { reviews: ['a1', 'a2', 'b1', 'b2'].map((seat) => ({ reviewer: 't', seat, reviews: 4, days: 3 })) },
      {},
      [],
    ],
  ] satisfies [string, Partial<Layers>, Partial<Association>, CallTie[]][])('are one ring %s', (_, l, a, calls) => {
    expect(together(layers(l), association(a), calls)).toBe(true);
  });

  it('are two all the same when both were guests where a ring receives those it called', () => {
    const guests = ['a-lead1', 'b-top', 'v1', 'v2', 'v3'].map((member) => ({
      group: 'g',
      member,
      role: 'member',
      joinedAt: null,
    }));
    const a = association({ groups: new Set(['g']), people: new Set(['a-lead1', 'b-top']) });
    expect(together(layers({ memberships: guests }), a, [])).toBe(false);
  });

  describe('and one who leads in the one and listens in the other', () => {
    // `t` leads a1 and a2 under a-top, for more money than b-top pays.
    const l = layers({
      loginDevices: [],
      payments: [
        ...gang('a').filter((p) => p.to !== 'a1' && p.to !== 'a2'),
        paid('a-lead1', 'a4', 2),
        ...['a1', 'a2'].map((to) => paid('t', to, 8)),
        { ...paid('a-top', 't', 4), total: 20_000 },
        { ...paid('b-top', 't', 4), total: 9000 },
        ...gang('b'),
      ],
      reviews: AGENTS.map((i) => ({ reviewer: 't', seat: `b${i}`, reviews: 4, days: 3 })),
    });

    it('are two rings: he is at home with those he leads, and of the other as well', () => {
      const gangs = part(l);
      expect(gangs).toHaveLength(2);
      const [a, b] = ['a-top', 'b-top'].map((top) => gangs.find((g) => g.members.includes(top))!);
      expect(a!.members).toEqual(expect.arrayContaining(['t', 'a1', 'a2', 'a3', 'a6']));
      expect(b!.members.filter((id) => id.startsWith('a'))).toEqual([]);
      expect(b!.shared.get('t')!.map((r) => [r.measure, r.value])).toEqual([['paid_by_ring', 4]]);
      expect(a!.shared.size).toBe(0);
    });

    it('are two when the leader of the one calls for the other, who pays him every evening', () => {
      const calls = layers({
        ...l,
        reviews: [],
        payments: [...l.payments.filter((p) => p.from !== 'b-top' || p.to !== 't'), paid('b-lead1', 't', 20)],
      });
      const a = part(calls).find((g) => g.members.includes('a-top'))!;
      expect(a.members).toEqual(expect.arrayContaining(['t', 'a1', 'a2', 'a3', 'a6']));
      expect(a.members.filter((id) => id.startsWith('b'))).toEqual([]);
    });

    it('are one where anything else is between them', () => {
      expect(together(l, association(), [{ a: 'n-a-lead2', b: 'n-b-top', calls: 1 }])).toBe(true);
      expect(together(l, association(), [{ a: 'n-t', b: 'n-b-top', calls: 1 }])).toBe(false);
    });
  });

  it('are not told apart where no money, or only one top, is seen', () => {
    expect(together(layers({ payments: [] }))).toBe(true);
    expect(together(layers({ payments: gang('a') }))).toBe(true);
    expect(together(layers({ payments: [...gang('a'), paid('b-lead1', 'b1', 3), paid('b-lead1', 'b2', 3)] }))).toBe(
      true,
    );
  });

  it('loses nobody: every member is in a part', () => {
    const l = layers({ payments: [...gang('a'), ...gang('b')], loginDevices: touched('a1', 'b1') });
    expect(new Set(part(l).flatMap((g) => g.members))).toEqual(new Set(members.keys()));
  });
});
