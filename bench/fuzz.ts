/**
 * Damaged files of every format, for as long as one likes: whatever bytes come in, rows read = facts + duplicates + quarantined, a file is taken in or refused with a
 * reason, and nothing else comes out.
 *
 *   npm run fuzz -- --minutes 10 [--seed 1] [--json]
 *
 * Files are the golden ones of src/sources/golden.ts, rows of the profiles' own columns, and mixtures of both, cut, doubled, spliced and filled with bytes at random.
 * Exit code 1 and the file kept when something came out that should not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { balances } from '../src/model/import-balance.ts';
import { importPaths } from '../src/normalise/import-files.ts';
import { loadProfiles, ruleOf } from '../src/normalise/profile.ts';
import { GOLDEN } from '../src/sources/golden.ts';
import { openChdb } from '../src/store/chdb.ts';
import { migrateFacts } from '../src/store/migrate.ts';

const { values: args } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

let state = Number(args.seed) >>> 0;
/** Mulberry32: a number below `n`. */
const pick = (n: number): number => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
};
const oneOf = <T>(list: readonly T[]): T => list[pick(list.length)]!;

/** Cells that have been trouble somewhere. */
const CELLS = [
  '',
  '13800138000',
  '+8613800138000',
  '95588',
  '1.38E+10',
  '2023-03-01 08:00:00',
  '0000-00-00',
  '9999-12-31 23:59:59',
  '20230301080000',
  '1分23秒',
  '-5',
  '00:00:61',
  '主叫',
  '被叫',
  '支出',
  '¥1,000.00',
  '\u0000',
  '"',
  '""',
  '\\N',
  "'; DROP TABLE calls; --",
  '=1+1',
  '\ud800',
  '\ufeff',
  'x'.repeat(5000),
];

/** A file by a profile's own columns, with cells of all sorts. */
function ofProfile(): { name: string; bytes: Buffer } {
  const profile = oneOf(loadProfiles());
  const columns =
    profile.names ??
    Object.values(profile.columns).flatMap((written) => {
      const rule = ruleOf(written);
      const first = [rule.from, rule.when, rule.sign, ...(rule.cases ?? []).map((c) => c.from)].flatMap((f) =>
        f === undefined ? [] : [f].flat().slice(0, 1),
      );
      return first;
    });
  const header = [...new Set([...(profile.match ?? []), ...columns])];
  const delimiter = profile.delimiter ?? ',';
  const cell = (): string => {
    const text = oneOf(CELLS);
    return pick(3) === 0 ? text : `"${text.replaceAll('"', '""')}"`;
  };
  const rows = Array.from({ length: 1 + pick(6) }, () => header.map(cell).join(delimiter));
  const before = pick(3) === 0 ? ['用户号码：13800001111', '----'] : [];
  return {
    name: `${profile.name}.csv`,
    bytes: Buffer.from([...before, ...(profile.header === false ? [] : [header.join(delimiter)]), ...rows].join('\n')),
  };
}

function damaged(bytes: Buffer): Buffer {
  let out = bytes;
  for (let i = pick(5); i > 0; i--) {
    const at = pick(out.length + 1);
    const put = [
      (): Buffer => Buffer.from(Array.from({ length: pick(30) }, () => pick(256))),
      (): Buffer => Buffer.from(oneOf(CELLS)),
      (): Buffer => bytes.subarray(pick(bytes.length + 1), pick(bytes.length + 1)),
      (): Buffer => oneOf(GOLDEN).bytes.subarray(0, pick(400)),
    ];
    out = Buffer.concat([
      out.subarray(0, at),
      oneOf(put)(),
      out.subarray(Math.min(out.length, at + pick(pick(3) === 0 ? 500 : 10))),
    ]);
  }
  return out;
}

const dir = mkdtempSync(join(tmpdir(), 'ringbreak-fuzz-'));
const facts = await openChdb(join(dir, 'facts'), { memoryBytes: 1_500_000_000, threads: 2 });
const total = { files: 0, taken: 0, refused: 0, rows: 0, facts: 0, duplicates: 0, quarantined: 0 };
const byName: Record<string, number> = {};
const until = Date.now() + Number(args.minutes) * 60_000;
let failed = '';
try {
  await migrateFacts(facts);
  while (Date.now() < until && failed === '') {
    const source = pick(2) === 0 ? oneOf(GOLDEN) : ofProfile();
    const path = join(dir, source.name.replaceAll('/', '_'));
    writeFileSync(path, damaged(source.bytes));
    byName[source.name] = (byName[source.name] ?? 0) + 1;
    try {
      const report = await importPaths(facts, [path], {
        home: { country: 'CN', zone: 'Asia/Shanghai' },
        clock: Date.now,
        maxLine: 4000,
      });
      total.files++;
      total.taken += report.files.length;
      total.refused += report.failed.length;
      for (const file of report.files) {
        if (!balances(file)) failed = `no balance: ${JSON.stringify(file)}`;
        for (const key of ['rows', 'facts', 'duplicates', 'quarantined'] as const) total[key] += file[key];
      }
      if (report.files.length + report.failed.length === 0) failed = 'neither taken in nor refused';
    } catch (e) {
      failed = e instanceof Error ? (e.stack ?? e.message) : String(e);
    }
    if (failed !== '') process.stderr.write(`${failed.slice(0, 4000)}\nthe file: ${path}\n`);
  }
} finally {
  await facts.close();
  if (failed === '') rmSync(dir, { recursive: true, force: true });
}
process.stdout.write(
  args.json
    ? `${JSON.stringify({ ...total, byName, failed })}\n`
    : `${total.files} damaged files in ${args.minutes} min (seed ${args.seed}): ${total.taken} tables taken in, ${total.refused} files refused; ` +
        `${total.rows} rows = ${total.facts} facts + ${total.duplicates} duplicates + ${total.quarantined} quarantined; ${failed === '' ? 'nothing else came out' : 'FAILED'}\n`,
);
process.exitCode = failed === '' ? 0 : 1;
