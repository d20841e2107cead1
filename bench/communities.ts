/**
 * Communities in typed arrays beside graphology's Louvain on the same graphs, and the memory of a large one.
 *
 *   npm run bench:communities -- [--large]     --large adds 2 million nodes and 20 million edges (about 2 GB, 2 minutes)
 */
import { UndirectedGraph } from 'graphology';
import louvainModule from 'graphology-communities-louvain';
import { parseArgs } from 'node:util';
import { graphFromEdges, type Graph } from '../src/rings/graph/csr.ts';
import { leiden } from '../src/rings/graph/leiden.ts';
import { seededRandom } from '../src/model/random.ts';

// CommonJS whose types promise a default export: at run time the import is the function itself.
const louvain = louvainModule as unknown as typeof louvainModule.default;

/** `within` of the edges stay in one of `groups` equal groups. `skew` > 1 gives heavy-tailed degrees. */
function planted(n: number, edges: number, groups: number, within: number, skew: number, seed: number) {
  const random = seededRandom(seed);
  const from = new Uint32Array(edges);
  const to = new Uint32Array(edges);
  const inGroup = Math.floor(n / groups);
  for (let i = 0; i < edges; i++) {
    const a = Math.floor(n * random() ** skew);
    from[i] = a;
    to[i] =
      random() < within
        ? (a % groups) + groups * Math.floor(inGroup * random() ** skew)
        : Math.floor(n * random() ** skew);
  }
  return { from, to };
}

function theirs(g: Graph): { quality: number; count: number; ms: number } {
  const graph = new UndirectedGraph();
  for (let v = 0; v < g.n; v++) graph.addNode(v);
  for (let v = 0; v < g.n; v++) {
    if (g.loops[v]! > 0) graph.addEdge(v, v, { weight: g.loops[v] });
    for (let p = g.offsets[v]!; p < g.offsets[v + 1]!; p++) {
      if (g.neighbours[p]! > v) graph.addEdge(v, g.neighbours[p], { weight: g.weights[p] });
    }
  }
  const started = performance.now();
  const found = louvain.detailed(graph, { rng: seededRandom(1), getEdgeWeight: 'weight' });
  return { quality: found.modularity, count: found.count, ms: performance.now() - started };
}

const { values } = parseArgs({ options: { large: { type: 'boolean' }, from: { type: 'string' } } });
const table: Record<string, string | number>[] = [];
const graphs: [string, number, number, number, number, number][] = [
  ['500 groups, 80 % within', 50_000, 1_000_000, 500, 0.8, 1],
  ['500 groups, 50 % within', 50_000, 1_000_000, 500, 0.5, 1],
  ['200 groups, 50 % within, heavy-tailed', 50_000, 1_000_000, 200, 0.5, 2],
  ['no groups', 50_000, 1_000_000, 1, 0, 1],
];
for (const [name, n, edges, groups, within, skew] of graphs) {
  const columns = planted(n, edges, groups, within, skew, 5);
  const built = performance.now();
  const g = graphFromEdges(n, columns);
  const build = performance.now() - built;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const one = leiden(g, { maxRounds: 1 });
  const ms = performance.now() - started;
  const used = process.cpuUsage(cpu);
  const two = leiden(g);
  const other = theirs(g);
  table.push({
    graph: name,
    'rows ms': Math.round(build),
    'Leiden, 1 round': one.quality.toFixed(4),
    ms: Math.round(ms),
    'CPU ms': Math.round((used.user + used.system) / 1000),
    '2 rounds': two.quality.toFixed(4),
    groups: two.sizes.length,
    'graphology Louvain': other.quality.toFixed(4),
    'its ms': Math.round(other.ms),
  });
}
console.table(table);
if (values.large) {
  const n = 2_000_000;
  const g = graphFromEdges(n, planted(n, 20_000_000, 20_000, 0.7, 1, 6));
  const started = performance.now();
  const found = leiden(g, { maxRounds: 1 });
  console.log(
    `2 million nodes, 20 million edges: modularity ${found.quality.toFixed(4)}, ${found.sizes.length} groups, ${((performance.now() - started) / 1000).toFixed(0)} s, ` +
      `${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most.`,
  );
}
