/**
 * An undirected weighted graph in typed arrays (compressed sparse rows). Nodes are 0..n-1; their names are kept outside.
 * An edge between two different nodes stands twice, once in each node's row; an edge from a node to itself stands in `loops` alone.
 */
export interface Graph {
  n: number;
  /** n + 1 entries: row v is `neighbours[offsets[v] .. offsets[v + 1])`, ascending, without repeats. */
  offsets: Uint32Array;
  neighbours: Uint32Array;
  weights: Float64Array;
  /** Weight of the node's edge to itself; after aggregation, the weight inside what the node stands for. */
  loops: Float64Array;
  /** Sum of all edge weights, each edge counted once, loops included. */
  totalWeight: number;
}

/** Edges as columns of equal length: `from[i]` -- `to[i]` with `weight[i]`; without `weight` every edge weighs 1. */
export interface EdgeColumns {
  from: Uint32Array;
  to: Uint32Array;
  weight?: Float64Array;
}

/**
 * Builds the rows from edge columns in O(n + edges). Parallel edges (also a-b beside b-a) are merged and their weights added.
 * Holds at most two copies of the rows (24 bytes an entry, two entries an edge) beside the input.
 *
 * @throws Error when the columns differ in length, a node is outside 0..n-1, or a weight is not a finite number >= 0.
 */
export function graphFromEdges(n: number, edges: EdgeColumns): Graph {
  const { from, to, weight } = edges;
  const count = from.length;
  if (to.length !== count || (weight !== undefined && weight.length !== count)) {
    throw new Error(`Edge columns differ in length: from ${count}, to ${to.length}, weight ${weight?.length ?? '-'}.`);
  }
  const loops = new Float64Array(n);
  let offsets: Uint32Array = new Uint32Array(n + 1);
  let totalWeight = 0;
  for (let i = 0; i < count; i++) {
    const a = from[i]!;
    const b = to[i]!;
    const w = weight === undefined ? 1 : weight[i]!;
    if (a >= n || b >= n) throw new Error(`Edge ${i} joins ${a} and ${b}, but the graph has nodes 0..${n - 1}.`);
    if (!(w >= 0 && w < Infinity)) throw new Error(`Edge ${i} (${a} - ${b}) weighs ${w}; a weight is finite and >= 0.`);
    totalWeight += w;
    if (a === b) loops[a]! += w;
    else {
      offsets[a + 1]!++;
      offsets[b + 1]!++;
    }
  }
  for (let v = 0; v < n; v++) offsets[v + 1]! += offsets[v]!;
  const entries = offsets[n]!;
  let neighbours: Uint32Array = new Uint32Array(entries);
  let weights: Float64Array = new Float64Array(entries);
  const next = offsets.slice(0, n);
  for (let i = 0; i < count; i++) {
    const a = from[i]!;
    const b = to[i]!;
    if (a === b) continue;
    const w = weight === undefined ? 1 : weight[i]!;
    const p = next[a]!++;
    neighbours[p] = b;
    weights[p] = w;
    const q = next[b]!++;
    neighbours[q] = a;
    weights[q] = w;
  }
  // Rows are symmetric, so transposing them puts every row in ascending order without a comparison sort.
  const sorted = new Uint32Array(entries);
  const sortedWeights = new Float64Array(entries);
  next.set(offsets.subarray(0, n));
  for (let v = 0; v < n; v++) {
    for (let p = offsets[v]!, end = offsets[v + 1]!; p < end; p++) {
      const q = next[neighbours[p]!]!++;
      sorted[q] = v;
      sortedWeights[q] = weights[p]!;
    }
  }
  // Merge repeats in place, now that they stand side by side.
  const merged = new Uint32Array(n + 1);
  let write = 0;
  for (let v = 0; v < n; v++) {
    const rowStart = write;
    for (let p = offsets[v]!, end = offsets[v + 1]!; p < end; p++) {
      const u = sorted[p]!;
      if (write > rowStart && sorted[write - 1] === u) sortedWeights[write - 1]! += sortedWeights[p]!;
      else {
        sorted[write] = u;
        sortedWeights[write] = sortedWeights[p]!;
        write++;
      }
    }
    merged[v + 1] = write;
  }
  offsets = merged;
  // A view keeps the larger buffer alive; copy only when much of it would be wasted.
  neighbours = write === entries ? sorted : write < entries * 0.75 ? sorted.slice(0, write) : sorted.subarray(0, write);
  weights =
    write === entries
      ? sortedWeights
      : write < entries * 0.75
        ? sortedWeights.slice(0, write)
        : sortedWeights.subarray(0, write);
  return { n, offsets, neighbours, weights, loops, totalWeight };
}

/** Sum of the weights at each node; a loop counts twice, as in every definition of modularity. */
export function strengths(graph: Graph): Float64Array {
  const k = new Float64Array(graph.n);
  for (let v = 0; v < graph.n; v++) {
    let sum = 2 * graph.loops[v]!;
    for (let p = graph.offsets[v]!, end = graph.offsets[v + 1]!; p < end; p++) sum += graph.weights[p]!;
    k[v] = sum;
  }
  return k;
}
