import { int } from '../detect/detector.ts';
import type { Bilingual } from '../model/reason.ts';
import type { RingTurn } from '../model/ring.ts';
import { ROLE_NAMES } from '../model/role.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql } from '../store/sql.ts';
import type { FoundRing } from './find-rings.ts';
import { seatsNamed, type Layers } from './layers.ts';
import { handsetOwners } from './traces.ts';

/** Members who had to do with each other on one day, and how often; in the order of days. */
export interface DayTies {
  members: number;
  day: Int32Array;
  a: Uint32Array;
  b: Uint32Array;
  n: Uint32Array;
}

/** Parts a ring fell into: from which day on, how often their people had to do with each other before, and how often that was to be expected since, where they never had. */
interface Parting {
  day: number;
  parts: number[][];
  ties: number;
  expected: number;
}

/** A part of a ring has at least this many people, and at least this share of those who are seen in its time. */
const LEAST_PEOPLE = 3;
const LEAST_SHARE = 0.15;
/** Parts together are nearly everybody: fragments are people of whom little is known. */
const TOGETHER = 0.7;
/** Days from which on parts are looked for: enough to meet every stretch of some length. */
const LOOKS = 60;
/** No tie at all where this many are to be expected (Poisson) comes about by chance in one ring of a thousand, for all that is looked at, forwards and backwards. */
const EXPECTED = -Math.log(1e-3 / (2 * LOOKS));

/**
 * Whether a ring fell apart, or came together, within the time the records cover. Parts are what a last stretch of time falls into. Whoever looks for parts finds some in any few
 * days, so they are put to the test on the stretch before, which had no say in them: had their people gone on having to do with each other at the pace at which everything else went on, so many ties were to be
 * expected there; there are none. The turn is the day after their last tie. A merger is a split read backwards.
 *
 * Snapshots matched pair by pair (Greene, Doyle & Cunningham, ASONAM 2010) call every quiet week a split; here silence has to be surprising.
 */
export function turnsOf(ties: DayTies): ({ kind: RingTurn['kind'] } & Parting)[] {
  const split = parting(ties);
  const backwards: DayTies = {
    members: ties.members,
    day: ties.day.map((d) => -d).reverse(),
    a: ties.a.slice().reverse(),
    b: ties.b.slice().reverse(),
    n: ties.n.slice().reverse(),
  };
  const merged = parting(backwards);
  return [
    ...(split === null ? [] : [{ kind: 'split' as const, ...split }]),
    // Backwards the turn is the last day on which they were apart.
    ...(merged === null ? [] : [{ kind: 'merged' as const, ...merged, day: 1 - merged.day }]),
  ];
}

function parting({ members, day, a, b, n }: DayTies): Parting | null {
  const size = day.length;
  // Index of the first tie of each day, and how often anybody had to do with anybody before it.
  const begins = [...day.keys()].filter((i) => i === 0 || day[i] !== day[i - 1]);
  const before = new Float64Array(size + 1);
  for (let i = 0; i < size; i++) before[i + 1] = before[i]! + n[i]!;
  const looks =
    begins.length <= LOOKS
      ? begins
      : Array.from({ length: LOOKS }, (_, k) => begins[Math.floor((k * begins.length) / LOOKS)]!);
  let best: (Parting & { from: number }) | null = null;
  for (const look of looks) {
    const { parts, partOf } = partsSince(members, a, b, look, size);
    if (parts.length < 2) continue;
    const across = (i: number): boolean => {
      const [p, q] = [partOf[a[i]!]!, partOf[b[i]!]!];
      return p >= 0 && q >= 0 && p !== q;
    };
    let last = look - 1;
    while (last >= 0 && !across(last)) last--;
    if (last < 0) continue;
    const from = begins.find((i) => i > last) ?? size;
    let ties = 0;
    const met = new Set<number>();
    for (let i = 0; i <= last; i++) {
      if (!across(i)) continue;
      ties += n[i]!;
      met.add(partOf[a[i]!]!).add(partOf[b[i]!]!);
    }
    const tested = (ties * (before[look]! - before[from]!)) / before[from]!;
    // Every part had to do with another before.
    if (from >= look || met.size < parts.length || tested < EXPECTED || tested <= (best?.expected ?? 0)) continue;
    best = { day: day[from]!, parts, ties, expected: tested, from };
  }
  if (best === null) return null;
  const { parts } = partsSince(members, a, b, best.from, size);
  const { day: turn, ties, from } = best;
  return {
    day: turn,
    parts: parts.length < 2 ? best.parts : parts,
    ties,
    expected: (ties * (before[size]! - before[from]!)) / before[from]!,
  };
}

/** What the ties from one on fall into; `partOf` is -1 for whoever is in no part. */
function partsSince(members: number, a: Uint32Array, b: Uint32Array, from: number, to: number) {
  const parent = Int32Array.from({ length: members }, (_, i) => i);
  const find = (x: number): number => {
    while (parent[x] !== x) x = parent[x] = parent[parent[x]!]!;
    return x;
  };
  const seen = new Uint8Array(members);
  for (let i = from; i < to; i++) {
    seen[a[i]!] = seen[b[i]!] = 1;
    const [x, y] = [find(a[i]!), find(b[i]!)];
    if (x !== y) parent[Math.max(x, y)] = Math.min(x, y);
  }
  const parts = partsOf(seen, find);
  const partOf = new Int32Array(members).fill(-1);
  parts.forEach((ids, p) => ids.forEach((id) => (partOf[id] = p)));
  return { parts, partOf };
}

/** Components of those seen, largest first, when they are few and large enough to be parts of a ring; none otherwise. */
function partsOf(seen: Uint8Array, find: (x: number) => number): number[][] {
  const components = new Map<number, number[]>();
  let people = 0;
  for (let id = 0; id < seen.length; id++) {
    if (seen[id] === 0) continue;
    people++;
    const root = find(id);
    const known = components.get(root);
    if (known === undefined) components.set(root, [id]);
    else known.push(id);
  }
  const parts = [...components.values()].filter((c) => c.length >= Math.max(LEAST_PEOPLE, LEAST_SHARE * people));
  const inParts = parts.reduce((s, c) => s + c.length, 0);
  return parts.length < 2 || inParts < TOGETHER * people
    ? []
    : parts.sort((x, y) => y.length - x.length || x[0]! - y[0]!);
}

/** What the two ends of a tie are called in each layer. */
const ENDS = {
  pay: ['handle', 'handle'],
  review: ['handle', 'seat'],
  device: ['account', 'handset'],
  calls: ['number', 'number'],
} as const;

/** Turns of every ring, read from the facts day by day (table `ring_parties`). */
export async function ringTurns(
  facts: FactsStore,
  rings: readonly FoundRing[],
  layers: Layers,
  zone: string,
): Promise<Map<string, RingTurn[]>> {
  const out = new Map<string, RingTurn[]>();
  if (rings.length === 0) return out;
  await storeParties(facts, rings);
  const rows = await facts.query<{ layer: keyof typeof ENDS; day: number; x: string; y: string; n: number }>(sql`
    SELECT layer, day, x, y, n FROM (
      SELECT 'pay' AS layer, toInt32(toDate(at, ${zone})) AS day, p.from AS x, p.to AS y, count() AS n FROM payments AS p
      WHERE x IN (SELECT id FROM ring_parties WHERE kind = 'handle') AND y IN (SELECT id FROM ring_parties WHERE kind = 'handle')
      GROUP BY day, x, y
      UNION ALL
      SELECT 'review', toInt32(toDate(at, ${zone})) AS day, reviewer AS x, seat AS y, 1 FROM reviews
      WHERE reviewer IN (SELECT id FROM ring_parties WHERE kind = 'handle') GROUP BY day, x, y
      UNION ALL
      SELECT 'device', toInt32(toDate(at, ${zone})) AS day, account AS x, imei AS y, 1 FROM logins
      WHERE imei != '' AND account IN (SELECT id FROM ring_parties WHERE kind = 'account') GROUP BY day, x, y
      UNION ALL
      SELECT 'calls', toInt32(toDate(started_at, ${zone})) AS day, caller AS x, callee AS y, count() FROM calls
      WHERE caller IN (SELECT id FROM ring_parties WHERE kind = 'number') AND callee IN (SELECT id FROM ring_parties WHERE kind = 'number')
      GROUP BY day, x, y)
    ORDER BY day, layer, x, y`);
  const named = seatsNamed(layers.seats);
  // Where each party stands: ring and place among its members; somebody may be of two rings.
  type Place = readonly [ring: number, member: number];
  const places = new Map<string, Place[]>();
  const put = (key: string, place: Place): void => void (places.get(key)?.push(place) ?? places.set(key, [place]));
  rings.forEach((ring, r) => {
    const accounts = new Map<string, string>();
    const byId = new Map<string, number>();
    ring.members.forEach((m, i) => {
      byId.set(m.id, i);
      for (const x of m.accounts) accounts.set(x, m.id);
      for (const h of m.handles) put(`handle:${h}`, [r, i]);
      for (const x of m.accounts) put(`account:${x}`, [r, i]);
      for (const x of [...m.privateNumbers, ...m.workNumbers]) put(`number:${x}`, [r, i]);
      for (const x of m.seats) put(`seat:${x}`, [r, i]);
    });
    for (const { handset, owner } of handsetOwners(layers, accounts)) {
      const i = byId.get(owner);
      if (i !== undefined) put(`handset:${handset}`, [r, i]);
    }
  });
  const tiesOf = rings.map((): [number, number, number, number][] => []);
  for (const { layer, day, x, y, n } of rows) {
    const [from, to] = ENDS[layer];
    // A seat's name that two diallers use says nothing about which of them was listened to.
    const seats = to === 'seat' ? [...(named.get(y) ?? [])].filter((s) => places.has(`seat:${s}`)) : [y];
    if (seats.length !== 1) continue;
    for (const [ring, a] of places.get(`${from}:${x}`) ?? []) {
      for (const [other, b] of places.get(`${to}:${seats[0]}`) ?? []) {
        if (ring === other && a !== b) tiesOf[ring]!.push([day, a, b, n]);
      }
    }
  }
  for (const [r, ring] of rings.entries()) {
    const ties = tiesOf[r]!;
    const column = (i: number): number[] => ties.map((t) => t[i]!);
    const turns = turnsOf({
      members: ring.members.length,
      day: Int32Array.from(column(0)),
      a: Uint32Array.from(column(1)),
      b: Uint32Array.from(column(2)),
      n: Uint32Array.from(column(3)),
    });
    if (turns.length === 0) continue;
    out.set(
      ring.id,
      turns.map((t) => {
        const parts = t.parts.map((ids) => {
          // Members are in the order of roles: the first of a part is whoever stands highest in it.
          const { id, guess } = ring.members[ids[0]!]!;
          return { members: ids.length, head: id, role: guess.role };
        });
        const turn = {
          kind: t.kind,
          day: dateOf(t.day),
          parts,
          ties: t.ties,
          expected: Math.round(t.expected * 10) / 10,
        };
        return { ...turn, text: turnText(turn) };
      }),
    );
  }
  return out;
}

const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

function turnText({ kind, day, parts, ties, expected }: Omit<RingTurn, 'text'>): Bilingual {
  const zh = parts.map((p) => `${p.head}（${ROLE_NAMES[p.role].zh}）等 ${int(p.members)} 人`).join('、');
  const en = parts.map((p) => `${int(p.members)} people under ${p.head} (${ROLE_NAMES[p.role].en})`).join(', ');
  return kind === 'split'
    ? {
        zh: `${day} 起分为 ${parts.length} 部分：${zh}；此前各部分之间往来 ${int(ties)} 次，此后照常应有约 ${int(expected)} 次，实际一次也没有`,
        en: `in ${parts.length} parts from ${day} on: ${en}; they had to do with each other ${int(ties)} times before, and not once since, where about ${int(expected)} times were to be expected`,
      }
    : {
        zh: `${day} 起合为一体，此前分为 ${parts.length} 部分：${zh}；此后各部分之间往来 ${int(ties)} 次，此前照此应有约 ${int(expected)} 次，实际一次也没有`,
        en: `one from ${day} on, before that in ${parts.length} parts: ${en}; they have had to do with each other ${int(ties)} times since, and not once before, where about ${int(expected)} times were to be expected`,
      };
}

async function storeParties(facts: FactsStore, rings: readonly FoundRing[]): Promise<void> {
  await facts.command(
    `CREATE OR REPLACE TABLE ring_parties (kind LowCardinality(String), id String) ENGINE = MergeTree ORDER BY (kind, id)`,
  );
  const rows = rings.flatMap((r) =>
    r.members.flatMap((m) => [
      ...m.handles.map((id) => ({ kind: 'handle', id })),
      ...m.accounts.map((id) => ({ kind: 'account', id })),
      ...[...m.workNumbers, ...m.privateNumbers].map((id) => ({ kind: 'number', id })),
    ]),
  );
  await facts.insert('ring_parties', rows);
}
