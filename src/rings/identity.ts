import { namesOf, type Layers } from './layers.ts';

/** Kinds of things that a ring is tied together by. A key is the kind's letter, a colon, and the thing's own name. */
export type EntityKind = 'number' | 'account' | 'person';

export const key = (kind: EntityKind, id: string): string => `${kind[0]}:${id}`;
export const kindOf = (k: string): EntityKind => (k[0] === 'n' ? 'number' : k[0] === 'a' ? 'account' : 'person');
export const nameOf = (k: string): string => k.slice(2);

/** Union-find over strings. The smallest key is the root, so that the outcome does not depend on the order of unions. */
export class Sameness {
  private readonly parent = new Map<string, string>();

  find(a: string): string {
    let root = a;
    for (let p = this.parent.get(root); p !== undefined && p !== root; p = this.parent.get(root)) root = p;
    let at = a;
    while (at !== root) {
      const next = this.parent.get(at) ?? root;
      this.parent.set(at, root);
      at = next;
    }
    return root;
  }

  same(a: string, b: string): void {
    const [x, y] = [this.find(a), this.find(b)];
    if (x === y) return;
    if (x < y) this.parent.set(y, x);
    else this.parent.set(x, y);
  }
}

/** A handset or account used by more parties than this is shared equipment, and not somebody's own unless one of them uses it far more than the others. */
const PERSONAL = 3;

/**
 * Who is the same person: a seat's account and its person, when the seat has one person; the private number in the handset that
 * logged into an account; whoever goes by a telephone number, with that number; and whoever goes by the name of an account, with that account. Shared seats, shared handsets and addresses are links between people, never identities.
 */
export function resolveIdentities(layers: Layers): { same: Sameness; handsetOf: Map<string, string[]> } {
  const same = new Sameness();
  const people = new Map<string, Set<string>>();
  const accounts = new Map<string, Set<string>>();
  for (const s of layers.seats) {
    if (s.person !== '') add(people, s.account === '' ? `seat:${s.seat}` : s.account, s.person);
    if (s.account !== '') add(accounts, s.account, s.seat);
  }
  for (const s of layers.seats) {
    if (s.account === '' || s.person === '') continue;
    if ((people.get(s.account)?.size ?? 0) === 1) same.same(key('account', s.account), key('person', s.person));
  }

  const names = namesOf(layers);
  for (const p of layers.placed)
    if (names.has(p.account)) same.same(key('account', p.account), key('person', p.account));
  for (const p of layers.phones) same.same(key('person', p.handle), key('number', p.number));

  const loginsOn = new Map<string, { account: string; logins: number }[]>();
  for (const l of layers.loginDevices) {
    const known = loginsOn.get(l.value);
    if (known === undefined) loginsOn.set(l.value, [l]);
    else known.push(l);
  }
  const numbersInHandset = new Map<string, Set<string>>();
  for (const h of layers.handsets) add(numbersInHandset, h.imei, h.number);
  const handsetOf = new Map<string, string[]>();
  for (const [imei, numbers] of numbersInHandset) {
    const users = usersOf(loginsOn.get(imei) ?? []);
    if (users.length === 0 || numbers.size > PERSONAL) continue;
    const people = new Set(users.map((a) => same.find(key('account', a))));
    for (const number of numbers) handsetOf.set(number, [...users].sort());
    if (people.size === 1)
      for (const n of numbers) for (const a of users) same.same(key('number', n), key('account', a));
  }
  return { same, handsetOf };
}

/** Who a handset is somebody's own: its few users; or, of many, the one who logs in from it at least three times and twice as often as anybody else: whoever sets up others' accounts does so on their own. */
function usersOf(logins: readonly { account: string; logins: number }[]): string[] {
  if (logins.length <= PERSONAL) return logins.map((l) => l.account);
  const [first, second] = [...logins].sort((x, y) => y.logins - x.logins || (x.account < y.account ? -1 : 1));
  return first!.logins >= 3 && first!.logins >= 2 * second!.logins ? [first!.account] : [];
}

export function add<K, V>(map: Map<K, Set<V>>, k: K, v: V): void {
  const set = map.get(k);
  if (set === undefined) map.set(k, new Set([v]));
  else set.add(v);
}
