import type { Home } from '../model/home.ts';
import type { FactsStore } from '../store/facts.ts';
import { literal } from './instant.ts';
import { hasFastPath, listSql, mobileSql, partyColumns } from './fact-sql.ts';
import { STAGING } from './stage.ts';
import { canonicalNumber, opaqueIdentifier } from './phone-number.ts';
import { mobileCarrier, mobilePlace } from './place.ts';
import type { ColumnSource, Mapping } from './profile.ts';

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

/**
 * Fills the party map of a staged file: every distinct spelling in its number columns that is not a plain mainland mobile number goes
 * through canonicalNumber once. Memory is bounded by a batch.
 */
export async function mapParties(
  facts: FactsStore,
  mapping: Mapping,
  stage: string,
  parties: string,
  home: Home,
  onNumbers: (done: number) => void,
): Promise<void> {
  if (partyColumns(mapping).length === 0) return;
  await facts.command(`DROP TABLE IF EXISTS ${parties}`);
  await facts.command(`CREATE TABLE ${parties} (raw String, mode LowCardinality(String), id String, kind LowCardinality(String),
    country LowCardinality(String), province LowCardinality(String), city LowCardinality(String), carrier LowCardinality(String),
    reason LowCardinality(String)) ${STAGING}`);
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
      `SELECT DISTINCT raw FROM (${spellings.join(' UNION ALL ')})`,
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

/**
 * Adds the numbers of a staged file to the table `numbers`, those that are not in it yet. Mobile numbers are looked up by their
 * seven-digit prefix, of which there are few; the rest was looked up when the party map was made.
 */
export async function storeNumbers(
  facts: FactsStore,
  mapping: Mapping,
  stage: string,
  parties: string,
  home: Home,
): Promise<void> {
  if (partyColumns(mapping).length === 0) return;
  const fast = partyColumns(mapping).filter(({ source }) => hasFastPath(source, home));
  if (fast.length > 0) {
    const mobiles = `${stage}_mobiles`;
    const prefixes = `${stage}_prefixes`;
    for (const table of [mobiles, prefixes]) await facts.command(`DROP TABLE IF EXISTS ${table}`);
    await facts.command(`CREATE TABLE ${mobiles} (n UInt64) ${STAGING}`);
    const found = fast.map(({ spec, cell }) =>
      spec.type === 'list'
        ? `SELECT ${mobileSql('e')} AS n FROM ${stage} AS s ARRAY JOIN ${listSql(cell)} AS e`
        : `SELECT ${mobileSql(cell)} AS n FROM ${stage} AS s`,
    );
    await facts.command(`INSERT INTO ${mobiles} SELECT DISTINCT n FROM (${found.join(' UNION ALL ')}) WHERE n > 0`);
    const { prefix = [] } = await facts.columns(`SELECT DISTINCT toUInt32(intDiv(n, 10000)) AS prefix FROM ${mobiles}`);
    await facts.command(
      `CREATE TABLE ${prefixes} (prefix UInt32, province String, city String, carrier String) ${STAGING}`,
    );
    const rows = Array.from(prefix as ArrayLike<number>, (p) => ({
      prefix: p,
      ...mobilePlace(p),
      carrier: mobileCarrier(`${p}`),
    }));
    if (rows.length > 0) await facts.insert(prefixes, rows);
    await facts.command(`INSERT INTO numbers SELECT id, 'e164', 'CN', province, city, carrier
      FROM (SELECT concat('+86', toString(n)) AS id, toUInt32(intDiv(n, 10000)) AS prefix FROM ${mobiles}) AS m
      LEFT ANY JOIN ${prefixes} AS p ON p.prefix = m.prefix
      WHERE id NOT IN (SELECT id FROM numbers WHERE id IN (SELECT concat('+86', toString(n)) FROM ${mobiles}))`);
    for (const table of [mobiles, prefixes]) await facts.command(`DROP TABLE ${table}`);
  }
  await facts.command(`INSERT INTO numbers SELECT id, any(kind), any(country), any(province), any(city), any(carrier) FROM ${parties}
    WHERE reason = ${literal('')} AND id NOT IN (SELECT id FROM numbers WHERE id IN (SELECT id FROM ${parties})) GROUP BY id`);
}
