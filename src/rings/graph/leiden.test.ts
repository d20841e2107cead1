import fc from 'fast-check';
import { UndirectedGraph } from 'graphology';
import louvainModule from 'graphology-communities-louvain';
import { describe, expect, it } from 'vitest';
import { componentsOfEdges, connectedParts } from './components.ts';
import { graphFromEdges, strengths, type Graph } from './csr.ts';
import { leiden, partitionQuality } from './leiden.ts';
import { seededRandom } from '../../model/random.ts';

// The package is CommonJS whose types promise a default export: at run time the import is the function itself.
const louvain = louvainModule as unknown as typeof louvainModule.default;

const edgeLists = (maxNodes: number) =>
  fc
    .integer({ min: 1, max: maxNodes })
    .chain((n) =>
      fc.tuple(
        fc.constant(n),
        fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.integer({ min: 1, max: 9 })), { maxLength: 4 * n }),
      ),
    );
const graphOf = (n: number, list: [number, number, number][]): Graph =>
  graphFromEdges(n, {
    from: Uint32Array.from(list, (e) => e[0]),
    to: Uint32Array.from(list, (e) => e[1]),
    weight: Float64Array.from(list, (e) => e[2]),
  });

/** Groups of equal size; each edge stays in its group with the given share. */
function plantedGroups(n: number, edges: number, groups: number, within: number, seed: number) {
  const random = seededRandom(seed);
  const from = new Uint32Array(edges);
  const to = new Uint32Array(edges);
  for (let i = 0; i < edges; i++) {
    const a = Math.floor(random() * n);
    from[i] = a;
    to[i] = random() < within ? (a % groups) + groups * Math.floor(random() * (n / groups)) : Math.floor(random() * n);
  }
  return { from, to };
}

/** Every partition of 0..n-1, as restricted growth strings. */
function* partitions(n: number): Generator<Uint32Array> {
  const label = new Uint32Array(n);
  function* grow(v: number, used: number): Generator<Uint32Array> {
    if (v === n) yield label;
    else
      for (let c = 0; c <= used; c++) {
        label[v] = c;
        yield* grow(v + 1, Math.max(used, c + 1));
      }
  }
  yield* grow(0, 0);
}

describe('graph rows', () => {
  it('hold what an adjacency matrix holds', () => {
    fc.assert(
      fc.property(edgeLists(12), ([n, list]) => {
        const matrix = Array.from({ length: n }, () => new Float64Array(n));
        for (const [a, b, w] of list) {
          matrix[a]![b]! += w;
          if (a !== b) matrix[b]![a]! += w;
        }
        const g = graphOf(n, list);
        const k = strengths(g);
        let total = 0;
        for (let v = 0; v < n; v++) {
          const row = new Float64Array(n);
          row[v] = g.loops[v]!;
          let previous = -1;
          for (let p = g.offsets[v]!; p < g.offsets[v + 1]!; p++) {
            expect(g.neighbours[p]!).toBeGreaterThan(previous);
            previous = g.neighbours[p]!;
            row[previous] = g.weights[p]!;
          }
          expect(row).toEqual(matrix[v]);
          expect(k[v]).toBe(row.reduce((s, w) => s + w, 0) + row[v]!);
          total += k[v]! / 2;
        }
        expect(g.totalWeight).toBe(total);
      }),
    );
  });

  it('refuse edges that cannot be', () => {
    const columns = (from: number[], to: number[], weight?: number[]) => ({
      from: Uint32Array.from(from),
      to: Uint32Array.from(to),
      ...(weight ? { weight: Float64Array.from(weight) } : {}),
    });
    expect(() => graphFromEdges(2, columns([0], [2]))).toThrow(/nodes 0\.\.1/);
    expect(() => graphFromEdges(2, columns([0, 1], [1]))).toThrow(/differ in length/);
    expect(() => graphFromEdges(2, columns([0], [1], [NaN]))).toThrow(/finite/);
    expect(() => graphFromEdges(2, columns([0], [1], [-1]))).toThrow(/finite/);
  });
});

describe('leiden', () => {
  it.each(['modularity', 'cpm'] as const)(
    'gives connected, repeatable communities no worse than singletons (%s)',
    (quality) => {
      fc.assert(
        fc.property(
          edgeLists(30),
          fc.nat(1000),
          fc.double({ min: 0, max: 3, noNaN: true }),
          ([n, list], seed, resolution) => {
            const g = graphOf(n, list);
            const found = leiden(g, { quality, seed, resolution });
            expect(leiden(g, { quality, seed, resolution })).toEqual(found);
            // A valid partition, numbered by size.
            const sizes = new Uint32Array(found.sizes.length);
            for (const c of found.membership) sizes[c]!++;
            expect(sizes).toEqual(found.sizes);
            expect([...sizes].sort((a, b) => b - a)).toEqual([...sizes]);
            expect(sizes.reduce((a, b) => a + b, 0)).toBe(n);
            // Connected: splitting into connected parts splits nothing.
            expect(new Set(connectedParts(g, found.membership)).size).toBe(sizes.length);
            const singletons = Uint32Array.from({ length: n }, (_, v) => v);
            expect(found.quality).toBeGreaterThanOrEqual(
              partitionQuality(g, singletons, { quality, resolution }) - 1e-9,
            );
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('comes close to the best of all partitions of small graphs, and never above it', () => {
    let exact = 0;
    let runs = 0;
    fc.assert(
      fc.property(edgeLists(8), ([n, list]) => {
        const g = graphOf(n, list);
        if (g.totalWeight === 0) return;
        let best = -1;
        for (const p of partitions(n)) best = Math.max(best, partitionQuality(g, p));
        const found = leiden(g, { seed: 1 }).quality;
        expect(found).toBeLessThanOrEqual(best + 1e-9);
        expect(found).toBeGreaterThan(best - 0.1);
        runs++;
        if (found > best - 1e-9) exact++;
      }),
      { numRuns: 150, seed: 11 },
    );
    expect(exact / runs).toBeGreaterThan(0.85);
  });

  it('recovers planted groups exactly', () => {
    const n = 1000;
    const found = leiden(graphFromEdges(n, plantedGroups(n, 15_000, 20, 0.9, 3)), { seed: 2 });
    expect(found.sizes).toHaveLength(20);
    for (let v = 0; v < n; v++) expect(found.membership[v]).toBe(found.membership[v % 20]);
  });

  it('cpm keeps small cliques apart where modularity merges them (ring of cliques)', () => {
    const from: number[] = [];
    const to: number[] = [];
    const cliques = 60;
    for (let c = 0; c < cliques; c++) {
      for (let i = 0; i < 5; i++) {
        for (let j = i + 1; j < 5; j++) {
          from.push(c * 5 + i);
          to.push(c * 5 + j);
        }
      }
      from.push(c * 5);
      to.push(((c + 1) % cliques) * 5 + 1);
    }
    const g = graphFromEdges(cliques * 5, { from: Uint32Array.from(from), to: Uint32Array.from(to) });
    expect(leiden(g, { quality: 'cpm', resolution: 0.3 }).sizes).toHaveLength(cliques);
    expect(leiden(g).sizes.length).toBeLessThan(cliques);
  });

  it.each([0.9, 0.5, 0])(
    'reaches at least the modularity of graphology Louvain (%s of edges within groups)',
    (within) => {
      const n = 1500;
      const g = graphFromEdges(n, plantedGroups(n, 15_000, 30, within, 7));
      const other = new UndirectedGraph();
      for (let v = 0; v < n; v++) other.addNode(v);
      for (let v = 0; v < n; v++) {
        for (let p = g.offsets[v]!; p < g.offsets[v + 1]!; p++) {
          if (g.neighbours[p]! > v) other.addEdge(v, g.neighbours[p], { weight: g.weights[p] });
        }
      }
      const theirs = louvain.detailed(other, { rng: seededRandom(1), getEdgeWeight: 'weight' });
      const label = Uint32Array.from({ length: n }, (_, v) => theirs.communities[v]!);
      expect(leiden(g, { seed: 1 }).quality).toBeGreaterThanOrEqual(partitionQuality(g, label) - 1e-9);
    },
  );

  it('handles graphs without edges and without nodes', () => {
    const none = new Uint32Array(0);
    expect(leiden(graphFromEdges(0, { from: none, to: none })).sizes).toHaveLength(0);
    expect(leiden(graphFromEdges(3, { from: none, to: none })).sizes).toEqual(Uint32Array.of(1, 1, 1));
  });
});

describe('components', () => {
  it('agree with reachability, whatever the order of the edges', () => {
    fc.assert(
      fc.property(edgeLists(15), ([n, list]) => {
        const reach = Array.from({ length: n }, (_, v) => Array.from({ length: n }, (_, u) => u === v));
        for (const [a, b] of list) reach[a]![b] = reach[b]![a] = true;
        for (let m = 0; m < n; m++)
          for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) if (reach[a]![m] && reach[m]![b]) reach[a]![b] = true;
        const columns = (edges: [number, number, number][]) => ({
          from: Uint32Array.from(edges, (e) => e[0]),
          to: Uint32Array.from(edges, (e) => e[1]),
        });
        const { membership } = componentsOfEdges(n, columns(list));
        for (let a = 0; a < n; a++)
          for (let b = 0; b < n; b++) expect(membership[a] === membership[b]).toBe(reach[a]![b]);
        expect(componentsOfEdges(n, columns(list.toReversed())).membership).toEqual(membership);
      }),
    );
  });
});
