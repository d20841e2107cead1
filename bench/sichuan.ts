/**
 * Fraud subscribers of Sichuan: a trained model against what others reached, over five stratified splits.
 *
 *   npm run bench:sichuan -- --from DIR [--seeds 1,2,3,4,5] [--links]     DIR holds sichuan/all_feat_with_label.csv.gz and node_adj_sparse.npz
 *
 * Trained on 20 % or 60 % of the users; of the rest, 20 % of all are left out (others tune on them) and what remains is the test. `--links` offers the graph, which the model takes only
 * if it helps out of fold.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as yauzl from 'yauzl';
import { evaluation } from '../src/detect/trained/evaluation.ts';
import { shuffled } from '../src/detect/trained/lot.ts';
import { scoreTable, train } from '../src/detect/trained/model.ts';
import { seededRandom } from '../src/model/random.ts';
import { columnAt, readTable, type Table } from '../src/detect/trained/table.ts';
import { meanWithInterval } from './metrics.ts';

const { values: args } = parseArgs({
  options: {
    from: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    links: { type: 'boolean', default: false },
  },
});
if (args.from === undefined) throw new Error('Give the folder that holds sichuan/ with --from DIR.');
const folder = join(args.from, 'sichuan');

/** 32-bit integers of one array of a NumPy archive. */
function npz(path: string, name: string): Promise<Int32Array> {
  return new Promise((done, fail) => {
    yauzl.open(path, { lazyEntries: true }, (error, zip) => {
      if (error !== null) return fail(error);
      zip.on('entry', (entry: yauzl.Entry) => {
        if (entry.fileName !== `${name}.npy`) return zip.readEntry();
        zip.openReadStream(entry, (e, stream) => {
          if (e !== null) return fail(e);
          const pieces: Buffer[] = [];
          stream.on('data', (p: Buffer) => pieces.push(p));
          stream.on('error', fail);
          stream.on('end', () => {
            const bytes = Buffer.concat(pieces);
            const body = bytes.subarray(10 + bytes.readUInt16LE(8));
            done(new Int32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length)));
          });
        });
      });
      zip.readEntry();
    });
  });
}

const data = await readTable(join(folder, 'all_feat_with_label.csv.gz'));
const [idAt, labelAt] = [columnAt(data, 'phone_no_m'), columnAt(data, 'label')];
let edges: Table | undefined;
if (args.links) {
  const path = join(folder, 'node_adj_sparse.npz');
  const [starts, ends] = [await npz(path, 'indptr'), await npz(path, 'indices')];
  const rows: string[][] = [];
  for (let i = 0; i + 1 < starts.length; i++) {
    for (let e = starts[i]!; e < starts[i + 1]!; e++) {
      if (ends[e]! > i) rows.push([data.rows[i]![idAt]!, data.rows[ends[e]!]![idAt]!]);
    }
  }
  edges = { header: ['source', 'target'], rows, sha256: 'edges' };
}

interface Reached {
  auc: number;
  macroF1: number;
  recall1: number;
  recall01: number;
}

/** Places of the rows of each class, dealt out: the first `share` to train on, the last fifth but one left out, the rest to test. */
function split(seed: number, share: number): { inside: number[]; test: number[] } {
  const inside: number[] = [];
  const test: number[] = [];
  for (const label of ['0', '1']) {
    const own = [...shuffled(data.rows.length, seededRandom(seed))].filter((i) => data.rows[i]![labelAt] === label);
    inside.push(...own.slice(0, Math.round(own.length * share)));
    test.push(...own.slice(Math.round(own.length * (share + 0.2))));
  }
  return { inside, test };
}
const part = (rows: readonly number[]): Table => ({ ...data, rows: rows.map((i) => data.rows[i]!) });

function measure(share: number, seed: number): Reached {
  const { inside, test } = split(seed, share);
  const model = train(part(inside), labelAt, idAt, {
    task: 'numbers',
    label: 'label',
    id: 'phone_no_m',
    program: 'bench',
    seed,
    ...(edges === undefined ? {} : { edges }),
  });
  const tested = part(test);
  const { scores } = scoreTable(model, tested, idAt, edges);
  const y = Uint8Array.from(tested.rows, (r) => Number(r[labelAt]));
  const e = evaluation(y, scores, model.classes, model.threshold);
  process.stderr.write(
    `${share} seed ${seed}: AUC ${e.auc}, macro F1 ${e.macroF1}, recall ${JSON.stringify(e.recallAtFpr)}, links ${model.graph === null ? 'not used' : 'used'}\n`,
  );
  return { auc: e.auc, macroF1: e.macroF1, recall1: e.recallAtFpr['0.01']!, recall01: e.recallAtFpr['0.001']! };
}

const KNOWN: Record<string, readonly [string, string]> = {
  '0.2 auc': ['GBM 0.9521', '-'],
  '0.2 macroF1': ['GBM 0.9024', '-'],
  '0.6 auc': ['GBM 0.9565, GDFGAT 0.9453', '0.9600'],
  '0.6 macroF1': ['GBM 0.9177, GDFGAT 0.9208', '0.9250'],
  '0.6 recall1': ['GBM 0.797', '0.82'],
  '0.6 recall01': ['GBM 0.668', '-'],
};
const NAMES: Record<keyof Reached, string> = {
  auc: 'AUC',
  macroF1: 'macro F1',
  recall1: 'recall at 1 % FPR',
  recall01: 'recall at 0.1 % FPR',
};
const lines: Record<string, string>[] = [];
for (const share of [0.2, 0.6]) {
  const reached = args.seeds.split(',').map((seed) => measure(share, Number(seed)));
  for (const key of Object.keys(NAMES) as (keyof Reached)[]) {
    const { mean, half } = meanWithInterval(reached.map((r) => r[key]));
    const [known = '-', goal = '-'] = KNOWN[`${share} ${key}`] ?? [];
    lines.push({
      'trained on': `${share * 100} %`,
      measure: NAMES[key],
      ours: `${mean.toFixed(4)} ±${half.toFixed(4)}`,
      'best known': known,
      'to reach': goal,
    });
  }
}
console.table(lines);
