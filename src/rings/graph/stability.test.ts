import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphFromEdges } from './csr.ts';
import { leiden } from './leiden.ts';
import { agreementOf, stableLeiden } from './stability.ts';

const graphOf = (n: number, edges: readonly (readonly [number, number])[]) =>
  graphFromEdges(n, {
    from: Uint32Array.from(edges, (e) => e[0]),
    to: Uint32Array.from(edges, (e) => e[1]),
    weight: new Float64Array(edges.length).fill(1),
  });

/** Cliques in a circle, each tied to the next by one link. */
function circleOfCliques(cliques: number, size: number) {
  const edges: [number, number][] = [];
  for (let c = 0; c < cliques; c++) {
    for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) edges.push([c * size + i, c * size + j]);
    edges.push([c * size, ((c + 1) % cliques) * size + 1]);
  }
  return graphOf(cliques * size, edges);
}

describe('resolution by stability', () => {
  it('parts cliques that plain modularity joins now this way, now that', () => {
    const graph = circleOfCliques(26, 4);
    expect(leiden(graph).sizes.length).toBeLessThan(26);
    const { sizes, resolution, agreement } = stableLeiden(graph);
    expect(resolution).toBeGreaterThan(1);
    expect(sizes.length).toBe(26);
    expect(agreement).toBe(1);
  });

  it('keeps to plain modularity where that is stable', () => {
    const graph = circleOfCliques(5, 8);
    expect(stableLeiden(graph)).toMatchObject({ resolution: 1, agreement: 1, membership: leiden(graph).membership });
  });

  it('agreement by hand, and the same whichever way round', () => {
    // Pairs: together in both 2 (01, 23), in a 3, in b 2; expected 3 x 2 / 10 = 0.6 of 10 pairs, most 2.5.
    const [a, b] = [Uint32Array.of(0, 0, 1, 1, 1), Uint32Array.of(0, 0, 1, 1, 2)];
    expect(agreementOf(a, b)).toBeCloseTo((2 - 0.8) / (3 - 0.8), 12);
    const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(labels, labels, (x, y) => {
        const [p, q] = [Uint32Array.from(x), Uint32Array.from(y)];
        expect(agreementOf(p, q)).toBeCloseTo(agreementOf(q, p), 12);
        expect(agreementOf(p, p)).toBe(1);
        expect(
          agreementOf(
            p,
            p.map((c) => 3 - c),
          ),
        ).toBe(1);
      }),
    );
  });
});
