import type { Association } from './association.ts';
import { add, key, kindOf, nameOf, type Sameness } from './identity.ts';
import { seatKey, type Layers } from './layers.ts';

/** Somebody of a ring: a person with handles, accounts and numbers; or an account or a number nobody's name is known for. */
export interface Member {
  id: string;
  kind: 'person' | 'account' | 'number';
  handles: string[];
  accounts: string[];
  /** Displayed numbers the member's accounts placed calls under. */
  workNumbers: string[];
  /** Numbers of the member's own handset. */
  privateNumbers: string[];
  seats: string[];
  teams: string[];
}

/** A number that is all that is known of somebody. */
export const bareNumber = (number: string): Member => ({
  id: number,
  kind: 'number',
  handles: [],
  accounts: [],
  workNumbers: [number],
  privateNumbers: [],
  seats: [],
  teams: [],
});

/**
 * Makes members out of associated entities: identities joined, each displayed number given to whoever placed most of its calls (and to
 * everybody else with at least a tenth: seats are handed on).
 */
export function resolveMembers(
  layers: Layers,
  a: Association,
  same: Sameness,
  handsetOf: ReadonlyMap<string, string[]>,
): Member[] {
  const clusters = new Map<string, Set<string>>();
  const join = (k: string): void => add(clusters, same.find(k), k);
  const phoneOf = new Map(layers.phones.map((p) => [p.handle, p.number]));
  for (const p of a.people) {
    join(key('person', p));
    const phone = phoneOf.get(p);
    if (phone !== undefined) join(key('number', phone));
  }
  for (const x of a.accounts) join(key('account', x));
  for (const [number, accounts] of handsetOf) if (accounts.some((x) => a.accounts.has(x))) join(key('number', number));

  const callsOf = new Map<string, number>();
  for (const p of layers.placed) callsOf.set(p.number, (callsOf.get(p.number) ?? 0) + p.calls);
  const numbersOf = new Map<string, Set<string>>();
  const owned = new Set<string>();
  for (const p of layers.placed) {
    if (!a.accounts.has(p.account) || !a.numbers.has(p.number)) continue;
    owned.add(p.number);
    if (p.calls >= 0.1 * (callsOf.get(p.number) ?? 0)) add(numbersOf, p.account, p.number);
  }
  const seatsOf = new Map<string, Set<string>>();
  const teamOf = new Map<string, Set<string>>();
  for (const s of layers.seats) {
    if (s.account !== '') add(seatsOf, key('account', s.account), seatKey(s));
    if (s.person !== '') add(seatsOf, key('person', s.person), seatKey(s));
    if (s.team !== '') add(teamOf, seatKey(s), s.team);
    if (s.number !== '' && a.numbers.has(s.number) && !owned.has(s.number) && s.account !== '') {
      add(numbersOf, s.account, s.number);
      owned.add(s.number);
    }
  }
  for (const n of a.numbers) if (!owned.has(n) && !clusters.has(same.find(key('number', n)))) join(key('number', n));

  const members: Member[] = [];
  for (const keys of clusters.values()) {
    const sorted = [...keys].sort();
    const of = (kind: string): string[] => sorted.filter((k) => kindOf(k) === kind).map(nameOf);
    const [handles, accounts, numbers] = [of('person'), of('account'), of('number')];
    const work = new Set<string>();
    for (const x of accounts) for (const n of numbersOf.get(x) ?? []) work.add(n);
    const lone = handles.length === 0 && accounts.length === 0;
    // Whoever calls under the number they go by.
    for (const n of numbers) if (lone || (a.numbers.has(n) && !handsetOf.has(n))) work.add(n);
    const seats = new Set<string>();
    for (const k of sorted) for (const s of seatsOf.get(k) ?? []) if (a.seats.has(s)) seats.add(s);
    const teams = new Set<string>();
    for (const s of seats) for (const t of teamOf.get(s) ?? []) teams.add(t);
    members.push({
      id: handles[0] ?? accounts[0] ?? numbers[0] ?? '',
      kind: handles.length > 0 ? 'person' : accounts.length > 0 ? 'account' : 'number',
      handles,
      accounts,
      workNumbers: [...work].sort(),
      privateNumbers: numbers.filter((n) => !work.has(n)),
      seats: [...seats].sort(),
      teams: [...teams].sort(),
    });
  }
  return members.sort((x, y) => (x.id < y.id ? -1 : x.id > y.id ? 1 : 0));
}
