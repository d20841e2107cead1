import type { Feature } from './feature.ts';
import { ALL_WINDOWS, WHOLE } from './feature.ts';
import { entropy, pareto, spread, type NumberState } from './fold.ts';
import { binCounts, churn, homeOf } from './places.ts';

/**
 * Where a number is used, by bandicoot's definitions (spatial.py): its records at its own end are binned by half hours, one cell a bin.
 * A number none of whose records names a cell has no such measures. Of a record at its own end without a cell, bandicoot makes one more
 * place, "unknown"; so do we. radius_of_gyration is left out: it needs the cells' coordinates, which calls don't carry.
 */
const source = 'bandicoot';
const counts = 'arrayReverseSort(groupArray(bins))';

/** Cosine distance between the cells of each week and the next one seen. */
const weekly = 'arraySort(w -> w.1, groupArray((week, places, bins)))';
const distances = `arrayMap((a, b) -> 1 - arraySum(arrayMap((p, n) -> n * b.3[indexOf(b.2, p)], a.2, a.3))
  / (sqrt(arraySum(arrayMap(n -> n * n, a.3))) * sqrt(arraySum(arrayMap(n -> n * n, b.3)))), arrayPopBack(${weekly}), arrayPopFront(${weekly}))`;

const places = (s: NumberState): number[] => [...binCounts(s.bins).values()];

export const SPATIAL: readonly Feature[] = [
  {
    name: 'number_of_antennas',
    unit: 'cells',
    meaning: {
      zh: '使用过的基站数（每半小时取最多的一个）',
      en: 'cells used, the most frequent one of each half hour',
    },
    source,
    relation: 'places',
    sql: 'count()',
    windows: ALL_WINDOWS,
    value: (s) => (s.placed ? places(s).length : null),
  },
  {
    name: 'entropy_of_antennas',
    unit: 'nats',
    meaning: { zh: '基站分布的熵（自然对数）', en: 'entropy of the cells, natural logarithm' },
    source,
    relation: 'places',
    sql: `greatest(0, log(sum(bins)) - arraySum(arrayMap(c -> c * log(c), ${counts})) / sum(bins))`,
    windows: ALL_WINDOWS,
    value: (s) => (s.placed ? entropy(places(s)) : null),
  },
  {
    name: 'percent_at_home',
    unit: 'share',
    meaning: {
      zh: '在夜间最常用基站的半小时占比',
      en: 'share of half hours at the cell used most at night',
    },
    source,
    relation: 'places',
    sql: 'if(any(home) = 0, NULL, sumIf(bins, cell = home) / sum(bins))',
    windows: ALL_WINDOWS,
    value: (s) => {
      const home = homeOf(s.nightBins);
      if (!s.placed || home === undefined || home === '') return null;
      const all = binCounts(s.bins);
      return (all.get(home) ?? 0) / [...all.values()].reduce((a, b) => a + b, 0);
    },
  },
  {
    name: 'frequent_antennas',
    unit: 'cells',
    meaning: { zh: '占去八成半小时的基站数', en: 'cells that make up 80 % of the half hours' },
    source,
    relation: 'places',
    sql: `arrayFirstIndex((s, goal) -> s >= goal, arrayCumSum(${counts}), arrayWithConstant(length(${counts}), ceil(sum(bins) * 0.8)))`,
    windows: ALL_WINDOWS,
    value: (s) => {
      if (!s.placed) return null;
      const all = places(s);
      return pareto(all, Math.ceil(all.reduce((a, b) => a + b, 0) * 0.8));
    },
  },
  {
    name: 'churn_rate',
    unit: 'cosine distance',
    meaning: {
      zh: '相邻两周基站分布之差的均值（总按周）',
      en: 'mean distance between the cells of one week and the next (always by weeks)',
    },
    source,
    relation: 'weeks',
    sql: `if(count() < 2, NULL, arraySum(${distances}) / (count() - 1))`,
    windows: WHOLE,
    value: (s) => (s.placed ? (spread(churn(s.weekBins))?.[0] ?? null) : null),
    also: ['churn_rate__mean'],
  },
  {
    name: 'churn_rate__std',
    unit: 'cosine distance',
    meaning: {
      zh: '相邻两周基站分布之差的标准差',
      en: 'standard deviation of the distance between the cells of one week and the next',
    },
    source,
    relation: 'weeks',
    sql: `if(count() < 2, NULL, sqrt(arraySum(arrayMap((d, m) -> pow(d - m, 2), ${distances}, arrayWithConstant(length(${distances}), toFloat64(arraySum(${distances}) / (count() - 1))))) / (count() - 1)))`,
    windows: WHOLE,
    value: (s) => (s.placed ? (spread(churn(s.weekBins))?.[1] ?? null) : null),
  },
];
