import type { Reason } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql } from '../store/sql.ts';
import type { Association } from './association.ts';
import { assign } from './graph/assignment.ts';
import { key, type EntityKind, type Sameness } from './identity.ts';
import type { Member } from './members.ts';
import type { RoleGuess } from './roles.ts';

/** Days (numbers of days, ascending or not, each once) on which each of them was seen. */
export type DaysOf = ReadonlyMap<string, readonly number[]>;

/** Somebody whose account it is, as the days tell. */
export interface Seated {
  person: string;
  account: string;
  /** Days with calls, days with pay, and days with both. */
  worked: number;
  paid: number;
  both: number;
}

/** How often a day worked is a day paid, and a day not worked. */
const PAID_IF_WORKED = 0.95;
const PAID_IF_NOT = 0.03;
/** Days worked from which they tell anything; a month has many people who worked the same three. */
const LEAST_DAYS = 6;
/** A pair has to be this much more likely than all others of either together. */
const SURE = 0.95;

/**
 * Whose account it is, by the days: callers are paid on the days they work, in the evening or the morning after, and two who began, stayed away and left on the same days are rare. Each account and each person is
 * weighed against each (log-likelihood ratio of the days under "paid for these" against pay at the person's own rate on any day), all are chosen together, and a pair is named when it is nineteen times as likely as every other of
 * the two together, "nobody" among them.
 *
 * Looks the same: a team that always works and rests together; there no pair stands out, and none is named. People paid by the week are told nothing about.
 *
 * @param days how many days the records span
 */
export function seatedByDays(worked: DaysOf, paid: DaysOf, days: number): Seated[] {
  const people = [...paid.keys()].sort();
  const accounts = [...worked]
    .filter(([, d]) => d.length >= LEAST_DAYS)
    .map(([a]) => a)
    .sort();
  // In the evening, or the morning after: one habit for all.
  const of = (lag: number): Pair[] => pairsOf(people, accounts, worked, paid, lag, Math.max(days, 1));
  const [same, next] = [of(0), of(1)];
  const pairs = best(next) > best(same) ? next : same;
  const chosen = assign(
    people.length,
    accounts.length,
    pairs.map((p) => ({ ...p, worth: p.weight })),
  );
  return pairs.flatMap((p) => {
    if (chosen[p.row] !== p.column) return [];
    const rivals = pairs.filter((q) => q !== p && (q.row === p.row || q.column === p.column));
    const against = rivals.reduce((sum, q) => sum + Math.exp(q.weight - p.weight), Math.exp(-p.weight));
    if (1 / (1 + against) < SURE) return [];
    const [person, account] = [people[p.row]!, accounts[p.column]!];
    return [{ person, account, worked: worked.get(account)!.length, paid: paid.get(person)!.length, both: p.both }];
  });
}

interface Pair {
  row: number;
  column: number;
  weight: number;
  both: number;
}

const best = (pairs: readonly Pair[]): number => {
  const top = new Map<number, number>();
  for (const p of pairs) top.set(p.row, Math.max(top.get(p.row) ?? 0, p.weight));
  return [...top.values()].reduce((a, b) => a + b, 0);
};

function pairsOf(
  people: readonly string[],
  accounts: readonly string[],
  worked: DaysOf,
  paid: DaysOf,
  lag: number,
  days: number,
): Pair[] {
  const out: Pair[] = [];
  const prior = Math.log(Math.max(1, accounts.length));
  people.forEach((person, row) => {
    const own = new Set(paid.get(person)!.map((d) => d - lag));
    const rate = Math.min(0.95, Math.max(0.03, own.size / days));
    accounts.forEach((account, column) => {
      const on = worked.get(account)!;
      const both = on.filter((d) => own.has(d)).length;
      const rest = Math.max(0, days - on.length - own.size + both);
      const weight =
        both * Math.log(PAID_IF_WORKED / rate) +
        (on.length - both) * Math.log((1 - PAID_IF_WORKED) / (1 - rate)) +
        (own.size - both) * Math.log(PAID_IF_NOT / rate) +
        rest * Math.log((1 - PAID_IF_NOT) / (1 - rate)) -
        prior;
      if (weight > 0) out.push({ row, column, weight, both });
    });
  });
  return out;
}

/** In words, for the person's card. */
const seatedReason = (s: Seated): Reason => ({
  measure: 'paid_on_days_worked',
  value: s.both,
  unit: 'days',
  threshold: null,
  text: {
    zh: `账号 ${s.account} 有呼叫的 ${s.worked} 天与其领取报酬的 ${s.paid} 天中有 ${s.both} 天相同，别的账号都不这样吻合：应为其所用`,
    en: `account ${s.account} placed calls on ${s.worked} days and they were paid on ${s.paid}, ${s.both} of them the same; no other account fits as well: probably theirs`,
  },
  innocent: {
    zh: '同来同去的同事、代领报酬的人也会如此',
    en: 'a colleague who keeps the same days, or somebody who collects another’s pay, looks the same',
  },
});

/** Accounts nobody's name is known for, and people without an account, by the days they worked and were paid. */
export async function seatByDays(facts: FactsStore, a: Association, same: Sameness, zone: string): Promise<Seated[]> {
  const of = (kind: EntityKind, ids: ReadonlySet<string>): Map<string, string[]> => {
    const out = new Map<string, string[]>();
    for (const id of ids) out.set(same.find(key(kind, id)), [...(out.get(same.find(key(kind, id))) ?? []), id]);
    return out;
  };
  const [people, accounts] = [of('person', a.people), of('account', a.accounts)];
  const without = (those: Map<string, string[]>, others: Map<string, string[]>): string[] =>
    [...those].flatMap(([root, ids]) => (others.has(root) ? [] : ids)).sort();
  const [nameless, unseated] = [without(accounts, people), without(people, accounts)];
  if (nameless.length === 0 || unseated.length === 0) return [];
  const day = (at: string) => raw(`toUInt32(toDate(${at}, '${zone}'))`);
  const worked = await facts.query<{ id: string; days: number[] }>(sql`
    SELECT account AS id, groupUniqArray(${day('started_at')}) AS days FROM calls WHERE account IN (${nameless}) GROUP BY account`);
  const paid = await facts.query<{ id: string; days: number[] }>(sql`
    SELECT p.to AS id, groupUniqArray(${day('at')}) AS days FROM payments AS p
    WHERE p.to IN (${unseated}) AND p.from IN (${[...a.people].sort()}) GROUP BY id`);
  const [{ days } = { days: 0 }] = await facts.query<{ days: number }>(sql`
    SELECT toUInt32(toDate(max(started_at), ${zone}) - toDate(min(started_at), ${zone}) + 1) AS days FROM calls`);
  const byId = (rows: readonly { id: string; days: number[] }[]): DaysOf => new Map(rows.map((r) => [r.id, r.days]));
  return seatedByDays(byId(worked), byId(paid), days);
}

/** A role with what seats the member at an account, beside its own reasons. */
export function withSeats(guess: RoleGuess, m: Member, seated: readonly Seated[]): RoleGuess {
  const own = seated.filter((s) => m.handles.includes(s.person) && m.accounts.includes(s.account));
  return own.length === 0 ? guess : { ...guess, reasons: [...guess.reasons, ...own.map(seatedReason)] };
}
