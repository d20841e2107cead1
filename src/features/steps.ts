import type { Home } from '../model/home.ts';
import { silent, type ProgressSink } from '../model/progress.ts';
import type { FactsStore } from '../store/facts.ts';
import { raw, sql, type Sql } from '../store/sql.ts';
import { runSteps, type NamedStep, type StepReport } from '../store/step.ts';
import { featuresFor } from './catalogue.ts';
import { FIRST_TIME, LAST_TIME, RELATIONS, type Feature, type Relation } from './feature.ts';
import { IN_ORDER, prepare, type Frame } from './relations.ts';

/** One wide row per number: number, first_seen, last_seen, and a Nullable(Float64) column per measure. NULL: not seen. */
export const MEASURES_TABLE = 'measures';

export interface FeatureOptions {
  /** Prefix of the tables kept on the way; they stay, detectors and rings may read `<prefix>calls`, `<prefix>pairs`, `<prefix>numbers`. */
  prefix?: string;
  /** Accounts shown on more numbers than this count as switchboards. */
  switchboard?: number;
  /** Numbers whose measures are joined at once: bounds the memory. */
  joinedAtOnce?: number;
  /** Records, or pairs of numbers, aggregated at once. */
  aggregatedAtOnce?: number;
}

export const PREFIX = 'feature_';
/** Accounts shown on more numbers than this are switchboards, unless told. */
export const SWITCHBOARD = 200;

/**
 * Tables that measuring leaves behind, for detectors: numbers as dense ids (`numbers`: id, number), `calls` (caller, callee, t), `pairs` (who called whom, how often, when first),
 * `victims` (id, times of reports), `dealings` (number, organisation, people called, of how many known), `contacts` (id, `popularity`: how many numbers reach them),
 * `lines` (kind 1 account, 2 device, 3 address; value; number; first and last use),
 * `victimBase` (share of victims among everybody's people), `billed` (numbers of victims, and of whoever a file is the bill of) and `scope` (chosen: 1 where the records are these people's only). Times are wall-clock milliseconds.
 */
export const MEASURED = {
  numbers: raw(`${PREFIX}numbers`),
  calls: raw(`${PREFIX}calls`),
  pairs: raw(`${PREFIX}pairs`),
  victims: raw(`${PREFIX}victims`),
  dealings: raw(`${PREFIX}dealings`),
  contacts: raw(`${PREFIX}contacts`),
  lines: raw(`${PREFIX}lines`),
  victimBase: raw(`${PREFIX}victim_base`),
  billed: raw(`${PREFIX}billed`),
  scope: raw(`${PREFIX}scope`),
};

/** Some hundred MB of measures. */
const JOINED_AT_ONCE = 400_000;

/** Records or pairs aggregated at once: half of what would go to disk on the way, which takes twice as long. */
export const AGGREGATED_AT_ONCE = 4_000_000;
/** Relations that are read from a large table sorted by number. */
const LARGEST: Partial<Record<Relation, 'seen' | 'pairs'>> = { seen: 'seen', pairs: 'pairs' };

/** The steps that compute every measure of every number into table `measures`. */
export function featureSteps(home: Home, options: FeatureOptions = {}): NamedStep[] {
  const {
    prefix = PREFIX,
    switchboard = SWITCHBOARD,
    joinedAtOnce = JOINED_AT_ONCE,
    aggregatedAtOnce = AGGREGATED_AT_ONCE,
  } = options;
  return stepsFor(
    { home, window: 'all', prefix, number: null, switchboard, atOnce: aggregatedAtOnce },
    MEASURES_TABLE,
    joinedAtOnce,
  );
}

/**
 * Catalogue to SQL: one GROUP BY for each relation with all of its measures, then one join. Every measure becomes a Nullable(Float64), so
 * that a number without rows in a relation reads NULL.
 */
export function stepsFor(frame: Frame, table: string, joinedAtOnce = JOINED_AT_ONCE): NamedStep[] {
  // Churn is between weeks by definition, whatever the window: its one row joins every window.
  const features = featuresFor(frame.home).filter((f) => f.windows.includes(frame.window) || f.relation === 'weeks');
  const prepared = prepare(frame);
  const whole = frame.window === 'all';
  const t = (name: string) => raw(`${frame.prefix}${name}`);
  const groups = RELATIONS.map((relation) => ({ relation, features: features.filter((f) => f.relation === relation) }));
  const used = groups.filter((g) => g.features.length > 0);
  const aggregated = used.map(({ relation, features: own }): NamedStep => {
    // Of each number's records or contacts there are most: slices of them are aggregated in memory, at half the time it takes to do so along the sort key.
    const source = whole && frame.number === null ? LARGEST[relation] : undefined;
    const aggregate = (rows: Sql, settings: string): Sql =>
      relation === 'seen'
        ? sql`SELECT number, w, ${columns(own)}, ${raw(FIRST_TIME)} AS first_t, ${raw(LAST_TIME)} AS last_t FROM (${rows})`
        : sql`SELECT number, ${raw(whole ? 'toUInt32(0) AS w' : 'w')}, ${columns(own)}
            FROM (${rows}) GROUP BY number${raw(whole ? '' : ', w')} ${raw(settings)}`;
    return {
      name: `by_${relation}`,
      table: `${frame.prefix}by_${relation}`,
      orderBy: 'number',
      sql: aggregate(prepared.rows[relation], IN_ORDER),
      ...(source === undefined
        ? {}
        : {
            sliced: {
              by: `${frame.prefix}${source}`,
              key: 'number',
              // One group for each number needs fewer cuts than one for each pair of them.
              rowsAtOnce: relation === 'seen' ? 2 * frame.atOnce : frame.atOnce,
              slice: (first: number, last: number) =>
                aggregate(
                  prepared.slice(source, sql`number BETWEEN ${raw(String(first))} AND ${raw(String(last))}`),
                  '',
                ),
            },
          }),
    };
  });
  // With `part`, only the numbers of one slice: on both sides, so that the joined tables stay small.
  const within = (name: string, key: string, part: string): Sql =>
    part === '' ? sql`${t(name)}` : sql`(SELECT * FROM ${t(name)} WHERE ${raw(part.replace('KEY', key))})`;
  const joins = (part: string): Sql =>
    used
      .filter((g) => g.relation !== 'seen')
      .reduce<Sql>(
        (text, { relation }) => {
          const r = raw(relation);
          const sameWindow = raw(whole || relation === 'weeks' ? '' : `AND ${relation}.w = seen.w`);
          return sql`${text} LEFT ANY JOIN ${within(`by_${relation}`, 'number', part)} AS ${r} ON ${r}.number = seen.number ${sameWindow}`;
        },
        sql``,
      );
  const joined = features
    .filter((f) => f.relation !== 'derived')
    .map((f) => {
      const column = `${f.relation}.${f.name}`;
      return `${f.absent === undefined ? column : `ifNull(${column}, ${f.absent})`} AS ${f.name}`;
    })
    .join(', ');
  const victimBase = `(SELECT any(share) FROM ${frame.prefix}victim_base)`;
  const derived = (f: Feature): string =>
    `CAST(${f.sql.replaceAll('VICTIM_BASE', victimBase)} AS Nullable(Float64)) AS ${f.name}`;
  const names = features.map((f) => (f.relation === 'derived' ? derived(f) : f.name)).join(', ');
  // Back from the wall clock by the offset of its own reading: exact except within hours of a change of summer time.
  const instant = (at: string): string =>
    `toDateTime64((${at} - timeZoneOffset(toDateTime(intDiv(${at}, 1000), '${frame.home.zone}')) * 1000) / 1000, 3, 'UTC')`;
  const measures = (
    part: string,
  ): Sql => sql`SELECT number, ${raw(whole ? '' : 'w,')} first_seen, last_seen, ${raw(names)}
      FROM (
        SELECT n.number AS number, seen.w AS w, ${raw(instant('seen.first_t'))} AS first_seen, ${raw(instant('seen.last_t'))} AS last_seen,
          ${raw(joined)}
        FROM ${within('by_seen', 'number', part)} AS seen INNER JOIN ${within('numbers', 'id', part)} AS n ON n.id = seen.number ${joins(part)}
      )`;
  const wide: NamedStep = {
    name: 'measures',
    table,
    orderBy: whole ? 'number' : 'number, w',
    sql: measures(''),
    sliced: {
      by: `${frame.prefix}numbers`,
      key: 'id',
      rowsAtOnce: joinedAtOnce,
      // Ids are dense and every table is sorted by them: a slice reads its own rows and no others.
      slice: (first, last) => measures(`KEY BETWEEN ${first} AND ${last}`),
    },
  };
  return [...prepared.steps, ...aggregated, wide];
}

const columns = (features: readonly Feature[]) =>
  raw(features.map((f) => `CAST(${f.sql} AS Nullable(Float64)) AS ${f.name}`).join(', '));

/** Computes every measure of every number. The result is table `measures`; returns what each step did. */
export async function computeMeasures(
  facts: FactsStore,
  home: Home,
  progress: ProgressSink = silent,
  options: FeatureOptions & { explain?: boolean } = {},
): Promise<StepReport[]> {
  return runSteps(facts, featureSteps(home, options), {
    progress,
    text: { zh: '计算每个号码的指标', en: 'Measuring every number' },
    ...(options.explain === undefined ? {} : { explain: options.explain }),
  });
}
