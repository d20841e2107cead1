/**
 * Rings planted in bare call graphs: the yardstick file of CallMine (caller, callee, seconds, time; its label column is read only to say what is
 * planted) and a test-bed of our own with other sizes, densities, durations and times on several kinds of everyday traffic.
 *
 *   npm run bench:callmine -- --from DIR [--skip-file] [--seeds N]     DIR holds callmine/sample_raw_data.csv
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callBlocks, type CallBlock, type CallColumns } from '../src/rings/burst-block.ts';
import { seededRandom, type Random } from '../src/model/random.ts';

interface Planting {
  callers: number;
  callees: number;
  density: number;
  /** Calls for each pair present. */
  repeats: number;
  seconds: [number, number];
  /** Share of the record's five days in which the ring calls; `daily` hours: only then, every day. */
  time: 'all' | { hours: number } | { daily: number };
}
type Traffic = 'uniform' | 'heavy-tailed' | 'households';

const RINGS: (Planting | null)[] = [
  null,
  { callers: 10, callees: 10, density: 1, repeats: 10, seconds: [20, 40], time: 'all' },
  { callers: 6, callees: 6, density: 1, repeats: 3, seconds: [20, 40], time: 'all' },
  { callers: 4, callees: 5, density: 1, repeats: 8, seconds: [1, 500], time: 'all' },
  { callers: 12, callees: 25, density: 0.8, repeats: 1, seconds: [60, 90], time: 'all' },
  { callers: 8, callees: 60, density: 0.4, repeats: 1, seconds: [1, 500], time: 'all' },
  { callers: 15, callees: 150, density: 0.25, repeats: 1, seconds: [20, 60], time: 'all' },
  { callers: 15, callees: 15, density: 0.5, repeats: 1, seconds: [1, 500], time: { hours: 2 } },
  { callers: 20, callees: 20, density: 0.3, repeats: 1, seconds: [5, 9], time: { hours: 3 } },
  { callers: 10, callees: 40, density: 0.5, repeats: 2, seconds: [30, 50], time: { daily: 2 } },
  { callers: 40, callees: 12, density: 0.5, repeats: 1, seconds: [200, 260], time: 'all' },
  { callers: 25, callees: 25, density: 0.25, repeats: 4, seconds: [10, 30], time: 'all' },
];

const START = Date.UTC(2024, 2, 4);
const SPAN = 5 * 86_400_000;

function everyday(kind: Traffic, n: number, calls: number, random: Random): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  if (kind === 'uniform') {
    for (let i = 0; i < calls; i++) out.push({ from: Math.floor(random() * n), to: Math.floor(random() * n) });
    return out;
  }
  if (kind === 'heavy-tailed') {
    // Both sides drawn from a power law: couriers who call hundreds, hotlines hundreds call.
    const draw = (shift: number) => (Math.floor(n * random() ** 2.5) * 7919 + shift) % n;
    for (let i = 0; i < calls; i++) out.push({ from: draw(0), to: draw(n >> 1) });
    return out;
  }
  // Households: half the calls go to a few kin and friends, again and again, and are answered in kind.
  for (let i = 0; i < calls; i++) {
    const from = Math.floor(random() * n);
    const home = Math.floor(from / 4) * 4;
    const to = random() < 0.5 ? home + Math.floor(random() * 4) : Math.floor(random() * n);
    out.push({ from, to: Math.min(n - 1, to) });
  }
  return out;
}

function world(kind: Traffic, ring: Planting | null, seed: number) {
  const random = seededRandom(seed);
  const n = 2000;
  const rows: [number, number, number, number][] = [];
  for (const { from, to } of everyday(kind, n, 10_000, random)) {
    if (from !== to) rows.push([from, to, START + random() * SPAN, 1 + Math.floor(random() * 499)]);
  }
  const numbers = Array.from({ length: n }, (_, v) => v);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  const callers = ring === null ? [] : numbers.slice(0, ring.callers);
  const callees = ring === null ? [] : numbers.slice(ring.callers, ring.callers + ring.callees);
  if (ring !== null) {
    const start = random();
    const when = (): number => {
      if (ring.time === 'all') return START + random() * SPAN;
      if ('hours' in ring.time)
        return START + start * (SPAN - ring.time.hours * 3_600_000) + random() * ring.time.hours * 3_600_000;
      return (
        START +
        Math.floor(random() * 5) * 86_400_000 +
        start * (24 - ring.time.daily) * 3_600_000 +
        random() * ring.time.daily * 3_600_000
      );
    };
    for (const a of callers) {
      for (const b of callees) {
        if (random() >= ring.density) continue;
        for (let i = 0; i < ring.repeats; i++) {
          rows.push([a, b, when(), Math.floor(ring.seconds[0] + random() * (ring.seconds[1] - ring.seconds[0]))]);
        }
      }
    }
  }
  return { n, calls: columns(rows), callers: new Set(callers), callees: new Set(callees) };
}

function columns(rows: [number, number, number, number][]): CallColumns {
  return {
    caller: Uint32Array.from(rows, (r) => r[0]),
    callee: Uint32Array.from(rows, (r) => r[1]),
    at: Float64Array.from(rows, (r) => r[2]),
    durationMs: Uint32Array.from(rows, (r) => r[3] * 1000),
  };
}

interface Score {
  truth: number;
  found: number;
  right: number;
  exact: boolean;
}

/** Members (callers and callees apart) of all blocks found against those planted. */
function score(blocks: CallBlock[], callers: ReadonlySet<number>, callees: ReadonlySet<number>): Score {
  const foundCallers = new Set(blocks.flatMap((b) => [...b.callers]));
  const foundCallees = new Set(blocks.flatMap((b) => [...b.callees]));
  const right =
    [...foundCallers].filter((v) => callers.has(v)).length + [...foundCallees].filter((v) => callees.has(v)).length;
  const truth = callers.size + callees.size;
  const found = foundCallers.size + foundCallees.size;
  return { truth, found, right, exact: right === truth && right === found };
}

const { values } = parseArgs({
  options: { from: { type: 'string' }, seeds: { type: 'string', default: '2' }, 'skip-file': { type: 'boolean' } },
});
const table: Record<string, string | number>[] = [];

if (!values['skip-file']) {
  if (values.from === undefined)
    throw new Error('Give the folder that holds callmine/sample_raw_data.csv with --from DIR.');
  const cells = readFileSync(join(values.from, 'callmine/sample_raw_data.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','));
  const rows = cells.map((c): [number, number, number, number] => [
    Number(c[0]),
    Number(c[1]),
    Date.parse(`${c[3]!.replace(' ', 'T')}Z`),
    Number(c[2]),
  ]);
  const n = Math.max(...rows.flatMap((r) => [r[0], r[1]])) + 1;
  // What is planted: the only numbers with pairs of three and more calls labelled 1; the label itself also covers half of the random calls.
  const repeated = new Map<string, number>();
  cells.forEach((c) => c[4] === '1' && repeated.set(`${c[0]},${c[1]}`, (repeated.get(`${c[0]},${c[1]}`) ?? 0) + 1));
  const planted = [...repeated].filter(([, times]) => times >= 3).map(([pair]) => pair.split(',').map(Number));
  const started = performance.now();
  const blocks = callBlocks(n, columns(rows));
  const took = performance.now() - started;
  const s = score(blocks, new Set(planted.map((p) => p[0]!)), new Set(planted.map((p) => p[1]!)));
  table.push(line('sample_raw_data.csv', [s], took));
}

let total: Score = { truth: 0, found: 0, right: 0, exact: true };
for (const ring of RINGS) {
  for (const kind of ['uniform', 'heavy-tailed', 'households'] as const) {
    const scores: Score[] = [];
    const started = performance.now();
    const seeds = Number(values.seeds);
    for (let seed = 1; seed <= seeds; seed++) {
      const w = world(kind, ring, seed * 101 + RINGS.indexOf(ring));
      scores.push(score(callBlocks(w.n, w.calls), w.callers, w.callees));
    }
    total = scores.reduce(
      (t, s) => ({
        truth: t.truth + s.truth,
        found: t.found + s.found,
        right: t.right + s.right,
        exact: t.exact && s.exact,
      }),
      total,
    );
    table.push(line(`${name(ring)}, ${kind}`, scores, (performance.now() - started) / seeds));
  }
}
table.push(line('test-bed together', [total], 0));
console.table(table);
console.log(
  `Whole process so far: ${process.uptime().toFixed(1)} s, ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most.`,
);

function name(ring: Planting | null): string {
  if (ring === null) return 'no ring';
  const time =
    ring.time === 'all'
      ? 'any time'
      : 'hours' in ring.time
        ? `within ${ring.time.hours} h`
        : `${ring.time.daily} h a day`;
  return `${ring.callers} x ${ring.callees}, density ${ring.density}, ${ring.repeats} calls, ${ring.seconds.join('-')} s, ${time}`;
}

function line(what: string, scores: Score[], ms: number): Record<string, string | number> {
  const sum = (of: (s: Score) => number): number => scores.reduce((t, s) => t + of(s), 0);
  const share = (a: number, b: number): string => (b === 0 ? '-' : (a / b).toFixed(3));
  return {
    'what is planted': what,
    'exactly found': `${sum((s) => (s.exact ? 1 : 0))} of ${scores.length}`,
    precision: share(
      sum((s) => s.right),
      sum((s) => s.found),
    ),
    recall: share(
      sum((s) => s.right),
      sum((s) => s.truth),
    ),
    ms: Math.round(ms),
  };
}
