import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { homeFrom } from '../../src/model/home.ts';
import { silent } from '../../src/model/progress.ts';
import type { RunDetail } from '../../src/model/run.ts';
import { importPaths, listImports } from '../../src/normalise/import-files.ts';
import { rawRow } from '../../src/normalise/raw-row.ts';
import { analyse } from '../../src/pipeline.ts';
import { callsOf, contactsOf } from '../../src/server/read/contacts.ts';
import { numberDetail } from '../../src/server/read/number-detail.ts';
import { numbersPage, type NumbersQuestion } from '../../src/server/read/number-rows.ts';
import { overview } from '../../src/server/read/overview.ts';
import { ringEvidence } from '../../src/server/read/ring-evidence.ts';
import { ringNetwork } from '../../src/server/read/ring-network.ts';
import { ringTimeline } from '../../src/server/read/ring-timeline.ts';
import { ringDetail, worstRing } from '../../src/server/read/rings.ts';
import { search } from '../../src/server/read/search.ts';
import { simulate } from '../../src/simulate/index.ts';
import { Cluster } from '../../src/store/cluster.ts';
import { FactsError } from '../../src/store/facts.ts';
import type { FactsStore } from '../../src/store/facts.ts';
import { openStores, type Stores } from '../../src/store/open.ts';
import type { RecordsStore } from '../../src/store/records.ts';
import { sql } from '../../src/store/sql.ts';
import { startCluster, type TestCluster } from './clickhouse-node.ts';

/**
 * The same files on chDB and on a real cluster of three nodes: every answer must be the same, bit for bit, also after a node was killed
 * while rows were coming in and while they were analysed.
 */

// A minute on two free cores; they may be shared with others.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-cluster-'));
const world = join(dir, 'world');
const home = homeFrom({});
const DATABASE = 'ringbreak';

let cluster: TestCluster;
const opened: Stores[] = [];
let embedded: FactsStore;
let spread: FactsStore;

const clusterEnv = (url = `${cluster.nodes[0]?.url}/${DATABASE}`, name = cluster.name): Record<string, string> => ({
  RINGBREAK_CLICKHOUSE_URL: url,
  RINGBREAK_CLICKHOUSE_CLUSTER: name,
  RINGBREAK_CLICKHOUSE_NODES: cluster.nodes.map((n) => n.url).join(', '),
});

async function open(name: string, env: Record<string, string>): Promise<FactsStore> {
  const stores = await openStores({ dataDir: join(dir, name), env, clock: Date.now });
  opened.push(stores);
  return stores.facts();
}

/** A node is asked by itself, past the program. */
async function ask(node: number, statement: string): Promise<string> {
  const response = await fetch(cluster.nodes[node]?.url ?? '', { method: 'POST', body: statement });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.trim();
}

/** Runs are written to nowhere; what was written of them is kept. */
const written: { text: string; params: readonly unknown[] }[] = [];
const records: RecordsStore = {
  engine: 'pglite',
  query: (text, params = []) => {
    written.push({ text, params });
    return Promise.resolve({ rows: [], affected: 0 });
  },
  transaction: (work) => work(records),
  close: () => Promise.resolve(),
};

const importing = (facts: FactsStore, path: string, how: { straightFrom?: number } = {}) =>
  importPaths(facts, [path], { home, clock: Date.now, ...how }, silent);
const analysing = (facts: FactsStore, progress = silent): Promise<RunDetail> =>
  analyse(facts, records, { home, clock: Date.now, codeVersion: 'test' }, progress);

const TABLES = 'calls logins cases payments seats reviews memberships dealings texts registry numbers quarantine';
/** Rows and content of every table, and of each what makes a row a row. */
async function contents(facts: FactsStore): Promise<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const table of TABLES.split(' ')) {
    const row = table === 'numbers' || table === 'quarantine' ? 'sipHash64(id)' : 'sipHash64(key, file_sha256, row)';
    const [found] = await facts.query<{ n: number; x: string }>(
      `SELECT count() AS n, toString(groupBitXor(${row})) AS x FROM ${table}`,
    );
    out[table] = `${found?.n} rows, ${found?.x}`;
  }
  return out;
}

/** Asks both stores, expects one answer and returns it. */
async function same<T>(question: (facts: FactsStore) => Promise<T>): Promise<T> {
  const [here, there] = [await question(embedded), await question(spread)];
  expect(there).toEqual(here);
  return here;
}

/** A file of calls among a few thousand people; the same `seed`, the same calls. */
function callsFile(name: string, rows: number, seed: number): string {
  const lines = ['started_at,caller,callee,duration_s'];
  for (let i = 0; i < rows; i++) {
    const [a, b] = [(i * 7919 + seed) % 9973, (i * 104_729 + seed) % 9967];
    const at = new Date(Date.UTC(2024, 2, 1) + i * 7000 + seed * 1000).toISOString();
    lines.push(`${at},139${String(10_000_000 + a)},138${String(20_000_000 + b)},${(i * 37) % 600}`);
  }
  const path = join(dir, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const failing = async (work: Promise<unknown>): Promise<FactsError> => {
  const failed = await work.catch((e: unknown) => e);
  expect(failed).toBeInstanceOf(FactsError);
  return failed as FactsError;
};

beforeAll(async () => {
  [cluster] = await Promise.all([
    startCluster(3),
    simulate({ preset: 'pudong', seed: 71, scale: 0.05, out: world }, silent),
  ]);
  await ask(0, `CREATE DATABASE ${DATABASE}`);
  embedded = await open('embedded', {});
  spread = await open('spread', clusterEnv());
});

afterAll(async () => {
  for (const stores of opened) await stores.close();
  await cluster.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('three nodes', () => {
  it('keep all calls of a number on one of them, and share them out', async () => {
    const balance = await same(async (facts) => {
      const { rows, facts: stored, duplicates, quarantined, failed } = await importing(facts, world);
      return { rows, stored, duplicates, quarantined, failed };
    });
    expect(balance.stored).toBeGreaterThan(80_000);
    await same(contents);
    const local = `SELECT count() FROM ${DATABASE}.calls_local`;
    const parts = await Promise.all([0, 1, 2].map(async (n) => Number(await ask(n, local))));
    const all = parts.reduce((a, b) => a + b, 0);
    expect(all).toBe((await spread.query<{ n: number }>('SELECT count() AS n FROM calls'))[0]?.n);
    for (const part of parts) expect(part / all).toBeGreaterThan(0.2);
    expect(
      await spread.query(
        'SELECT caller FROM (SELECT caller, _shard_num AS node FROM calls GROUP BY caller, node) GROUP BY caller HAVING count() > 1',
      ),
    ).toEqual([]);
  });

  it('find the same, bit for bit', async () => {
    const run = await same(async (facts) => {
      const { resultHash, inputHash, numbers, flagged, rings } = await analysing(facts);
      return { resultHash, inputHash, numbers, flagged, rings };
    });
    expect(run.rings).toBe(1);
    expect(run.flagged).toBeGreaterThan(20);
    for (const table of ['findings', 'scores', 'rings', 'ring_members', 'ring_edges', 'succession']) {
      await same((facts) => facts.query(`SELECT * EXCEPT run FROM ${table} ORDER BY ALL`));
    }
    await same((facts) => facts.query('SELECT * FROM measures ORDER BY number'));
  });

  it('answer what is asked of the called side', async () => {
    const callers = await same((facts) =>
      facts.query(
        sql`SELECT caller, uniqExact(callee) AS victims, count() AS calls FROM calls WHERE callee IN (SELECT victim FROM cases)
          GROUP BY caller HAVING victims >= 2 ORDER BY victims DESC, caller`,
      ),
    );
    expect(callers.length).toBeGreaterThan(5);
    await same((facts) =>
      facts.query(
        'SELECT callee, count() AS n, uniqExact(caller) AS callers FROM calls GROUP BY callee ORDER BY n DESC, callee LIMIT 50',
      ),
    );
    // Two spread tables joined by what neither is spread by: each call is met by every case of its callee, wherever both lie.
    await same((facts) =>
      facts.query(
        `SELECT v.city AS city, count() AS n, uniqExact(c.caller) AS callers FROM calls AS c
         INNER JOIN (SELECT victim, city FROM cases WHERE city != '') AS v ON v.victim = c.callee GROUP BY city ORDER BY city`,
      ),
    );
  });

  it('give pages of rows and every page of the program as one machine does', async () => {
    const ask: NumbersQuestion = {
      ...{ q: '', flagged: false, all: true, detector: [], country: [], ring: [], province: [], judged: [] },
      ...{ lawful: null, ranges: [], sort: '-calls', offset: 40, limit: 20 },
    };
    const page = await same((facts) => numbersPage(facts, home, new Map(), ask));
    expect(page.rows).toHaveLength(20);
    const ring = await same(worstRing);
    const members = await spread.query<{ number: string }>(
      'SELECT number FROM ring_numbers WHERE work = 1 ORDER BY number LIMIT 2',
    );
    for (const { number } of [...members, ...page.rows.slice(0, 2)]) {
      for (const offset of [0, 25, 50]) {
        await same((facts) => callsOf(facts, number, { from: undefined, to: undefined, offset, limit: 25 }));
        await same((facts) => contactsOf(facts, number, { sort: '-cases', offset, limit: 25 }));
      }
      await same((facts) => numberDetail(facts, records, home, number));
    }
    await same((facts) => ringDetail(facts, records, ring ?? ''));
    await same((facts) => ringNetwork(facts, ring ?? ''));
    await same((facts) => ringTimeline(facts, home, ring ?? ''));
    await same((facts) => ringEvidence(facts, ring ?? ''));
    await same((facts) => search(facts, members[0]?.number.slice(-6) ?? ''));
    const all = { from: undefined, to: undefined };
    await same(async (facts) => ({ ...(await overview(facts, records, home, all)), run: null }));
  });

  it('know duplicates wherever they lie', async () => {
    const lines = readFileSync(join(world, 'calls.csv'), 'utf8').split('\n');
    const path = join(dir, 'overlap.csv');
    writeFileSync(path, [lines[0], ...lines.slice(100, 2100), ...lines.slice(500, 520), ''].join('\n'));
    const {
      rows,
      facts: stored,
      duplicates,
    } = await same(async (facts) => {
      const report = await importing(facts, path);
      return { rows: report.rows, facts: report.facts, duplicates: report.duplicates };
    });
    expect([rows, stored, duplicates]).toEqual([2020, 0, 2020]);
    const half = callsFile('half.csv', 3000, 5);
    const text = readFileSync(half, 'utf8');
    writeFileSync(
      half,
      text +
        lines
          .slice(1, 1001)
          .map((l) => ofCalls(l, lines[0] ?? ''))
          .join(''),
    );
    const mixed = await same(async (facts) => {
      const report = await importing(facts, half);
      return [report.rows, report.facts + report.duplicates, report.failed.length];
    });
    expect(mixed).toEqual([4000, 4000, 0]);
    await same(contents);
  });
});

/** A line of the world's calls with the four columns of `callsFile`. */
function ofCalls(line: string, header: string): string {
  const cells = line.split(',');
  const at = (name: string): string => cells[header.split(',').indexOf(name)] ?? '';
  return `${['started_at', 'caller', 'callee', 'duration_s'].map(at).join(',')}\n`;
}

describe('a node that is killed', () => {
  const victim = 2;
  const busy = async (): Promise<boolean> =>
    (await ask(victim, "SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO%calls_local%'")) !== '0';

  it.each([
    ['straight to the facts', 'more.csv', 11, { straightFrom: 0 }],
    ['by way of staging', 'staged.csv', 13, { straightFrom: Infinity }],
  ])(
    'while rows come in %s: the import fails and says what to do, and done again loses and doubles nothing',
    async (_, name, seed, how) => {
      const path = callsFile(name, 250_000, seed);
      let over = false;
      const loading = failing(importing(spread, path, how)).finally(() => (over = true));
      while (!over && !(await busy())) await new Promise((done) => setTimeout(done, 5));
      await cluster.nodes[victim]?.kill();
      try {
        const failed = await loading;
        expect(failed.message.split('\n', 1)[0]).toMatch(
          /^The ClickHouse server at \S+ does not answer\. Start it again.* then run the same command again/,
        );
        // A peer's death sometimes takes the node that was asked with it: that one is named then.
        const away = cluster.nodes.filter((n) => !n.runs()).flatMap((n) => [n.address, new URL(n.url).host]);
        expect(away).toContain(failed.node);

        // While it is away nothing is answered in part, and nothing more can be taken in.
        expect((await failing(spread.query('SELECT count() FROM calls'))).node).not.toBe('');
        expect((await failing(importing(spread, path, how))).node).not.toBe('');
      } finally {
        await cluster.mend();
      }
      expect((await spread.query<{ n: number }>('SELECT count() AS n FROM calls'))[0]?.n).toBeGreaterThan(0);
      const done = await same(async (facts) => {
        const report = await importing(facts, path, how);
        return [report.rows, report.facts, report.duplicates, report.quarantined, report.failed.length];
      });
      expect(done).toEqual([250_000, 250_000, 0, 0, 0]);
      await same(contents);
      const states = (await listImports(spread)).filter((e) => e.path.endsWith(name)).map((e) => e.state);
      expect(states).toEqual(expect.arrayContaining(['done', 'failed']));
      expect(states).not.toContain('loading');
    },
  );

  it('while they are analysed: the run fails and the one before stays, and analysed again the result is the same', async () => {
    const published = 'SELECT argMax(run, at) AS run FROM published';
    const before = await spread.query(published);
    written.length = 0;
    const failed = await failing(
      analysing(spread, (p) => {
        if (p.step === 'calls') void cluster.nodes[victim]?.kill();
      }),
    );
    expect(failed.message).toMatch(/The ClickHouse server at 127\.0\.0\.1:\d+ does not answer\. Start it again/);
    const last = written.at(-1);
    expect(last?.text).toContain("state = 'failed'");
    expect(String(last?.params.at(-1))).toContain('does not answer');
    expect(await spread.query(published)).toEqual(before);

    await cluster.mend();
    const run = await same(async (facts) => {
      const { resultHash, inputHash, numbers, rings } = await analysing(facts);
      return { resultHash, inputHash, numbers, rings };
    });
    expect(run.numbers).toBeGreaterThan(20_000);
    expect(await spread.query(published)).not.toEqual(before);
  });
});

describe('a cluster with a Keeper', () => {
  it('is told everything ON CLUSTER, in statements that the engine reads', async () => {
    const said: string[] = [];
    const asked = { command: (text: string) => Promise.resolve(void said.push(text)) } as unknown as FactsStore;
    const shards = [1, 2].map((weight) => ({ host: 'h', weight }));
    const main = new Cluster('main', 'db', shards, asked, []);
    await main.define('CREATE TABLE IF NOT EXISTS seats  (seat String) ENGINE = MergeTree ORDER BY (seat)');
    await main.define('ALTER TABLE seats ADD COLUMN IF NOT EXISTS floor String');
    await main.deleteRows('seats', "file_sha256 = 'x'", { column: 'row', from: 'listed' });
    expect(said.length).toBeGreaterThan(10);
    for (const statement of said) expect(await embedded.query(sql`SELECT formatQuery(${statement})`)).toHaveLength(1);
    const everywhere = said.filter((s) => s.includes('ON CLUSTER `main`'));
    expect(everywhere.map((s) => s.split(' ').slice(0, 2).join(' '))).toEqual(
      ['CREATE DATABASE', 'CREATE TABLE', 'CREATE DATABASE', 'ALTER TABLE', 'KILL MUTATION'].concat([
        'DROP TABLE',
        'CREATE TABLE',
        'DELETE FROM',
        'DROP TABLE',
      ]),
    );
    // The first of the slots that each shard's weight gives it.
    expect(said.find((s) => s.startsWith('INSERT'))).toContain('arrayJoin([0, 1])');
  });
});

describe('a Parquet file', () => {
  it('is read on three nodes as its text is, and a row of it can be shown', async () => {
    const parquet = join(dir, 'calls.parquet');
    const [csv, structure] = [
      callsFile('columns.csv', 2000, 9),
      'started_at String, caller String, callee String, duration_s Float64',
    ];
    await embedded.command(
      sql`INSERT INTO FUNCTION file(${parquet}, 'Parquet') SELECT * FROM file(${csv}, 'CSVWithNames', ${structure})`,
    );
    // The engine in the process has one directory at a time: looking into a file needs its turn.
    await embedded.close();
    const kept = join(dir, 'kept');
    const options = { home, clock: Date.now, originals: kept };
    const first = await importPaths(spread, [parquet], options, silent);
    expect([first.rows, first.facts, first.duplicates, first.failed]).toEqual([2000, 2000, 0, []]);
    const again = await importPaths(spread, [csv], options, silent);
    expect([again.rows, again.facts, again.duplicates]).toEqual([2000, 0, 2000]);
    const [stored] = (await listImports(spread)).filter((e) => e.path.endsWith('.parquet'));
    const text = await rawRow(spread, stored ?? expect.fail('not in the ledger'), 1234, {
      originals: kept,
      profiles: [],
    });
    expect(text).toEqual({ text: expect.stringContaining('"caller":"139') as string });
  });
});

describe('a cluster that is not as it must be', () => {
  it('is refused with the reason', async () => {
    await expect(open('x1', clusterEnv(undefined, 'nowhere'))).rejects.toThrow(/knows no cluster "nowhere".*ringbreak/);
    await expect(open('x2', { ...clusterEnv(), RINGBREAK_CLICKHOUSE_NODES: 'one' })).rejects.toThrow(
      /names 1 nodes, but cluster ringbreak has 3/,
    );
    await expect(open('x3', clusterEnv(`${cluster.nodes[1]?.url}/${DATABASE}`))).rejects.toThrow(
      /store of cluster ringbreak is on node .*, port \d+.*RINGBREAK_CLICKHOUSE_URL must name that node/,
    );
    const alone = { RINGBREAK_CLICKHOUSE_URL: clusterEnv()['RINGBREAK_CLICKHOUSE_URL'] ?? '' };
    await expect(open('x4', alone)).rejects.toThrow(/spread over a cluster.*RINGBREAK_CLICKHOUSE_CLUSTER/);
    await ask(0, `TRUNCATE TABLE ${DATABASE}.cluster_shards`);
    await ask(0, `INSERT INTO ${DATABASE}.cluster_shards VALUES (2)`);
    await expect(open('x5', clusterEnv())).rejects.toThrow(/spread over 2 shards, but cluster ringbreak has 3 now/);
  });
});
