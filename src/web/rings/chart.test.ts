import { describe, expect, it } from 'vitest';
import type { RingMember, Role } from '../../server/contract.ts';
import { chartOf } from './chart.ts';

const member = (id: string, role: Role, reportsTo: string | null, team: string | null = null): RingMember => ({
  id,
  kind: 'person',
  numbers: [],
  accounts: [],
  role,
  roleScore: 1,
  roleScores: { principal: 0, leader: 0, inspector: 0, agent: 0, technician: 0, [role]: 1 },
  reasons: [],
  notSeen: [],
  innocent: null,
  team,
  reportsTo,
  lineReasons: [],
  province: '',
  city: '',
  calls: 0,
  people: 0,
  victims: 0,
  pay: null,
  firstSeen: null,
  lastSeen: null,
});

const name = (id: string) => ({ zh: id, en: id });

describe('the organisation chart', () => {
  const members = [
    member('P', 'principal', null),
    member('L1', 'leader', 'P', 'T1'),
    member('I1', 'inspector', 'L1', 'T1'),
    member('A1', 'agent', 'L1', 'T1'),
    member('A2', 'agent', null, 'T2'),
    member('I2', 'inspector', 'P'),
    member('I3', 'inspector', 'L1'),
    member('X', 'technician', null),
    member('A3', 'agent', null),
  ];
  const chart = chartOf({
    members,
    teams: [
      { id: 'T1', name: name('T1'), leader: 'L1', members: ['L1', 'I1', 'A1'] },
      { id: 'T2', name: name('T2'), leader: null, members: ['A2'] },
    ],
  });

  it('puts a team under the principal its leader reports to', () => {
    expect(chart.bands[0]?.head?.id).toBe('P');
    expect(chart.bands[0]?.teams.map((x) => x.id)).toEqual(['T1']);
    expect(chart.bands[0]?.inspectors.map((m) => m.id)).toEqual(['I2']);
  });
  it('puts an inspector of no team with the leader they report to', () => {
    expect(chart.bands[0]?.teams[0]?.inspectors.map((m) => m.id)).toEqual(['I1', 'I3']);
  });
  it('keeps a team without a known leader apart, and invents none', () => {
    expect(chart.bands[1]?.head).toBeNull();
    expect(chart.bands[1]?.teams[0]?.leader).toBeNull();
  });
  it('shows everybody exactly once', () => {
    const seen = [
      ...chart.bands.flatMap((b) => [
        b.head,
        ...b.inspectors,
        ...b.teams.flatMap((x) => [x.leader, ...x.inspectors, ...x.agents]),
      ]),
      ...chart.technicians,
      ...chart.loose,
    ].flatMap((m) => (m ? [m.id] : []));
    expect(seen.sort()).toEqual(members.map((m) => m.id).sort());
  });
});
