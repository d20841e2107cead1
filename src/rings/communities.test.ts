import { describe, expect, it } from 'vitest';
import { nobody, type Association } from './association.ts';
import { linksOf, splitIntoRings, type JoinsAfterCalls, type Link } from './communities.ts';
import type { Layers } from './layers.ts';
import { NO_LAYERS, paid, person } from './testing.ts';

/** Somebody in a chat group. */
const inGroup = (group: string, member: string, role = 'member') => ({ group, member, role, joinedAt: null });
const ids = ['boss', 'w1', 'w2', 'w3'];
const members = ids.map((id) => person(id));
const association = (more: Partial<Association>): Association => ({ ...nobody(), people: new Set(ids), ...more });
const layerOf = (links: readonly Link[], id: string, group: string) =>
  links.find((l) => l.from === id && l.to === group)?.layer;

describe('members of a chat group', () => {
  const memberships = [
    ...ids.map((id) => inGroup('team', id, id === 'boss' ? 'owner' : 'member')),
    inGroup('guests', 'boss', 'owner'),
    inGroup('guests', 'w1'),
    ...['v1', 'v2', 'v3', 'v4'].map((v) => inGroup('guests', v)),
  ];
  const links = linksOf(
    { ...NO_LAYERS, memberships },
    association({ groups: new Set(['team', 'guests']) }),
    members,
    [],
    [],
    [],
  );

  it('work together where the ring is among itself', () => {
    expect(ids.map((id) => layerOf(links, id, 'team'))).toEqual(['group', 'group', 'group', 'group']);
  });

  it('are guests, or run it, where it receives those it called', () => {
    expect(layerOf(links, 'boss', 'guests')).toBe('group');
    expect(layerOf(links, 'w1', 'guests')).toBe('guest');
    // Whoever runs it is tied to it as by many payments; a member as by one.
    const weights = ['boss', 'w1'].map((id) => links.find((l) => l.from === id && l.to === 'team')!.weight);
    expect(weights).toEqual([3, 1]);
  });
});

describe('numbers nobody’s name is known for', () => {
  const bare = ['n1', 'n2', 'n3'].map((n) => person(n, { kind: 'number', handles: [], workNumbers: [n] }));
  const account = person('acc', { kind: 'account', handles: [], accounts: ['acc'], workNumbers: ['n4'] });
  const everybody = [...members, ...bare, account];
  const layers: Layers = {
    ...NO_LAYERS,
    memberships: [inGroup('guests', 'boss', 'owner'), ...['v1', 'v2', 'v3'].map((v) => inGroup('guests', v))],
    payments: ['w1', 'w2', 'w3'].map((w) => paid('boss', w, 6)),
  };
  const rings = (joins: JoinsAfterCalls[], more: Partial<Layers> = {}): string[][] =>
    splitIntoRings(
      everybody,
      linksOf(
        { ...layers, ...more },
        association({ groups: new Set(['guests']) }),
        everybody,
        [],
        ['n1', 'n2', 'n3'].flatMap((a, i, all) => all.slice(i + 1).map((b) => ({ a, b, shared: 40, weight: 9 }))),
        joins,
      ),
    ).map((r) => r.sort());

  it('are of the ring whose leader runs the group they lead into, accounts like bare numbers', () => {
    const joins = ['n1', 'n4'].map((number) => ({ number, chat: 'guests', joined: 2 }));
    expect(rings(joins)[0]).toEqual(['acc', 'boss', 'n1', 'n2', 'n3', 'w1', 'w2', 'w3']);
  });

  it('lead where most of theirs went: one of an account’s many numbers may lead elsewhere by chance', () => {
    const numbers = Array.from({ length: 12 }, (_, i) => `m${i}`);
    const trunk = person('trunk', { kind: 'account', handles: [], accounts: ['trunk'], workNumbers: numbers });
    const ties = (elsewhere: number): string[] =>
      linksOf(
        layers,
        association({ groups: new Set(['guests', 'others']) }),
        [...members, trunk],
        [],
        [],
        numbers.map((number, i) => ({ number, chat: i < elsewhere ? 'others' : 'guests', joined: 2 })),
      ).flatMap((l) => (l.from === 'trunk' ? [l.to] : []));
    expect(ties(1)).toEqual(['guests']);
    expect(ties(5)).toEqual(['guests', 'others']);
  });

  it('are not for one person who got there after a call', () => {
    expect(rings([{ number: 'n1', chat: 'guests', joined: 1 }])).toContainEqual(['boss', 'w1', 'w2', 'w3']);
  });
});

describe('leaders of teams that nothing else ties to each other', () => {
  const teams = ['a', 'b', 'c', 'd'];
  const everyone = teams.flatMap((t) => [`${t}-lead`, ...[1, 2, 3, 4].map((i) => `${t}${i}`)]);
  const all = everyone.map((id) => person(id));
  const payments = teams.flatMap((t) => [1, 2, 3, 4].map((i) => paid(`${t}-lead`, `${t}${i}`, 6)));
  const rings = (meeting: string[]): string[][] => {
    const memberships = [...meeting].map((id) => inGroup('meeting', id));
    const a = association({ groups: new Set(['meeting']), people: new Set(everyone) });
    return splitIntoRings(all, linksOf({ ...NO_LAYERS, payments, memberships }, a, all, [], [], []));
  };

  it('are one ring where they meet as equals', () => {
    expect(rings(['a-lead', 'b-lead', 'c-lead']).map((r) => r.length)).toEqual([15, 5]);
  });

  it('are rings of their own where one of another is in a group of one, or two know each other', () => {
    expect(rings(['a-lead', 'a1', 'a2', 'a3', 'b-lead', 'c-lead']).map((r) => r.length)).toEqual([5, 5, 5, 5]);
    expect(rings(['a-lead', 'b-lead']).map((r) => r.length)).toEqual([5, 5, 5, 5]);
  });
});
