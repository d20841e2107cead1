import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  british,
  HOME,
  HOUR,
  MONDAY,
  openSmallWorld,
  ordinaryTalk,
  people,
  round,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { problemWith, setThreshold, settingsInForce, THRESHOLDS, thresholdNamed } from '../../detect/settings.ts';
import { migrateRecords } from '../../store/migrate.ts';
import { openPglite } from '../../store/pglite.ts';
import type { RecordsStore } from '../../store/records.ts';
import type { ThresholdPreview } from '../contract.ts';
import { previewThreshold } from './threshold-preview.ts';
import { thresholdsPage } from './thresholds.ts';

/**
 * Two British numbers placed from home: one reached forty strangers in a day, the other fourteen. Both are flagged while twelve people a day are many, the first alone when
 * forty are. Ordinary people talk to each other.
 */
const BUSY = british(1);
const IDLE = british(2);
const ID = 'mass-dialling-to-strangers.newPeopleADay';
const FORTY = 40;

let dir: string;
let world: SmallWorld;
let records: RecordsStore;
const threshold = thresholdNamed(ID)!;
const preview = async (value: number, id = ID): Promise<ThresholdPreview> =>
  (await previewThreshold(world.facts, HOME, thresholdNamed(id)!, value, await settingsInForce(records)))!;
const flagged = async (): Promise<string[]> =>
  (
    await world.facts.query<{ number: string }>(
      'SELECT number FROM scores WHERE run = (SELECT argMax(run, at) FROM published) AND flagged = 1 ORDER BY number',
    )
  ).map((r) => r.number);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-thresholds-'));
  world = await openSmallWorld();
  records = await openPglite(join(dir, 'records'));
  await migrateRecords(records);
  await world.tell({
    calls: [
      ...round(BUSY, people(40), { origin: 'CN', every: HOUR / 6 }),
      ...round(IDLE, people(14, 100), { origin: 'CN', every: HOUR / 6 }),
      ...ordinaryTalk(12),
    ],
  });
}, 60_000);
afterAll(async () => {
  await records.close();
  await world.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('thresholds', () => {
  it('cannot be previewed before anything was analysed', async () => {
    expect(await previewThreshold(world.facts, HOME, threshold, FORTY, {})).toBeNull();
  });

  it('are the defaults of the detectors until somebody sets one', async () => {
    await world.analyse(records);
    expect(await settingsInForce(records)).toEqual({});
    const page = await thresholdsPage(world.facts, records);
    expect(page).toMatchObject({ analysed: true, applied: true, changes: [] });
    for (const t of page.detectors.flatMap((d) => d.thresholds))
      expect(t).toMatchObject({ value: t.default, set: null });
    expect(page.detectors.find((d) => d.id === threshold.detector.id)!.findings).toBe(2);
    expect(await flagged()).toEqual([BUSY, IDLE]);
  });

  it('tried as they stand change nothing, every one of them', async () => {
    for (const t of THRESHOLDS)
      expect(await preview(t.threshold.value, t.id), t.id).toMatchObject({ more: 0, fewer: 0 });
  });

  it('tried with another value say which numbers would go, and store nothing', async () => {
    const result = await preview(FORTY);
    expect(result).toMatchObject({ more: 0, fewer: 1, now: 12, value: FORTY, notSeen: [] });
    expect(result.removed).toMatchObject([{ number: IDLE }]);
    expect(result.removed[0]!.score).toBeLessThan(result.removed[0]!.was!);
    expect(await settingsInForce(records)).toEqual({});
    expect(await flagged()).toEqual([BUSY, IDLE]);
  });

  it('are kept with who, when, old and new, and are the parameters of the next run', async () => {
    await setThreshold(records, threshold, FORTY, '王警官', MONDAY);
    expect(await thresholdsPage(world.facts, records)).toMatchObject({
      applied: false,
      changes: [{ id: ID, was: 12, value: FORTY, person: '王警官', at: MONDAY }],
    });
    const run = await world.analyse(records);
    expect(run.parameters['thresholds']).toEqual({ [ID]: FORTY });
    expect(await flagged()).toEqual([BUSY]);
    expect((await thresholdsPage(world.facts, records)).applied).toBe(true);
    const back = await preview(12);
    expect(back).toMatchObject({ more: 1, fewer: 0, now: FORTY });
    expect(back.added).toMatchObject([{ number: IDLE, reason: { measure: 'fan_out_new_contacts' } }]);
  });

  it('set twice count as set last, and what was set before stays on record', async () => {
    await setThreshold(records, threshold, 20, '李警官', MONDAY + HOUR);
    expect(await settingsInForce(records)).toEqual({ [ID]: 20 });
    await setThreshold(records, threshold, null, '李警官', MONDAY + 2 * HOUR);
    expect(await settingsInForce(records)).toEqual({});
    const { changes, detectors } = await thresholdsPage(world.facts, records);
    expect(changes.map((c) => [c.was, c.value])).toEqual([
      [20, null],
      [FORTY, 20],
      [12, FORTY],
    ]);
    expect(detectors.flatMap((d) => d.thresholds).find((t) => t.id === ID)).toMatchObject({
      value: 12,
      set: { person: '李警官', at: MONDAY + 2 * HOUR },
    });
    // After "back to the default" the default is what was in force.
    expect((await setThreshold(records, threshold, 15, '王警官', MONDAY + 3 * HOUR)).was).toBe(12);
    await setThreshold(records, threshold, null, '王警官', MONDAY + 4 * HOUR);
  });

  it('that no detector has, or that lie outside their range, are not in force', async () => {
    await setThreshold(records, { ...threshold, id: 'no-such.thing' }, 3, '王警官', MONDAY);
    await setThreshold(records, threshold, threshold.threshold.max + 1, '王警官', MONDAY);
    expect(await settingsInForce(records)).toEqual({});
  });

  it('must lie within their range', () => {
    for (const t of THRESHOLDS) {
      for (const value of [t.threshold.min, t.threshold.value, t.threshold.max])
        expect(problemWith(t, value)).toBeNull();
      for (const value of [t.threshold.min - 1, t.threshold.max + 1, Number.NaN, Infinity])
        expect(problemWith(t, value)?.zh).toContain(String(t.threshold.max));
    }
  });
});
