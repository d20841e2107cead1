/**
 * How good the findings are, against the simulator's ground truth: means over seeds with 95 % intervals, a line for each preset.
 *
 *   npm run bench:quality -- [--preset pudong,no-ring] [--seeds 1,2,3 | 1-20] [--scale 1] [--lose all | origin,money] [--json] [--from WORLD] [--keep DIR]
 *
 * `--lose` repeats every world without a layer of evidence, without rows, without labels (the names are in degrade.ts). `--from` scores a world made before; `--keep`
 * keeps world and store, `DIR/PRESET-SEED`, for a look at what was missed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { homeFrom } from '../src/model/home.ts';
import { silent } from '../src/model/progress.ts';
import { importPaths } from '../src/normalise/import-files.ts';
import { analyse } from '../src/pipeline.ts';
import { PRESETS } from '../src/simulate/presets.ts';
import { simulate } from '../src/simulate/index.ts';
import { openStores } from '../src/store/open.ts';
import { degrade, LOSSES, type Loss } from './degrade.ts';
import { calibrationError, reliability } from '../src/detect/trained/metrics.ts';
import { meanWithInterval } from './metrics.ts';
import { makeOtherWorld, OTHER_WORLDS } from './other-worlds/index.ts';
import { scoreWorld, type WorldScore } from './score-world.ts';

const { values: args } = parseArgs({
  options: {
    preset: { type: 'string', default: PRESETS.map((p) => p.name).join(',') },
    seeds: { type: 'string', default: '1-5' },
    scale: { type: 'string', default: '1' },
    lose: { type: 'string', default: '' },
    keep: { type: 'string' },
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

interface Line extends WorldScore {
  preset: string;
  seed: number;
  lost: string;
  calls: number;
  seconds: { simulate: number; import: number; analyse: number };
  resultHash: string;
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = Date.now();
  await work();
  return (Date.now() - began) / 1000;
};

/** Imports a world's records, analyses them and scores what was found; the truth is in `truth`. */
async function measure(records: string, truth: string, dir: string): Promise<Omit<Line, 'preset' | 'seed' | 'lost'>> {
  const home = homeFrom({});
  const stores = await openStores({ dataDir: dir, env: {}, clock: Date.now });
  try {
    const facts = await stores.facts();
    const took = await seconds(() => importPaths(facts, [records], { home, clock: Date.now }, silent));
    const began = Date.now();
    const run = await analyse(facts, null, { home, clock: Date.now, codeVersion: 'bench' });
    const analysed = (Date.now() - began) / 1000;
    const score = await scoreWorld(facts, run.id, truth);
    const calls = (await facts.query<{ n: number }>('SELECT count() AS n FROM calls'))[0]?.n ?? 0;
    return {
      calls,
      ...score,
      seconds: { simulate: 0, import: took, analyse: analysed },
      resultHash: run.resultHash,
    };
  } finally {
    await stores.close();
  }
}

async function measureAll(preset: string, seed: number, losses: readonly Loss[], say: (l: Line) => void) {
  const dir =
    args.keep === undefined ? mkdtempSync(join(tmpdir(), 'ringbreak-quality-')) : join(args.keep, `${preset}-${seed}`);
  const world = args.from ?? join(dir, 'world');
  try {
    const simulated = await seconds(async () => {
      if (args.from !== undefined) return;
      if (preset in OTHER_WORLDS) makeOtherWorld(preset, seed, world);
      else await simulate({ preset, seed, scale: Number(args.scale), out: world }, silent);
    });
    for (const [i, loss] of losses.entries()) {
      const whole = loss.name === 'nothing';
      const records = whole ? world : join(dir, `world-${i}`);
      if (!whole) await degrade(world, records, loss);
      const data = join(dir, whole ? 'data' : `data-${i}`);
      const line = await measure(records, world, data);
      say({ preset, seed, lost: loss.name, ...line, seconds: { ...line.seconds, simulate: simulated } });
      if (args.keep === undefined) for (const d of [data, ...(whole ? [] : [records])]) rmSync(d, { recursive: true });
    }
  } finally {
    if (args.keep === undefined) rmSync(dir, { recursive: true, force: true });
  }
}

/** What the table shows of a world: name -> value. A score of nothing is NaN and left out of the means. */
const COLUMNS: Readonly<Record<string, (l: Line) => number>> = {
  recall: (l) => l.recall,
  precision: (l) => (l.trueRings === 0 ? NaN : l.precision),
  AP: (l) => l.averagePrecision,
  'recall at 0.01 %': (l) => l.recallAtLawful,
  'lawful flagged, %': (l) => (100 * l.lawfulFlagged.length) / l.lawful,
  'rings less true': (l) => l.rings - l.trueRings,
  'ring pair F1': (l) => l.ringPairF1,
  ARI: (l) => l.ringRand,
  'people found': (l) => (l.people === 0 ? NaN : l.peopleFound / l.people),
  'role F1': (l) => (l.people === 0 ? NaN : l.roleMacroF1),
  'lines right': (l) => (l.people === 0 ? NaN : l.linesRight),
  'succession F1': (l) => l.succession.f1,
  'leak first': (l) => (l.leaks.rings === 0 ? NaN : l.leaks.firstRight / l.leaks.rings),
  'leaks found': (l) => (l.leaks.true === 0 ? NaN : l.leaks.found / l.leaks.true),
  'false leaks': (l) => l.leaks.false.length,
  'until off, days': (l) => meanOf(l.leaks.untilErrors.flatMap((d) => (d === null ? [] : [Math.abs(d)]))),
};

const meanOf = (list: readonly number[]): number => list.reduce((s, x) => s + x, 0) / list.length;

const fixed = (x: number): string => (Number.isFinite(x) ? x.toFixed(3) : '-');

function summary(lines: readonly Line[]): Record<string, string | number> {
  const [first] = lines;
  const out: Record<string, string | number> = {
    preset: first?.preset ?? '',
    lost: first?.lost ?? '',
    worlds: lines.length,
  };
  for (const [name, value] of Object.entries(COLUMNS)) {
    const { mean, half } = meanWithInterval(lines.map(value));
    out[name] = Number.isFinite(half) && half > 0 ? `${fixed(mean)} ±${fixed(half)}` : fixed(mean);
  }
  out['calibration'] = fixed(calibrationError(lines.flatMap((l) => l.scored)));
  return out;
}

const seedsOf = (text: string): number[] =>
  text.split(',').flatMap((part) => {
    const [from = NaN, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });

const wanted = args.lose.split(',').map((n) => n.trim());
const unknown = wanted.filter((n) => n !== '' && n !== 'all' && !LOSSES.some((l) => l.name === n));
if (unknown.length > 0) {
  throw new Error(`--lose knows no ${unknown.join(', ')}. Its names: ${LOSSES.map((l) => l.name).join(', ')}.`);
}
const losses = LOSSES.filter((l) => l.name === 'nothing' || wanted.includes('all') || wanted.includes(l.name));
const lines: Line[] = [];
for (const preset of args.preset.split(',')) {
  for (const seed of seedsOf(args.seeds)) {
    await measureAll(preset, seed, losses, (line) => {
      lines.push(line);
      process.stderr.write(
        `${JSON.stringify({ seed, ...summary([line]), roles: line.roleF1, seconds: line.seconds })}\n`,
      );
    });
  }
}
if (args.json) {
  process.stdout.write(
    `${JSON.stringify(
      lines.map(({ scored: _, ...line }) => line),
      null,
      2,
    )}\n`,
  );
} else {
  const groups = grouped(lines);
  console.table([...groups.values()].map(summary));
  console.log('Reliability: scores of the numbers with findings, and how many of them are a ring’s');
  console.table(
    reliability(lines.filter((l) => l.lost === 'nothing').flatMap((l) => l.scored)).map((b) => ({
      numbers: b.count,
      'mean score': fixed(b.meanScore),
      'of a ring': fixed(b.positives),
    })),
  );
}

function grouped(all: readonly Line[]): Map<string, Line[]> {
  const out = new Map<string, Line[]>();
  for (const l of all) out.set(`${l.preset}\t${l.lost}`, [...(out.get(`${l.preset}\t${l.lost}`) ?? []), l]);
  return out;
}
