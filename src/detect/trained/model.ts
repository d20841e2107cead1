import { calibrate, type Calibration } from './calibrate.ts';
import { encode, featuresOf, subset, type FeatureSpec } from './encode.ts';
import { evaluation, saidBy, type Evaluation } from './evaluation.ts';
import { graphColumns, GRAPH_FEATURES, linksOf, type Links, type Remembered } from './graph.ts';
import { stratifiedFolds } from './lot.ts';
import { digestOf, UnusableTable, type Table } from './table.ts';
import { grow, predict, SETTINGS, type Forest, type Matrix, type TreeSettings } from './trees.ts';

/** A model in its file. It holds no row of the data: of each training row's id only the digest, and that only where links are used. */
export interface Model {
  format: 'ringbreak-model';
  version: 1;
  task: 'numbers' | 'roles';
  /** The program's version that trained it. */
  program: string;
  data: { sha256: string; rows: number; classes: Record<string, number>; edges: string | null };
  label: string;
  id: string | null;
  /** Of two classes the second is the one looked for, and scores are its probability. */
  classes: string[];
  features: FeatureSpec[];
  settings: TreeSettings;
  /** How good it is on rows it was not trained on (five folds). */
  outOfFold: Evaluation;
  calibration: Calibration | null;
  /** Score from which the second of two classes is said: the one of highest macro F1 out of fold. */
  threshold: number;
  forests: Forest[];
  /** Set where links helped out of fold: the forests for a row's own features, whose scores its neighbours are told by. */
  graph: { own: Forest[]; share: number; remembered: Remembered; outOfFoldWithout: number } | null;
}

export interface TrainOptions {
  task: Model['task'];
  label: string;
  /** Name of the column that names the rows; null: none. */
  id: string | null;
  program: string;
  edges?: Table;
  seed?: number;
  onProgress?: (done: number, total: number) => void;
}

/** Bagging: forests of different seeds, averaged. */
const FORESTS = 3;
const FOLDS = 5;
const LEAST_OF_A_CLASS = 5;
/** Rows that settings are chosen for: deeper trees and more features for each where there are many rows. */
const FEW = 20_000;

const settingsFor = (rows: number, features: number, seed: number): TreeSettings => ({
  ...SETTINGS,
  seed,
  ...(rows <= FEW ? { trees: 250, shrinkage: 0.05 } : { trees: 300, leaves: 48, leastRows: 20, rowShare: 0.5 }),
  leastRows: Math.max(1, Math.min(10, Math.floor(rows / 50))),
  featureShare: Math.min(1, Math.max(0.2, 8 / features)),
});

/** Names of the positive class in files people have. */
const LOOKED_FOR = /^(1|true|yes|y|是|ring|fraud|spam|scam|bad|positive|涉诈|诈骗|涉案|团伙)$/i;

/** Classes of a label column in order: of two, the one looked for (by its name, else the rarer one) second. @throws UnusableTable */
export function classesOf(cells: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const c of cells) if (c !== '') count.set(c, (count.get(c) ?? 0) + 1);
  const names = [...count.keys()].sort();
  if (names.length < 2) throw new UnusableTable(`The label has one value only: ${names[0] ?? '(empty)'}.`);
  if (names.length > 50)
    throw new UnusableTable(`The label has ${names.length} values; classes, not amounts, can be learnt.`);
  const few = names.find((n) => count.get(n)! < LEAST_OF_A_CLASS);
  if (few !== undefined) {
    throw new UnusableTable(`Class "${few}" has ${count.get(few)} rows; at least ${LEAST_OF_A_CLASS} are needed.`);
  }
  if (names.length > 2) return names;
  const [a, b] = names as [string, string];
  const second =
    LOOKED_FOR.test(a) !== LOOKED_FOR.test(b) ? (LOOKED_FOR.test(a) ? a : b) : count.get(a)! < count.get(b)! ? a : b;
  return second === a ? [b, a] : [a, b];
}

/** Trains a model on a labelled table. Rows without a label are left out. The same table, options and program give the same model. */
export function train(table: Table, labelAt: number, idAt: number | null, options: TrainOptions): Model {
  const labelled: Table = { ...table, rows: table.rows.filter((r) => r[labelAt] !== '') };
  const cells = labelled.rows.map((r) => r[labelAt]!);
  const classes = classesOf(cells);
  const y = Uint8Array.from(cells, (c) => classes.indexOf(c));
  const skip = new Set([labelAt, ...(idAt === null ? [] : [idAt])]);
  const features = featuresOf(labelled, skip);
  const x = encode(labelled, features);
  const seed = options.seed ?? 1;
  const settings = settingsFor(x.rows, features.length, seed);
  const ids = labelled.rows.map((r, i) => (idAt === null ? String(i + 1) : r[idAt]!));
  const links = options.edges === undefined || classes.length > 2 ? null : linksOf(options.edges, ids);
  const pairs = (FOLDS * (FOLDS - 1)) / 2;
  const steps = FOLDS + FORESTS + (links === null ? 0 : pairs + FOLDS + FORESTS);
  let step = 0;
  const done = (): void => options.onProgress?.(++step, steps);
  const folds = stratifiedFolds(y, FOLDS, seed);

  let oof = outOfFold(x.rows, classes.length, folds, (fold) =>
    splitGrown(x, y, classes.length, settings, folds, fold, done),
  );
  let forests = bagged(x, y, classes.length, settings, done);
  let graph: Model['graph'] = null;
  if (links !== null) {
    const linked = trainedWithLinks(x, y, links, { oof, folds, settings, done });
    const [auc, aucWithout] = [linked.oof, oof].map((scores) => evaluation(y, scores, classes, null).auc) as [
      number,
      number,
    ];
    // Links are used where they help on rows not trained on, and not because they are there.
    if (auc > aucWithout) {
      const remembered = Object.fromEntries(ids.map((id, i) => [digestOf(id), [y[i]!, six(oof[i]!)]] as const));
      graph = { own: forests, share: shareOf(y), remembered, outOfFoldWithout: aucWithout };
      [oof, forests] = [linked.oof, linked.forests];
    }
  }
  const calibration = classes.length === 2 ? calibrate(oof, y) : null;
  const scores = calibration === null ? oof : oof.map((p) => calibration.apply(p));
  const threshold = classes.length === 2 ? bestThreshold(y, scores) : 0.5;
  return {
    format: 'ringbreak-model',
    version: 1,
    task: options.task,
    program: options.program,
    data: {
      sha256: table.sha256,
      rows: x.rows,
      classes: Object.fromEntries(classes.map((c, k) => [c, y.filter((v) => v === k).length])),
      edges: options.edges?.sha256 ?? null,
    },
    label: options.label,
    id: options.id,
    classes,
    features: [...features, ...(graph === null ? [] : GRAPH_FEATURES.map(graphSpec))],
    settings,
    outOfFold: evaluation(y, scores, classes, threshold),
    calibration: calibration === null ? null : { a: calibration.a, b: calibration.b },
    threshold,
    forests,
    graph,
  };
}

const graphSpec = (name: string): FeatureSpec => ({ name, kind: 'number', points: [] });
const six = (x: number): number => Math.round(x * 1e6) / 1e6;

/** Scores of every row, row-major by class, each put together from the fold it is in. */
function outOfFold(
  rows: number,
  classes: number,
  folds: Uint8Array,
  scoresOf: (fold: number) => Float64Array,
): Float64Array {
  const outputs = classes === 2 ? 1 : classes;
  const oof = new Float64Array(rows * outputs);
  for (let fold = 0; fold < FOLDS; fold++) {
    const scores = scoresOf(fold);
    places(folds, (f) => f === fold).forEach((row, i) => {
      for (let k = 0; k < outputs; k++) oof[row * outputs + k] = scores[i * outputs + k]!;
    });
  }
  return oof;
}

/** Scores of a fold's rows, in order, by a forest grown from the other folds. */
function splitGrown(
  x: Matrix,
  y: Uint8Array,
  classes: number,
  settings: TreeSettings,
  folds: Uint8Array,
  fold: number,
  done: () => void,
): Float64Array {
  const inside = places(folds, (f) => f !== fold);
  const seed = settings.seed + fold;
  const forest = grow(
    subset(x, inside),
    Uint8Array.from(inside, (i) => y[i]!),
    classes,
    { ...settings, seed },
  );
  done();
  return predict(
    forest,
    subset(
      x,
      places(folds, (f) => f === fold),
    ),
  );
}

function bagged(x: Matrix, y: Uint8Array, classes: number, settings: TreeSettings, done: () => void): Forest[] {
  return Array.from({ length: FORESTS }, (_, b) => {
    const forest = grow(x, y, classes, { ...settings, seed: settings.seed * 1000 + b });
    done();
    return forest;
  });
}

/**
 * The same with what linked rows say. While a fold is held out, nothing of its classes may reach the rows learnt from, be it as a neighbour's class or through a neighbour's score; so
 * first scores are those of forests that saw neither the held fold nor the neighbour's own (one forest for each pair of folds), and classes are seen across folds only.
 */
function trainedWithLinks(
  x: Matrix,
  y: Uint8Array,
  links: Links,
  given: { oof: Float64Array; folds: Uint8Array; settings: TreeSettings; done: () => void },
): { oof: Float64Array; forests: Forest[] } {
  const { oof, folds, settings, done } = given;
  const share = shareOf(y);
  // [held][row]: the row's first score while that fold is held out.
  const first = Array.from({ length: FOLDS }, () => Float64Array.from(oof));
  for (let a = 0; a < FOLDS; a++) {
    for (let b = a + 1; b < FOLDS; b++) {
      const inside = places(folds, (f) => f !== a && f !== b);
      const outside = places(folds, (f) => f === a || f === b);
      const forest = grow(
        subset(x, inside),
        Uint8Array.from(inside, (i) => y[i]!),
        2,
        { ...settings, seed: settings.seed + 10 * a + b },
      );
      predict(forest, subset(x, outside)).forEach((p, i) => {
        const row = outside[i]!;
        first[folds[row] === a ? b : a]![row] = p;
      });
      done();
    }
  }
  const joined = (scores: Float64Array, held: number): Matrix => {
    const seen = (row: number, linked: number): number =>
      folds[linked] === held || folds[linked] === folds[row] ? -1 : y[linked]!;
    return { rows: x.rows, columns: [...x.columns, ...graphColumns(links, scores, seen, share, {})] };
  };
  const nobody = -1;
  return {
    oof: outOfFold(x.rows, 2, folds, (fold) =>
      splitGrown(joined(first[fold]!, fold), y, 2, settings, folds, fold, done),
    ),
    forests: bagged(joined(oof, nobody), y, 2, settings, done),
  };
}

const shareOf = (y: Uint8Array): number => y.reduce((a, b) => a + b, 0) / y.length;

const places = (of: Uint8Array, test: (x: number) => boolean): number[] => {
  const out: number[] = [];
  of.forEach((x, i) => test(x) && out.push(i));
  return out;
};

/** The threshold of highest macro F1; of equal ones the lowest. */
function bestThreshold(y: Uint8Array, scores: Float64Array): number {
  const tried = [...new Set(Array.from(scores, (s) => Math.round(s * 200) / 200))].sort((a, b) => a - b);
  let [best, at] = [-1, 0.5];
  for (const t of tried.filter((s) => s > 0 && s < 1)) {
    const value = evaluation.macroF1At(y, scores, t);
    if (value > best + 1e-12) [best, at] = [value, t];
  }
  return at;
}

export interface Scored {
  ids: string[];
  matrix: Matrix;
  /** Row-major by class; of two classes that of the second. */
  scores: Float64Array;
  said: Uint8Array;
}

/** Scores of a table's rows. `edges`: links of its ids with each other and with training rows. */
export function scoreTable(model: Model, table: Table, idAt: number | null, edges?: Table): Scored {
  const ids = table.rows.map((r, i) => (idAt === null ? String(i + 1) : r[idAt]!));
  const ownFeatures = model.graph === null ? model.features : model.features.slice(0, -GRAPH_FEATURES.length);
  let matrix = encode(table, ownFeatures);
  if (model.graph !== null) {
    const first = mean(model.graph.own, matrix);
    const links: Links =
      edges === undefined ? { within: ids.map(() => []), beyond: ids.map(() => []) } : linksOf(edges, ids);
    // A row that was trained on is known by its class already; its neighbours may be told by that.
    const label = ids.map((id) => model.graph!.remembered[digestOf(id)]?.[0] ?? -1);
    const columns = graphColumns(links, first, (_, i) => label[i]!, model.graph.share, model.graph.remembered);
    matrix = { rows: matrix.rows, columns: [...matrix.columns, ...columns] };
  }
  const raw = mean(model.forests, matrix);
  const apply = model.calibration === null ? null : calibrate.from(model.calibration);
  const scores = apply === null ? raw : raw.map(apply);
  return { ids, matrix, scores, said: saidBy(scores, model.classes.length, model.threshold) };
}

function mean(forests: readonly Forest[], x: Matrix): Float64Array {
  const out = new Float64Array(x.rows * (forests[0]?.base.length ?? 1));
  for (const f of forests) predict(f, x).forEach((p, i) => (out[i]! += p / forests.length));
  return out;
}
