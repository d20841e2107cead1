/**
 * How good the findings are, against the simulator's ground truth: one line a world.
 *
 *   npm run bench:quality -- [--preset pudong,no-ring] [--seeds 1,2,3,4,5] [--scale 1] [--json] [--from WORLD]
 *
 * `--from` scores a world made before; `--keep DIR` keeps world and store for a look at what was missed.
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
import { scoreWorld, type WorldScore } from './score-world.ts';

const { values: args } = parseArgs({
  options: {
    preset: { type: 'string', default: 'pudong' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    scale: { type: 'string', default: '1' },
    keep: { type: 'string' },
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

interface Line extends WorldScore {
  preset: string;
  seed: number;
  calls: number;
  seconds: { simulate: number; import: number; analyse: number };
  resultHash: string;
}

async function measure(preset: string, seed: number): Promise<Line> {
  const dir = args.keep ?? mkdtempSync(join(tmpdir(), 'ringbreak-quality-'));
  const world = args.from ?? join(dir, 'world');
  const home = homeFrom({});
  const times: number[] = [];
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const t = Date.now();
    const result = await work();
    times.push((Date.now() - t) / 1000);
    return result;
  };
  const stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
  try {
    await timed(async () => {
      if (args.from === undefined) await simulate({ preset, seed, scale: Number(args.scale), out: world }, silent);
    });
    const facts = await stores.facts();
    await timed(() => importPaths(facts, [world], { home, clock: Date.now }, silent));
    const run = await timed(() => analyse(facts, null, { home, clock: Date.now, codeVersion: 'bench' }));
    const score = await scoreWorld(facts, run.id, world);
    const calls = (await facts.query<{ n: number }>('SELECT count() AS n FROM calls'))[0]?.n ?? 0;
    const [s = 0, i = 0, a = 0] = times;
    return {
      preset,
      seed,
      calls,
      ...score,
      seconds: { simulate: s, import: i, analyse: a },
      resultHash: run.resultHash,
    };
  } finally {
    await stores.close();
    if (args.keep === undefined) rmSync(dir, { recursive: true, force: true });
  }
}

const fixed = (x: number, digits = 3): string => (Number.isFinite(x) ? x.toFixed(digits) : '-');
const shown = (l: Line): Record<string, string | number> => ({
  preset: l.preset,
  seed: l.seed,
  calls: l.calls,
  'ring numbers': l.ringNumbers,
  recall: fixed(l.recall),
  precision: fixed(l.precision),
  'lawful flagged': `${l.lawfulFlagged.length}/${l.lawful}`,
  'other flagged': l.falseFlags.length - l.lawfulFlagged.length,
  rings: `${l.rings}/${l.trueRings}`,
  people: `${l.peopleFound}/${l.people}`,
  'role F1': l.people === 0 ? '-' : fixed(l.roleMacroF1),
  'by role': Object.values(l.roleF1)
    .map((x) => fixed(x, 2))
    .join(' '),
  'lines right': l.people === 0 ? '-' : fixed(l.linesRight),
  's (sim, import, analyse)': `${fixed(l.seconds.simulate, 1)} ${fixed(l.seconds.import, 1)} ${fixed(l.seconds.analyse, 1)}`,
});

const lines: Line[] = [];
for (const preset of args.preset.split(',')) {
  for (const seed of args.seeds.split(',')) {
    const line = await measure(preset, Number(seed));
    lines.push(line);
    process.stderr.write(`${JSON.stringify(shown(line))}\n`);
  }
}
if (args.json) process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
else console.table(lines.map(shown));
