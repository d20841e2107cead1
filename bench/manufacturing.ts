/**
 * Hierarchy from metadata alone: who wrote to whom and when, against who reports to whom (Nurek & Michalski's manufacturing company).
 *
 *   npm run bench:manufacturing -- --from DIR     DIR holds manufacturing/communication.csv.gz and manufacturing/reportsto.csv
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { rankFromMessages } from '../src/rings/rank.ts';

const { values } = parseArgs({ options: { from: { type: 'string' } } });
if (values.from === undefined) throw new Error('Give the folder that holds manufacturing/ with --from DIR.');
const folder = join(values.from, 'manufacturing');
const lines = (text: string, separator: string): string[][] =>
  text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(separator));
const rows = lines(gunzipSync(readFileSync(join(folder, 'communication.csv.gz'))).toString('utf8'), ';');
const reports = lines(readFileSync(join(folder, 'reportsto.csv'), 'utf8'), ',').filter(([a, b]) => a !== b);
const names = [...new Set([...rows.flatMap((r) => [r[0]!, r[1]!]), ...reports.flat()])].sort(
  (a, b) => Number(a) - Number(b),
);
const index = new Map(names.map((name, i) => [name, i]));
const started = performance.now();
const ranking = rankFromMessages(
  {
    from: Uint32Array.from(rows, (r) => index.get(r[0]!)!),
    to: Uint32Array.from(rows, (r) => index.get(r[1]!)!),
    at: Float64Array.from(rows, (r) => Date.parse(`${r[2]!.replace(' ', 'T')}Z`)),
  },
  names.length,
);
const took = performance.now() - started;

const pairs = reports.map(([a, b]) => [index.get(a!)!, index.get(b!)!] as const);
const mean = (of: (employee: number, manager: number) => number): number =>
  pairs.reduce((sum, [a, b]) => sum + of(a, b), 0) / pairs.length;
const half = (difference: number): number => (difference > 0 ? 1 : difference === 0 ? 0.5 : 0);
const within = (k: number): number =>
  mean((a, b) => (ranking.managerOf[a]!.slice(0, k).some((c) => c.person === b) ? 1 : 0));
const inTouch = new Set(rows.map((r) => `${index.get(r[0]!)},${index.get(r[1]!)}`));
const never = mean((a, b) => (inTouch.has(`${a},${b}`) || inTouch.has(`${b},${a}`) ? 0 : 1));
const line = (measure: string, ours: number, known: string, goal: string) => ({
  measure,
  ours: ours.toFixed(3),
  'best known': known,
  'to reach': goal,
});
console.table([
  line(
    'direction of a pair',
    mean((a, b) => half(ranking.score[b]! - ranking.score[a]!)),
    '0.675',
    '0.750',
  ),
  line('manager named first', within(1), '0.182', '0.300'),
  line('manager among the first three', within(3), '0.318', '0.500'),
]);
console.log(
  `${names.length} people, ${rows.length} messages, ${pairs.length} pairs; ${(never * 100).toFixed(0)} % of the pairs never wrote to each other. ${took.toFixed(0)} ms.`,
);
