import { MultiUndirectedGraph } from 'graphology';
import { useEffect, useRef, useState } from 'react';
import Sigma from 'sigma';
import { useWords } from '../i18n/index.ts';
import { MARKS, SHAPE_CODE, type Kind } from '../roles.ts';
import { colour, useDark } from '../theme.ts';
import { sayNumber } from '../format.ts';
import { LAYER_COLOUR } from './layers.ts';
import { arrange } from './layout.ts';
import { firstPlaces, teamOfNode, type NetworkView, type Picture, type Point } from './project.ts';
import type { NetworkNode } from '../../server/contract.ts';
import { ShapeProgram } from './shape-program.ts';
import { onceDrawn, sparePicture } from './slow-drawing.ts';

export const kindOf = (n: NetworkNode): Kind => (n.kind === 'victim' ? 'victim' : (n.role ?? 'unknown'));
export const labelOf = (n: NetworkNode): string => sayNumber(n.label);

const SIZE: Readonly<Record<string, number>> = {
  principal: 11,
  leader: 8,
  inspector: 5,
  technician: 6,
  agent: 4.5,
  victim: 2,
  unknown: 3.5,
};

interface Props {
  picture: Picture;
  /** Node under examination, and nodes on the path found. */
  chosen: string | null;
  path: readonly string[] | null;
  pins: NetworkView['pins'];
  /** Places kept between pictures; written to as nodes move. */
  places: Map<string, Point>;
  /** Changes when the layout is to run again. */
  layoutRun: number;
  onChoose: (id: string | null) => void;
  onPin: (id: string) => void;
  onBusy: (busy: boolean) => void;
  onReady: (sigma: Sigma | null) => void;
}

/** Where sigma draws: one graph a picture; what is chosen only dims the rest. */
export function Stage(props: Props) {
  const { t } = useWords();
  const { picture, chosen, path, pins, places, layoutRun } = props;
  const dark = useDark();
  const box = useRef<HTMLDivElement>(null);
  const now = useRef(props);
  const sigmaRef = useRef<Sigma | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    now.current = props;
  });
  // Drawing ten thousand nodes again is worth it for what changes their looks, and for nothing else.
  useEffect(() => {
    sigmaRef.current?.refresh({ skipIndexation: true });
  }, [chosen, path]);

  useEffect(() => {
    const container = box.current;
    if (!container) return;
    const tint = dark ? 1 : 0;
    const at = firstPlaces(picture, places);
    const graph = new MultiUndirectedGraph();
    for (const n of picture.nodes) {
      const kind = kindOf(n);
      const mark = MARKS[kind];
      const folded = teamOfNode(n.id) !== null;
      const p = at.get(n.id) ?? { x: 0, y: 0 };
      places.set(n.id, p);
      graph.addNode(n.id, {
        ...p,
        label: folded ? n.label : labelOf(n),
        size: folded
          ? 14
          : n.kind === 'victim'
            ? SIZE['victim']
            : n.role
              ? n.kind === 'number'
                ? 3
                : (SIZE[n.role] ?? 4)
              : 4,
        color: dark ? mark.dark : mark.light,
        type: 'shape',
        shape: SHAPE_CODE[folded ? 'triangle' : mark.shape],
        shapeName: folded ? 'triangle' : mark.shape,
        forceLabel: kind === 'principal' || kind === 'leader' || folded,
      });
    }
    for (const e of picture.edges) {
      graph.addEdge(e.from, e.to, {
        size: Math.min(3, 0.4 + Math.log1p(e.weight) * 0.35),
        color: LAYER_COLOUR[e.layer][tint],
      });
    }
    const dim = dark ? '#232b37' : '#eceef2';
    let near: Set<string> | null = null;
    let nearOf: string | null = null;
    const lit = (id: string): boolean => {
      const { chosen, path } = now.current;
      if (path) return path.includes(id);
      if (chosen === null || !graph.hasNode(chosen)) return true;
      if (nearOf !== chosen) {
        near = new Set([chosen, ...graph.neighbors(chosen)]);
        nearOf = chosen;
      }
      return near?.has(id) ?? true;
    };
    let sigma: Sigma;
    try {
      sigma = new Sigma(graph, container, {
        allowInvalidContainer: true,
        defaultNodeType: 'shape',
        nodeProgramClasses: { shape: ShapeProgram as never },
        labelColor: { color: colour('ink') },
        labelFont: 'sans-serif',
        labelSize: 12,
        labelRenderedSizeThreshold: 7,
        labelDensity: 0.6,
        zIndex: true,
        defaultDrawNodeHover: (draw, data, settings) => {
          if (typeof data.label !== 'string') return;
          draw.font = `${settings.labelSize}px sans-serif`;
          const width = draw.measureText(data.label).width;
          draw.fillStyle = colour('raised');
          draw.strokeStyle = colour('line-strong');
          draw.beginPath();
          draw.roundRect(data.x + data.size + 2, data.y - 11, width + 14, 22, 4);
          draw.fill();
          draw.stroke();
          draw.fillStyle = colour('ink');
          draw.fillText(data.label, data.x + data.size + 9, data.y + 4);
        },
        nodeReducer: (id, data) => {
          const { chosen, path } = now.current;
          if (chosen === null && path === null) return data;
          if (!lit(id)) return { ...data, color: dim, label: '', forceLabel: false, zIndex: 0 };
          return {
            ...data,
            zIndex: 1,
            forceLabel: id === chosen || path !== null || data['forceLabel'] === true,
            highlighted: id === chosen,
          };
        },
        edgeReducer: (id, data) => {
          const { chosen, path } = now.current;
          if (chosen === null && path === null) return data;
          const [a, b] = graph.extremities(id);
          const on = path
            ? path.some((n, i) => (n === a && path[i + 1] === b) || (n === b && path[i + 1] === a))
            : a === chosen || b === chosen;
          return on
            ? { ...data, zIndex: 1, size: Number(data['size']) + (path ? 1.5 : 0.4) }
            : { ...data, hidden: true };
        },
      });
    } catch {
      setFailed(true);
      return;
    }
    sparePicture(sigma);
    sigmaRef.current = sigma;
    now.current.onReady(sigma);
    let dragged: string | null = null;
    let moved = false;
    sigma.on('clickNode', ({ node }) => !moved && now.current.onChoose(node));
    sigma.on('clickStage', () => now.current.onChoose(null));
    sigma.on('downNode', ({ node }) => {
      dragged = node;
      moved = false;
      if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
    });
    sigma.on('moveBody', ({ event }) => {
      if (dragged === null) return;
      moved = true;
      const p = sigma.viewportToGraph(event);
      graph.mergeNodeAttributes(dragged, p);
      places.set(dragged, p);
      event.preventSigmaDefault();
      event.original.preventDefault();
    });
    const drop = (): void => {
      if (dragged !== null && moved) now.current.onPin(dragged);
      dragged = null;
    };
    sigma.on('upNode', drop);
    sigma.on('upStage', drop);
    sigma.on('enterNode', () => (container.style.cursor = 'pointer'));
    sigma.on('leaveNode', () => (container.style.cursor = ''));
    return () => {
      now.current.onReady(null);
      sigmaRef.current = null;
      sigma.kill();
    };
  }, [picture, dark, places]);

  useEffect(() => {
    if (picture.nodes.length < 2 || layoutRun === 0) return;
    const { onBusy, pins } = now.current;
    const pinned = new Set(pins.map(([id]) => id));
    onBusy(true);
    let stop = (): void => undefined;
    const begin = (): void => {
      stop = arrange(picture, places, pinned, (next, done) => {
        // Also what was pinned since the layout began.
        for (const [id, x, y] of now.current.pins) if (next.has(id)) next.set(id, { x, y });
        const sigma = sigmaRef.current;
        if (sigma) {
          const graph = sigma.getGraph();
          graph.updateEachNodeAttributes((id, a) => Object.assign(a, next.get(id)), { attributes: ['x', 'y'] });
        }
        for (const [id, p] of next) places.set(id, p);
        if (done) onBusy(false);
      });
    };
    // The first places are readable already: they are on the screen before forces take the processor.
    const giveUp = sigmaRef.current === null ? begin() : onceDrawn(sigmaRef.current, begin);
    return () => {
      giveUp?.();
      stop();
      onBusy(false);
    };
    // A new picture keeps the places it has; only being asked for (or new nodes) moves things again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [layoutRun]);

  // A step back, a view that was kept: its pins lie where they lay.
  useEffect(() => {
    const graph = sigmaRef.current?.getGraph();
    for (const [id, x, y] of pins) {
      places.set(id, { x, y });
      if (graph?.hasNode(id)) graph.mergeNodeAttributes(id, { x, y });
    }
  }, [pins, picture, places]);

  useEffect(() => {
    const sigma = sigmaRef.current;
    if (sigma && chosen !== null && path === null && sigma.getGraph().hasNode(chosen)) {
      const shown = sigma.getNodeDisplayData(chosen);
      const view = sigma.getCamera();
      if (shown && (Math.abs(shown.x - view.x) > view.ratio / 2 || Math.abs(shown.y - view.y) > view.ratio / 2))
        void view.animate({ x: shown.x, y: shown.y, ratio: Math.min(view.ratio, 0.4) }, { duration: 300 });
    }
  }, [chosen, path]);

  if (failed)
    return (
      <p className="notseen" style={{ margin: 16 }}>
        {t('net.noWebgl')}
      </p>
    );
  return <div className="sigma" ref={box} data-testid="network" />;
}
