import { describe, expect, it } from 'vitest';
import type { Link } from './communities.ts';
import { joinByLed, type Led } from './led-by.ts';

const runs = (from: string, to: string): Link => ({ from, to, hub: 'group', layer: 'group', weight: 3 });
const call = (member: string, numbers: string[], named: string[] = [], chat = 'guests'): Led => ({
  chat,
  member,
  numbers,
  named,
});

describe('people who run a group, and the ring whose numbers led people there', () => {
  const ring = ['a1', 'a2', 'a3'];
  const other = ['b1', 'b2', 'b3'];
  const team = ['leader', 'x', 'y'];
  const workOf = new Map<string, readonly string[]>([...ring, ...other].map((id) => [id, [`n-${id}`]]));
  const links = [runs('leader', 'guests')];
  const join = (led: Led[], work: ReadonlyMap<string, readonly string[]> = workOf, l = links): string[][] =>
    joinByLed([ring, other, team], work, l, led, 3).groups.map((g) => [...g].sort());

  it('go together when the ring led two of them, by whichever of its numbers', () => {
    expect(join([call('v1', ['n-a1']), call('v2', ['n-a3'])])).toEqual([[...ring, ...team].sort(), other]);
  });

  it('go together by one report that names the number', () => {
    expect(join([call('v1', ['n-a1', 'n-b1'], ['n-a1'])])).toContainEqual([...ring, ...team].sort());
  });

  it('are tied by what its members led there', () => {
    const { ties } = joinByLed(
      [ring, other, team],
      workOf,
      links,
      [call('v1', ['n-a1']), call('v2', ['n-a1', 'n-b1'])],
      3,
    );
    expect(ties).toEqual([{ from: 'a1', to: 'guests', hub: 'group', layer: 'victims', weight: 2 }]);
  });

  it('stay apart for one person who was called', () => {
    expect(join([call('v1', ['n-a1'])])).toContainEqual(team);
  });

  it('stay apart when another ring called as many, or half as many and one more', () => {
    expect(join([call('v1', ['n-a1', 'n-b1']), call('v2', ['n-a2', 'n-b2'])])).toContainEqual(team);
    expect(join([call('v1', ['n-a1', 'n-b1']), call('v2', ['n-a2', 'n-b2']), call('v3', ['n-a3'])])).toContainEqual(
      team,
    );
  });

  it('stay apart when nobody of them runs the group', () => {
    const guest: Link = { from: 'leader', to: 'guests', hub: 'group', layer: 'guest', weight: 1 };
    expect(join([call('v1', ['n-a1']), call('v2', ['n-a3'])], workOf, [guest])).toContainEqual(team);
  });

  it('stay a ring of their own when they have numbers enough', () => {
    const work = new Map([...workOf, ['x', ['n-x1', 'n-x2', 'n-x3']]]);
    expect(join([call('v1', ['n-a1']), call('v2', ['n-a3'])], work)).toContainEqual(team);
  });
});
