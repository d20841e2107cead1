import type { LayoutTask, LayoutTick } from './layout-worker.ts';
import type { Picture, Point } from './project.ts';

/**
 * Lets forces arrange the picture, in a worker so that the page stays quick. `tell` gets every node's place a few times a second and
 * at the end. Pinned nodes stay. Returns what stops it.
 */
export function arrange(
  picture: Picture,
  places: ReadonlyMap<string, Point>,
  pinned: ReadonlySet<string>,
  tell: (places: Map<string, Point>, done: boolean) => void,
): () => void {
  const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
  const index = new Map(picture.nodes.map((n, i) => [n.id, i]));
  const nodes = new Float32Array(picture.nodes.length * 10);
  picture.nodes.forEach((n, i) => {
    const at = places.get(n.id) ?? { x: 0, y: 0 };
    nodes.set([at.x, at.y, 0, 0, 0, 0, 1 + (picture.degree.get(n.id) ?? 0), 1, 1, pinned.has(n.id) ? 1 : 0], i * 10);
  });
  const edges = new Float32Array(picture.edges.length * 3);
  picture.edges.forEach((e, i) => {
    edges.set([(index.get(e.from) ?? 0) * 10, (index.get(e.to) ?? 0) * 10, Math.log1p(e.weight)], i * 3);
  });
  worker.onmessage = ({ data }: MessageEvent<LayoutTick>) => {
    tell(
      new Map(picture.nodes.map((n, i) => [n.id, { x: data.places[2 * i] ?? 0, y: data.places[2 * i + 1] ?? 0 }])),
      data.done,
    );
    if (data.done) worker.terminate();
  };
  const task: LayoutTask = { nodes, edges, budget: Math.min(9000, 2500 + picture.nodes.length) };
  worker.postMessage(task, [nodes.buffer, edges.buffer]);
  return () => worker.terminate();
}
