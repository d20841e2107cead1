import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChdb } from '../store/chdb.ts';
import type { FactsStore } from '../store/facts.ts';
import { migrateFacts } from '../store/migrate.ts';
import { FEATURES } from './catalogue.ts';
import { measuresOf } from './measures-of.ts';
import { computeMeasures } from './steps.ts';

/** Two foreign numbers of one account, one after the other, placed from home; a family caller beside them. */
const HOME = { country: 'CN', zone: 'Asia/Shanghai' };
const OLD = '+442070000001';
const NEW = '+442070000002';
const FAMILY = '+8613800000009';
const people = Array.from({ length: 6 }, (_, i) => `+861390000000${i}`);

let dir: string;
let facts: FactsStore;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-around-'));
  facts = await openChdb(dir, { threads: 1 });
  await migrateFacts(facts);
  let row = 0;
  const call = (at: string, caller: string, callee: string, more: object = {}): object => ({
    started_at: `${at}Z`,
    caller,
    callee,
    duration_ms: 5000,
    answered: 1,
    kind: 'voice',
    direction: 'out',
    caller_country: caller.startsWith('+44') ? 'GB' : 'CN',
    file_sha256: 'b'.repeat(64),
    row: ++row,
    ...more,
  });
  const ring = { account: 'seat7', origin_country: 'CN', origin_ip: '10.0.0.7', imei: '490154203237518' };
  await facts.insert('calls', [
    call('2023-07-03T02:00:00', OLD, people[0]!, ring),
    call('2023-07-03T03:00:00', OLD, people[1]!, ring),
    call('2023-07-03T04:00:00', OLD, people[2]!, { ...ring, origin_country: '' }),
    call('2023-07-05T02:00:00', NEW, people[0]!, ring),
    call('2023-07-05T03:00:00', NEW, people[3]!, { ...ring, origin_country: 'MM' }),
    call('2023-07-05T12:00:00', FAMILY, people[0]!),
    call('2023-07-05T13:00:00', people[0]!, FAMILY),
    call('2023-07-05T14:00:00', FAMILY, people[5]!),
  ]);
  const login = (account: string, country: string): object => ({
    account,
    at: '2023-07-03T01:00:00Z',
    ip: '10.0.0.7',
    country,
  });
  await facts.insert('logins', [
    login('seat7', 'CN'),
    login('seat7', 'CN'),
    login('seat7', 'CN'),
    login('seat7', 'MM'),
    login('seat7', ''),
  ]);
  const reported = (case_id: string, victim: string, at: string): object => ({
    case_id,
    victim,
    reported_at: `${at}Z`,
    suspect_numbers: [OLD],
  });
  await facts.insert('cases', [
    reported('a', people[0]!, '2023-07-04T00:00:00'), // between the two numbers' calls
    reported('b', people[1]!, '2023-08-05T00:00:00'), // 32 days later
    reported('c', people[2]!, '2023-07-20T00:00:00'),
  ]);
  const dealing = (person: string, organisation: string): object => ({ person, organisation });
  await facts.insert('dealings', [
    dealing(people[0]!, '甲教育'),
    dealing(people[1]!, '甲教育'),
    dealing(people[2]!, '乙银行'),
    dealing(people[4]!, '乙银行'),
    dealing(people[5]!, '乙银行'),
  ]);
});
afterAll(async () => {
  await facts.close();
  rmSync(dir, { recursive: true, force: true });
});

const valuesOf = async (number: string): Promise<Record<string, number | null>> =>
  Object.fromEntries(Object.entries((await measuresOf(facts, HOME, number))!).map(([name, m]) => [name, m.value]));

describe('what the rest of the country tells of a number', () => {
  it('shown abroad, placed at home, one of two numbers of an account', async () => {
    expect(await valuesOf(OLD)).toMatchObject({
      displayed_abroad: 1,
      origin_known: 2,
      origin_home_share: 1,
      origin_abroad_share: null,
      home_login_share: 0.75,
      logins_known: 4,
      accounts_per_number: 1,
      numbers_per_account: 2,
      foreign_numbers_per_imei: 2,
      numbers_per_ip: 2,
      numbers_before: 0,
      numbers_after: 1,
      named_in_cases: 3,
      // person 0 the day after, person 2 within 30 days; person 1 reported too late
      victim_contacts: 2,
      victim_share: 2 / 3,
      // 8 ties in all, 5 of them reach people who reported
      victim_lift: 2 / (3 * (5 / 8)),
      dealings_seen: 3,
      dealing_concentration: 2 / 3,
      dealing_lift: 2 / 3 / (2 / 5),
      registered: null,
    });
  });

  it('its successor', async () => {
    expect(await valuesOf(NEW)).toMatchObject({
      origin_home_share: 0.5,
      numbers_before: 1,
      numbers_after: 0,
      victim_contacts: 0, // reached after the report
      named_in_cases: 0,
      dealings_seen: 1,
    });
  });

  it('a caller at home with no account: not seen rather than none', async () => {
    expect(await valuesOf(FAMILY)).toMatchObject({
      displayed_abroad: 0,
      origin_home_share: null,
      home_login_share: null,
      numbers_per_account: null,
      numbers_before: null,
      victim_contacts: 0,
      call_back_ratio: 0.5,
      strangers_share: 0.5,
    });
  });

  it('is the same in the table of all numbers, and the same again when computed again', async () => {
    await computeMeasures(facts, HOME);
    const all = await facts.query<Record<string, number | null>>('SELECT * FROM measures');
    expect(all).toHaveLength(9 - 1); // person 4 takes no part in any call
    for (const number of [OLD, NEW, FAMILY, people[0]!]) {
      const [row, measured] = [all.find((r) => (r['number'] as unknown) === number)!, await valuesOf(number)];
      for (const f of FEATURES) expect(row[f.name], `${f.name} of ${number}`).toEqual(measured[f.name]);
    }
    await computeMeasures(facts, HOME);
    expect(await facts.query('SELECT * FROM measures')).toEqual(all);
  });

  it('is the same when it is joined slice by slice', async () => {
    await computeMeasures(facts, HOME);
    const atOnce = await facts.query('SELECT * FROM measures ORDER BY number');
    const steps = await computeMeasures(facts, HOME, undefined, { joinedAtOnce: 3, aggregatedAtOnce: 4 });
    expect(await facts.query('SELECT * FROM measures ORDER BY number')).toEqual(atOnce);
    expect(steps.at(-1)).toMatchObject({ name: 'measures', rows: atOnce.length });
    expect(await facts.query("SELECT name FROM system.tables WHERE name = 'measures_next'")).toEqual([]);
  });
});
