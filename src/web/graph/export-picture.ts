import type Sigma from 'sigma';
import { SHAPE_PATH, isOutline, type Shape } from '../roles.ts';

/** The picture as it stands on screen: all of sigma's canvases on one ground. */
export async function pngOf(sigma: Sigma, ground: string): Promise<Blob> {
  const { width, height } = sigma.getDimensions();
  const ratio = window.devicePixelRatio || 1;
  const canvas = document.createElement('canvas');
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const draw = canvas.getContext('2d');
  if (!draw) throw new Error('This browser cannot draw the picture: no 2D canvas. Use the SVG instead.');
  draw.fillStyle = ground;
  draw.fillRect(0, 0, canvas.width, canvas.height);
  // WebGL forgets its picture after the frame: draw and copy within the same turn.
  sigma.refresh({ schedule: false });
  const layers = sigma.getCanvases();
  for (const name of ['edges', 'nodes', 'edgeLabels', 'labels']) {
    const layer = layers[name];
    if (layer) draw.drawImage(layer, 0, 0, canvas.width, canvas.height);
  }
  return new Promise((done, fail) =>
    canvas.toBlob((b) =>
      b ? done(b) : fail(new Error('The browser could not encode the picture as PNG; use the SVG instead.')),
    ),
  );
}

const safe = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** The same picture as lines and shapes, for print: every node and edge within the frame. */
export function svgOf(sigma: Sigma, ground: string, ink: string): string {
  const graph = sigma.getGraph();
  const { width, height } = sigma.getDimensions();
  const at = (id: string): { x: number; y: number } =>
    sigma.graphToViewport(graph.getNodeAttributes(id) as { x: number; y: number });
  const lines = graph.mapEdges((_, a, from, to) => {
    const [p, q] = [at(from), at(to)];
    return `<line x1="${p.x.toFixed(1)}" y1="${p.y.toFixed(1)}" x2="${q.x.toFixed(1)}" y2="${q.y.toFixed(1)}" stroke="${safe(String(a['color']))}" stroke-width="${Number(a['size']).toFixed(1)}"/>`;
  });
  const nodes = graph.mapNodes((id, a) => {
    const p = at(id);
    const r = sigma.scaleSize(Number(a['size']));
    const shape = a['shapeName'] as Shape;
    const paint = isOutline(shape)
      ? `fill="none" stroke="${safe(String(a['color']))}" stroke-width="3"`
      : `fill="${safe(String(a['color']))}"`;
    const label =
      a['forceLabel'] === true
        ? `<text x="${(p.x + r + 3).toFixed(1)}" y="${(p.y + 4).toFixed(1)}">${safe(String(a['label']))}</text>`
        : '';
    return `<path d="${SHAPE_PATH[shape]}" transform="translate(${(p.x - r).toFixed(1)} ${(p.y - r).toFixed(1)}) scale(${(r / 8).toFixed(3)})" ${paint}><title>${safe(String(a['label']))}</title></path>${label}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${ink}"><rect width="100%" height="100%" fill="${ground}"/>${lines.join('')}${nodes.join('')}</svg>`;
}
