import { importSettings } from '../../app.ts';
import { fork } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ProgressSink } from '../../model/progress.ts';
import type { Bilingual } from '../../model/reason.ts';
import { countFacts } from '../../server/read/facts-count.ts';
import { worstRing } from '../../server/read/rings.ts';
import { refreshStatus } from '../../server/refresh.ts';
import type { Serving } from '../../server/serve.ts';
import { runCommand, type CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { seedOf } from '../seed.ts';
import { serveUntilStopped } from '../serving.ts';

interface World {
  preset: string;
  seed: string;
  scale: string;
}

/** Kept in the data directory: which world it holds and how far the demonstration got. */
interface DemoNote extends World {
  /** Program that made it: another version may simulate other bytes. */
  codeVersion: string;
  state: 'begun' | 'simulated' | 'done';
}

const STEPS: readonly { id: string; text: Bilingual }[] = [
  { id: 'simulate', text: { zh: '生成模拟数据', en: 'Simulating a country with a ring in it' } },
  { id: 'import', text: { zh: '导入话单', en: 'Importing the records' } },
  { id: 'analyse', text: { zh: '分析', en: 'Analysing' } },
];

/** simulate -> import -> analyse -> serve. A demonstration that was done before is only served; one that was cut short is completed. */
export function register(program: Command): void {
  program
    .command('demo')
    .description('演示：模拟、导入、分析并打开团伙页面 / simulate, import, analyse, and serve the ring that was found')
    .option('--preset <name>', '模拟场景 / world to simulate', 'pudong')
    .option('--seed <n>', '随机种子 / seed', '1')
    .option('--scale <x>', '规模 / size, 1 = the base case', '1')
    .option('--port <n>', '端口 / port', '8787')
    .option('--host <address>', '监听地址 / address to listen on', '127.0.0.1')
    .action((options: World & { port: string; host: string }, command: Command) =>
      runCommand(command, (context) =>
        serveUntilStopped(context, { port: options.port, host: options.host, demo: true }, (serving) =>
          showDemo(context, serving, {
            preset: options.preset,
            seed: String(seedOf(options.seed)),
            scale: options.scale,
          }),
        ),
      ),
    );
}

/** In the queue like any analysis, so that nobody starts another one meanwhile. */
async function showDemo(context: CliContext, serving: Serving, world: World): Promise<void> {
  const { job, ended } = serving.context.jobs.add('analysis', null, () => makeDemo(context, serving, world));
  await ended;
  if (job.error !== null) throw job.error;
}

async function makeDemo(context: CliContext, { context: server }: Serving, world: World): Promise<void> {
  const { app, progress, say } = context;
  const { board } = server;
  const note = join(app.dataDir, 'demo.json');
  const before = existsSync(note) ? (JSON.parse(readFileSync(note, 'utf8')) as DemoNote) : null;
  if (before !== null) refuseOtherWorld(before, world, app.dataDir);
  board.plan(STEPS);

  if (before?.state === 'done') for (const { id } of STEPS) board.skip(id);
  else {
    const files = join(app.dataDir, 'demo');
    const remember = (state: DemoNote['state']): void =>
      writeFileSync(note, JSON.stringify({ ...world, codeVersion: app.codeVersion, state } satisfies DemoNote));
    const both =
      (toPages: ProgressSink): ProgressSink =>
      (p) => {
        toPages(p);
        progress.sink(p);
      };
    // What another version of the program left half done is begun anew: nothing in it is anybody's work.
    const goesOn = before !== null && before.codeVersion === app.codeVersion;
    if (before !== null && !goesOn) {
      for (const part of ['facts', 'records']) rmSync(join(app.dataDir, part), { recursive: true, force: true });
    }
    const facts = await app.facts();
    if (before === null) await refuseOwnData(context);
    // Takes seconds the first time, and is needed by the analysis only; who needs it is told when it cannot be opened.
    app.records().catch(() => undefined);
    if (goesOn && before.state === 'simulated') board.skip('simulate');
    else {
      remember('begun');
      await board.step('simulate', 'simulating', async (p) => {
        rmSync(files, { recursive: true, force: true });
        await simulateInChild(world, files, both(p), context.signal);
      });
      remember('simulated');
    }
    await board.step('import', 'importing', async (p) => {
      const { importPaths } = await import('../../normalise/import-files.ts');
      const result = await importPaths(facts, [files], importSettings(app), both(p));
      board.update({ facts: await countFacts(facts) });
      progress.stop();
      process.stderr.write(
        `${say({ zh: `已导入 ${result.facts} 条，隔离 ${result.quarantined} 行`, en: `Imported ${result.facts} facts, ${result.quarantined} rows quarantined` })}\n`,
      );
      server.live.send({ type: 'changed', what: 'imports' });
    });
    await board.step('analyse', 'analysing', async (p) => {
      const { analyse } = await import('../../pipeline.ts');
      const around = { home: app.home, clock: app.clock, codeVersion: app.codeVersion };
      await analyse(facts, await app.records(), around, both(p));
    });
    remember('done');
  }
  await refreshStatus(server);
  board.update({ phase: 'ready', openRing: await worstRing(await app.facts()) });
  server.live.send({ type: 'changed', what: 'analysis' });
}

/** A directory that holds one demonstration is not mixed with another. */
function refuseOtherWorld(before: DemoNote, world: World, dataDir: string): void {
  const same = before.preset === world.preset && before.seed === world.seed && before.scale === world.scale;
  if (same) return;
  const held = `${before.preset}, seed ${before.seed}, scale ${before.scale}`;
  throw new CliError(
    { zh: `${dataDir} 中已有另一个演示（${held})。`, en: `${dataDir} holds another demonstration (${held}).` },
    {
      action: {
        zh: '用 --data 指定另一个目录，或删除该目录后重试。',
        en: 'Name another directory with --data, or delete that one and try again.',
      },
    },
  );
}

/** Simulated records are never mixed with somebody's real ones. */
async function refuseOwnData({ app }: CliContext): Promise<void> {
  const counts = await countFacts(await app.facts());
  if (Object.values(counts).every((n) => n === 0)) return;
  throw new CliError(
    { zh: `${app.dataDir} 中已有您导入的数据。`, en: `${app.dataDir} already holds data you imported.` },
    {
      action: {
        zh: '用 --data 为演示指定另一个目录；查看现有数据请用 ringbreak serve。',
        en: 'Name another directory for the demonstration with --data; see what is there with ringbreak serve.',
      },
    },
  );
}

/** The simulator computes for seconds on end: in a process of its own it does not hold up the pages. */
function simulateInChild(world: World, out: string, progress: ProgressSink, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const child = fork(
      join(import.meta.dirname, '../simulate-child.ts'),
      [JSON.stringify({ preset: world.preset, seed: Number(world.seed), scale: Number(world.scale), out })],
      { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'], signal },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8000)));
    child.on('message', (p) => progress(p as Parameters<ProgressSink>[0]));
    child.on('error', fail);
    child.on('exit', (code, killedBy) => {
      if (code === 0) done();
      else
        fail(
          new Error(
            `the simulation ended early (${killedBy ?? `exit code ${code}`}): ${said.trim().split('\n').at(-1) ?? ''}`,
          ),
        );
    });
  });
}
