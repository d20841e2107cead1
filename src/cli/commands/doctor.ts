import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../../app.ts';
import type { Bilingual } from '../../model/reason.ts';
import { factsSchema, recordsSchema, type SchemaState } from '../../store/migrate.ts';
import { openStores } from '../../store/open.ts';
import { runCommand } from '../context.ts';
import { EXIT } from '../errors.ts';

/** One thing looked at, what was found, and what to do when it is not right. */
export interface Check {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  found: Bilingual;
  action: Bilingual | null;
}

const GB = 1_000_000_000;
const gb = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;

/** Looks at everything the program stands on and changes nothing. Exit code 1 when something must be put right first. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('检查运行环境与存储 / check what the program stands on')
    .action((_options: unknown, command: Command) =>
      runCommand(command, async ({ app, say, result }) => {
        const checks = [nodeVersion(process.versions.node), memory(totalmem(), freemem()), disk(app.dataDir)];
        // A look must not leave a data directory behind: where there is none yet, the engines are tried in a passing one.
        const passing = existsSync(app.dataDir) ? null : mkdtempSync(join(tmpdir(), 'ringbreak-doctor-'));
        try {
          checks.push(...(await lookAtStores(app, passing)));
        } catch (e) {
          checks.push(broken('data', e));
        } finally {
          if (passing !== null) rmSync(passing, { recursive: true, force: true });
        }
        await result(checks, () => checks.map((c) => line(c, say)).join(''));
        return checks.some((c) => c.state === 'fail') ? EXIT.failed : EXIT.done;
      }),
    );
}

async function lookAtStores(app: App, passing: string | null): Promise<Check[]> {
  const stores = await openStores({ ...app, dataDir: passing ?? app.dataDir }, { migrate: false });
  try {
    return [
      await store('facts', app.env['RINGBREAK_CLICKHOUSE_URL'] ? null : passing, async () => {
        const facts = await stores.facts();
        const [row] = await facts.query<{ v: string }>('SELECT version() AS v');
        return { engine: `${facts.engine} (ClickHouse ${row?.v ?? '?'})`, schema: await factsSchema(facts) };
      }),
      await store('records', app.env['RINGBREAK_POSTGRES_URL'] ? null : passing, async () => {
        const records = await stores.records();
        const { rows } = await records.query<{ server_version: string }>('SHOW server_version');
        return {
          engine: `${records.engine} (PostgreSQL ${rows[0]?.server_version ?? '?'})`,
          schema: await recordsSchema(records),
        };
      }),
    ];
  } finally {
    await stores.close();
  }
}

const line = (c: Check, say: (text: Bilingual) => string): string => {
  const mark = {
    ok: say({ zh: '正常', en: 'ok  ' }),
    warn: say({ zh: '注意', en: 'warn' }),
    fail: say({ zh: '故障', en: 'FAIL' }),
  };
  return `${mark[c.state]}  ${c.name}: ${say(c.found)}\n${c.action === null ? '' : `      -> ${say(c.action)}\n`}`;
};

/** The first version with everything used here. Example: `20.19.0` is enough, `20.9.0` is not. */
export function nodeVersion(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'node',
    state: enough ? 'ok' : 'fail',
    found: { zh: `Node.js ${version}`, en: `Node.js ${version}` },
    action: enough ? null : { zh: '安装 Node.js 20.19 或更新版本。', en: 'Install Node.js 20.19 or newer.' },
  };
}

/** Analyses of millions of calls need up to 4 GB; beyond the engine's ceiling it works from disk, slower. */
export function memory(total: number, free: number): Check {
  const enough = total >= 4 * GB;
  return {
    name: 'memory',
    state: enough ? 'ok' : 'warn',
    found: { zh: `共 ${gb(total)}，可用 ${gb(free)}`, en: `${gb(total)} in all, ${gb(free)} free` },
    action: enough
      ? null
      : {
          zh: '数百万条话单的分析最多需要 4 GB；内存不足时会改用磁盘，速度变慢。',
          en: 'Analysing millions of calls takes up to 4 GB; with less it works from disk, slower.',
        },
  };
}

function disk(dataDir: string): Check {
  let there = dataDir;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return diskSpace(bavail * bsize);
}

/** Room for the embedded stores: a million calls take about 0.1 GB, the records store 0.05 GB to begin with. */
export function diskSpace(free: number): Check {
  const found = { zh: `数据目录所在磁盘剩余 ${gb(free)}`, en: `${gb(free)} left on the disk of the data directory` };
  if (free >= 5 * GB) return { name: 'disk', state: 'ok', found, action: null };
  return {
    name: 'disk',
    state: free < 0.2 * GB ? 'fail' : 'warn',
    found,
    action: {
      zh: '清理磁盘，或用 --data 换一个目录。',
      en: 'Free some space, or name a directory on another disk with --data.',
    },
  };
}

async function store(
  name: string,
  passing: string | null,
  look: () => Promise<{ engine: string; schema: SchemaState }>,
): Promise<Check> {
  try {
    const { engine, schema } = await look();
    if (passing !== null) {
      const found = { zh: `${engine} 可用，尚无数据`, en: `${engine} works, nothing stored yet` };
      return { name, state: 'ok', found, action: null };
    }
    const pending = schema.pending.length > 0;
    return {
      name,
      state: pending ? 'warn' : 'ok',
      found: {
        zh: `${engine}，已应用 ${schema.applied.length} 个迁移${pending ? `，待应用：${schema.pending.join(', ')}` : ''}`,
        en: `${engine}, ${schema.applied.length} migrations applied${pending ? `, waiting: ${schema.pending.join(', ')}` : ''}`,
      },
      action: pending ? { zh: '运行 ringbreak migrate。', en: 'Run ringbreak migrate.' } : null,
    };
  } catch (e) {
    return broken(name, e);
  }
}

function broken(name: string, e: unknown): Check {
  const words = (e instanceof Error ? e.message : String(e)).split('\n', 1)[0] ?? '';
  return {
    name,
    state: 'fail',
    found: { zh: `无法打开：${words}`, en: `cannot be opened: ${words}` },
    action: { zh: '按上述原因处理后重试。', en: 'Put right what it says, then try again.' },
  };
}
