import type { Reason } from '../model/reason.ts';
import type { Role } from '../model/role.ts';
import type { Layers } from './layers.ts';
import type { Member } from './members.ts';

export interface ReportingLine {
  to: string;
  reasons: Reason[];
}

/** Who may stand above whom. */
const ABOVE: Readonly<Record<Role, readonly Role[]>> = {
  principal: [],
  leader: ['principal'],
  inspector: ['principal', 'leader'],
  agent: ['leader', 'principal'],
  technician: ['principal', 'leader'],
};

/**
 * Who reports to whom (上下线): the purse that pays, the group somebody runs, the team most colleagues of which report to the same leader. Votes
 * are weighed by layer; the best candidate of a role above wins, and the votes are the reasons. Nobody is invented: without a vote there
 * is no line.
 */
export function reportingLines(
  layers: Layers,
  members: readonly Member[],
  roleOf: ReadonlyMap<string, Role>,
  groups: ReadonlySet<string>,
): Map<string, ReportingLine> {
  const byHandle = new Map<string, string>();
  for (const m of members) for (const h of m.handles) byHandle.set(h, m.id);
  const votes = new Map<string, Map<string, { weight: number; reasons: Reason[] }>>();
  const vote = (from: string, to: string, weight: number, reason: Reason): void => {
    const role = roleOf.get(from);
    const above = roleOf.get(to);
    if (from === to || role === undefined || above === undefined || !ABOVE[role].includes(above)) return;
    const of = votes.get(from) ?? new Map<string, { weight: number; reasons: Reason[] }>();
    votes.set(from, of);
    const known = of.get(to) ?? { weight: 0, reasons: [] };
    known.weight += weight;
    known.reasons.push(reason);
    of.set(to, known);
  };
  for (const p of layers.payments) {
    const [from, to] = [byHandle.get(p.from), byHandle.get(p.to)];
    if (from === undefined || to === undefined) continue;
    vote(to, from, 2 + Math.log2(1 + p.payments), {
      measure: 'paid_by',
      value: p.payments,
      unit: 'payments',
      threshold: null,
      text: {
        zh: `${p.days} 天内收到其 ${p.payments} 笔付款`,
        en: `received ${p.payments} payments from them on ${p.days} days`,
      },
    });
  }
  const runs = new Map<string, string[]>();
  for (const m of layers.memberships) {
    const id = byHandle.get(m.member);
    if (id !== undefined && m.role !== 'member' && groups.has(m.group)) {
      const list = runs.get(m.group);
      if (list === undefined) runs.set(m.group, [id]);
      else list.push(id);
    }
  }
  for (const m of layers.memberships) {
    const id = byHandle.get(m.member);
    if (id === undefined || m.role !== 'member') continue;
    for (const boss of runs.get(m.group) ?? []) {
      vote(id, boss, 1.5, {
        measure: 'group_run_by',
        value: 1,
        unit: 'group',
        threshold: null,
        text: { zh: `在其管理的群 ${m.group} 中`, en: `member of the group ${m.group} they run` },
      });
    }
  }
  const decide = (id: string): ReportingLine | null => {
    const of = votes.get(id);
    if (of === undefined) return null;
    // Where everybody is paid out of one purse, the team is still led by whoever runs its group.
    const led = roleOf.get(id) === 'agent' && [...of.keys()].some((x) => roleOf.get(x) === 'leader');
    const [to, best] = [...of.entries()]
      .filter(([x]) => !led || roleOf.get(x) === 'leader')
      .sort(([x, a], [y, b]) => b.weight - a.weight || (x < y ? -1 : 1))[0]!;
    return { to, reasons: best.reasons.slice(0, 5) };
  };
  const lines = new Map<string, ReportingLine>();
  for (const m of members) {
    const line = decide(m.id);
    if (line !== null) lines.set(m.id, line);
  }
  // Colleagues of the same dialler team mostly have the same leader.
  const bossesOfTeam = new Map<string, Map<string, number>>();
  for (const m of members) {
    const boss = lines.get(m.id)?.to;
    if (boss === undefined) continue;
    for (const t of m.teams) {
      const of = bossesOfTeam.get(t) ?? new Map<string, number>();
      bossesOfTeam.set(t, of.set(boss, (of.get(boss) ?? 0) + 1));
    }
  }
  for (const m of members) {
    if (lines.has(m.id)) continue;
    for (const t of m.teams) {
      for (const [boss, n] of bossesOfTeam.get(t) ?? []) {
        vote(m.id, boss, n, {
          measure: 'team_colleagues',
          value: n,
          unit: 'people',
          threshold: null,
          text: { zh: `同班组 ${t} 有 ${n} 人向其汇报`, en: `${n} colleagues of team ${t} report to them` },
        });
      }
    }
    const line = decide(m.id);
    if (line !== null) lines.set(m.id, line);
  }
  return lines;
}
