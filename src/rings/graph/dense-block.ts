import { graphFromEdges } from './csr.ts';
import { leiden } from './leiden.ts';
import { logGamma, projectRows } from './projection.ts';

/** Distinct pairs of a bipartite graph as rows of both sides. Nodes are 0..lefts-1 and 0..rights-1. */
export interface Bipartite {
  lefts: number;
  rights: number;
  leftOffsets: Uint32Array;
  leftItems: Uint32Array;
  rightOffsets: Uint32Array;
  rightItems: Uint32Array;
}

/** A group of left nodes that reaches a group of right nodes far more densely than both sides' other links explain. */
export interface DenseBlock {
  lefts: Uint32Array;
  rights: Uint32Array;
  /** Pairs inside, and how many the members' links outside the block would lead one to expect. */
  pairs: number;
  expected: number;
  /** Log-likelihood ratio less the cost of naming the members, in nats; above 0 the block is a shorter description than none. */
  score: number;
}

/** @param left,right distinct pairs, sorted by left and then right */
export function bipartite(left: Uint32Array, right: Uint32Array, lefts: number, rights: number): Bipartite {
  const leftOffsets = new Uint32Array(lefts + 1);
  const rightOffsets = new Uint32Array(rights + 1);
  for (let i = 0; i < left.length; i++) {
    leftOffsets[left[i]! + 1]!++;
    rightOffsets[right[i]! + 1]!++;
  }
  for (let a = 0; a < lefts; a++) leftOffsets[a + 1]! += leftOffsets[a]!;
  for (let b = 0; b < rights; b++) rightOffsets[b + 1]! += rightOffsets[b]!;
  const rightItems = new Uint32Array(left.length);
  const next = rightOffsets.slice(0, rights);
  for (let i = 0; i < left.length; i++) rightItems[next[right[i]!]!++] = left[i]!;
  return { lefts, rights, leftOffsets, leftItems: right, rightOffsets, rightItems };
}

/**
 * The best block from several starting points (fewer, without peeling, when not `thorough`), or null when no start leads to a block with a positive score.
 *
 * Model: inside the block every pair is present with one probability θ; everywhere else, and everywhere when there is no block, links follow what each
 * node's links outside the block say (degree-corrected stochastic block model, Karrer & Newman, Phys. Rev. E 83, 016107, 2011). The score is the ratio of the
 * two maximised likelihoods less the price of naming the members. With one side fixed, it is nearly a sum over the other side's nodes, so the best subset is simply
 * every node with a positive gain: the sides are improved in turn until nothing changes (the alternating subset scan of Neill, J. R. Stat. Soc. B 74,
 * 337-360, 2012; the price for each member as in Speakman et al., J. Comput. Graph. Stat. 25, 2016). Starts are the pairs of nodes, on either side, that
 * share most for their popularity, and the densest subgraph by peeling (Charikar 2000; Hooi et al., FRAUDAR, KDD 2016).
 */
export function densestBlock(graph: Bipartite, thorough = true): DenseBlock | null {
  const m = graph.leftItems.length;
  if (m < MIN_PAIRS) return null;
  const search = new BlockSearch(graph);
  let best: DenseBlock | null = null;
  const consider = (block: DenseBlock | null): void => {
    if (block !== null && (best === null || block.score > best.score)) best = block;
  };
  if (thorough) consider(search.improve(peel(graph)));
  for (const seed of sharingPairs(graph, thorough ? 12 : 4)) consider(search.improve(seed));
  return best === null ? null : apart(graph, search, best);
}

/** Two rings that were taken for one: the better of the parts, when the parts together say more than the whole. */
function apart(graph: Bipartite, search: BlockSearch, whole: DenseBlock): DenseBlock {
  const from: number[] = [];
  const to: number[] = [];
  const place = new Map(Array.from(whole.rights, (b, i) => [b, whole.lefts.length + i]));
  whole.lefts.forEach((a, i) => {
    for (let p = graph.leftOffsets[a]!; p < graph.leftOffsets[a + 1]!; p++) {
      const b = place.get(graph.leftItems[p]!);
      if (b !== undefined) {
        from.push(i);
        to.push(b);
      }
    }
  });
  const size = whole.lefts.length + whole.rights.length;
  const inside = graphFromEdges(size, { from: Uint32Array.from(from), to: Uint32Array.from(to) });
  const { membership, sizes } = leiden(inside);
  const parts: DenseBlock[] = [];
  for (let c = 0; c < sizes.length; c++) {
    const lefts = whole.lefts.filter((_, i) => membership[i] === c);
    const rights = whole.rights.filter((_, i) => membership[whole.lefts.length + i] === c);
    if (lefts.length < MIN_SIDE || rights.length < MIN_SIDE) continue;
    const part = search.improve({ lefts, rights });
    const isNew = part !== null && parts.every((other) => !other.lefts.some((a) => part.lefts.includes(a)));
    if (isNew) parts.push(part);
  }
  parts.sort((a, b) => b.score - a.score);
  const together = parts.reduce((sum, part) => sum + part.score, 0);
  return parts.length > 1 && together > whole.score ? parts[0]! : whole;
}

/** Fewer links cannot make a group of at least 3 x 3. */
const MIN_PAIRS = 9;
const MIN_SIDE = 3;

class BlockSearch {
  private readonly graph: Bipartite;
  /** A block below three times the density of the whole graph is not one. */
  private readonly floor: number;
  private readonly inLeft: Uint8Array;
  private readonly inRight: Uint8Array;
  /** Links of each node into the other side of the block. */
  private readonly leftHits: Uint32Array;
  private readonly rightHits: Uint32Array;
  constructor(graph: Bipartite) {
    this.graph = graph;
    this.floor = (3 * graph.leftItems.length) / (graph.lefts * graph.rights);
    this.inLeft = new Uint8Array(graph.lefts);
    this.inRight = new Uint8Array(graph.rights);
    this.leftHits = new Uint32Array(graph.lefts);
    this.rightHits = new Uint32Array(graph.rights);
  }

  improve(seed: { lefts: Uint32Array; rights: Uint32Array } | null): DenseBlock | null {
    if (seed === null) return null;
    const g = this.graph;
    let lefts = seed.lefts;
    let rights = seed.rights;
    for (let round = 0; round < 30; round++) {
      const theta = this.density(lefts, rights);
      if (round > 0 && theta < this.floor) return null; // it has taken in everyday traffic
      const nextLefts = this.side(
        g.leftOffsets,
        g.leftItems,
        g.rightOffsets,
        g.rightItems,
        rights,
        lefts.length,
        theta,
        true,
      );
      if (nextLefts.length < MIN_SIDE) return null;
      const theta2 = this.density(nextLefts, rights);
      const nextRights = this.side(
        g.rightOffsets,
        g.rightItems,
        g.leftOffsets,
        g.leftItems,
        nextLefts,
        rights.length,
        theta2,
        false,
      );
      if (nextRights.length < MIN_SIDE) return null;
      const same = equal(nextLefts, lefts) && equal(nextRights, rights);
      lefts = nextLefts;
      rights = nextRights;
      if (same) break;
    }
    const block = this.evaluate(lefts, rights);
    return block !== null && block.score > 0 ? block : null;
  }

  private density(lefts: Uint32Array, rights: Uint32Array): number {
    const pairs = this.countInside(lefts, rights);
    return clamp((pairs + 0.5) / (lefts.length * rights.length + 1));
  }

  private countInside(lefts: Uint32Array, rights: Uint32Array): number {
    const g = this.graph;
    for (const b of rights) this.inRight[b] = 1;
    let pairs = 0;
    for (const a of lefts)
      for (let p = g.leftOffsets[a]!; p < g.leftOffsets[a + 1]!; p++) pairs += this.inRight[g.leftItems[p]!]!;
    for (const b of rights) this.inRight[b] = 0;
    return pairs;
  }

  /** Every node of one side that gains as a member, given the other side. */
  private side(
    ownOffsets: Uint32Array,
    ownItems: Uint32Array,
    otherOffsets: Uint32Array,
    otherItems: Uint32Array,
    other: Uint32Array,
    ownSize: number,
    theta: number,
    ownIsLeft: boolean,
  ): Uint32Array {
    const total = this.graph.leftItems.length;
    const ownCount = ownOffsets.length - 1;
    const hits = ownIsLeft ? this.leftHits : this.rightHits;
    const inOther = ownIsLeft ? this.inRight : this.inLeft;
    const inOwn = ownIsLeft ? this.inLeft : this.inRight;
    const candidates: number[] = [];
    for (const b of other) {
      inOther[b] = 1;
      for (let p = otherOffsets[b]!; p < otherOffsets[b + 1]!; p++) {
        const a = otherItems[p]!;
        if (hits[a]!++ === 0) candidates.push(a);
      }
    }
    // The other side's links outside the block: to nodes that would be called members at half the block's density.
    const members = candidates.filter((a) => hits[a]! >= (theta * other.length) / 2);
    for (const a of members) inOwn[a] = 1;
    const outside = new Map<number, number>();
    let outsideSum = 0;
    for (const b of other) {
      let o = 1;
      for (let p = otherOffsets[b]!; p < otherOffsets[b + 1]!; p++) if (inOwn[otherItems[p]!] === 0) o++;
      outside.set(b, o);
      outsideSum += o;
    }
    for (const a of members) inOwn[a] = 0;
    const price = Math.log(ownCount / Math.max(1, ownSize)) + 1;
    const stay = Math.log(1 - theta);
    const chosen: number[] = [];
    for (const a of candidates) {
      const own = ownOffsets[a + 1]! - ownOffsets[a]! - hits[a]! + 1;
      // Links present: ln(θ / q) each; links absent: ln((1 - θ) / (1 - q)), with -ln(1 - q) ~ q summed over the absent ones.
      let gain = -price + (other.length - hits[a]!) * stay;
      let presentQ = 0;
      for (let p = ownOffsets[a]!; p < ownOffsets[a + 1]!; p++) {
        const b = ownItems[p]!;
        if (inOther[b] === 0) continue;
        const q = Math.min(MAX_BACKGROUND, (own * outside.get(b)!) / total);
        presentQ += q;
        gain += Math.log(theta / q);
      }
      gain += Math.max(0, Math.min((other.length - hits[a]!) * MAX_BACKGROUND, (own * outsideSum) / total - presentQ));
      if (gain > 0) chosen.push(a);
    }
    for (const a of candidates) hits[a] = 0;
    for (const b of other) inOther[b] = 0;
    return Uint32Array.from(chosen).sort();
  }

  /** The score of a block: see `densestBlock`. */
  private evaluate(lefts: Uint32Array, rights: Uint32Array): DenseBlock | null {
    if (lefts.length < MIN_SIDE || rights.length < MIN_SIDE) return null;
    const g = this.graph;
    const total = g.leftItems.length;
    const pairs = this.countInside(lefts, rights);
    const cells = lefts.length * rights.length;
    let likelihood = 0;
    const outside = (
      members: Uint32Array,
      offsets: Uint32Array,
      items: Uint32Array,
      partners: Uint32Array,
      flag: Uint8Array,
    ): number => {
      for (const b of partners) flag[b] = 1;
      let sum = 0;
      for (const a of members) {
        const degree = offsets[a + 1]! - offsets[a]!;
        let out = degree;
        for (let p = offsets[a]!; p < offsets[a + 1]!; p++) out -= flag[items[p]!]!;
        likelihood += xlnx(out) - xlnx(degree);
        sum += out;
      }
      for (const b of partners) flag[b] = 0;
      return sum;
    };
    const fromLefts = outside(lefts, g.leftOffsets, g.leftItems, rights, this.inRight);
    const toRights = outside(rights, g.rightOffsets, g.rightItems, lefts, this.inLeft);
    const rest = total - pairs - fromLefts - toRights;
    const theta = clamp((pairs + 0.5) / (cells + 1));
    likelihood += pairs * Math.log(theta) + (cells - pairs) * Math.log(1 - theta) + pairs;
    likelihood += xlnx(total) + xlnx(rest) - xlnx(rest + fromLefts) - xlnx(rest + toRights);
    const naming = logChoose(g.lefts, lefts.length) + logChoose(g.rights, rights.length) + Math.log(g.lefts * g.rights);
    return { lefts, rights, pairs, expected: (fromLefts * toRights) / Math.max(1, rest), score: likelihood - naming };
  }
}

const MAX_BACKGROUND = 0.9;
const xlnx = (x: number): number => (x > 0 ? x * Math.log(x) : 0);
const clamp = (theta: number): number => Math.min(0.98, Math.max(1e-6, theta));
const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
const equal = (a: Uint32Array, b: Uint32Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** Pairs of nodes, on either side, that share most for their popularity; each node starts at most one search. */
function* sharingPairs(g: Bipartite, starts: number): Generator<{ lefts: Uint32Array; rights: Uint32Array }> {
  for (const flip of [false, true]) {
    const offsets = flip ? g.rightOffsets : g.leftOffsets;
    const items = flip ? g.rightItems : g.leftItems;
    const byOwn = { offsets, items };
    const byOther = flip
      ? { offsets: g.leftOffsets, items: g.leftItems }
      : { offsets: g.rightOffsets, items: g.rightItems };
    const found = projectRows(byOwn, byOther, { correction: 'none', budget: 4e6 });
    // Only what chance seldom shares is worth a search.
    const order: number[] = [];
    for (let i = 0; i < found.from.length; i++) if (found.pValue[i]! < 0.001) order.push(i);
    order.sort((i, j) => found.pValue[i]! - found.pValue[j]! || i - j);
    const used = new Set<number>();
    let yielded = 0;
    for (const i of order) {
      const a = found.from[i]!;
      const b = found.to[i]!;
      if (used.has(a) || used.has(b)) continue;
      used.add(a);
      used.add(b);
      const own = Uint32Array.of(a, b);
      const reached = [
        ...new Set([...items.subarray(offsets[a]!, offsets[a + 1]!), ...items.subarray(offsets[b]!, offsets[b + 1]!)]),
      ];
      const other = Uint32Array.from(reached).sort();
      yield flip ? { lefts: other, rights: own } : { lefts: own, rights: other };
      if (++yielded >= starts) break;
    }
  }
}

/** The subgraph with the most links a node, within a factor of two: takes away the node with the fewest links, again and again. */
function peel(g: Bipartite): { lefts: Uint32Array; rights: Uint32Array } | null {
  const n = g.lefts + g.rights;
  const degree = new Uint32Array(n);
  let most = 0;
  for (let v = 0; v < n; v++) {
    degree[v] =
      v < g.lefts
        ? g.leftOffsets[v + 1]! - g.leftOffsets[v]!
        : g.rightOffsets[v - g.lefts + 1]! - g.rightOffsets[v - g.lefts]!;
    most = Math.max(most, degree[v]!);
  }
  // Nodes in order of degree, with the start of each degree's bin (Batagelj & Zaversnik 2003).
  const bin = new Uint32Array(most + 2);
  for (const d of degree) bin[d + 1]!++;
  for (let d = 0; d <= most; d++) bin[d + 1]! += bin[d]!;
  const order = new Uint32Array(n);
  const place = new Uint32Array(n);
  const next = bin.slice();
  for (let v = 0; v < n; v++) {
    place[v] = next[degree[v]!]!++;
    order[place[v]!] = v;
  }
  let links = g.leftItems.length;
  let bestDensity = -1;
  let bestAt = 0;
  const gone = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const density = links / (n - i);
    if (density > bestDensity) {
      bestDensity = density;
      bestAt = i;
    }
    const v = order[i]!;
    gone[v] = 1;
    const isLeft = v < g.lefts;
    const offsets = isLeft ? g.leftOffsets : g.rightOffsets;
    const items = isLeft ? g.leftItems : g.rightItems;
    const row = isLeft ? v : v - g.lefts;
    for (let p = offsets[row]!; p < offsets[row + 1]!; p++) {
      const u = isLeft ? items[p]! + g.lefts : items[p]!;
      if (gone[u] === 1) continue;
      links--;
      const d = degree[u]!;
      const front = Math.max(bin[d]!, i + 1);
      const w = order[front]!;
      if (w !== u) {
        order[front] = u;
        order[place[u]!] = w;
        place[w] = place[u]!;
        place[u] = front;
      }
      bin[d] = front + 1;
      degree[u] = d - 1;
    }
  }
  const rest = order.slice(bestAt);
  const lefts = rest.filter((v) => v < g.lefts).sort();
  const rights = rest
    .filter((v) => v >= g.lefts)
    .map((v) => v - g.lefts)
    .sort();
  return lefts.length > 0 && rights.length > 0 ? { lefts, rights } : null;
}
