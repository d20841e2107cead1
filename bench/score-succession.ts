import type { FactsStore } from '../src/store/facts.ts';
import { sql } from '../src/store/sql.ts';
import { f1 } from '../src/detect/trained/metrics.ts';
import { readTruth } from './score-world.ts';

/** Hand-overs named, against those that happened between two numbers that both occur in the imported calls. */
export interface SuccessionScore {
  true: number;
  named: number;
  right: number;
  /** NaN where nothing was handed over. */
  f1: number;
}

export async function scoreSuccession(facts: FactsStore, run: string, world: string): Promise<SuccessionScore> {
  const seen = new Set((await facts.query<{ n: string }>('SELECT DISTINCT caller AS n FROM calls')).map((r) => r.n));
  const truth = new Set(
    readTruth(world, 'succession')
      .filter((r) => seen.has(r['from']!) && seen.has(r['to']!))
      .map((r) => `${r['from']} ${r['to']}`),
  );
  const named = await facts.query<{ a: string; b: string }>(
    sql`SELECT from_number AS a, to_number AS b FROM succession WHERE run = ${run} AND to_number != ''`,
  );
  const right = named.filter((r) => truth.has(`${r.a} ${r.b}`)).length;
  return {
    true: truth.size,
    named: named.length,
    right,
    f1: truth.size === 0 ? NaN : f1(right, named.length - right, truth.size - right),
  };
}
