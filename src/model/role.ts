import type { Bilingual } from './reason.ts';

/** Places in a ring, top to bottom (核心成员, 组长, 质检员, 话务员, 技术人员). The order is the order of every table and legend. */
export const ROLES = ['principal', 'leader', 'inspector', 'agent', 'technician'] as const;
export type Role = (typeof ROLES)[number];

/** What each place is called in a sentence. */
export const ROLE_NAMES: Readonly<Record<Role, Bilingual>> = {
  principal: { zh: '核心成员', en: 'principal' },
  leader: { zh: '组长', en: 'leader' },
  inspector: { zh: '质检员', en: 'inspector' },
  agent: { zh: '话务员', en: 'agent' },
  technician: { zh: '技术人员', en: 'technician' },
};

/** The layers of evidence a role can be seen in. A layer without data is reported as "not seen", never as "no". */
export const LAYERS = ['calls', 'dialler', 'logins', 'reviews', 'groups', 'money', 'victims'] as const;
export type Layer = (typeof LAYERS)[number];
