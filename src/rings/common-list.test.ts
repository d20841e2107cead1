import { describe, expect, it } from 'vitest';
import { seededRandom } from '../model/random.ts';
import { joinByList, type Called } from './common-list.ts';
import type { Link } from './communities.ts';

const random = seededRandom(5);
/** Two provinces of ten thousand people each, called alike. */
const PROVINCE = 10_000;
const area = Uint16Array.from({ length: 2 * PROVINCE }, (_, i) => (i < PROVINCE ? 0 : 1));
const people = Float64Array.of(PROVINCE, PROVINCE);
const some = (n: number, from: readonly number[]): Uint32Array =>
  Uint32Array.from(new Set(Array.from({ length: n }, () => from[Math.floor(random() * from.length)]!))).sort();
const stretch = (from: number, n: number): number[] => Array.from({ length: n }, (_, i) => from + i);
const called = (of: Record<string, Uint32Array>): Called => ({ of: new Map(Object.entries(of)), area, people });
const device = (from: string, to: string): Link => ({ from, to, hub: null, layer: 'device', weight: 1 });

/** Teams and single numbers of a gang with a list of two thousand people, and of another with another list. */
const [first, second] = [stretch(500, 2000), stretch(12_000, 2000)];
const gangs = called({
  a1: some(200, first),
  a2: some(200, first),
  a3: some(200, first),
  b1: some(300, first),
  // Too few people for a tie with any one number, enough with all of them.
  b2: some(70, first),
  x1: some(250, second),
  x2: some(250, second),
  // Calls the town it is in.
  local: some(300, stretch(0, PROVINCE)),
});

describe('groups that call from one list', () => {
  it('are one ring, list by list, down to numbers of few calls', () => {
    const { groups, ties } = joinByList([['a1', 'a2', 'a3'], ['b1'], ['b2'], ['x1'], ['x2'], ['local']], [], gangs);
    expect(groups.map((g) => g.sort())).toEqual([['a1', 'a2', 'a3', 'b1', 'b2'], ['x1', 'x2'], ['local']]);
    // Three steps, each with the two who have most in common.
    expect(ties).toHaveLength(3);
    const inCommon = (a: string, b: string) => gangs.of.get(a)!.filter((p) => gangs.of.get(b)!.includes(p)).length;
    expect(ties).toContainEqual({ from: 'x1', to: 'x2', hub: null, layer: 'victims', weight: inCommon('x1', 'x2') });
    const most = Math.max(...['a1', 'a2', 'a3'].map((a) => inCommon(a, 'b1')));
    expect(ties.find((l) => l.to === 'b1')?.weight).toBe(most);
  });

  it('stay apart where they are held together by closer ties: two gangs share a list', () => {
    const groups = [
      ['a1', 'a2', 'a3'],
      ['b1', 'b2'],
    ];
    expect(joinByList(groups, [device('a1', 'a2'), device('a2', 'a3'), device('b1', 'b2')], gangs).groups).toEqual(
      groups,
    );
  });

  it('take in what is left over, where it clearly is of one list', () => {
    const held = [device('a1', 'a2'), device('a2', 'a3')];
    const whole = joinByList([['a1', 'a2', 'a3'], ['b1'], ['x1']], held, gangs);
    expect(whole.groups).toEqual([['a1', 'a2', 'a3', 'b1'], ['x1']]);
    expect(whole.ties).toMatchObject([{ to: 'b1', layer: 'victims' }]);
    // Of two such groups that share the list, nobody can tell whose it is.
    const both = [
      ['a1', 'a2'],
      ['a3', 'b1'],
    ];
    expect(joinByList([...both, ['b2']], [device('a1', 'a2'), device('a3', 'b1')], gangs).groups).toEqual([
      ...both,
      ['b2'],
    ]);
  });

  it('are not held together by a SIM box, nor by a place where only one of them was', () => {
    const groups = [['a1', 'a2'], ['a3', 'b1'], ['x1']];
    const boxes = [device('a1', 'a2'), device('a3', 'b1')];
    expect(joinByList(groups, boxes, gangs, new Set(['a1', 'a2', 'a3', 'b1'])).groups).toEqual([
      ['a1', 'a2', 'a3', 'b1'],
      ['x1'],
    ]);
    const chat: Link[] = ['a1', 'a3'].map((from) => ({ from, to: 'g', hub: 'group', layer: 'group', weight: 2 }));
    expect(joinByList(groups, chat, gangs).groups[0]).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('are held together by a chat group when somebody with a name runs it, not as accounts that lead there', () => {
    const groups = [['a1', 'a2'], ['a3', 'b1'], ['x1']];
    const led: Link[] = ['a1', 'a2'].map((from) => ({ from, to: 'g', hub: 'group', layer: 'group', weight: 2 }));
    // The other is held by a handset: of two held groups neither is joined to the other.
    const ties = [...led, device('a3', 'b1')];
    const joined = (nameless: string[]) => joinByList(groups, ties, gangs, new Set(), new Set(nameless)).groups[0];
    expect(joined(['a1', 'a2'])).toHaveLength(4);
    expect(joined(['a2'])).toEqual(['a1', 'a2']);
  });

  it('are not joined by what callers of one province have in common anyway', () => {
    const locals = called(Object.fromEntries(['p', 'q', 'r'].map((id) => [id, some(600, stretch(0, PROVINCE))])));
    expect(joinByList([['p'], ['q'], ['r']], [], locals).groups).toEqual([['p'], ['q'], ['r']]);
  });

  it('may have called nobody at all', () => {
    expect(joinByList([['a'], ['b']], [], called({}))).toEqual({ groups: [['a'], ['b']], ties: [] });
    expect(joinByList([], [], called({}))).toEqual({ groups: [], ties: [] });
  });
});
