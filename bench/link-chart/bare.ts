import { MultiUndirectedGraph } from 'graphology';
import Sigma from 'sigma';
import type { RingNetwork } from '../../src/server/contract.ts';

/** The same graph drawn by sigma.js alone: circles at random places, nothing else on the page. */
const network = (await (await fetch('/network.json')).json()) as RingNetwork;
const graph = new MultiUndirectedGraph();
let seed = 1;
const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
for (const n of network.nodes) {
  graph.addNode(n.id, { x: random(), y: random(), size: 3, color: '#2c56b8', label: n.label });
}
for (const e of network.edges) graph.addEdge(e.from, e.to, { size: 1, color: '#c9ced8' });
// The program's types know no DOM; this file runs in a browser.
const page = globalThis as unknown as {
  document: { getElementById: (id: string) => ConstructorParameters<typeof Sigma>[1] };
};
new Sigma(graph, page.document.getElementById('stage'));
