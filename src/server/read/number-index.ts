import { BASE_SCORE } from '../../pipeline.ts';
import { sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import { publishedRun } from './results.ts';

const building = new WeakMap<FactsStore, { run: string; ready: Promise<void> }>();

/**
 * One wide row per number of the published run (table `number_index`): what the numbers table filters, sorts, counts and searches by. Made
 * once per run by the engine, so that every page of it is a look-up. Returns the run, or null when nothing was ever analysed.
 */
export async function numberIndex(facts: FactsStore): Promise<string | null> {
  const run = await publishedRun(facts);
  if (run === null) return null;
  const known = building.get(facts);
  if (known?.run !== run) {
    const ready = build(facts, run);
    building.set(facts, { run, ready });
    // A build that broke is tried again at the next question.
    ready.catch(() => building.delete(facts));
  }
  await building.get(facts)?.ready;
  return run;
}

async function build(facts: FactsStore, run: string): Promise<void> {
  await facts.command(sql`CREATE TABLE IF NOT EXISTS number_index (run String) ENGINE = MergeTree ORDER BY tuple()`);
  const there = await facts.query<{ run: string }>(sql`SELECT run FROM number_index LIMIT 1`);
  if (there[0]?.run === run) return;
  await facts.command(sql`
    CREATE OR REPLACE TABLE number_index ENGINE = MergeTree ORDER BY number AS
    SELECT ${run} AS run, m.number AS number, n.kind AS kind, n.country AS country, n.province AS province, n.city AS city,
      if(s.number = '', ${BASE_SCORE}, s.score) AS score, s.flagged AS flagged, s.top_reason AS top_reason, s.detectors AS detectors,
      s.lawful AS lawful, s.ring AS ring, s.member AS member, s.role AS role, s.innocent AS innocent,
      toUInt32(ifNull(m.calls_out, 0)) AS calls, toUInt32(ifNull(m.out_degree, 0)) AS people,
      toUInt32(ifNull(m.victim_contacts, 0)) AS victims,
      toUnixTimestamp64Milli(m.first_seen) AS first_seen, toUnixTimestamp64Milli(m.last_seen) AS last_seen,
      m.origin_home_share AS origin_home_share, m.strangers_share AS strangers_share, m.call_back_ratio AS call_back_share,
      m.answer_seizure_ratio AS answer_seizure_ratio
    FROM measures AS m
    LEFT JOIN (SELECT * FROM scores WHERE run = ${run}) AS s ON s.number = m.number
    LEFT JOIN (SELECT id, any(kind) AS kind, any(country) AS country, any(province) AS province, any(city) AS city FROM numbers GROUP BY id) AS n
      ON n.id = m.number`);
}
