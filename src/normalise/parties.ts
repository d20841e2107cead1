import { createHash } from 'node:crypto';
import type { Home } from '../model/home.ts';
import type { FactsStore } from '../store/facts.ts';
import { literal } from './instant.ts';
import { FACT_KINDS, type ColumnSpec } from '../model/fact-kinds.ts';
import { constantParties, hasFastPath, listSql, mobileSql, partyColumns, targetColumn } from './cell-sql.ts';
import { hex } from './ledger.ts';
import { STAGING } from './stage.ts';
import { canonicalNumber, opaqueIdentifier } from './phone-number.ts';
import { mobileRuns } from './place.ts';
import type { ColumnSource, Mapping } from './mapping.ts';

/** A spelling of a number or party, and what it stands for. */
interface PartyRow {
  raw: string;
  mode: string;
  id: string;
  kind: string;
  country: string;
  province: string;
  city: string;
  carrier: string;
  reason: string;
}

/** Makes the empty party map of a file. */
export async function createParties(facts: FactsStore, parties: string): Promise<void> {
  await facts.command(`DROP TABLE IF EXISTS ${parties}`);
  await facts.command(`CREATE TABLE ${parties} (raw String, mode LowCardinality(String), id String, kind LowCardinality(String),
    country LowCardinality(String), province LowCardinality(String), city LowCardinality(String), carrier LowCardinality(String),
    reason LowCardinality(String)) ${STAGING}`);
}

/**
 * Puts the spellings that a sample of the file shows into its party map: service numbers, foreign numbers and ids that occur again and
 * again. Rows with these need not wait for the rest.
 */
export async function mapSample(
  facts: FactsStore,
  mapping: Mapping,
  rows: AsyncIterable<readonly string[]>,
  parties: string,
  home: Home,
): Promise<void> {
  const columns = partyColumns(mapping).filter(({ spec }) => spec.type === 'number');
  if (columns.length === 0) return;
  const found = new Map<string, PartyRow>();
  for await (const cells of rows) {
    for (const { source, mode } of columns) {
      for (const column of source.columns) {
        const raw = cells[column] ?? '';
        if (raw === '' || (hasFastPath(source, home) && /^(\+?86)?1\d{10}$/.test(raw)) || found.has(mode + raw))
          continue;
        found.set(mode + raw, partyRow(raw, mode, source, home));
      }
    }
  }
  if (found.size > 0) await facts.insert(parties, [...found.values()]);
}

/**
 * Completes the party map of a staged file: every distinct spelling in its number columns that is neither a plain mainland mobile number nor
 * in the map goes through canonicalNumber once. Memory is bounded by a batch.
 */
export async function mapParties(
  facts: FactsStore,
  mapping: Mapping,
  stage: string,
  parties: string,
  home: Home,
  onNumbers: (done: number) => void,
): Promise<void> {
  const constants = constantParties(mapping).map(({ raw, mode, source }) => partyRow(raw, mode, source, home));
  if (constants.length > 0) await facts.insert(parties, constants);
  let done = 0;
  for (const [mode, { source, spellings }] of spellingsByMode(mapping, stage, home)) {
    let pending: PartyRow[] = [];
    const flush = async (): Promise<void> => {
      if (pending.length > 0) await facts.insert(parties, pending);
      done += pending.length;
      pending = [];
      onNumbers(done);
    };
    for await (const batch of facts.stream<{ raw: string }>(
      `SELECT DISTINCT raw FROM (${spellings.join(' UNION ALL ')}) WHERE raw NOT IN (SELECT raw FROM ${parties} WHERE mode = ${literal(mode)})`,
    )) {
      for (const { raw } of batch) pending.push(partyRow(raw, mode, source, home));
      if (pending.length >= BATCH) await flush();
    }
    await flush();
  }
}

/** Spellings stored together: a statement costs more than a row. */
const BATCH = 50_000;

function partyRow(raw: string, mode: string, source: ColumnSource, home: Home): PartyRow {
  const party =
    source.number === 'opaque' ? opaqueIdentifier(raw, source.prefix) : canonicalNumber(source.prefix + raw, home);
  if (party.rejected === true) {
    return { raw, mode, id: '', kind: '', country: '', province: '', city: '', carrier: '', reason: party.reason };
  }
  const { id, kind, country, province, city, carrier } = party;
  return { raw, mode, id, kind, country, province, city, carrier, reason: '' };
}

/** Per way of reading: the statements that find its spellings in staging. */
function spellingsByMode(
  mapping: Mapping,
  stage: string,
  home: Home,
): Map<string, { source: ColumnSource; spellings: string[] }> {
  const byMode = new Map<string, { source: ColumnSource; spellings: string[] }>();
  for (const { spec, source, cell, mode } of partyColumns(mapping)) {
    const entry = byMode.get(mode) ?? { source, spellings: [] };
    byMode.set(mode, entry);
    const other = (raw: string): string => (hasFastPath(source, home) ? ` AND ${mobileSql(raw)} = 0` : '');
    entry.spellings.push(
      spec.type === 'list'
        ? `SELECT DISTINCT e AS raw FROM ${stage} AS s ARRAY JOIN ${listSql(cell)} AS e WHERE e != ''${other('e')}`
        : `SELECT DISTINCT ${cell} AS raw FROM ${stage} AS s WHERE ${cell} != ''${other(cell)}`,
    );
  }
  return byMode;
}

/** True of the canonical id (`id`) of a mainland mobile number. */
const MOBILE_ID = `length(id) = 14 AND startsWith(id, '+861')`;
/** Its national digits, 0 for any other id. */
const MOBILE_OF_ID = `if(${MOBILE_ID}, toUInt64OrZero(substring(id, 4)), 0)`;

/** Table of all mobile prefixes with place and carrier, made once per store and edition of the list. Returns its name. */
async function mobilePlaces(facts: FactsStore): Promise<string> {
  const runs = mobileRuns();
  const edition = createHash('sha256').update(JSON.stringify(runs)).digest('hex').slice(0, 8);
  const table = `mobile_places_${edition}`;
  const all = runs.count.reduce((n, count) => n + count, 0);
  await facts.command(`CREATE TABLE IF NOT EXISTS ${table} (prefix UInt32, province LowCardinality(String), city LowCardinality(String),
    carrier LowCardinality(String)) ENGINE = MergeTree ORDER BY prefix`);
  // Anything else: a making that was broken off.
  if ((await facts.query<{ n: number }>(`SELECT count() AS n FROM ${table}`))[0]?.n === all) return table;
  // One row of arrays: the engine reads a million numbers faster than eighty thousand objects.
  const pieces = `${table}_runs`;
  await facts.command(`CREATE OR REPLACE TABLE ${pieces} (first Array(UInt32), count Array(UInt32), place Array(UInt16), carrier Array(UInt8),
    provinces Array(String), cities Array(String), carriers Array(String)) ${STAGING}`);
  const { first, count, place, carrier, places, carriers } = runs;
  await facts.insert(pieces, [
    {
      first,
      count,
      place,
      carrier,
      carriers,
      provinces: places.map((p) => p.province),
      cities: places.map((p) => p.city),
    },
  ]);
  await facts.command(`TRUNCATE TABLE ${table}`);
  await facts.command(
    `INSERT INTO ${table} WITH (SELECT provinces FROM ${pieces}) AS provinces, (SELECT cities FROM ${pieces}) AS cities, (SELECT carriers FROM ${pieces}) AS carriers
    SELECT arrayJoin(range(run.1, run.1 + run.2)), provinces[run.3 + 1], cities[run.3 + 1], carriers[run.4 + 1]
    FROM (SELECT arrayJoin(arrayZip(first, count, place, carrier)) AS run FROM ${pieces})`,
  );
  await facts.command(`DROP TABLE ${pieces}`);
  return table;
}

/**
 * Adds the numbers of a file's facts to the table `numbers`, those that are not in it yet. Mobile numbers are looked up by their
 * seven-digit prefix, of which there are few; the rest was looked up when the party map was made.
 */
export async function storeNumbers(
  facts: FactsStore,
  mapping: Mapping,
  sha256: string,
  stage: string,
  parties: string,
  home: Home,
): Promise<void> {
  const read = partyColumns(mapping);
  const columns = [...read, ...constantParties(mapping)];
  if (columns.length === 0) return;
  const fast = new Set<unknown>(read.filter(({ source }) => hasFastPath(source, home)));
  const own = `FROM ${FACT_KINDS[mapping.kind].table} WHERE file_sha256 = '${hex(sha256)}'`;
  const ids = ({ spec }: { spec: ColumnSpec }): string =>
    spec.type === 'list' ? `arrayJoin(${targetColumn(spec)})` : targetColumn(spec);
  if (fast.size > 0) {
    const places = await mobilePlaces(facts);
    // As whole numbers: telling millions of texts apart takes several times as long. By grouping, which uses every processor; telling distinct rows apart uses one.
    const found = read
      .filter((c) => fast.has(c))
      .map((c) => `SELECT ${MOBILE_OF_ID} AS n FROM (SELECT ${ids(c)} AS id ${own}) WHERE n > 0 GROUP BY n`);
    await facts.command(`INSERT INTO numbers SELECT concat('+86', toString(n)), 'e164', 'CN', province, city, carrier
      FROM (SELECT n, toUInt32(intDiv(n, 10000)) AS prefix FROM (${found.join(' UNION ALL ')})
        WHERE n NOT IN (SELECT ${MOBILE_OF_ID} FROM numbers) GROUP BY n) AS m
      LEFT ANY JOIN ${places} AS p ON p.prefix = m.prefix`);
  }
  // Only what the facts name: the map also holds what a sample or a refused row showed.
  const named = columns.map((c) => {
    const rest = fast.has(c) ? `NOT (${MOBILE_ID}) AND ` : '';
    return `SELECT DISTINCT id FROM (SELECT ${ids(c)} AS id ${own}) WHERE ${rest}id IN (SELECT id FROM ${parties})`;
  });
  await facts.command(`INSERT INTO numbers SELECT id, any(kind), any(country), any(province), any(city), any(carrier) FROM ${parties}
    WHERE reason = ${literal('')} AND id IN (${named.join(' UNION ALL ')})
      AND id NOT IN (SELECT id FROM numbers WHERE id IN (SELECT id FROM ${parties})) GROUP BY id`);
}
