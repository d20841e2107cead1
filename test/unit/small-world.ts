import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { runDetector, type DetectorRun } from '../../src/detect/run-detectors.ts';
import { computeMeasures } from '../../src/features/steps.ts';
import type { Home } from '../../src/model/home.ts';
import type { Finding, Reason } from '../../src/model/reason.ts';
import type { RunDetail } from '../../src/model/run.ts';
import { analyse } from '../../src/pipeline.ts';
import { openChdb } from '../../src/store/chdb.ts';
import type { FactsStore } from '../../src/store/facts.ts';
import type { RecordsStore } from '../../src/store/records.ts';
import { migrateFacts } from '../../src/store/migrate.ts';

/** Worlds of a handful of facts, told as an investigator would note them down, for tests of detectors, rings and the batch flow. */
export const HOME: Home = { country: 'CN', zone: 'Asia/Shanghai' };

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Monday 4 March 2024, 10:00 in Shanghai. */
export const MONDAY = Date.parse('2024-03-04T10:00:00+08:00');

/** A domestic mobile, and a number shown with a British or Philippine country code. */
export const mobile = (i: number): string => `+86138${String(i).padStart(8, '0')}`;
export const british = (i: number): string => `+4420${String(70000000 + i)}`;
export const philippine = (i: number): string => `+63917${String(i).padStart(7, '0')}`;
export const people = (n: number, from = 0): string[] => Array.from({ length: n }, (_, i) => mobile(1000 + from + i));

export interface Call {
  caller: string;
  callee: string;
  /** Epoch ms. */
  at?: number;
  /** Talk time; 0 with `answered: false`. */
  seconds?: number;
  answered?: boolean;
  sms?: boolean;
  account?: string;
  origin?: string;
  ip?: string;
  imei?: string;
  cell?: string;
  /** Seconds it rang, and who ended it, in the switch's words. */
  ring?: number;
  release?: string;
  recording?: string;
}

/** What was observed. Everything left out is what was not seen. */
export interface Story {
  calls: readonly Call[];
  logins?: readonly {
    account: string;
    at?: number;
    country?: string;
    city?: string;
    imei?: string;
    ip?: string;
    app?: string;
  }[];
  cases?: readonly {
    case_id: string;
    victim: string;
    at?: number;
    loss?: number;
    category?: string;
    suspect_numbers?: readonly string[];
    chat_groups?: readonly string[];
  }[];
  payments?: readonly { from: string; to: string; amount: number; at?: number; channel?: string }[];
  seats?: readonly { seat: string; account?: string; team?: string; person?: string; number?: string }[];
  reviews?: readonly { reviewer: string; seat: string; at?: number }[];
  memberships?: readonly { group: string; member: string; role?: string; joined?: number }[];
  dealings?: readonly { person: string; organisation: string; sector?: string; at?: number }[];
  registry?: readonly { number: string; organisation: string }[];
  texts?: readonly { text_id: string; kind: string; text: string; recording?: string; author?: string }[];
}

/** One caller, many people, one call each, `every` ms apart (3 minutes unless told). */
export const round = (
  caller: string,
  callees: readonly string[],
  more: Partial<Call> & { every?: number } = {},
): Call[] =>
  callees.map((callee, i) => {
    const { every = 3 * MINUTE, ...call } = more;
    return { ...call, caller, callee, at: (more.at ?? MONDAY) + i * every };
  });

/** People who call back half a day later. */
export const backTo = (
  number: string,
  callers: readonly string[],
  more: Partial<Call> & { every?: number } = {},
): Call[] =>
  round(number, callers, { at: MONDAY + 12 * HOUR, ...more }).map((c) => ({ ...c, caller: c.callee, callee: number }));

/** Ordinary people who talk to each other, both ways, in a ring of `n`: what everybody else does. */
export const ordinaryTalk = (n: number, from = 5000): Call[] => {
  const own = people(n, from);
  return own.flatMap((caller, i) => {
    const friends = [1, 2, 3].map((d) => own[(i + d) % n]!);
    return [...round(caller, friends, { every: HOUR }), ...backTo(caller, friends)];
  });
};

const TABLES = [
  'calls',
  'logins',
  'cases',
  'payments',
  'seats',
  'reviews',
  'memberships',
  'dealings',
  'texts',
  'registry',
];

const countryOf = (number: string): string =>
  number.startsWith('+86') ? 'CN' : number.startsWith('+44') ? 'GB' : number.startsWith('+63') ? 'PH' : '';

/** Fact rows of a story, table by table, each with its origin: the file is the kind, the row its place in the story. */
function rowsOf(story: Story): Record<string, object[]> {
  const instant = (at: number | undefined): string => new Date(at ?? MONDAY).toISOString();
  const kinds: Record<string, object[]> = {
    calls: story.calls.map((c) => ({
      started_at: instant(c.at),
      caller: c.caller,
      callee: c.callee,
      duration_ms: c.answered === false ? 0 : (c.seconds ?? 30) * 1000,
      answered: c.answered === false ? 0 : 1,
      kind: c.sms === true ? 'sms' : 'voice',
      account: c.account ?? '',
      origin_country: c.origin ?? '',
      origin_ip: c.ip ?? '',
      imei: c.imei ?? '',
      cell: c.cell ?? '',
      ring_ms: c.ring === undefined ? null : c.ring * 1000,
      release_cause: c.release ?? '',
      recording: c.recording ?? '',
      caller_country: countryOf(c.caller),
    })),
    logins: (story.logins ?? []).map(({ at, ...l }) => ({ ...l, at: instant(at) })),
    cases: (story.cases ?? []).map(({ at, ...c }) => ({ ...c, reported_at: instant(at ?? MONDAY + 3 * DAY) })),
    payments: (story.payments ?? []).map(({ at, ...p }) => ({
      channel: 'bank',
      currency: 'CNY',
      ...p,
      at: instant(at),
    })),
    seats: [...(story.seats ?? [])],
    reviews: (story.reviews ?? []).map(({ at, ...r }) => ({ ...r, at: instant(at) })),
    memberships: (story.memberships ?? []).map(({ joined, ...m }) => ({
      role: 'member',
      ...m,
      joined_at: joined === undefined ? null : instant(joined),
    })),
    dealings: (story.dealings ?? []).map(({ at, ...d }) => (at === undefined ? d : { ...d, at: instant(at) })),
    registry: [...(story.registry ?? [])],
    texts: [...(story.texts ?? [])],
  };
  for (const [kind, rows] of Object.entries(kinds)) {
    kinds[kind] = rows.map((row, i) => ({
      ...row,
      // Of the content alone, as the import makes it: the same fact has the same key in whatever row.
      key: BigInt(`0x${sha256(kind + JSON.stringify(row)).slice(0, 32)}`).toString(),
      file_sha256: sha256(kind),
      row: i + 1,
    }));
  }
  const numbers = new Set(
    [
      ...story.calls.flatMap((c) => [c.caller, c.callee]),
      ...(story.cases ?? []).flatMap((c) => [c.victim, ...(c.suspect_numbers ?? [])]),
    ].filter((n) => n !== ''),
  );
  kinds['numbers'] = [...numbers].sort().map((id) => ({
    id,
    kind: id.startsWith('+') ? 'e164' : /^\d+$/.test(id) ? 'service' : 'opaque',
    country: id.startsWith('+') ? countryOf(id) : 'CN',
  }));
  return kinds;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Record id of a call of the story, by its place. */
export const recordOfCall = (index: number): string => `${sha256('calls').slice(0, 12)}:${index + 1}`;

export interface SmallWorld {
  readonly facts: FactsStore;
  /** Forgets the story before and takes in this one. Results of earlier analyses stay. */
  tell(story: Story): Promise<void>;
  /** Measures every number of the story told. */
  measure(): Promise<void>;
  /** What one detector says of the story told and measured. Tables the story leaves empty are "not seen". */
  judge(detector: Detector): Promise<DetectorRun>;
  /** The whole flow over the facts told; the clock ticks a second at every look. */
  analyse(records?: RecordsStore): Promise<RunDetail>;
  close(): Promise<void>;
}

/** One store for a test file. Open in `beforeAll`, close in `afterAll`. */
export async function openSmallWorld(): Promise<SmallWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'ringbreak-small-'));
  const facts = await openChdb(dir, { threads: 1 });
  await migrateFacts(facts);
  let now = MONDAY + 60 * DAY;
  const clock = (): number => (now += 1000);
  const present = new Set<string>();
  return {
    facts,
    tell: async (story) => {
      for (const table of [...TABLES, 'numbers']) await facts.command(`TRUNCATE TABLE ${table}`);
      present.clear();
      for (const [table, rows] of Object.entries(rowsOf(story))) {
        if (rows.length === 0) continue;
        present.add(table);
        await facts.insert(table, rows);
      }
    },
    measure: async () => void (await computeMeasures(facts, HOME)),
    judge: (detector) => runDetector(facts, detector, { home: HOME, present, clock }),
    analyse: (records) => analyse(facts, records ?? null, { home: HOME, clock, codeVersion: 'test' }),
    close: async () => {
      await facts.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const findingOn = (run: DetectorRun, number: string): Finding | undefined =>
  run.findings.find((f) => f.number === number);

/** Strength of what a detector says of a number; 0 when it says nothing. */
export const scoreOf = (run: DetectorRun, number: string): number => findingOn(run, number)?.score ?? 0;

/** A finding that may be shown to somebody: a strength, and reasons a reader can check in either language. */
export function expectFinding(run: DetectorRun, number: string): Finding {
  const f = findingOn(run, number);
  expect(f, `${run.detector.id} says nothing of ${number}`).toBeDefined();
  expect(f!.detector).toBe(run.detector.id);
  expect(f!.score).toBeGreaterThan(0);
  expect(f!.score).toBeLessThanOrEqual(1);
  expect(f!.reasons.length).toBeGreaterThan(0);
  f!.reasons.forEach(expectReason);
  return f!;
}

export function expectReason(r: Reason): void {
  expect(r.measure).toMatch(/^[a-z_]+$/);
  expect(Number.isFinite(r.value), `${r.measure}: ${r.value}`).toBe(true);
  expect(r.unit).not.toBe('');
  expect(r.threshold === null || Number.isFinite(r.threshold)).toBe(true);
  expect(r.text.zh).toMatch(/\p{Script=Han}/u);
  expect(r.text.en).toMatch(/[a-z]{2}/i);
  for (const said of [r.text, ...(r.innocent === undefined ? [] : [r.innocent])]) {
    expect(`${said.zh} ${said.en}`).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
  }
}
