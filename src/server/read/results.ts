import { raw, sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';

/** The run that readers see, as SQL. Empty text when nothing was ever analysed. */
export const PUBLISHED = raw('(SELECT argMax(run, at) FROM published)');

/** Id of the published run; null when nothing was ever analysed. */
export async function publishedRun(facts: FactsStore): Promise<string | null> {
  const [row] = await facts.query<{ run: string }>(sql`SELECT run FROM published ORDER BY at DESC LIMIT 1`);
  return row?.run ?? null;
}

/** Epoch milliseconds of a DateTime64 expression, as SQL text. */
export const ms = (expression: string): string => `toUnixTimestamp64Milli(${expression})`;

/** First millisecond of the day of a DateTime64 expression in `zone`, as SQL text. The zone comes from settings, never from a request. */
export const dayMs = (expression: string, zone: string): string =>
  `toInt64(toUnixTimestamp(toStartOfDay(toTimeZone(${expression}, '${zone.replace(/[^A-Za-z0-9_+/-]/g, '')}')))) * 1000`;

/** A JSON column written by the analysis; null when it is empty. */
export const parsedOrNull = <T>(json: string): T | null =>
  json === '' || json === 'null' ? null : (JSON.parse(json) as T);
