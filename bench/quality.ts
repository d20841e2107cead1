/**
 * How good the findings are, against the simulator's ground truth: one line a world. `npm run bench:quality -- --preset pudong --seeds 1,2,3,4,5
 * [--scale 1]`, or `-- --from WORLD` for a world already made. Ring numbers (recall, precision), lawful heavy callers flagged, rings found, roles (macro F1), reporting lines.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROLES } from '../src/model/role.ts';
import { homeFrom } from '../src/model/home.ts';
import { importPaths } from '../src/normalise/import-files.ts';
import { analyse } from '../src/pipeline.ts';
import { simulate } from '../src/simulate/index.ts';
import { openStores } from '../src/store/open.ts';
import { sql } from '../src/store/sql.ts';
import { silent } from '../src/model/progress.ts';

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

type Row = Record<string, string>;

/** A truth file's rows. The simulator writes no quotes or newlines into them. */
function truth(dir: string, name: string): Row[] {
  const path = join(dir, 'truth', `${name}.csv`);
  if (!existsSync(path)) return [];
  const [head = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = head.split(',');
  return lines.map((l) => {
    const cells = l.split(',');
    return Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? '']));
  });
}

const f1 = (tp: number, fp: number, fn: number): number => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));
const fixed = (x: number, digits = 3): string => (Number.isFinite(x) ? x.toFixed(digits) : '-');

async function measure(preset: string, seed: number, scale: number): Promise<Row> {
  const dir = args.keep ?? mkdtempSync(join(tmpdir(), 'ringbreak-quality-'));
  const world = args.from ?? join(dir, 'world');
  const home = homeFrom({});
  if (args.from === undefined) await simulate({ preset, seed, scale, out: world }, silent);
  const stores = await openStores({ dataDir: join(dir, 'data'), env: {}, clock: Date.now });
  try {
    const facts = await stores.facts();
    await importPaths(facts, [world], { home, clock: Date.now }, silent);
    const t = Date.now();
    const run = await analyse(facts, null, { home, clock: Date.now, codeVersion: 'bench' });
    const seconds = (Date.now() - t) / 1000;
    const flagged = new Set(
      (await facts.query<{ number: string }>(sql`SELECT number FROM scores WHERE run = ${run.id} AND flagged = 1`)).map(
        (r) => r.number,
      ),
    );
    const members = await facts.query<{
      ring: string;
      member: string;
      role: string;
      reports_to: string;
      numbers: string[];
    }>(sql`SELECT ring, member, role, reports_to, numbers FROM ring_members WHERE run = ${run.id}`);
    const numbers = truth(world, 'numbers');
    const ringNumbers = new Set(numbers.filter((n) => n['ring'] !== '').map((n) => n['number']!));
    const seen = new Set(
      (await facts.query<{ number: string }>(sql`SELECT number FROM measures`)).map((r) => r.number),
    );
    const callable = [...ringNumbers].filter((n) => seen.has(n));
    const hit = callable.filter((n) => flagged.has(n)).length;
    const lookalikes = truth(world, 'lookalikes').map((r) => r['number']!);
    const wrong = lookalikes.filter((n) => flagged.has(n));
    const people = truth(world, 'people').filter((p) => p['ring'] !== '');
    const roleOf = new Map(members.map((m) => [m.member, m]));
    const perRole = ROLES.map((role) => {
      const tp = people.filter((p) => p['role'] === role && roleOf.get(p['person']!)?.role === role).length;
      const fn = people.filter((p) => p['role'] === role).length - tp;
      const real = new Set(people.map((p) => p['person']!));
      const fp = members.filter(
        (m) =>
          m.role === role &&
          (real.has(m.member)
            ? people.find((p) => p['person'] === m.member)!['role'] !== role
            : m.member.includes('_')),
      ).length;
      return { role, f1: f1(tp, fp, fn), tp, fp, fn };
    }).filter((r) => r.tp + r.fn > 0);
    const lines = people.filter((p) => p['reports_to'] !== '');
    const right = lines.filter((p) => roleOf.get(p['person']!)?.reports_to === p['reports_to']).length;
    const rings = new Set(members.map((m) => m.ring)).size;
    return {
      preset,
      seed: String(seed),
      calls: String((await facts.query<{ n: number }>(sql`SELECT count() AS n FROM calls`))[0]?.n),
      'ring numbers': String(callable.length),
      recall: fixed(callable.length === 0 ? NaN : hit / callable.length),
      precision: fixed(flagged.size === 0 ? NaN : hit / flagged.size),
      'false flags': String(flagged.size - hit),
      'lawful flagged': `${wrong.length}/${lookalikes.length} (${fixed((100 * wrong.length) / Math.max(1, lookalikes.length), 2)} %)`,
      rings: `${rings}/${new Set(people.map((p) => p['ring'])).size}`,
      'people found': `${people.filter((p) => roleOf.has(p['person']!)).length}/${people.length}`,
      'role macro F1': fixed(perRole.reduce((s, r) => s + r.f1, 0) / Math.max(1, perRole.length)),
      'F1 by role': perRole.map((r) => `${r.role.slice(0, 4)} ${fixed(r.f1, 2)}`).join(' '),
      'lines right': fixed(right / Math.max(1, lines.length)),
      'analyse s': fixed(seconds, 1),
    };
  } finally {
    await stores.close();
    if (args.keep === undefined) rmSync(dir, { recursive: true, force: true });
  }
}

const rows: Row[] = [];
for (const preset of args.preset.split(',')) {
  for (const seed of args.seeds.split(',')) {
    const row = await measure(preset, Number(seed), Number(args.scale));
    rows.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }
}
if (args.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else console.table(rows);
