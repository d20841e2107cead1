import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { openChdb } from '../src/store/chdb.ts';
import { raw, sql } from '../src/store/sql.ts';

/**
 * A file of calls (canonical columns) among so many numbers over ninety days, by the engine alone: few numbers call much and many little, each has its circle of people whom it calls again, a
 * tenth goes to others; talk times are log-normal, a fifth is not answered. There is no ring in it: it is for measuring how long records of that density take.
 */
export async function denseCalls(scratch: string, path: string, calls: number, numbers: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const engine = await openChdb(scratch);
  const chance = (k: number) => raw(`(rand64(${k}) / 18446744073709551616)`);
  const name = (id: string) => raw(`concat('+86138', leftPad(toString(${id}), 8, '0'))`);
  try {
    await engine.command(sql`
      INSERT INTO FUNCTION file(${path}, 'CSVWithNames', 'started_at String, caller String, callee String, duration_s UInt32, answered UInt8, kind String')
      SELECT formatDateTime(toDateTime('2024-01-01 00:00:00', 'UTC') + toUInt32(90 * ${chance(5)}) * 86400
          + 3600 * toUInt32(1 + 7 * (${chance(6)} + ${chance(7)})) + toUInt32(3600 * ${chance(8)}), '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS started_at,
        ${name('a')} AS caller, ${name(`if(b = a, (b + 1) % ${numbers}, b)`)} AS callee,
        toUInt32(if(${chance(9)} < 0.2, 0, exp(3.5 + 2.4 * (${chance(10)} + ${chance(11)} + ${chance(12)} - 1.5)))) AS duration_s,
        duration_s > 0 AS answered, 'voice' AS kind
      FROM (
        SELECT toUInt32(${raw(String(numbers))} * pow(${chance(1)}, 2)) AS a,
          cityHash64(a, toUInt32(25 * pow(${chance(2)}, 2)) + if(${chance(3)} < 0.1, toUInt32(1000 * ${chance(4)}), 0)) % ${raw(String(numbers))} AS b
        FROM numbers(${raw(String(calls))}))`);
  } finally {
    await engine.close();
  }
}
