import type { Messages, Ranking } from './rank.ts';

/** What the traffic of each person in a group looks like; names as in the catalogue of measures where one exists. */
export const PERSON_FEATURES = [
  'messages_out',
  'messages_in',
  'out_only_share',
  'contacts_out',
  'contacts_in',
  'reciprocity',
  'active_days',
  'office_hours_share',
  'weekend_share',
  'shared_messages_share',
  'mean_audience',
  'median_response_h',
  'median_answered_h',
  'clustering',
  'betweenness',
  'rank_score',
  'rank_place',
  'chosen_by',
] as const;

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Answers later than this are new messages. */
const ANSWER = 2 * DAY;

/**
 * One column for each of PERSON_FEATURES, a value for each person; NaN: not seen. Roles in organisations show in such traces: Agreste et al., Comput. Human Behav. 2016;
 * Nurek & Michalski, Appl. Sci. 10, 1699 (2020).
 *
 * @param offset added to instants to read them on the wall clock, ms
 */
export function personFeatures(messages: Messages, n: number, ranking: Ranking, offset = 0): Float64Array[] {
  const { from, to, at } = messages;
  const column = (): Float64Array => new Float64Array(n);
  const [out, into, office, weekend, shared, audience] = [column(), column(), column(), column(), column(), column()];
  const days = Array.from({ length: n }, () => new Set<number>());
  const reached = Array.from({ length: n }, () => new Set<number>());
  const reachedBy = Array.from({ length: n }, () => new Set<number>());
  const order = Array.from(from, (_, i) => i).sort((a, b) => at[a]! - at[b]! || from[a]! - from[b]! || to[a]! - to[b]!);
  /** Last message between two people: who wrote it, and when. */
  const last = new Map<number, { by: number; at: number }>();
  const responses = Array.from({ length: n }, () => [] as number[]);
  const answered = Array.from({ length: n }, () => [] as number[]);
  const copies = new Map<string, number>();
  for (const i of order) copies.set(`${from[i]},${at[i]}`, (copies.get(`${from[i]},${at[i]}`) ?? 0) + 1);
  for (const i of order) {
    const [a, b, t] = [from[i]!, to[i]!, at[i]!];
    if (a === b) continue;
    out[a]!++;
    into[b]!++;
    reached[a]!.add(b);
    reachedBy[b]!.add(a);
    const local = new Date(t + offset);
    for (const p of [a, b]) days[p]!.add(Math.floor((t + offset) / DAY));
    const isWeekend = local.getUTCDay() % 6 === 0;
    weekend[a]! += Number(isWeekend);
    office[a]! += Number(!isWeekend && local.getUTCHours() >= 9 && local.getUTCHours() < 18);
    const together = copies.get(`${a},${t}`)!;
    shared[a]! += Number(together > 1);
    audience[a]! += together;
    const pair = Math.min(a, b) * n + Math.max(a, b);
    const before = last.get(pair);
    if (before !== undefined && before.by === b && t - before.at <= ANSWER && t > before.at) {
      responses[a]!.push((t - before.at) / HOUR);
      answered[b]!.push((t - before.at) / HOUR);
    }
    last.set(pair, { by: a, at: t });
  }
  const neighbours = Array.from({ length: n }, (_, p) =>
    [...new Set([...reached[p]!, ...reachedBy[p]!])].sort((x, y) => x - y),
  );
  const per = (sum: Float64Array, of: Float64Array): Float64Array =>
    sum.map((x, i) => (of[i] === 0 ? NaN : x / of[i]!));
  const each = (value: (p: number) => number): Float64Array => Float64Array.from({ length: n }, (_, p) => value(p));
  const place = column();
  Array.from(ranking.score, (_, i) => i)
    .sort((a, b) => ranking.score[b]! - ranking.score[a]! || a - b)
    .forEach((p, i) => (place[p] = i / n));
  const chosen = column();
  ranking.managerOf.forEach((list) => list.slice(0, 1).forEach((c) => chosen[c.person]!++));
  const columns: Record<(typeof PERSON_FEATURES)[number], Float64Array> = {
    messages_out: out,
    messages_in: into,
    out_only_share: each((p) => (out[p]! + into[p]! === 0 ? NaN : out[p]! / (out[p]! + into[p]!))),
    contacts_out: each((p) => reached[p]!.size),
    contacts_in: each((p) => reachedBy[p]!.size),
    reciprocity: each((p) =>
      neighbours[p]!.length === 0
        ? NaN
        : [...reached[p]!].filter((x) => reachedBy[p]!.has(x)).length / neighbours[p]!.length,
    ),
    active_days: each((p) => days[p]!.size),
    office_hours_share: per(office, out),
    weekend_share: per(weekend, out),
    shared_messages_share: per(shared, out),
    mean_audience: per(audience, out),
    median_response_h: each((p) => median(responses[p]!)),
    median_answered_h: each((p) => median(answered[p]!)),
    clustering: each((p) => clustering(neighbours, p)),
    betweenness: betweenness(neighbours),
    rank_score: each((p) => ranking.score[p]! * n),
    rank_place: place,
    chosen_by: chosen,
  };
  return PERSON_FEATURES.map((name) => columns[name]);
}

function median(values: number[]): number {
  if (values.length === 0) return NaN;
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}

/** Share of a person's pairs of contacts that are in contact themselves (Watts & Strogatz 1998). */
function clustering(neighbours: readonly (readonly number[])[], p: number): number {
  const own = neighbours[p]!;
  if (own.length < 2) return NaN;
  const set = new Set(own);
  let links = 0;
  for (const x of own) for (const y of neighbours[x]!) if (y > x && set.has(y)) links++;
  return (2 * links) / (own.length * (own.length - 1));
}

/** Share of the shortest paths between all others that lead through each person (Brandes, J. Math. Sociol. 25, 2001), unweighted. */
export function betweenness(neighbours: readonly (readonly number[])[]): Float64Array {
  const n = neighbours.length;
  const out = new Float64Array(n);
  const [paths, far, share] = [new Float64Array(n), new Int32Array(n), new Float64Array(n)];
  const queue = new Uint32Array(n);
  for (let s = 0; s < n; s++) {
    paths.fill(0);
    far.fill(-1);
    share.fill(0);
    paths[s] = 1;
    far[s] = 0;
    queue[0] = s;
    let length = 1;
    for (let i = 0; i < length; i++) {
      const v = queue[i]!;
      for (const w of neighbours[v]!) {
        if (far[w]! < 0) {
          far[w] = far[v]! + 1;
          queue[length++] = w;
        }
        if (far[w] === far[v]! + 1) paths[w]! += paths[v]!;
      }
    }
    for (let i = length - 1; i > 0; i--) {
      const w = queue[i]!;
      for (const v of neighbours[w]!) {
        if (far[v] === far[w]! - 1) share[v]! += (paths[v]! / paths[w]!) * (1 + share[w]!);
      }
      out[w]! += share[w]!;
    }
  }
  const all = (n - 1) * (n - 2);
  return all <= 0 ? out : out.map((x) => x / all);
}
