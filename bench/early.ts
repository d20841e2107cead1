/**
 * How early: a world replayed hour by hour, with what was known by then. After how many of its calls, and how many victims, was each ring number flagged?
 *
 *   npm run bench:early -- [--preset pudong] [--seed 1] [--scale 0.3] [--day 14] [--days 2] [--every 2] [--lose LAYER]
 *
 * `--lose` takes a layer of evidence from the world first (the names are in degrade.ts).
 *
 * Everything before `--day` is imported at once; from then on a slice every `--every` hours is imported and analysed, for `--days` days. Counted are the numbers whose first call lies in
 * the replay, so that none is judged by what came before it. A number is flagged at the end of a slice: the calls it had placed by then are an upper bound, those of the slice before a lower one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { homeFrom } from '../src/model/home.ts';
import { silent } from '../src/model/progress.ts';
import { importPaths } from '../src/normalise/import-files.ts';
import { analyse } from '../src/pipeline.ts';
import { simulate } from '../src/simulate/index.ts';
import { openStores } from '../src/store/open.ts';
import { sql } from '../src/store/sql.ts';
import { degrade, LOSSES, slice } from './degrade.ts';
import { readTruth } from './score-world.ts';

const { values: args } = parseArgs({
  options: {
    preset: { type: 'string', default: 'pudong' },
    seed: { type: 'string', default: '1' },
    scale: { type: 'string', default: '0.3' },
    day: { type: 'string', default: '14' },
    days: { type: 'string', default: '2' },
    every: { type: 'string', default: '2' },
    lose: { type: 'string', default: 'nothing' },
  },
});

const HOUR = 3_600_000;
const dir = mkdtempSync(join(tmpdir(), 'ringbreak-early-'));
const whole = join(dir, 'whole');
const world = join(dir, 'world');
const loss = LOSSES.find((l) => l.name === args.lose);
if (loss === undefined)
  throw new Error(`--lose knows no ${args.lose}. Its names: ${LOSSES.map((l) => l.name).join(', ')}.`);
const home = homeFrom({});
try {
  await simulate({ preset: args.preset, seed: Number(args.seed), scale: Number(args.scale), out: whole }, silent);
  await degrade(whole, world, loss);
  const truth = readTruth(whole, 'numbers').filter((n) => n['ring'] !== '');
  const first = Math.min(...truth.map((n) => Date.parse(n['from']!)));
  const midnight = Math.floor((first + 8 * HOUR) / (24 * HOUR)) * 24 * HOUR - 8 * HOUR;
  const begin = midnight + Number(args.day) * 24 * HOUR;
  const end = begin + Number(args.days) * 24 * HOUR;
  const fresh = new Set(
    truth.filter((n) => Date.parse(n['from']!) >= begin && Date.parse(n['from']!) < end).map((n) => n['number']!),
  );
  const older = new Set(truth.filter((n) => Date.parse(n['from']!) < begin).map((n) => n['number']!));
  for (const n of older) fresh.delete(n);
  const lured = readTruth(whole, 'victims')
    .filter((v) => v['stage'] !== 'talked')
    .map((v) => v['number']!);
  const stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
  const facts = await stores.facts();
  await facts.command('CREATE TABLE lured (number String) ENGINE = Memory');
  await facts.insert(
    'lured',
    lured.map((number) => ({ number })),
  );
  const flaggedAt = new Map<string, { least: number; most: number; victims: number; hours: number }>();
  const placed = new Map<string, number>();
  let from = -Infinity;
  let falsely = 0;
  for (let until = begin; until <= end; until += Number(args.every) * HOUR) {
    const part = join(dir, `slice-${until}`);
    await slice(world, part, from, until);
    await importPaths(facts, [part], { home, clock: Date.now }, silent);
    rmSync(part, { recursive: true });
    from = until;
    const run = await analyse(facts, null, { home, clock: Date.now, codeVersion: 'bench' });
    const flagged = await facts.query<{ number: string }>(
      sql`SELECT number FROM scores WHERE run = ${run.id} AND flagged = 1`,
    );
    const calls = await facts.query<{ number: string; calls: number; victims: number; since: number }>(sql`
      SELECT caller AS number, count() AS calls, uniqExactIf(callee, callee IN (SELECT number FROM lured)) AS victims, toUnixTimestamp64Milli(min(started_at)) AS since
      FROM calls WHERE caller IN ${[...fresh]} GROUP BY caller`);
    const isFlagged = new Set(flagged.map((f) => f.number));
    falsely = [...isFlagged].filter((n) => !fresh.has(n) && !older.has(n)).length;
    for (const c of calls) {
      if (isFlagged.has(c.number) && !flaggedAt.has(c.number)) {
        const hours = (until - c.since) / HOUR;
        flaggedAt.set(c.number, { least: placed.get(c.number) ?? 0, most: c.calls, victims: c.victims, hours });
      }
      placed.set(c.number, c.calls);
    }
    process.stderr.write(
      `${new Date(until + 8 * HOUR).toISOString().slice(0, 16)}: ${calls.length} new numbers so far, ${flaggedAt.size} flagged, ${falsely} that are nobody's\n`,
    );
  }
  await stores.close();
  const all = [...flaggedAt.values()];
  const seen = placed.size;
  const at = (values: number[], q: number): string => {
    // Those never flagged within the replay count as later than all others.
    const sorted = [...values.sort((a, b) => a - b), ...new Array<number>(seen - values.length).fill(Infinity)];
    const v = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
    return Number.isFinite(v) ? v.toFixed(v < 10 ? 1 : 0) : 'not yet';
  };
  const line = (what: string, values: number[]) => ({ what, median: at(values, 0.5), '90 %': at(values, 0.9) });
  console.table([
    line(
      'calls placed when flagged, at most',
      all.map((x) => x.most),
    ),
    line(
      'calls placed when last not flagged',
      all.map((x) => x.least),
    ),
    line(
      'victims it had called when flagged',
      all.map((x) => x.victims),
    ),
    line(
      'hours from its first call, at most',
      all.map((x) => x.hours),
    ),
  ]);
  console.log(
    `${seen} numbers began in the replay; flagged by its end: ${all.length}; at the first analysis after their first call: ${all.filter((x) => x.least === 0).length}; nobody's flagged at the end: ${falsely}`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}
