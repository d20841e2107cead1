/**
 * How long a whole simulated world takes: import of its ten files and analysis, each in a process of its own, beside the engine's bare load
 * of the same calls.
 *
 *   npm run bench:scale -- [--scale 9] [--preset pudong] [--seed 11] [--from WORLD] [--json]
 *   npm run bench:scale -- --phases simulate,import,analyse  ...   without the bare load
 *   npm run bench:scale -- --scale 8.5 --density 16      as many calls a number as a carrier's records have: 35 million
 *   npm run bench:scale -- --scale 8.5 --density 16 --bare-calls      and of these who called whom, when and how long, as CallMine's records
 *
 * Scale 9 is five million calls of 1.8 million people, a call a week and person. Times are those a user waits, opening and closing of the stores included.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { homeFrom } from '../src/model/home.ts';
import { silent } from '../src/model/progress.ts';
import { importPaths } from '../src/normalise/import-files.ts';
import { analyse } from '../src/pipeline.ts';
import { simulate } from '../src/simulate/index.ts';
import { openChdb } from '../src/store/chdb.ts';
import { openStores } from '../src/store/open.ts';
import { bareLoad } from './bare-load.ts';
import { BARE_COLUMNS } from './degrade.ts';

const { values: args } = parseArgs({
  options: {
    scale: { type: 'string', default: '9' },
    preset: { type: 'string', default: 'pudong' },
    seed: { type: 'string', default: '11' },
    from: { type: 'string' },
    density: { type: 'string', default: '1' },
    'bare-calls': { type: 'boolean', default: false },
    phases: { type: 'string', default: 'simulate,bare,import,analyse' },
    json: { type: 'boolean', default: false },
    // Set for the processes this one starts.
    phase: { type: 'string' },
    dir: { type: 'string' },
  },
});

/** What a phase says of itself when it is done. */
interface Said {
  rows: number;
  what: string;
  peakMegabytes: number;
}

const PHASES: Record<string, (world: string, dir: string) => Promise<Omit<Said, 'peakMegabytes'>>> = {
  async simulate(world) {
    const { rows } = await simulate(
      {
        preset: args.preset,
        seed: Number(args.seed),
        scale: Number(args.scale),
        out: world,
        options: { density: Number(args.density) },
      },
      silent,
    );
    if (args['bare-calls']) await keepBareCalls(world);
    return {
      rows: args['bare-calls'] ? rows.calls! : Object.values(rows).reduce((a, b) => a + b, 0),
      what: 'rows written',
    };
  },
  async bare(world, dir) {
    return { rows: await bareLoad(join(dir, 'bare'), join(world, 'calls.csv')), what: 'calls, typed, nothing else' };
  },
  async import(world, dir) {
    return inStores(dir, async (stores) => {
      const report = await importPaths(await stores.facts(), [world], { home: homeFrom({}), clock: Date.now }, silent);
      return { rows: report.rows, what: `${report.facts} facts` };
    });
  },
  async analyse(_world, dir) {
    return inStores(dir, async (stores) => {
      const facts = await stores.facts();
      const run = await analyse(facts, null, { home: homeFrom({}), clock: Date.now, codeVersion: 'bench' });
      const rows = (await facts.query<{ n: number }>('SELECT count() AS n FROM calls'))[0]?.n ?? 0;
      return { rows, what: `calls; ${run.numbers} numbers measured, ${run.flagged} flagged, ${run.rings} ring(s)` };
    });
  },
};

/** Leaves of a world its calls alone, and of these the columns every record has. */
async function keepBareCalls(world: string): Promise<void> {
  const columns = BARE_COLUMNS.join(', ');
  const [wide, narrow] = [join(world, 'calls.csv'), join(world, 'bare-calls.csv')];
  const db = await openChdb(join(world, 'narrowing'));
  await db.command(
    `INSERT INTO FUNCTION file('${narrow}', 'CustomSeparatedWithNames', '${columns.replaceAll(/(\w+)/g, '$1 String')}') SELECT ${columns} FROM file('${wide}', 'CSVWithNames')
     SETTINGS format_custom_field_delimiter = ',', format_custom_escaping_rule = 'Raw'`,
  );
  await db.close();
  for (const name of readdirSync(world))
    if (join(world, name) !== narrow) rmSync(join(world, name), { recursive: true });
  renameSync(narrow, wide);
}

async function inStores<T>(dir: string, work: (s: Awaited<ReturnType<typeof openStores>>) => Promise<T>): Promise<T> {
  const stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

async function apart(phase: string, world: string, dir: string): Promise<Said & { phase: string; seconds: number }> {
  const began = performance.now();
  const own = ['--phase', phase, '--dir', dir, '--from', world, '--scale', args.scale, '--density', args.density];
  if (args['bare-calls']) own.push('--bare-calls');
  const child = spawn(
    process.execPath,
    [...process.execArgv, import.meta.filename, ...own, '--preset', args.preset, '--seed', args.seed],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`phase "${phase}" ended with exit code ${code}`);
  return { phase, seconds: (performance.now() - began) / 1000, ...(JSON.parse(text) as Said) };
}

if (args.phase !== undefined) {
  const said = await PHASES[args.phase]!(args.from!, args.dir!);
  process.stdout.write(
    JSON.stringify({ ...said, peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) } satisfies Said),
  );
} else {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-scale-'));
  try {
    const world = args.from ?? join(dir, 'world');
    mkdirSync(world, { recursive: true });
    const phases = args.phases.split(',').filter((p) => args.from === undefined || p !== 'simulate');
    for (const phase of phases) {
      const done = await apart(phase, world, dir);
      process.stdout.write(
        args.json
          ? `${JSON.stringify(done)}\n`
          : `${phase.padEnd(10)}${done.seconds.toFixed(1).padStart(8)} s${Math.round(done.rows / done.seconds)
              .toLocaleString('en-US')
              .padStart(
                12,
              )} rows/s   peak ${done.peakMegabytes} MB   ${done.rows.toLocaleString('en-US')} ${done.what}\n`,
      );
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
