import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RingNetwork } from '../../server/contract.ts';
import {
  firstPlaces,
  firstView,
  neighboursByLayer,
  project,
  shortestPath,
  spanOf,
  teamNode,
  viewOf,
} from './project.ts';

const node = (id: string, team: string | null, span: [number, number] | null = null) => ({
  id,
  kind: 'person' as const,
  label: id,
  role: 'agent' as const,
  team,
  weight: 1,
  span,
});
const world: RingNetwork = {
  nodes: [node('L', 'T1'), node('A', 'T1'), node('B', 'T1'), node('C', 'T2'), node('V', null), node('W', null)],
  edges: [
    { from: 'L', to: 'A', layer: 'pay', weight: 1 },
    { from: 'L', to: 'B', layer: 'pay', weight: 1 },
    { from: 'A', to: 'V', layer: 'victims', weight: 2 },
    { from: 'B', to: 'V', layer: 'victims', weight: 3 },
    { from: 'C', to: 'V', layer: 'victims', weight: 1 },
    { from: 'C', to: 'W', layer: 'victims', weight: 1 },
  ],
};
const view = firstView(world);
const ids = (p: { nodes: { id: string }[] }): string[] => p.nodes.map((n) => n.id).sort();

describe('the network as chosen', () => {
  it('folds a team into one node and sums its links', () => {
    const p = project(world, { ...view, collapsed: ['T1'] });
    expect(ids(p)).toEqual(['C', 'V', 'W', teamNode('T1')].sort());
    expect(p.edges.find((e) => e.from === teamNode('T1') || e.to === teamNode('T1'))?.weight).toBe(5);
  });
  it('leaves out a layer, then what has too few links in the rest', () => {
    const p = project(world, { ...view, off: ['pay'], minLinks: 2 });
    expect(ids(p)).toEqual(['C', 'V']);
  });
  it('shows one node with its neighbours', () => {
    expect(ids(project(world, { ...view, focus: 'C', grown: [['C', null]] }))).toEqual(['C', 'V', 'W']);
  });
  it('grows from a node, a layer at a time, beyond what is filtered', () => {
    const alone = { ...view, focus: 'A', grown: [] };
    expect(ids(project(world, alone))).toEqual(['A']);
    expect(ids(project(world, { ...alone, grown: [['A', 'pay']] }))).toEqual(['A', 'L']);
    const grown = {
      ...alone,
      grown: [
        ['A', 'victims'],
        ['V', 'victims'],
      ] as const,
    };
    expect(ids(project(world, grown))).toEqual(['A', 'B', 'C', 'V']);
    expect(ids(project(world, { ...grown, hidden: ['B'] }))).toEqual(['A', 'C', 'V']);
    // Without a focus it adds to what the filter leaves.
    expect(ids(project(world, { ...view, minLinks: 3, grown: [['C', null]] }))).toEqual(['V', 'W']);
  });
  it('counts neighbours by layer, and those in the picture', () => {
    const seen = neighboursByLayer(world, project(world, { ...view, focus: 'A', grown: [['A', 'pay']] }), 'A');
    expect(seen).toEqual(
      new Map([
        ['pay', { all: 1, shown: 1 }],
        ['victims', { all: 1, shown: 0 }],
      ]),
    );
  });
  it('reads a view that was kept before nodes could grow as its neighbours', () => {
    const { grown: _, ...old } = { ...view, focus: 'C' };
    expect(viewOf(JSON.stringify(old), world).grown).toEqual([['C', null]]);
  });
  it('shows the members of a time with what they are linked to; whose times nobody knows stay', () => {
    const timed: RingNetwork = {
      ...world,
      nodes: [node('L', 'T1'), node('A', 'T1', [0, 5]), node('B', 'T1', [6, 9]), ...world.nodes.slice(3)],
    };
    expect(spanOf(timed)).toEqual([0, 9]);
    expect(spanOf(world)).toBeNull();
    expect(ids(project(timed, { ...view, window: [7, 8] }))).toEqual(['B', 'C', 'L', 'V', 'W']);
    expect(ids(project(timed, { ...view, window: [0, 9] }))).toEqual(ids(project(world, view)));
  });
  it('reads back a view from an address, and nonsense as the first view', () => {
    const chosen = {
      ...view,
      off: ['pay' as const],
      collapsed: ['T1'],
      focus: 'C',
      grown: [['C', 'pay']] as [string, 'pay'][],
      window: [1, 2] as const,
      pins: [['C', 12.5, -3]] as [string, number, number][],
    };
    expect(viewOf(JSON.stringify(chosen), world)).toEqual(chosen);
    expect(viewOf(JSON.stringify({ pins: [['C', 1, null], ['D'], 'E', ['C', 1, 2, 3]] }), world).pins).toEqual([
      ['C', 1, 2],
    ]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = viewOf(text, world);
        expect(Object.keys(read).sort()).toEqual(Object.keys(view).sort());
        project(world, read);
      }),
    );
  });
  it('finds the fewest steps, or says there is no way', () => {
    expect(shortestPath(project(world, view).edges, 'L', 'W')).toHaveLength(5);
    expect(shortestPath(project(world, { ...view, off: ['victims'] }).edges, 'L', 'W')).toBeNull();
  });
  it('never draws an edge without both of its ends, and places every node at a finite point', () => {
    const id = fc.constantFrom('L', 'A', 'B', 'C', 'V', 'W');
    fc.assert(
      fc.property(
        fc.subarray(['T1', 'T2']),
        fc.subarray(['L', 'A', 'V', 'W']),
        fc.nat(3),
        fc.option(id),
        fc.array(fc.tuple(id, fc.constantFrom('pay' as const, 'victims' as const, null))),
        (collapsed, hidden, minLinks, focus, grown) => {
          const p = project(world, { off: [], minLinks, collapsed, hidden, focus, grown, window: null });
          const there = new Set(p.nodes.map((n) => n.id));
          expect(p.edges.every((e) => there.has(e.from) && there.has(e.to) && e.from !== e.to)).toBe(true);
          const places = firstPlaces(p, new Map());
          expect(
            p.nodes.every((n) => Number.isFinite(places.get(n.id)?.x) && Number.isFinite(places.get(n.id)?.y)),
          ).toBe(true);
        },
      ),
    );
  });
});
