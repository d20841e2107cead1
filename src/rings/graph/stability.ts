import type { Graph } from './csr.ts';
import { leiden, type Communities } from './leiden.ts';

/** Resolutions tried, the plain one first: of equals the earlier is kept. */
const RESOLUTIONS = [1, 1.4, 0.7, 2, 0.5];
/** Orders in which each is run. */
const ORDERS = 4;
/** Agreement has to be better by this much for another resolution than the plain one. */
const CLEARLY = 0.05;

/**
 * Leiden at the resolution whose outcome depends least on the order in which nodes are visited: each is run several times, and the mean adjusted Rand index between the outcomes says how
 * stable it is (after Lambiotte, Delvenne & Barahona, IEEE TNSE 1, 2014, who choose resolutions by the robustness of what is found). Where plain modularity cannot decide between
 * arrangements (its resolution limit, Fortunato & Barthélemy, PNAS 104, 2007), another resolution can. One community of everything, or none of more than one, is no finding.
 *
 * @returns the communities of the first order at that resolution
 */
export function stableLeiden(graph: Graph, seed = 1): Communities & { resolution: number; agreement: number } {
  let best: (Communities & { resolution: number; agreement: number }) | null = null;
  for (const resolution of RESOLUTIONS) {
    const runs = Array.from({ length: ORDERS }, (_, k) => leiden(graph, { seed: seed + k, resolution }));
    const trivial = runs.some(({ sizes }) => sizes.length <= 1 || sizes.length === graph.n);
    let [sum, pairs] = [0, 0];
    for (let a = 0; a < ORDERS; a++) {
      for (let b = a + 1; b < ORDERS; b++) {
        sum += agreementOf(runs[a]!.membership, runs[b]!.membership);
        pairs++;
      }
    }
    const found = { ...runs[0]!, resolution, agreement: sum / pairs };
    if (best === null || (!trivial && found.agreement > best.agreement + CLEARLY)) best = found;
  }
  return best!;
}

/** Adjusted Rand index of two partitions of the same nodes (Hubert & Arabie, J. Classif. 2, 1985): 1 the same, 0 as by chance. */
export function agreementOf(a: Uint32Array, b: Uint32Array): number {
  const n = a.length;
  const both = new Map<number, number>();
  const [rows, columns] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < n; i++) {
    count(both, a[i]! * (n + 1) + b[i]!);
    count(rows, a[i]!);
    count(columns, b[i]!);
  }
  const [together, left, right] = [pairsIn(both), pairsIn(rows), pairsIn(columns)];
  const expected = n < 2 ? 0 : (left * right) / ((n * (n - 1)) / 2);
  const most = (left + right) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

const count = (m: Map<number, number>, k: number): void => void m.set(k, (m.get(k) ?? 0) + 1);
const pairsIn = (m: ReadonlyMap<number, number>): number => {
  let sum = 0;
  for (const x of m.values()) sum += (x * (x - 1)) / 2;
  return sum;
};
