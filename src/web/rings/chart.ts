import type { Bilingual, RingDetail, RingMember } from '../../server/contract.ts';

/** One team with everybody in it. */
export interface Team {
  id: string;
  name: Bilingual;
  leader: RingMember | null;
  inspectors: RingMember[];
  agents: RingMember[];
}

/** The ring as a chart: principals, the teams under each, and who has no place in it. */
export interface Chart {
  bands: { head: RingMember | null; teams: Team[]; inspectors: RingMember[] }[];
  technicians: RingMember[];
  loose: RingMember[];
}

/** Sorts the members into the chart. Teams stand under the principal their leader reports to, inspectors with the leader or principal they report to; what is not known stays apart. */
export function chartOf(ring: Pick<RingDetail, 'members' | 'teams'>): Chart {
  const byId = new Map(ring.members.map((m) => [m.id, m]));
  const placed = new Set<string>();
  const take = (m: RingMember): RingMember => {
    placed.add(m.id);
    return m;
  };
  const principals = ring.members.filter((m) => m.role === 'principal').map(take);
  const technicians = ring.members.filter((m) => m.role === 'technician').map(take);
  const teams = ring.teams.map((team): Team => {
    const leader = team.leader === null ? null : (byId.get(team.leader) ?? null);
    const others = team.members.flatMap((id) => {
      const m = byId.get(id);
      return m && m.id !== leader?.id && !placed.has(m.id) ? [take(m)] : [];
    });
    if (leader) take(leader);
    return {
      id: team.id,
      name: team.name,
      leader,
      inspectors: others.filter((m) => m.role === 'inspector'),
      agents: others.filter((m) => m.role !== 'inspector'),
    };
  });
  // Whoever listens for one leader is of no dialler team, and stands with that leader's.
  for (const m of ring.members) {
    if (m.role !== 'inspector' || placed.has(m.id)) continue;
    const own = teams.find((team) => team.leader !== null && team.leader.id === m.reportsTo);
    if (own !== undefined) own.inspectors.push(take(m));
  }
  const under = (m: RingMember | null): string | null =>
    m?.reportsTo && byId.get(m.reportsTo)?.role === 'principal' ? m.reportsTo : null;
  const roaming = ring.members.filter((m) => m.role === 'inspector' && !placed.has(m.id));
  const bands = [...principals, null].map((head) => ({
    head,
    teams: teams.filter((team) => under(team.leader) === (head?.id ?? null)),
    inspectors: roaming.filter((m) => under(m) === (head?.id ?? null)).map(take),
  }));
  return {
    bands: bands.filter((b) => b.head !== null || b.teams.length > 0 || b.inspectors.length > 0),
    technicians,
    loose: ring.members.filter((m) => !placed.has(m.id)),
  };
}
