import type { Layers, Paid } from './layers.ts';
import type { Member } from './members.ts';

/** For tests of rings: layers in which nothing was seen. */
export const NO_LAYERS: Layers = {
  placed: [],
  lines: [],
  chains: [],
  handsets: [],
  loginDevices: [],
  loginAddresses: [],
  loginApps: [],
  seats: [],
  reviews: [],
  memberships: [],
  payments: [],
  phones: [],
};

/** Payments of some three hundred each, one a day. */
export const paid = (from: string, to: string, payments: number, variation = 0.2): Paid => ({
  from,
  to,
  payments,
  days: payments,
  total: payments * 300,
  median: 300,
  variation,
  crypto: 0,
  hour: 21,
});

/** Somebody with a handle only. */
export const person = (id: string, more: Partial<Member> = {}): Member => ({
  id,
  kind: 'person',
  handles: [id],
  accounts: [],
  workNumbers: [],
  privateNumbers: [],
  seats: [],
  teams: [],
  ...more,
});
