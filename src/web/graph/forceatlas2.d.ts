// The layout's inner loop has no types of its own.
declare module 'graphology-layout-forceatlas2/iterate.js' {
  /** One iteration over the matrices, in place: 10 floats a node, 3 an edge. */
  export default function iterate(
    settings: Record<string, number | boolean>,
    nodes: Float32Array,
    edges: Float32Array,
  ): void;
}
declare module 'graphology-layout-forceatlas2/defaults.js' {
  const defaults: Record<string, number | boolean>;
  export default defaults;
}
