import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChdb } from '../store/chdb.ts';
import type { FactsStore } from '../store/facts.ts';
import { migrateFacts } from '../store/migrate.ts';
import { FEATURES } from './catalogue.ts';
import { measuresDocument } from './document.ts';
import { measuresOf, type Measured } from './measures-of.ts';

/**
 * People whose indicators were worked out by hand from bandicoot's definitions, with the corners that go wrong: 19:00:00 and 07:00:00
 * sharp, a call that ends a conversation, silence of exactly an hour, an answer in the same second, unanswered calls, weeks without calls.
 */
const HOME = { country: 'CN', zone: 'Asia/Shanghai' };
const ME = '+8613900000001';

let dir: string;
let facts: FactsStore;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-standard-'));
  facts = await openChdb(dir, { threads: 1 });
  await migrateFacts(facts);
});
afterAll(async () => {
  await facts.close();
  rmSync(dir, { recursive: true, force: true });
});

type Record_ = [
  kind: 'call' | 'text',
  direction: 'in' | 'out',
  contact: string,
  local: string,
  seconds: number,
  cell: string,
];

async function person(records: readonly Record_[], direction = true): Promise<void> {
  await facts.command('TRUNCATE TABLE calls');
  await facts.insert(
    'calls',
    records.map(([kind, way, contact, local, seconds, cell], row) => ({
      started_at: new Date(`${local.replace(' ', 'T')}+08:00`).toISOString(),
      caller: way === 'out' ? ME : contact,
      callee: way === 'out' ? contact : ME,
      duration_ms: seconds * 1000,
      answered: Number(seconds > 0),
      kind: kind === 'text' ? 'sms' : 'voice',
      direction: direction ? way : '',
      cell,
      file_sha256: 'a'.repeat(64),
      row: row + 1,
    })),
  );
}

const expectMeasures = (
  got: Record<string, Measured> | null,
  wanted: Readonly<Record<string, number | null>>,
): void => {
  for (const [name, value] of Object.entries(wanted)) {
    const measured = got?.[name];
    expect(measured, name).toBeDefined();
    if (value === null) expect(measured!.value, name).toBeNull();
    else
      expect(
        Math.abs((measured!.value ?? NaN) - value),
        `${name}: ${measured!.value} instead of ${value}`,
      ).toBeLessThan(1e-9);
  }
};

// Monday 2023-07-03 to Tuesday 2023-07-18; nothing in the week of the 10th.
const RECORDS: readonly Record_[] = [
  ['call', 'out', 'B', '2023-07-03 07:00:00', 100, 'x'], // night still: not strictly after 07:00
  ['call', 'out', 'C', '2023-07-03 07:00:01', 0, 'x'], // unanswered: a call of 0 s
  ['text', 'in', 'B', '2023-07-03 12:00:00', 0, 'y'], // conversation 1 (in)
  ['text', 'out', 'B', '2023-07-03 12:02:00', 0, 'y'], // answered after 120 s
  ['text', 'in', 'B', '2023-07-03 12:05:00', 0, 'x'],
  ['text', 'out', 'B', '2023-07-03 12:05:00', 0, 'x'], // same second: no delay
  ['call', 'in', 'B', '2023-07-03 12:10:00', 50, 'y'], // ends the conversation
  ['text', 'in', 'B', '2023-07-03 12:11:00', 0, 'y'], // conversation 2 (in), never answered
  ['text', 'out', 'B', '2023-07-03 13:11:00', 0, 'y'], // exactly an hour later: conversation 3 (out)
  ['call', 'in', 'D', '2023-07-03 18:59:59', 30, 'z'],
  ['call', 'in', 'B', '2023-07-17 19:00:00', 20, 'z'], // night already
  ['text', 'out', 'E', '2023-07-18 03:00:00', 0, 'z'], // conversation 4 (out)
];

describe('a person with every corner', () => {
  it('over everything', async () => {
    await person(RECORDS);
    const measured = await measuresOf(facts, HOME, ME);
    const log = Math.log;
    expectMeasures(measured, {
      active_days: 3,
      number_of_contacts: 4,
      number_of_contacts__call: 3,
      number_of_contacts__text: 2,
      number_of_interactions: 12,
      number_of_interactions__call: 5,
      number_of_interactions__text: 7,
      number_of_interaction_in: 6,
      number_of_interaction_out__call: 2,
      number_of_interaction_in__text: 3,
      call_duration: 40, // (100 + 0 + 50 + 30 + 20) / 5
      call_duration__call__mean: 40,
      call_duration__call__std: Math.sqrt((60 ** 2 + 40 ** 2 + 10 ** 2 + 10 ** 2 + 20 ** 2) / 5),
      percent_nocturnal__call: 2 / 5,
      percent_nocturnal__text: 1 / 7,
      percent_nocturnal: 3 / 12,
      percent_initiated_conversations: 2 / 4, // the ones with D and C are calls, not conversations
      percent_initiated_interactions: 2 / 5,
      response_delay_text: 120,
      response_delay_text__callandtext__std: 0,
      response_rate_text: 1 / 2,
      entropy_of_contacts__call: -(3 / 5) * log(3 / 5) - (2 / 5) * log(1 / 5),
      entropy_of_contacts__text: -(6 / 7) * log(6 / 7) - (1 / 7) * log(1 / 7),
      // calls: out to B 1, C 1, D 0 of 5 in all
      balance_of_contacts__call__mean: 2 / 5 / 3,
      balance_of_contacts__call__std: Math.sqrt(2) / 15,
      interactions_per_contact__call: 5 / 3,
      interactions_per_contact__call__std: Math.sqrt(8 / 9),
      interactions_per_contact: 3,
      // calls at 07:00:00, 07:00:01, 12:10:00, 18:59:59, and two weeks later 19:00:00
      interevent_time__call__mean: (14 * 86_400 + 12 * 3600) / 4,
      interevent_time__text__mean: (14 * 86_400 + 15 * 3600) / 6,
      // 4 of 5 calls: B (3) and one more; of 5 calls
      percent_pareto_interactions__call: 2 / 5,
      percent_pareto_interactions__text: 1 / 7, // 6 of 7 are B's: ceil(5.6)
      percent_pareto_durations: 1 / 5, // B talked 170 of 200 s
      // half hours: x; 12:00 (y, y, x, x, y, y) y; 13:00 y; 18:30 z; 19:00 z; 03:00 z
      number_of_antennas: 3,
      entropy_of_antennas: -(1 / 6) * log(1 / 6) - (2 / 6) * log(2 / 6) - (3 / 6) * log(3 / 6),
      percent_at_home: 3 / 6, // nights: x at 07:00:00, then z, z
      frequent_antennas: 2, // ceil(4.8) of 6: z and y
      churn_rate: 1 - 2 / (Math.sqrt(1 + 4 + 1) * 2), // x 1, y 2, z 1 in one week, z 2 in the next
      churn_rate__std: 0,
    });
  });

  it('over weeks: the mean of the weeks that have such records, and their standard deviation', async () => {
    await person(RECORDS);
    const measured = (await measuresOf(facts, HOME, ME, 'week'))!;
    expectMeasures(measured, {
      active_days: 2 - 0.5,
      call_duration: (45 + 20) / 2,
      number_of_contacts__call: (3 + 1) / 2,
      response_rate_text: 1 / 2, // the second week has no incoming conversation
      percent_initiated_conversations: (1 / 3 + 1) / 2,
      interevent_time__call__mean: (12 * 3600 - 1) / 3, // one call has no next one
      percent_at_home: (1 / 4 + 2 / 2) / 2,
      churn_rate: 1 - 1 / Math.sqrt(6),
    });
    expect(measured['number_of_contacts__call']).toEqual({
      value: 2,
      unit: 'contacts',
      std: 1,
      windows: [
        { start: '2023-07-03', value: 3 },
        { start: '2023-07-17', value: 1 },
      ],
    });
  });

  it('over days', async () => {
    await person(RECORDS);
    const measured = (await measuresOf(facts, HOME, ME, 'day'))!;
    expect(measured['number_of_interactions']?.windows).toEqual([
      { start: '2023-07-03', value: 10 },
      { start: '2023-07-17', value: 1 },
      { start: '2023-07-18', value: 1 },
    ]);
    expectMeasures(measured, { number_of_interactions: 4, number_of_interactions__call: (4 + 1) / 2, active_days: 1 });
  });

  it('knows whose records a file holds where the rows do not say', async () => {
    await person(RECORDS, false);
    expectMeasures(await measuresOf(facts, HOME, ME), { number_of_antennas: 3, percent_at_home: 3 / 6 });
    // The other side's cells are not in this file.
    expectMeasures(await measuresOf(facts, HOME, 'B'), { number_of_antennas: null, percent_at_home: null });
  });
});

describe('what was not seen is null, not 0', () => {
  it('only texts, no cells', async () => {
    await person([['text', 'out', 'B', '2023-07-03 12:00:00', 0, '']]);
    expectMeasures(await measuresOf(facts, HOME, ME), {
      number_of_contacts__call: null,
      call_duration: null,
      percent_initiated_interactions: null,
      percent_pareto_durations: null,
      number_of_antennas: null,
      churn_rate: null,
      interevent_time: null,
      response_rate_text: null,
      percent_initiated_conversations: 1,
      answer_seizure_ratio: null,
      home_login_share: null,
      victim_contacts: null,
      named_in_cases: null,
      registered: null,
      dealings_seen: null,
      number_of_interaction_in: 0,
    });
  });

  it('calls of no length, and no texts', async () => {
    await person([['call', 'out', 'B', '2023-07-03 12:00:00', 0, 'x']]);
    expectMeasures(await measuresOf(facts, HOME, ME), {
      percent_pareto_durations: 0,
      percent_pareto_interactions: 1,
      percent_initiated_conversations: 0,
      percent_at_home: null, // no night, no home
      number_of_contacts__text: null,
      answer_seizure_ratio: 0,
      short_call_ratio: null,
    });
  });

  it('a number nobody mentions has no measures', async () => {
    await person(RECORDS);
    expect(await measuresOf(facts, HOME, '+8613999999999')).toBeNull();
  });
});

describe('the catalogue', () => {
  it('names every measure once', () => {
    const names = FEATURES.flatMap((f) => [f.name, ...(f.also ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is what docs/measures.md says (npx ringbreak measures --catalogue > docs/measures.md)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/measures.md'), 'utf8')).toBe(measuresDocument());
  });
});
