import defaults from 'graphology-layout-forceatlas2/defaults.js';
import iterate from 'graphology-layout-forceatlas2/iterate.js';

/** Matrices as the layout wants them: 10 floats a node (x, y first), 3 an edge. */
export interface LayoutTask {
  nodes: Float32Array;
  edges: Float32Array;
  /** Milliseconds after which the picture is good enough. */
  budget: number;
}
export interface LayoutTick {
  /** x and y of each node, in the order of the task. */
  places: Float32Array;
  done: boolean;
}

const PER_NODE = 10;

const placesOf = (nodes: Float32Array): Float32Array => {
  const n = nodes.length / PER_NODE;
  const places = new Float32Array(n * 2);
  for (let i = 0; i < n; i++) {
    places[2 * i] = nodes[i * PER_NODE] ?? 0;
    places[2 * i + 1] = nodes[i * PER_NODE + 1] ?? 0;
  }
  return places;
};

self.onmessage = ({ data: { nodes, edges, budget } }: MessageEvent<LayoutTask>) => {
  const n = nodes.length / PER_NODE;
  const settings = {
    ...defaults,
    barnesHutOptimize: n > 800,
    barnesHutTheta: 0.7,
    scalingRatio: 12,
    gravity: 0.4,
    slowDown: 2 + Math.log(n + 1),
    edgeWeightInfluence: 0.4,
    adjustSizes: false,
  };
  const tell = (done: boolean): void => {
    const places = placesOf(nodes);
    const tick: LayoutTick = { places, done };
    (self as unknown as Worker).postMessage(tick, [places.buffer]);
  };
  const began = performance.now();
  // Showing ten thousand new places takes the page half a second: it is told of them less often.
  const between = Math.max(120, n / 20);
  const step = (i: number): void => {
    const until = performance.now() + between;
    let at = i;
    while (at < 600 && performance.now() < until) {
      iterate(settings, nodes, edges);
      at += 1;
    }
    const done = at >= 600 || performance.now() - began > budget;
    tell(done);
    if (!done) setTimeout(() => step(at), 0);
  };
  step(0);
};
