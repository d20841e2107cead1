import { stat } from 'node:fs/promises';
import { FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import { balances, type Balance } from '../model/import-balance.ts';
import type { ProgressSink, RunningBalance } from '../model/progress.ts';
import type { Bilingual } from '../model/reason.ts';
import type { FactsStore } from '../store/facts.ts';
import { factSql, type FactSql } from './fact-sql.ts';
import { literal } from './instant.ts';
import {
  completed,
  dropStages,
  hex,
  importIdText,
  record,
  recoverImports,
  removeRows,
  stageName,
  takeBack,
  type LedgerEntry,
} from './ledger.ts';
import type { Recognised } from './layout.ts';
import { keepOriginal } from '../sources/originals.ts';
import { sampleRows } from '../sources/sample.ts';
import { createParties, mapParties, mapSample, storeNumbers } from './parties.ts';
import { rowsReckoned, whileWatched } from './reading.ts';
import { ImportRefusal } from './refusal.ts';
import { MAX_LINE, stageFile, type Sluice } from './stage.ts';

export interface LoadContext {
  facts: FactsStore;
  home: Home;
  clock: () => number;
  progress: ProgressSink;
  importId: string;
  /** Who brings the file in, and under which authority (a case's number, an order). */
  by?: string;
  authority?: string;
  /** Directory in which originals are kept; absent: they are not. */
  originals?: string;
  signal?: AbortSignal;
  maxLine?: number;
  tempDir?: string;
  /** Bytes of text from which rows go straight to the facts. */
  straightFrom?: number;
}

/** Below this the making of the views takes longer than writing the rows twice. */
const STRAIGHT_FROM = 50_000_000;

export const STEPS = {
  hash: { zh: '校验文件', en: 'Checking the file' },
  read: { zh: '读取行', en: 'Reading rows' },
  numbers: { zh: '规范号码', en: 'Reading numbers' },
  normalise: { zh: '规范化并入库', en: 'Normalising and storing' },
  duplicates: { zh: '查重', en: 'Looking for duplicates' },
  balance: { zh: '核对', en: 'Proving the balance' },
} as const satisfies Record<string, Bilingual>;

/** Keys looked at together when duplicates are searched: bounds the memory to some hundred MB. */
const KEYS_AT_ONCE = 5_000_000;

interface Staged extends FactSql {
  stage: string;
  parties: string;
  /** Rows of the file: those staged, and those that went straight to the facts. */
  rows: number;
}

const describe = ({ layout }: Recognised): Parameters<typeof factSql>[3] => ({
  sha256: layout.id,
  hasNul: layout.table !== null || layout.file.hasNul || layout.encoding.startsWith('utf-16'),
  width: layout.header.length,
});

/**
 * Rows whose numbers are plain mobile numbers, or spelled as the sample showed, go to the fact table while the file is being read; the
 * staging table gets the others. Most rows of a carrier's file are such, and writing them down twice would cost more than everything else.
 * Each row is judged once.
 */
function straightToFacts(
  facts: FactsStore,
  recognised: Recognised,
  stage: string,
  parties: string,
  home: Home,
): Sluice {
  const { layout, mapping } = recognised;
  const { table } = FACT_KINDS[mapping.kind];
  const judged = `${stage}_judged`;
  return {
    async open(inbox, staged) {
      // A reading that was broken off may have left facts.
      await removeRows(facts, table, `file_sha256 = '${hex(layout.id)}'`);
      await createParties(facts, parties);
      await mapSample(facts, mapping, sampleOf(recognised), parties, home);
      const fact = factSql(mapping, { stage: inbox, parties, complete: false }, home, describe(recognised));
      const judge = `SELECT ${fact.select}, ${fact.good} AS straight, ${staged} FROM ${fact.from}`;
      const stored = fact.columns.map((c) => `\`f_${c.slice(1)} AS ${c}`).join(', ');
      await facts.command(`CREATE TABLE ${judged} ENGINE = Null AS ${judge}`);
      await facts.command(`CREATE MATERIALIZED VIEW ${stage}_judge TO ${judged} AS ${judge}`);
      await facts.command(
        `CREATE MATERIALIZED VIEW ${stage}_straight TO ${table} AS SELECT ${stored} FROM ${judged} WHERE straight`,
      );
      await facts.command(
        `CREATE MATERIALIZED VIEW ${stage}_rest TO ${stage} AS SELECT ${staged} FROM ${judged} WHERE NOT straight`,
      );
    },
  };
}

async function* sampleOf({ layout }: Recognised): AsyncGenerator<string[]> {
  const { file, encoding, delimiter, header } = layout;
  if (layout.table !== null || file.format !== 'csv' || file.hasLongLine) return;
  yield* sampleRows(file.path, { compression: file.compression, encoding, delimiter, width: header.length });
}

/** Stages a file and makes its party map; without `store`, nothing of it can be seen by anybody yet. */
export async function stageRecognised(context: LoadContext, recognised: Recognised, store: boolean): Promise<Staged> {
  const { facts, home, progress } = context;
  const { layout, mapping } = recognised;
  const { textBytes } = layout.file;
  const sha256 = layout.id;
  const stage = stageName(sha256, mapping.kind);
  const parties = `${stage}_parties`;
  const stored = (): Promise<number> =>
    store ? storedRows(facts, FACT_KINDS[mapping.kind].table, sha256) : Promise.resolve(0);
  const look = async (): Promise<RunningBalance> => {
    const [waiting, straight] = await Promise.all([count(facts, `SELECT count() AS n FROM ${stage}`), stored()]);
    return { rows: waiting + straight, facts: straight, duplicates: 0, quarantined: 0, waiting };
  };
  const reckoned = layout.table === null ? rowsReckoned(layout.file.head, textBytes) : null;
  const say = (balance: RunningBalance): void => {
    const total = reckoned === null || balance.rows > reckoned ? null : reckoned;
    progress({ step: 'read', text: STEPS.read, done: balance.rows, total, unit: 'rows', estimated: true, balance });
  };
  progress({ step: 'read', text: STEPS.read, done: 0, total: reckoned, unit: 'rows', estimated: true });
  const reading = {
    maxLine: context.maxLine ?? MAX_LINE,
    ...(context.tempDir === undefined ? {} : { tempDir: context.tempDir }),
    onRows: (done: number) => progress({ step: 'read', text: STEPS.read, done, total: null, unit: 'rows' }),
  };
  const straight = store && textBytes >= (context.straightFrom ?? STRAIGHT_FROM);
  const sluice = straight ? straightToFacts(facts, recognised, stage, parties, home) : null;
  await whileWatched(() => stageFile(facts, layout, mapping, stage, reading, sluice), look, say);
  const read = await look();
  const { rows } = read;
  progress({ step: 'read', text: STEPS.read, done: rows, total: rows, unit: 'rows', balance: read });
  progress({ step: 'numbers', text: STEPS.numbers, done: 0, total: null, unit: 'numbers' });
  if (!straight) await createParties(facts, parties);
  await mapParties(facts, mapping, stage, parties, home, (done) =>
    progress({ step: 'numbers', text: STEPS.numbers, done, total: null, unit: 'numbers' }),
  );
  return {
    ...factSql(mapping, { stage, parties, complete: true }, home, describe(recognised)),
    stage,
    parties,
    rows,
  };
}

/**
 * Takes one recognised file in: ledger 'loading' -> staging -> facts and quarantine -> duplicates out -> proven balance -> ledger 'done'.
 * Killed anywhere before 'done', `recoverImports` takes everything back; what throws is taken back here.
 */
export async function loadFile(context: LoadContext, recognised: Recognised): Promise<LedgerEntry> {
  const { facts, clock } = context;
  const { layout, mapping } = recognised;
  const { file } = layout;
  const before = await completed(facts, layout.id, mapping.kind);
  const entry: LedgerEntry = {
    path: layout.name,
    sha256: layout.id,
    kind: mapping.kind,
    bytes: file.bytes,
    profile: mapping.profile,
    state: 'loading',
    error: '',
    rows: 0,
    facts: 0,
    duplicates: 0,
    quarantined: 0,
    startedAt: clock(),
    endedAt: null,
    importId: context.importId,
    original: layout.container?.sha256 ?? file.sha256,
    member: layout.container?.member ?? '',
    part: layout.table?.member ?? '',
    by: context.by ?? '',
    authority: context.authority ?? '',
  };
  if (before !== null) {
    // The very same bytes: every row is known, as a fact, as a duplicate of one or in quarantine.
    const again: LedgerEntry = {
      ...entry,
      state: 'done',
      rows: before.rows,
      duplicates: before.rows,
      endedAt: clock(),
    };
    await record(facts, again, clock());
    return again;
  }
  // On a server others may be loading: only what an earlier try of this very file left is taken back.
  if (facts.engine === 'clickhouse') await recoverImports(facts, clock(), { sha256: layout.id });
  await record(facts, entry, clock());
  try {
    // While the engine reads: copying takes a disk, reading takes a processor.
    const [balance] = await Promise.all([fill(context, recognised), keep(context, recognised)]);
    const done: LedgerEntry = { ...entry, ...balance, state: 'done', endedAt: clock() };
    await record(facts, done, clock());
    await dropStages(facts, stageName(layout.id, mapping.kind));
    return done;
  } catch (e) {
    // On a full disk even this may fail: the ledger then still says 'loading', and the next import takes the rest back.
    try {
      await takeBack(facts, entry);
      const words = (e instanceof Error ? e.message : String(e)).split('\n', 1)[0] ?? '';
      await record(facts, { ...entry, state: 'failed', error: words, endedAt: clock() }, clock());
    } catch {
      // the first error is the one to report
    }
    throw e;
  }
}

async function keep({ originals }: LoadContext, { layout }: Recognised): Promise<void> {
  if (originals === undefined) return;
  const { file, container } = layout;
  if (container === null) await keepOriginal(originals, file.path, file.sha256, file.bytes);
  else await keepOriginal(originals, container.path, container.sha256, (await stat(container.path)).size);
}

async function fill(context: LoadContext, recognised: Recognised): Promise<Balance> {
  const { facts, progress } = context;
  const { mapping, layout } = recognised;
  const { table } = FACT_KINDS[mapping.kind];
  const sha256 = hex(layout.id);
  const staged = await stageRecognised(context, recognised, true);
  const { rows } = staged;
  const stands = (judged: Omit<Balance, 'rows'>): RunningBalance => {
    const { facts: kept, duplicates, quarantined } = judged;
    return { rows, ...judged, waiting: Math.max(0, rows - kept - duplicates - quarantined) };
  };
  const tick = (step: keyof typeof STEPS, done: number, judged: Omit<Balance, 'rows'>): void => {
    // Between statements: one that runs is left to end, then everything is taken back.
    context.signal?.throwIfAborted();
    progress({ step, text: STEPS[step], done, total: rows, unit: 'rows', balance: stands(judged) });
  };

  const straight = await storedRows(facts, table, sha256);
  tick('normalise', straight, { facts: straight, duplicates: 0, quarantined: 0 });
  await facts.command(
    `INSERT INTO ${table} (${staged.columns.join(', ')}) SELECT ${staged.select} FROM ${staged.from} WHERE ${staged.good}
     SETTINGS max_insert_threads = 2`,
  );
  const good = await storedRows(facts, table, sha256);
  if (good < rows) await facts.command(quarantineInsert(context, recognised, staged));
  await storeNumbers(facts, mapping, sha256, staged.stage, staged.parties, context.home);
  const judged = { facts: good, duplicates: 0, quarantined: rows - good };
  tick('normalise', rows, judged);

  tick('duplicates', 0, judged);
  const { duplicates, found } = await findDuplicates(facts, mapping.kind, sha256, staged.stage);
  if (duplicates > 0) {
    await removeRows(facts, table, `file_sha256 = '${sha256}'`, { column: 'row', from: found });
  }
  tick('duplicates', rows, { ...judged, facts: good - duplicates, duplicates });

  const balance: Balance = {
    rows,
    facts: await storedRows(facts, table, sha256),
    duplicates,
    quarantined: await count(
      facts,
      `SELECT uniqExact(row) AS n FROM quarantine WHERE file_sha256 = '${sha256}' AND kind = '${mapping.kind}' AND import_id = '${importIdText(context.importId)}'`,
    ),
  };
  if (!balances(balance)) {
    const { facts: kept, quarantined } = balance;
    throw new ImportRefusal('balance', {
      zh: `${layout.name}：读入 ${rows} 行，但事实 ${kept} + 重复 ${duplicates} + 隔离 ${quarantined} 不等于它；已撤回。这是程序错误，请报告。`,
      en: `${layout.name}: ${rows} rows were read, but facts ${kept} + duplicates ${duplicates} + quarantined ${quarantined} differ from that; taken back. This is a defect of the program: please report it.`,
    });
  }
  tick('balance', rows, balance);
  return balance;
}

function quarantineInsert(context: LoadContext, { layout, mapping }: Recognised, staged: Staged): string {
  const sha256 = layout.id;
  const cells = layout.header.map((name, i) => `${literal(name)}, n.c${i}`).join(', ');
  // A row that could not be cut into cells has its text instead, under a name no column has.
  const raw = `if(n.broken != '', toJSONString(map('', n.raw)), toJSONString(map(${cells === '' ? "'', ''" : cells})))`;
  return `INSERT INTO quarantine (id, kind, file_sha256, row, import_id, \`column\`, reason, value, raw, state, version)
    SELECT concat('${sha256.slice(0, 12)}:', toString(n.row)), '${mapping.kind}', '${hex(sha256)}', n.row, '${importIdText(context.importId)}',
      ${staged.badColumn}, ${staged.reason}, substring(${staged.badValue}, 1, 1000), ${raw}, 'open', ${context.clock() * 1000}
    FROM ${staged.from} WHERE NOT (${staged.good})`;
}

/**
 * Finds the rows of `sha256` that say the same as another row: an earlier one of the same file, or any of another file. When nothing
 * overlaps this is one pass over the keys. `found` is the table of their row numbers.
 */
async function findDuplicates(
  facts: FactsStore,
  kind: FactKindName,
  sha256: string,
  stage: string,
): Promise<{ duplicates: number; found: string }> {
  const { table } = FACT_KINDS[kind];
  const own = `file_sha256 = '${sha256}'`;
  const mine = await storedRows(facts, table, sha256);
  const others = await count(facts, `SELECT count() AS n FROM ${table} WHERE file_sha256 != '${sha256}'`);
  const span = others > 0 ? await spanOf(facts, kind, own) : '1';
  const found = `${stage}_duplicates`;
  await facts.command(`DROP TABLE IF EXISTS ${found}`);
  await facts.command(`CREATE TABLE ${found} (row UInt64) ENGINE = MergeTree ORDER BY row`);
  const slices = Math.ceil(mine / KEYS_AT_ONCE);
  for (let i = 0; i < slices; i++) {
    const slice = slices === 1 ? own : `${own} AND toUInt32(key) % ${slices} = ${i}`;
    // Half a key first: counted in a third of the memory, and hardly two different keys share one. Of each key all rows but the first.
    await facts.command(`INSERT INTO ${found} SELECT row FROM ${table} WHERE ${slice} AND toUInt64(key) IN (
        SELECT toUInt64(key) AS half FROM ${table} WHERE ${slice} GROUP BY half HAVING count() > 1)
      ORDER BY row LIMIT 1, 9223372036854775807 BY key`);
    if (others > 0) {
      await facts.command(`INSERT INTO ${found} SELECT row FROM ${table} WHERE ${slice} AND key IN (
        SELECT key FROM ${table} WHERE file_sha256 != '${sha256}' AND ${span} AND key IN (SELECT key FROM ${table} WHERE ${slice}))`);
    }
  }
  return { duplicates: await count(facts, `SELECT uniqExact(row) AS n FROM ${found}`), found };
}

/**
 * Where other files' rows with the same content can be at all: the key takes the time in, so only rows of the file's own span can have it. A day's file among years of
 * calls is held against its own month.
 */
async function spanOf(facts: FactsStore, kind: FactKindName, own: string): Promise<string> {
  const { table, columns } = FACT_KINDS[kind];
  const clock = columns.find((c) => c.type === 'instant' && c.required === true)?.name;
  if (clock === undefined) return '1';
  const [span] = await facts.query<{ first: number; last: number }>(
    `SELECT toUnixTimestamp64Milli(min(${clock})) AS first, toUnixTimestamp64Milli(max(${clock})) AS last FROM ${table} WHERE ${own}`,
  );
  const at = (ms: number): string => `fromUnixTimestamp64Milli(${Math.trunc(ms)}, 'UTC')`;
  return span === undefined ? '1' : `${clock} BETWEEN ${at(span.first)} AND ${at(span.last)}`;
}

const storedRows = (facts: FactsStore, table: string, sha256: string): Promise<number> =>
  count(facts, `SELECT count() AS n FROM ${table} WHERE file_sha256 = '${hex(sha256)}'`);

/** One number, called `n`. */
export async function count(facts: FactsStore, statement: string): Promise<number> {
  return (await facts.query<{ n: number }>(statement))[0]?.n ?? 0;
}

export interface Preview {
  balance: Balance;
  /** The first normalised rows, column -> text. */
  sample: Record<string, string>[];
  problems: { row: number; column: string; reason: string; value: string }[];
}

/** What taking a file in would do, without doing it: exact balance, first rows, first problems. */
export async function previewRecognised(context: LoadContext, recognised: Recognised): Promise<Preview> {
  const { facts } = context;
  const { mapping, layout } = recognised;
  const { table } = FACT_KINDS[mapping.kind];
  try {
    const staged = await stageRecognised(context, recognised, false);
    const good = `FROM ${staged.from} WHERE ${staged.good}`;
    const known = (await completed(facts, layout.id, mapping.kind)) !== null;
    const [keys] = await facts.query<{ all: number; distinct: number; known: number }>(`
      SELECT count() AS all, uniqExact(f_key) AS distinct,
        uniqExactIf(f_key, f_key IN (SELECT key FROM ${table})) AS known FROM (SELECT ${staged.select} ${good})`);
    const quarantined = staged.rows - (keys?.all ?? 0);
    const fresh = known ? 0 : (keys?.distinct ?? 0) - (keys?.known ?? 0);
    const balance: Balance = known
      ? { rows: staged.rows, facts: 0, duplicates: staged.rows, quarantined: 0 }
      : { rows: staged.rows, facts: fresh, duplicates: (keys?.all ?? 0) - fresh, quarantined };
    const hidden = new Set(['key', 'file_sha256']);
    const rows = await facts.query(`SELECT ${staged.select} ${good} ORDER BY n.row LIMIT 20`);
    const sample = rows.map((r) =>
      Object.fromEntries(
        Object.entries(r)
          .filter(([k]) => !hidden.has(k.slice(2)))
          .map(([k, v]) => [k.slice(2), v === null ? '' : typeof v === 'object' ? JSON.stringify(v) : String(v)]),
      ),
    );
    const problems = await facts.query<Preview['problems'][number]>(`
      SELECT n.row AS row, ${staged.badColumn} AS column, ${staged.reason} AS reason, substring(${staged.badValue}, 1, 200) AS value
      FROM ${staged.from} WHERE NOT (${staged.good}) ORDER BY row LIMIT 20`);
    return { balance, sample, problems };
  } finally {
    await dropStages(facts, stageName(layout.id, mapping.kind));
  }
}
