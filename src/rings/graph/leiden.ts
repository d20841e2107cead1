import { connectedParts, numberedBySize, type Grouping } from './components.ts';
import { strengths, type Graph } from './csr.ts';
import { seededRandom, shuffle, type Random } from '../../model/random.ts';

/**
 * Communities of a graph by the Leiden algorithm: fast local moving with a queue, refinement, aggregation of the refined partition.
 * Source: Traag, Waltman, van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", Sci. Rep. 9, 5233 (2019),
 * https://doi.org/10.1038/s41598-019-41695-z. As in their reference implementation, the refinement takes the best merge instead of
 * drawing one at random. A last step splits what is not connected (never worse in either quality), so that every community is.
 */
export interface LeidenOptions {
  /**
   * `modularity`: links within, minus those expected from the nodes' strengths (Newman & Girvan, with resolution by Reichardt & Bornholdt);
   * `cpm`: links within, minus `resolution` for each pair of nodes (constant Potts model; no resolution limit).
   */
  quality?: 'modularity' | 'cpm';
  /** Larger gives smaller communities. Default 1 (modularity), 0.05 (cpm: a link density). */
  resolution?: number;
  seed?: number;
  /** Upper bound of whole rounds; it stops sooner when a round gains nothing. Default 2. */
  maxRounds?: number;
}

export interface Communities extends Grouping {
  /** Modularity, -0.5..1; or, for cpm, weight within minus resolution x pairs within. */
  quality: number;
  rounds: number;
}

/** Deterministic for a seed. O(links) a round; 8-byte scratch arrays over nodes and one aggregate graph beside the input. */
export function leiden(graph: Graph, options: LeidenOptions = {}): Communities {
  const kind = options.quality ?? 'modularity';
  const resolution = options.resolution ?? (kind === 'cpm' ? 0.05 : 1);
  if (!(resolution >= 0 && resolution < Infinity)) {
    throw new Error(`Resolution is ${resolution}; it has to be a finite number >= 0.`);
  }
  const random = seededRandom(options.seed ?? 1);
  const maxRounds = options.maxRounds ?? 2;
  const { n } = graph;
  const mass = kind === 'cpm' ? new Float64Array(n).fill(1) : strengths(graph);
  // Moving v into C gains w(v, C) - gamma * mass(v) * mass(C); both qualities are this, with another mass and gamma.
  const gamma = kind === 'cpm' ? resolution : graph.totalWeight > 0 ? resolution / (2 * graph.totalWeight) : 0;

  let membership: Uint32Array = new Uint32Array(n);
  for (let v = 0; v < n; v++) membership[v] = v;
  let rounds = 0;
  while (rounds < maxRounds) {
    rounds++;
    const before = membership;
    membership = oneRound(graph, mass, gamma, membership, random);
    if (samePartition(before, membership)) break;
  }
  const grouping = numberedBySize(connectedParts(graph, membership), n);
  return { ...grouping, quality: partitionQuality(graph, grouping.membership, { quality: kind, resolution }), rounds };
}

/** Quality of any partition (labels below n), in the units of `Communities.quality`. */
export function partitionQuality(
  graph: Graph,
  membership: Uint32Array,
  options: Pick<LeidenOptions, 'quality' | 'resolution'> = {},
): number {
  const kind = options.quality ?? 'modularity';
  const resolution = options.resolution ?? (kind === 'cpm' ? 0.05 : 1);
  const { n, offsets, neighbours, weights, loops, totalWeight } = graph;
  const mass = kind === 'cpm' ? new Float64Array(n).fill(1) : strengths(graph);
  const massOf = new Float64Array(n);
  let within = 0;
  for (let v = 0; v < n; v++) {
    const c = membership[v]!;
    massOf[c]! += mass[v]!;
    within += 2 * loops[v]!;
    for (let p = offsets[v]!, end = offsets[v + 1]!; p < end; p++)
      if (membership[neighbours[p]!] === c) within += weights[p]!;
  }
  within /= 2;
  let expected = 0;
  if (kind === 'cpm') {
    for (let c = 0; c < n; c++) expected += (massOf[c]! * (massOf[c]! - 1)) / 2;
    return within - resolution * expected;
  }
  if (totalWeight === 0) return 0;
  for (let c = 0; c < n; c++) expected += (massOf[c]! / (2 * totalWeight)) ** 2;
  return within / totalWeight - resolution * expected;
}

/** One round from `start`: move, refine, aggregate, until aggregation changes nothing. Returns labels of the original nodes. */
function oneRound(graph: Graph, mass: Float64Array, gamma: number, start: Uint32Array, random: Random): Uint32Array {
  let level = graph;
  let levelMass = mass;
  let membership: Uint32Array = start.slice();
  /** Which node of the present level each original node is part of; undefined on the first level, where they are the same. */
  let standsIn: Uint32Array | undefined;
  for (;;) {
    moveNodes(level, levelMass, gamma, membership, random);
    const refined = refine(level, levelMass, gamma, membership, random);
    if (refined.count === level.n) break;
    const next = aggregate(level, levelMass, refined, membership);
    if (standsIn === undefined) standsIn = refined.label;
    else for (let v = 0; v < graph.n; v++) standsIn[v] = refined.label[standsIn[v]!]!;
    level = next.graph;
    levelMass = next.mass;
    membership = next.membership;
  }
  if (standsIn === undefined) return membership;
  const flat = new Uint32Array(graph.n);
  for (let v = 0; v < graph.n; v++) flat[v] = membership[standsIn[v]!]!;
  return flat;
}

/** Moves nodes to the neighbouring (or an empty) community with the largest gain until none gains; changes `membership`. */
function moveNodes(graph: Graph, mass: Float64Array, gamma: number, membership: Uint32Array, random: Random): void {
  const { n, offsets, neighbours, weights } = graph;
  const massOf = new Float64Array(n);
  const sizeOf = new Uint32Array(n);
  for (let v = 0; v < n; v++) {
    massOf[membership[v]!]! += mass[v]!;
    sizeOf[membership[v]!]!++;
  }
  const empty = new Uint32Array(n);
  let empties = 0;
  for (let c = n - 1; c >= 0; c--) if (sizeOf[c] === 0) empty[empties++] = c;

  // Ring buffer that starts full: every node waits once, in random order.
  const queue = new Uint32Array(n);
  for (let v = 0; v < n; v++) queue[v] = v;
  shuffle(queue, random);
  const waiting = new Uint8Array(n).fill(1);
  let head = 0;
  let queued = n;

  const linkTo = new Float64Array(n).fill(-1); // -1: not a neighbour
  const touched = new Uint32Array(n);
  while (queued > 0) {
    const v = queue[head]!;
    head = head + 1 === n ? 0 : head + 1;
    queued--;
    waiting[v] = 0;
    const own = membership[v]!;
    const k = mass[v]!;
    const rowStart = offsets[v]!;
    const rowEnd = offsets[v + 1]!;
    let count = 0;
    let reach = 0;
    for (let p = rowStart; p < rowEnd; p++) {
      const c = membership[neighbours[p]!]!;
      const w = weights[p]!;
      reach += w;
      const sum = linkTo[c]!;
      if (sum < 0) {
        touched[count++] = c;
        linkTo[c] = w;
      } else linkTo[c] = sum + w;
    }
    const stay = Math.max(linkTo[own]!, 0) - gamma * k * (massOf[own]! - k);
    // A gain smaller than rounding could be undone by the next move, without end.
    let best = stay + 1e-12 * (reach + gamma * k * k);
    let target = own;
    for (let i = 0; i < count; i++) {
      const c = touched[i]!;
      const gain = linkTo[c]! - gamma * k * massOf[c]!;
      linkTo[c] = -1;
      if (c === own) continue;
      if (gain > best) {
        best = gain;
        target = c;
      }
    }
    if (best < 0 && sizeOf[own]! > 1 && empties > 0) target = empty[empties - 1]!; // alone it would have 0
    if (target === own) continue;
    if (sizeOf[target] === 0) empties--;
    membership[v] = target;
    massOf[own]! -= k;
    massOf[target]! += k;
    sizeOf[target]!++;
    if (--sizeOf[own]! === 0) {
      massOf[own] = 0;
      empty[empties++] = own;
    }
    for (let p = rowStart; p < rowEnd; p++) {
      const u = neighbours[p]!;
      if (waiting[u] === 0 && membership[u] !== target) {
        waiting[u] = 1;
        let tail = head + queued;
        if (tail >= n) tail -= n;
        queue[tail] = u;
        queued++;
      }
    }
  }
}

interface Refined {
  /** Refined community of each node, 0..count-1 in order of the smallest node. */
  label: Uint32Array;
  count: number;
}

/** Splits each community into well-connected parts: singletons that merge, within the community only, where it gains most. */
function refine(graph: Graph, mass: Float64Array, gamma: number, membership: Uint32Array, random: Random): Refined {
  const { n, offsets, neighbours, weights } = graph;
  const massOfCommunity = new Float64Array(n);
  for (let v = 0; v < n; v++) massOfCommunity[membership[v]!]! += mass[v]!;
  const part = new Uint32Array(n);
  const massOf = mass.slice();
  const alone = new Uint8Array(n).fill(1);
  /** Weight from each part to the rest of its community. */
  const outward = new Float64Array(n);
  const order = new Uint32Array(n);
  for (let v = 0; v < n; v++) {
    part[v] = v;
    order[v] = v;
    let sum = 0;
    for (let p = offsets[v]!, end = offsets[v + 1]!; p < end; p++)
      if (membership[neighbours[p]!] === membership[v]) sum += weights[p]!;
    outward[v] = sum;
  }
  shuffle(order, random);
  const linkTo = new Float64Array(n);
  const seen = new Uint8Array(n);
  const touched = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const v = order[i]!;
    if (alone[v] === 0) continue;
    const community = membership[v]!;
    const k = mass[v]!;
    const whole = massOfCommunity[community]!;
    const linkToCommunity = outward[v]!;
    if (linkToCommunity < gamma * k * (whole - k)) continue; // not well connected to its own community
    let count = 0;
    for (let p = offsets[v]!, end = offsets[v + 1]!; p < end; p++) {
      const u = neighbours[p]!;
      if (membership[u] !== community) continue;
      const c = part[u]!;
      if (seen[c] === 0) {
        seen[c] = 1;
        touched[count++] = c;
        linkTo[c] = weights[p]!;
      } else linkTo[c]! += weights[p]!;
    }
    let best = 0;
    let target = v;
    for (let j = 0; j < count; j++) {
      const c = touched[j]!;
      seen[c] = 0;
      const massOfPart = massOf[c]!;
      if (outward[c]! < gamma * massOfPart * (whole - massOfPart)) continue;
      const gain = linkTo[c]! - gamma * k * massOfPart;
      if (gain > best) {
        best = gain;
        target = c;
      }
    }
    if (target === v) continue;
    part[v] = target;
    alone[v] = 0;
    alone[target] = 0;
    massOf[target]! += k;
    outward[target]! += linkToCommunity - 2 * linkTo[target]!;
  }
  const number = new Uint32Array(n).fill(n);
  let count = 0;
  for (let v = 0; v < n; v++) {
    const c = part[v]!;
    if (number[c] === n) number[c] = count++;
    part[v] = number[c]!;
  }
  return { label: part, count };
}

/** One node for each refined part; the community a part came from is where it starts on the next level. */
function aggregate(
  graph: Graph,
  mass: Float64Array,
  refined: Refined,
  membership: Uint32Array,
): { graph: Graph; mass: Float64Array; membership: Uint32Array } {
  const { n, offsets, neighbours, weights } = graph;
  const { label, count } = refined;
  const partStart = new Uint32Array(count + 1);
  for (let v = 0; v < n; v++) partStart[label[v]! + 1]!++;
  for (let c = 0; c < count; c++) partStart[c + 1]! += partStart[c]!;
  const inPart = new Uint32Array(n);
  const next = partStart.slice(0, count);
  for (let v = 0; v < n; v++) inPart[next[label[v]!]!++] = v;

  const seenBy = new Uint32Array(count); // c + 1 when the row being written already has this neighbour
  const linkTo = new Float64Array(count);
  const touched = new Uint32Array(count);
  const gather = (c: number, write: ((touched: Uint32Array, count: number) => void) | undefined): number => {
    let links = 0;
    for (let i = partStart[c]!; i < partStart[c + 1]!; i++) {
      const v = inPart[i]!;
      for (let p = offsets[v]!, end = offsets[v + 1]!; p < end; p++) {
        const d = label[neighbours[p]!]!;
        if (seenBy[d] !== c + 1) {
          seenBy[d] = c + 1;
          linkTo[d] = weights[p]!;
          if (d !== c) touched[links++] = d;
        } else linkTo[d]! += weights[p]!;
      }
    }
    write?.(touched, links);
    return links;
  };
  // First count, then fill: a second look at the links costs less than rows that have to grow.
  const newOffsets = new Uint32Array(count + 1);
  for (let c = 0; c < count; c++) newOffsets[c + 1] = newOffsets[c]! + gather(c, undefined);
  seenBy.fill(0);
  const newNeighbours = new Uint32Array(newOffsets[count]!);
  const newWeights = new Float64Array(newOffsets[count]!);
  const newLoops = new Float64Array(count);
  const newMass = new Float64Array(count);
  const communityNumber = new Uint32Array(n).fill(n);
  let communities = 0;
  const newMembership = new Uint32Array(count);
  for (let c = 0; c < count; c++) {
    linkTo[c] = 0;
    const at = newOffsets[c]!;
    gather(c, (ids, links) => {
      for (let i = 0; i < links; i++) {
        newNeighbours[at + i] = ids[i]!;
        newWeights[at + i] = linkTo[ids[i]!]!;
      }
    });
    let inside = seenBy[c] === c + 1 ? linkTo[c]! / 2 : 0;
    for (let i = partStart[c]!; i < partStart[c + 1]!; i++) {
      inside += graph.loops[inPart[i]!]!;
      newMass[c]! += mass[inPart[i]!]!;
    }
    newLoops[c] = inside;
    const community = membership[inPart[partStart[c]!]!]!;
    if (communityNumber[community] === n) communityNumber[community] = communities++;
    newMembership[c] = communityNumber[community]!;
  }
  return {
    graph: {
      n: count,
      offsets: newOffsets,
      neighbours: newNeighbours,
      weights: newWeights,
      loops: newLoops,
      totalWeight: graph.totalWeight,
    },
    mass: newMass,
    membership: newMembership,
  };
}

function samePartition(a: Uint32Array, b: Uint32Array): boolean {
  const n = a.length;
  const aToB = new Uint32Array(n).fill(n);
  const bToA = new Uint32Array(n).fill(n);
  for (let v = 0; v < n; v++) {
    const x = a[v]!;
    const y = b[v]!;
    if (aToB[x] === n && bToA[y] === n) {
      aToB[x] = y;
      bToA[y] = x;
    } else if (aToB[x] !== y || bToA[y] !== x) return false;
  }
  return true;
}
