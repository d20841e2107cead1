import type { EdgeLayer, NetworkEdge, NetworkNode, RingNetwork } from '../../server/contract.ts';

/** What the reader has chosen to see. Each step of it can be undone. */
export interface NetworkView {
  /** Layers switched off. */
  off: readonly EdgeLayer[];
  /** Nodes with fewer links than this are left out. */
  minLinks: number;
  /** Teams drawn as one node. */
  collapsed: readonly string[];
  hidden: readonly string[];
  /** Only this node, and what it was expanded by. */
  focus: string | null;
  /** Neighbours shown whatever else is filtered: of a node, by one layer or (null) by all. */
  grown: readonly (readonly [node: string, layer: EdgeLayer | null])[];
  /** Only members who were active between these instants, and what they are linked to; null: at any time. */
  window: readonly [from: number, to: number] | null;
  /** Nodes that somebody put in their place, and where: the layout leaves them there. */
  pins: readonly (readonly [node: string, x: number, y: number])[];
}

/** What decides which nodes and links are drawn; where they lie does not. */
export type Shown = Omit<NetworkView, 'pins'>;

export interface Picture {
  nodes: NetworkNode[];
  edges: NetworkEdge[];
  /** Links of each node in the layers shown, before the filter. */
  degree: ReadonlyMap<string, number>;
}

/** Id of the node that stands for a collapsed team. */
export const teamNode = (team: string): string => `team:${team}`;
export const teamOfNode = (id: string): string | null => (id.startsWith('team:') ? id.slice(5) : null);

/** A large network opens without the leaves: ten thousand people reached by one caller each tie nothing together. */
export const firstView = (network: RingNetwork): NetworkView => ({
  off: [],
  minLinks: network.nodes.length > 2000 ? 2 : 1,
  collapsed: [],
  hidden: [],
  focus: null,
  grown: [],
  window: null,
  pins: [],
});

/** A view as it stands in an address or was kept; whatever in it is no view is as at the first opening. */
export function viewOf(text: string | null, network: RingNetwork): NetworkView {
  const first = firstView(network);
  if (text === null || text === '') return first;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return first;
  }
  if (typeof read !== 'object' || read === null) return first;
  const v = read as Partial<Record<keyof NetworkView, unknown>>;
  const texts = <T extends string>(x: unknown): T[] =>
    Array.isArray(x) ? x.filter((y): y is T => typeof y === 'string') : [];
  const focus = typeof v.focus === 'string' ? v.focus : null;
  const grown = Array.isArray(v.grown)
    ? v.grown.filter(
        (x): x is [string, EdgeLayer | null] =>
          Array.isArray(x) && typeof x[0] === 'string' && (x[1] === null || typeof x[1] === 'string'),
      )
    : null;
  const pins = Array.isArray(v.pins)
    ? v.pins.filter(
        (x): x is [string, number, number] =>
          Array.isArray(x) && typeof x[0] === 'string' && Number.isFinite(x[1]) && Number.isFinite(x[2]),
      )
    : [];
  const window = Array.isArray(v.window) && v.window.length === 2 && v.window.every(Number.isFinite);
  return {
    off: texts<EdgeLayer>(v.off),
    minLinks: typeof v.minLinks === 'number' && v.minLinks >= 0 ? v.minLinks : first.minLinks,
    collapsed: texts(v.collapsed),
    hidden: texts(v.hidden),
    focus,
    // Views kept before a node could be expanded showed all neighbours of the one in focus.
    grown: grown ?? (focus === null ? [] : [[focus, null]]),
    window: window ? (v.window as [number, number]) : null,
    pins: pins.map(([id, x, y]) => [id, x, y] as const),
  };
}

/** First and last moment any member was active; null when nobody's times are known. */
export function spanOf(network: RingNetwork): [number, number] | null {
  const spans = network.nodes.flatMap((n) => (n.span === null ? [] : [n.span]));
  if (spans.length === 0) return null;
  return [Math.min(...spans.map((s) => s[0])), Math.max(...spans.map((s) => s[1]))];
}

/** The network as chosen: layers off, teams folded into one node (their links summed), few-linked and hidden nodes and members of other times left out. */
export function project(network: RingNetwork, view: Shown): Picture {
  const off = new Set(view.off);
  const folded = new Set(view.collapsed);
  const hidden = new Set(view.hidden);
  const standsFor = new Map<string, string>();
  const nodes = new Map<string, NetworkNode>();
  for (const n of network.nodes) {
    if (view.window !== null && n.span !== null && (n.span[0] > view.window[1] || n.span[1] < view.window[0])) continue;
    if (n.team !== null && folded.has(n.team)) {
      const id = teamNode(n.team);
      standsFor.set(n.id, id);
      const already = nodes.get(id);
      if (already) already.weight += n.weight;
      else
        nodes.set(id, { id, kind: 'group', label: n.team, role: 'leader', team: n.team, weight: n.weight, span: null });
    } else nodes.set(n.id, { ...n });
  }
  const merged = new Map<string, NetworkEdge>();
  for (const e of network.edges) {
    if (off.has(e.layer)) continue;
    const from = standsFor.get(e.from) ?? e.from;
    const to = standsFor.get(e.to) ?? e.to;
    if (from === to || !nodes.has(from) || !nodes.has(to)) continue;
    const key = from < to ? `${from}\u0000${to}\u0000${e.layer}` : `${to}\u0000${from}\u0000${e.layer}`;
    const already = merged.get(key);
    if (already) already.weight += e.weight;
    else merged.set(key, { from, to, layer: e.layer, weight: e.weight });
  }
  const degree = new Map<string, number>();
  for (const e of merged.values()) {
    degree.set(e.from, (degree.get(e.from) ?? 0) + 1);
    degree.set(e.to, (degree.get(e.to) ?? 0) + 1);
  }
  const grows = new Set(view.grown.map(([node, layer]) => `${layer ?? ''}|${node}`));
  const grown = new Set<string>(view.focus === null ? [] : [view.focus]);
  if (grows.size > 0) {
    for (const e of merged.values()) {
      if (grows.has(`|${e.from}`) || grows.has(`${e.layer}|${e.from}`)) grown.add(e.to);
      if (grows.has(`|${e.to}`) || grows.has(`${e.layer}|${e.to}`)) grown.add(e.from);
    }
  }
  const linked = (id: string): boolean => view.focus === null && (degree.get(id) ?? 0) >= view.minLinks;
  const kept = new Set([...nodes.keys()].filter((id) => !hidden.has(id) && (grown.has(id) || linked(id))));
  return {
    nodes: [...nodes.values()].filter((n) => kept.has(n.id)),
    // Shared victims are many and faint: drawn first, so that they lie under the few that name a boss.
    edges: [...merged.values()]
      .filter((e) => kept.has(e.from) && kept.has(e.to))
      .sort((a, b) => Number(b.layer === 'victims') - Number(a.layer === 'victims')),
    degree,
  };
}

/** How many neighbours a node has in each layer, and how many of them the picture shows. */
export function neighboursByLayer(
  network: RingNetwork,
  picture: Pick<Picture, 'nodes'>,
  node: string,
): Map<EdgeLayer, { all: number; shown: number }> {
  const shown = new Set(picture.nodes.map((n) => n.id));
  const found = new Map<EdgeLayer, Set<string>>();
  for (const e of network.edges) {
    const other = e.from === node ? e.to : e.to === node ? e.from : null;
    if (other === null || other === node) continue;
    const known = found.get(e.layer);
    if (known === undefined) found.set(e.layer, new Set([other]));
    else known.add(other);
  }
  return new Map(
    [...found].map(([layer, ids]) => [layer, { all: ids.size, shown: [...ids].filter((id) => shown.has(id)).length }]),
  );
}

/** Fewest steps from one node to another along the links shown; null when there is no way. */
export function shortestPath(edges: readonly NetworkEdge[], from: string, to: string): string[] | null {
  if (from === to) return [from];
  const next = new Map<string, string[]>();
  const link = (a: string, b: string): void => {
    const list = next.get(a);
    if (list) list.push(b);
    else next.set(a, [b]);
  };
  for (const e of edges) {
    link(e.from, e.to);
    link(e.to, e.from);
  }
  const before = new Map<string, string>([[from, from]]);
  let edge = [from];
  while (edge.length > 0 && !before.has(to)) {
    const beyond: string[] = [];
    for (const a of edge) {
      for (const b of next.get(a) ?? []) {
        if (before.has(b)) continue;
        before.set(b, a);
        beyond.push(b);
      }
    }
    edge = beyond;
  }
  if (!before.has(to)) return null;
  const path = [to];
  for (let at = to; at !== from;) {
    at = before.get(at) ?? from;
    path.push(at);
  }
  return path.reverse();
}

export interface Point {
  x: number;
  y: number;
}

const unit = (text: string): number => {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return (h >>> 0) / 4294967296;
};

/**
 * Where nodes stand before any force moves them: teams on a circle, members around their team, everything else beside what it is
 * linked to. Already readable, and the same at every opening.
 */
export function firstPlaces(
  picture: Pick<Picture, 'nodes' | 'edges'>,
  known: ReadonlyMap<string, Point>,
): Map<string, Point> {
  const teams = [...new Set(picture.nodes.flatMap((n) => (n.team === null ? [] : [n.team])))].sort();
  const places = new Map<string, Point>();
  const around = (c: Point, id: string, r: number): Point => {
    const a = unit(id) * 2 * Math.PI;
    const d = r * Math.sqrt(0.15 + unit(`${id}~`));
    return { x: c.x + d * Math.cos(a), y: c.y + d * Math.sin(a) };
  };
  const R = 100 + teams.length * 18;
  const centre = (team: string): Point => {
    const a = (teams.indexOf(team) / Math.max(1, teams.length)) * 2 * Math.PI;
    return { x: R * Math.cos(a), y: R * Math.sin(a) };
  };
  for (const n of picture.nodes) {
    const there = known.get(n.id);
    if (there) places.set(n.id, there);
    else if (teamOfNode(n.id) !== null && n.team !== null) places.set(n.id, centre(n.team));
    else if (n.team !== null) places.set(n.id, around(centre(n.team), n.id, n.role === 'leader' ? 12 : 55));
    else if (n.role !== null) places.set(n.id, around({ x: 0, y: 0 }, n.id, n.role === 'agent' ? R * 0.8 : 40));
  }
  const sum = new Map<string, { x: number; y: number; n: number }>();
  const add = (id: string, at: Point | undefined): void => {
    if (!at || places.has(id)) return;
    const s = sum.get(id) ?? { x: 0, y: 0, n: 0 };
    sum.set(id, { x: s.x + at.x, y: s.y + at.y, n: s.n + 1 });
  };
  for (const e of picture.edges) {
    add(e.from, places.get(e.to));
    add(e.to, places.get(e.from));
  }
  for (const n of picture.nodes) {
    if (places.has(n.id)) continue;
    const s = sum.get(n.id);
    const c = s ? { x: s.x / s.n, y: s.y / s.n } : { x: 0, y: 0 };
    places.set(n.id, around(c, n.id, s && s.n > 1 ? 30 : 70));
  }
  return places;
}
