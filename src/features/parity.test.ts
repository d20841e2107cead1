import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChdb } from '../store/chdb.ts';
import type { FactsStore } from '../store/facts.ts';
import { migrateFacts } from '../store/migrate.ts';
import { FEATURES } from './catalogue.ts';
import { init, seenBy, step, type Call } from './fold.ts';
import { measuresOf } from './measures-of.ts';
import { computeMeasures } from './steps.ts';

const HOME = { country: 'CN', zone: 'Asia/Shanghai' };
const PEOPLE = ['+8613800000001', '+8613800000002', '+8613800000003', '+442070000001', '95588'];
const START = Date.UTC(2023, 5, 28);

let dir: string;
let facts: FactsStore;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-parity-'));
  facts = await openChdb(dir, { threads: 1 });
  await migrateFacts(facts);
});
afterAll(async () => {
  await facts.close();
  rmSync(dir, { recursive: true, force: true });
});

const who = fc.constantFrom(...PEOPLE);
const call: fc.Arbitrary<Call> = fc
  .record({
    // Minutes crowd together, so that ties, conversations and half-hour bins happen; two months, so that months change.
    startedAt: fc
      .tuple(
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 86_400_000 - 1 }),
        fc.integer({ min: 0, max: 90 }),
      )
      .map(([day, ms, minutes]) => START + (day % 9) * 7 * 86_400_000 + (ms % 3 === 0 ? ms : minutes * 60_000)),
    caller: who,
    callee: who,
    durationMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 4_000_000 })),
    answered: fc.boolean(),
    sms: fc.boolean(),
    originCountry: fc.constantFrom('', 'CN', 'MM'),
    cell: fc.constantFrom('', 'a', 'b', 'c'),
    writtenAtCallee: fc.boolean(),
  })
  .map((c) => (c.sms ? { ...c, durationMs: 0 } : c));

async function store(calls: readonly Call[]): Promise<void> {
  await facts.command('TRUNCATE TABLE calls');
  await facts.insert(
    'calls',
    calls.map((c, row) => ({
      started_at: new Date(c.startedAt).toISOString(),
      caller: c.caller,
      callee: c.callee,
      duration_ms: c.durationMs,
      answered: Number(c.answered),
      kind: c.sms ? 'sms' : 'voice',
      direction: c.writtenAtCallee ? 'in' : 'out',
      origin_country: c.originCountry,
      cell: c.cell,
      file_sha256: 'f'.repeat(64),
      row,
    })),
  );
}

const folded = (calls: readonly Call[], number: string) => {
  const see = seenBy(HOME);
  return calls.reduce((state, c) => {
    const seen = see(c, number);
    return seen === null ? state : step(state, seen);
  }, init());
};

const close = (got: number | null | undefined, wanted: number | null, what: string): void => {
  if (wanted === null || got === null || got === undefined) expect(got ?? null, what).toBe(wanted);
  else
    expect(
      Math.abs(got - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)),
      `${what}: SQL ${got}, stream ${wanted}`,
    ).toBe(true);
};

const streamed = FEATURES.filter((f) => f.value !== undefined);

describe('a measure has one value, folded call by call or computed in SQL', () => {
  it('over everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 60 }), async (unsorted) => {
        const calls = [...unsorted].sort((a, b) => a.startedAt - b.startedAt);
        await store(calls);
        await computeMeasures(facts, HOME, undefined, { prefix: 'parity_' });
        const rows = await facts.query<{ number: string } & Record<string, number | null>>('SELECT * FROM measures');
        const seen = new Set(calls.flatMap((c) => [c.caller, c.callee]));
        expect(rows.map((r) => r.number).sort()).toEqual([...seen].sort());
        for (const row of rows) {
          const state = folded(calls, row.number);
          for (const f of streamed) close(row[f.name], f.value!(state), `${f.name} of ${row.number}`);
        }
      }),
      { numRuns: 6, seed: 7 },
    );
  }, 300_000);

  it('over one week, whatever else happened in others', async () => {
    const calls = [...fc.sample(call, { numRuns: 80, seed: 11 })].sort((a, b) => a.startedAt - b.startedAt);
    await store(calls);
    const number = PEOPLE[0]!;
    const measured = (await measuresOf(facts, HOME, number, 'week'))!;
    // Weeks of the wall clock in Shanghai: Monday 00:00 is Sunday 16:00 UTC.
    const monday = (c: Call): string => {
      const local = c.startedAt + 8 * 3_600_000;
      const day = new Date(local).getUTCDay();
      return new Date(local - ((day + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
    };
    const weeks = [...new Set(calls.map(monday))].sort();
    let compared = 0;
    for (const f of streamed.filter((x) => x.windows.includes('week') && x.name !== 'percent_at_home')) {
      for (const start of weeks) {
        const state = folded(
          calls.filter((c) => monday(c) === start),
          number,
        );
        if (state.callandtext.n === 0) continue;
        close(
          measured[f.name]?.windows?.find((w) => w.start === start)?.value ?? null,
          f.value!(state),
          `${f.name} in ${start}`,
        );
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(300);
  }, 120_000);

  it('of one number on demand is what the table of all numbers says', async () => {
    const calls = fc.sample(call, { numRuns: 80, seed: 13 });
    await store(calls);
    await computeMeasures(facts, HOME, undefined, { prefix: 'parity_' });
    for (const number of PEOPLE.slice(2, 4)) {
      const row = (
        await facts.query<Record<string, number | null>>(`SELECT * FROM measures WHERE number = '${number}'`)
      )[0]!;
      const measured = (await measuresOf(facts, HOME, number))!;
      for (const f of FEATURES) expect(measured[f.name]?.value, `${f.name} of ${number}`).toEqual(row[f.name]);
    }
  }, 120_000);
});
