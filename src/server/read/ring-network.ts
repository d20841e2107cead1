import { sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { EdgeLayer, NetworkNode, RingMember, RingNetwork } from '../contract.ts';
import { PUBLISHED } from './results.ts';
import { ringMembers } from './rings.ts';

/** Links sent to a page; the strongest of each layer when a ring has more. */
const MOST_EDGES = 60_000;

interface EdgeRow {
  from_id: string;
  from_kind: NetworkNode['kind'];
  to_id: string;
  to_kind: NetworkNode['kind'];
  layer: EdgeLayer;
  weight: number;
}

/** Members, what they share, and what links them; null when the published run has no such ring. */
export async function ringNetwork(facts: FactsStore, ring: string): Promise<RingNetwork | null> {
  const [members, edges] = await Promise.all([
    ringMembers(facts, ring),
    facts.query<EdgeRow>(sql`
      SELECT from_id, from_kind, to_id, to_kind, layer, weight FROM (
        SELECT *, row_number() OVER (PARTITION BY layer ORDER BY weight DESC, from_id, to_id) AS place
        FROM ring_edges WHERE run = ${PUBLISHED} AND ring = ${ring}
      ) ORDER BY place, layer LIMIT ${MOST_EDGES}`),
  ]);
  if (members.length === 0) return null;
  const nodes = new Map<string, NetworkNode>();
  for (const m of members) {
    nodes.set(m.id, { id: m.id, kind: m.kind, label: m.id, role: m.role, team: m.team, weight: 0, span: spanOf(m) });
  }
  const touch = (id: string, kind: NetworkNode['kind'], weight: number): void => {
    const node = nodes.get(id) ?? { id, kind, label: id, role: null, team: null, weight: 0, span: null };
    node.weight += weight;
    nodes.set(id, node);
  };
  for (const e of edges) {
    touch(e.from_id, e.from_kind, e.weight);
    touch(e.to_id, e.to_kind, e.weight);
  }
  return {
    nodes: [...nodes.values()],
    edges: edges.map((e) => ({ from: e.from_id, to: e.to_id, layer: e.layer, weight: e.weight })),
  };
}

const spanOf = (m: RingMember): NetworkNode['span'] =>
  m.firstSeen === null || m.lastSeen === null ? null : [m.firstSeen, m.lastSeen];
