/**
 * Speed of the import: rows a second of `importPaths` beside the engine's bare load of the same file in the same run.
 *
 *   npm run bench:import -- --rows 5000000 [--from DIR]
 *
 * --from DIR repeats DIR/calls.csv, a year later each time, until there are enough rows; without it calls are made up. "Bare" is the
 * engine's CSV reader straight into a table with the types and the order of `calls`: no numbers read, no checks, no keys, no provenance.
 */
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { FACT_KINDS } from '../src/model/fact-kinds.ts';
import { homeFrom } from '../src/model/home.ts';
import { importPaths } from '../src/normalise/import-files.ts';
import { openChdb } from '../src/store/chdb.ts';
import { migrateFacts } from '../src/store/migrate.ts';
import { loadBare } from './bare-load.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '5000000' }, from: { type: 'string' }, keep: { type: 'string' } },
});
const wanted = Number(values.rows);
const columns = FACT_KINDS.calls.columns;

/** Calls made up from a counter: the shape of a carrier's file, the same bytes every time. */
function* madeUp(): Generator<string> {
  yield columns.map((c) => c.name).join(',');
  let seed = 42;
  const pick = (n: number): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) % n;
  const mobile = (n: number): string =>
    `+861${['38', '39', '50', '86', '99'][n % 5]}${String(10_000_000 + (Math.imul(n, 7919) % 9_000_000))}`;
  for (let i = 0; ; i++) {
    const at = new Date(Date.UTC(2023, 2, 1) + i * 500).toISOString().replace('Z', '+00:00');
    const caller = pick(50) === 0 ? `+8526${1_000_000 + pick(5000)}` : mobile(pick(250_000));
    const cell = `${4000 + pick(900)}-${10_000 + pick(9000)}`;
    const n = pick(250_000);
    yield `${at},${caller},${pick(30) === 0 ? '95588' : mobile(pick(250_000))},${pick(600)},${i.toString(16)},${pick(2)},${pick(40)},voice,out,CN,,,,86${1e12 + n},460${1e11 + n},${cell},上海,,normal_clearing`;
  }
}

async function* repeated(path: string): AsyncGenerator<string> {
  for (let year = 0; ; year++) {
    let first = true;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const header = first;
      first = false;
      if (header && year > 0) continue;
      yield header ? line : `${Number(line.slice(0, 4)) + year}${line.slice(4)}`;
    }
  }
}

/** Most memory (MB) this process held since the last call. Where the system cannot begin a peak anew (proc_pid_clear_refs(5) of Linux can), since its start. */
function peakSince(): number {
  try {
    const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
    writeFileSync('/proc/self/clear_refs', '5');
    return Math.round(peak / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-bench-'));
try {
  const file = join(dir, 'calls.csv');
  const out = createWriteStream(file);
  let rows = -1;
  let piece = '';
  for await (const line of values.from === undefined ? madeUp() : repeated(join(values.from, 'calls.csv'))) {
    piece += `${line}\n`;
    if (piece.length > 4_000_000) {
      if (!out.write(piece)) await once(out, 'drain');
      piece = '';
    }
    if (++rows >= wanted) break;
  }
  out.end(piece);
  await once(out, 'finish');
  const megabytes = statSync(file).size / 1e6;

  const facts = await openChdb(join(dir, 'facts'));
  await migrateFacts(facts);
  interface Spent {
    wall: number;
    /** Processor seconds, all threads: on a machine that does other things too, these compare better. */
    cpu: number;
  }
  const timed = async (work: () => Promise<unknown>): Promise<Spent> => {
    const started = performance.now();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return { wall: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
  };

  const before = peakSince();

  const steps: [string, number][] = [];
  let since = performance.now();
  const report = { facts: 0, duplicates: 0, quarantined: 0, rows: 0 };
  const ours = await timed(async () => {
    const result = await importPaths(facts, [file], { home: homeFrom({}), clock: Date.now }, ({ step }) => {
      const now = performance.now();
      const last = steps.at(-1);
      if (last?.[0] === step) last[1] += (now - since) / 1000;
      else steps.push([step, (now - since) / 1000]);
      since = now;
    });
    Object.assign(report, result);
  });
  const peak = peakSince();
  const bare = await timed(() => loadBare(facts, file));
  const barePeak = peakSince();
  await facts.command('DROP TABLE bare SYNC');
  const again = await timed(() => importPaths(facts, [file], { home: homeFrom({}), clock: Date.now }));
  await facts.close();

  const line = (name: string, { wall, cpu }: Spent): string =>
    `${name.padEnd(28)}${wall.toFixed(2).padStart(8)} s${cpu.toFixed(2).padStart(8)} s cpu${Math.round(
      report.rows / wall,
    )
      .toLocaleString('en-US')
      .padStart(14)} rows/s\n`;
  process.stdout.write(
    `${report.rows.toLocaleString('en-US')} rows, ${megabytes.toFixed(0)} MB: ${report.facts} facts, ${report.duplicates} duplicates, ${report.quarantined} quarantined\n` +
      line('engine, bare typed load', bare) +
      line('ringbreak import', ours) +
      line('the same file again', again) +
      `ratio ${(bare.wall / ours.wall).toFixed(2)} (goal 0.5), by processor time ${(bare.cpu / ours.cpu).toFixed(2)}; peak memory of the process: ${before} MB before it, ${peak} MB in the import, ${barePeak} MB in the bare load\n` +
      `until each step: ${steps.map(([name, s]) => `${name} ${s.toFixed(1)} s`).join(', ')}\n`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}
