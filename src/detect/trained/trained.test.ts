import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { reasonsOf } from './explain.ts';
import { seededRandom } from '../../model/random.ts';
import { auc, bootstrap, confusionOf, macroF1, recallAtFpr } from './metrics.ts';
import { classesOf, scoreTable, train, type Model } from './model.ts';
import type { Table } from './table.ts';
import { contributions, grow, predict, SETTINGS, type Matrix } from './trees.ts';

const scored = (text: string) => text.split(' ').map((t) => ({ score: parseFloat(t), positive: t.endsWith('+') }));

describe('how good scores are', () => {
  it('by hand', () => {
    // Pairs of a positive and a negative: 0.9 above both, 0.4 above one and level with one.
    expect(auc(scored('0.9+ 0.4+ 0.4 0.1'))).toBeCloseTo(3.5 / 4, 12);
    expect(auc(scored('0.5+ 0.6+'))).toBeNaN();
    // One in a hundred may be flagged: the second highest of 100 negatives is the bar.
    const hundred = Array.from({ length: 100 }, (_, i) => ({ score: i / 100, positive: false }));
    expect(recallAtFpr([...hundred, ...scored('0.985+ 0.975+')], 0.01)).toBe(0.5);
    // Class 0: 3 right, 1 said to be 1. Class 1: 2 right, 2 said to be 0.
    const matrix = confusionOf([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 0, 0], 2);
    expect(matrix).toEqual([
      [3, 1],
      [2, 2],
    ]);
    expect(macroF1(matrix)).toBeCloseTo((6 / 9 + 4 / 7) / 2, 12);
  });

  it('the area under the curve depends on the order alone, and turns round with it', () => {
    const rows = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), positive: fc.boolean() }), {
      minLength: 4,
    });
    fc.assert(
      fc.property(rows, (all) => {
        fc.pre(all.some((r) => r.positive) && all.some((r) => !r.positive));
        const other = all.map((r) => ({ ...r, score: Math.exp(r.score) })).reverse();
        expect(auc(other)).toBeCloseTo(auc(all), 12);
        expect(auc(all.map((r) => ({ ...r, score: -r.score })))).toBeCloseTo(1 - auc(all), 12);
      }),
    );
  });

  it('an interval holds what is measured, and is the same every time', () => {
    const values = Array.from({ length: 200 }, (_, i) => i % 7);
    const measure = (rows: Uint32Array) => ({ mean: rows.reduce((s, i) => s + values[i]!, 0) / rows.length });
    const [low, high] = bootstrap(200, measure).mean;
    expect(low).toBeLessThan(2.98);
    expect(high).toBeGreaterThan(2.98);
    expect(high - low).toBeLessThan(0.7);
    expect(bootstrap(200, measure)).toEqual(bootstrap(200, measure));
  });

  it('calibration brings scores that are too sure back to how often they are right, and keeps their order', () => {
    const random = seededRandom(3);
    const truth = Array.from({ length: 4000 }, () => random());
    const y = Uint8Array.from(truth, (p) => Number(random() < p));
    const sure = Float64Array.from(truth, (p) => p ** 3 / (p ** 3 + (1 - p) ** 3));
    const { apply, a } = calibrate(sure, y);
    expect(a).toBeCloseTo(1 / 3, 1);
    for (const p of [0.1, 0.5, 0.9]) expect(apply(p ** 3 / (p ** 3 + (1 - p) ** 3))).toBeCloseTo(p, 1);
    expect(apply(0.2)).toBeLessThan(apply(0.3));
  });
});

/** Two features that decide together, one that says nothing, one that is often missing. */
function world(n: number, seed: number): { data: Matrix; y: Uint8Array } {
  const random = seededRandom(seed);
  const [a, b, noise, rare] = [0, 1, 2, 3].map(() => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const y = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    [a[i], b[i], noise[i]] = [random() * 100, Math.floor(random() * 5), random()];
    const isSo = a[i]! > 60 !== b[i]! >= 3;
    y[i] = Number(random() < 0.05 ? !isSo : isSo);
    rare[i] = random() < 0.5 ? NaN : random();
  }
  return { data: { rows: n, columns: [a, b, noise, rare] }, y };
}

describe('boosted trees', () => {
  const settings = { ...SETTINGS, trees: 60, featureShare: 1 };
  const learnt = world(1500, 1);
  const forest = grow(learnt.data, learnt.y, 2, settings);
  const fresh = world(1500, 2);

  it('learn what no single feature tells', () => {
    const p = predict(forest, fresh.data);
    expect(auc(Array.from(p, (score, i) => ({ score, positive: fresh.y[i] === 1 })))).toBeGreaterThan(0.93);
  });

  it('are the same for the same rows, settings and seed, and others for another seed', () => {
    expect(grow(learnt.data, learnt.y, 2, settings)).toEqual(forest);
    expect(grow(learnt.data, learnt.y, 2, { ...settings, seed: 2 })).not.toEqual(forest);
  });

  it('what features add up to is the score', () => {
    const p = predict(forest, fresh.data);
    for (let i = 0; i < 50; i++) {
      const roots = forest.rounds.reduce((s, [t]) => s + t!.value[0]!, 0);
      const sum = contributions(forest, fresh.data, i, 0).reduce((x, y) => x + y, 0);
      expect(1 / (1 + Math.exp(-(forest.base[0]! + roots + sum)))).toBeCloseTo(p[i]!, 9);
    }
  });

  it('know several classes', () => {
    const { columns, rows } = learnt.data;
    const thirds = Uint8Array.from(columns[0]!, (a) => Math.min(2, Math.floor(a / 34)));
    const p = predict(grow({ rows, columns }, thirds, 3, settings), fresh.data);
    let right = 0;
    for (let i = 0; i < fresh.data.rows; i++) {
      const [x, y, z] = [p[3 * i]!, p[3 * i + 1]!, p[3 * i + 2]!];
      expect(x + y + z).toBeCloseTo(1, 9);
      const said = x > y && x > z ? 0 : y > z ? 1 : 2;
      right += Number(said === Math.min(2, Math.floor(fresh.data.columns[0]![i]! / 34)));
    }
    expect(right / fresh.data.rows).toBeGreaterThan(0.97);
  });
});

/** Numbers with a measure that tells, one that does not, a text column, a name and missing cells. */
function table(n: number, seed: number): Table {
  const random = seededRandom(seed);
  const rows = Array.from({ length: n }, (_, i) => {
    const fraud = random() < 0.3;
    const strangers = fraud ? 0.7 + 0.3 * random() : 0.9 * random();
    return [
      `+8613${String(800000000 + i)}`,
      random() < 0.1 ? '' : strangers.toFixed(3),
      String(Math.floor(random() * 100)),
      random() < (fraud ? 0.8 : 0.3) ? 'night' : 'day',
      fraud ? 'ring' : 'lawful',
    ];
  });
  return { header: ['number', 'strangers_share', 'calls_in', 'shift', 'judged'], rows, sha256: `s${seed}` };
}

describe('a model', () => {
  const data = table(600, 1);
  const options = { task: 'numbers', label: 'judged', id: 'number', program: 'test' } as const;
  const model = train(data, 4, 0, options);

  it('says what it was trained on and how good it is on rows it did not see', () => {
    expect(model.classes).toEqual(['lawful', 'ring']);
    expect(model.features.map((f) => f.name)).toEqual(['strangers_share', 'calls_in', 'shift']);
    expect(model.data).toMatchObject({ sha256: 's1', rows: 600 });
    const { auc: held, intervals, recallAtFpr: recall } = model.outOfFold;
    expect(held).toBeGreaterThan(0.85);
    expect(intervals['auc']![0]).toBeLessThan(held);
    expect(intervals['auc']![1]).toBeGreaterThan(held);
    expect(Object.keys(recall)).toEqual(['0.01', '0.001']);
    expect(model.outOfFold.calibrationError!).toBeLessThan(0.1);
    // The model carries nobody's number about.
    expect(JSON.stringify(model)).not.toContain('8613800');
  });

  it('comes back from its file unchanged, and is the same when trained again', () => {
    const kept = JSON.parse(JSON.stringify(model)) as Model;
    const fresh = table(200, 2);
    expect(scoreTable(kept, fresh, 0).scores).toEqual(scoreTable(model, fresh, 0).scores);
    expect(train(data, 4, 0, options)).toEqual(model);
  });

  it('gives reasons that name the measure that told, with its place among others', () => {
    const fresh = table(200, 2);
    const scoredRows = scoreTable(model, fresh, 0);
    const ring = fresh.rows.findIndex((r, i) => r[4] === 'ring' && r[1] !== '' && scoredRows.said[i] === 1);
    const reasons = reasonsOf(model, scoredRows, ring);
    expect(reasons[0]!.measure).toBe('strangers_share');
    expect(reasons[0]!.text.zh).toMatch(/高于 \d+ % 的样本/);
    expect(reasons[0]!.unit).toBe('share');
    for (const r of reasons) expect(r.innocent).toBeDefined();
  });

  it('reads columns in any order, and a column that is not there as not seen', () => {
    const fresh = table(50, 3);
    const turned: Table = {
      ...fresh,
      header: [...fresh.header].reverse(),
      rows: fresh.rows.map((r) => [...r].reverse()),
    };
    expect(scoreTable(model, turned, 4).scores).toEqual(scoreTable(model, fresh, 0).scores);
    const bare: Table = { ...fresh, header: ['number'], rows: fresh.rows.map((r) => [r[0]!]) };
    expect(new Set(scoreTable(model, bare, 0).scores).size).toBe(1);
  });

  it('uses links where they tell more, by neighbours it knows, and leaves them where they do not', () => {
    const random = seededRandom(9);
    const ids = data.rows.map((r) => r[0]!);
    const isRing = data.rows.map((r) => r[4] === 'ring');
    const fresh = table(200, 2);
    const freshIds = fresh.rows.map((_, i) => `f${i}`);
    const link = (telling: boolean): Table => {
      const rows: string[][] = [];
      const join = (a: string, own: boolean): void => {
        for (let k = 0; k < 6; k++) {
          let to = Math.floor(random() * ids.length);
          while (telling && random() < 0.95 && isRing[to] !== own) to = Math.floor(random() * ids.length);
          rows.push([a, ids[to]!]);
        }
      };
      ids.forEach((id, i) => join(id, isRing[i]!));
      freshIds.forEach((id, i) => join(id, fresh.rows[i]![4] === 'ring'));
      return { header: ['source', 'target'], rows, sha256: 'e' };
    };
    const named: Table = { ...fresh, rows: fresh.rows.map((r, i) => [freshIds[i]!, ...r.slice(1)]) };
    const aucOf = (m: Model, edges?: Table): number =>
      auc(
        Array.from(scoreTable(m, named, 0, edges).scores, (score, i) => ({
          score,
          positive: fresh.rows[i]![4] === 'ring',
        })),
      );
    const edges = link(true);
    const linked = train(data, 4, 0, { ...options, edges });
    expect(linked.graph).not.toBeNull();
    expect(aucOf(linked, edges)).toBeGreaterThan(aucOf(model) + 0.02);
    const blind = train(data, 4, 0, { ...options, edges: link(false) });
    expect(aucOf(blind, edges)).toBeLessThan(aucOf(linked, edges));
  });

  it('learns nothing from labels that are noise, however small the groups and closed their links', () => {
    const random = seededRandom(5);
    const groups = Array.from({ length: 40 }, (_, g) => Array.from({ length: 8 }, (_, i) => `g${g}-${i}`));
    // What names the group is there, as a number and as a word, so that the sum of its labels can be learnt; half of each group is of either class.
    const rows = groups.flatMap((ids, g) =>
      ids.map((id, i) => [id, String(g), `team ${g}`, random().toFixed(3), (i + g) % 2 === 0 ? 'ring' : 'lawful']),
    );
    const noise: Table = { header: ['id', 'group', 'team', 'size', 'judged'], rows, sha256: 'n' };
    const pairs = groups.flatMap((ids) => ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b])));
    const edges: Table = { header: ['source', 'target'], rows: pairs, sha256: 'e' };
    const held = train(noise, 4, 0, { ...options, id: 'id', edges }).outOfFold;
    // An even chance, and what chance allows on 320 rows.
    expect(held.auc).toBeLessThan(0.6);
    // Teams whose own labels lean one way by chance.
    const leaning = rows.map((r) => [...r.slice(0, 4), random() < 0.5 ? 'ring' : 'lawful']);
    expect(train({ ...noise, rows: leaning }, 4, 0, { ...options, id: 'id' }).outOfFold.auc).toBeLessThan(0.6);
  });

  it('does not take what names a row for a measure', () => {
    const serial = data.rows.map((r, i) => [...r, String(62_000_000_000 + i)]);
    const named = train({ ...data, header: [...data.header, 'card'], rows: serial }, 4, null, { ...options, id: null });
    expect(named.features.map((f) => f.name)).toEqual(['strangers_share', 'calls_in', 'shift']);
  });

  it('says which class is looked for, and refuses labels that cannot be learnt', () => {
    const many = (value: string, n: number): string[] => new Array<string>(n).fill(value);
    expect(classesOf([...many('1', 60), ...many('0', 40)])).toEqual(['0', '1']);
    expect(classesOf([...many('正常', 60), ...many('涉诈', 90)])).toEqual(['正常', '涉诈']);
    expect(classesOf([...many('x', 60), ...many('z', 9)])).toEqual(['x', 'z']);
    expect(() => classesOf(many('1', 60))).toThrow(/one value only/);
    expect(() => classesOf([...many('1', 60), ...many('0', 3)])).toThrow(/has 3 rows/);
    expect(() => classesOf(Array.from({ length: 600 }, (_, i) => String(i % 100)))).toThrow(/classes, not amounts/);
  });
});
