import type { Home } from '../../model/home.ts';
import type { FactsStore } from '../../store/facts.ts';
import { sql, type Sql } from '../../store/sql.ts';

/** Calls by weekday and hour of the home zone: 7 x 24, row 0 = Monday. `which` is a condition on `calls`. */
export async function hoursOf(facts: FactsStore, home: Home, which: Sql): Promise<number[][]> {
  const rows = await facts.query<{ day: number; hour: number; n: number }>(sql`
    SELECT toDayOfWeek(toTimeZone(started_at, ${home.zone})) - 1 AS day, toHour(toTimeZone(started_at, ${home.zone})) AS hour, count() AS n
    FROM calls WHERE ${which} GROUP BY day, hour`);
  const grid = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const r of rows) {
    const line = grid[r.day];
    if (line !== undefined) line[r.hour] = r.n;
  }
  return grid;
}
