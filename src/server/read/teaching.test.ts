import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  backTo,
  british,
  HOME,
  HOUR,
  mobile,
  openSmallWorld,
  ordinaryTalk,
  people,
  round,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { keptModels, modelInUse, useModel } from '../../detect/trained/kept.ts';
import { MODEL_CAP } from '../../detect/trained/opinion.ts';
import type { Weighing } from '../../model/weighing.ts';
import { migrateRecords } from '../../store/migrate.ts';
import { openPglite } from '../../store/pglite.ts';
import type { RecordsStore } from '../../store/records.ts';
import type { Verdict } from '../contract.ts';
import { trainOnJudgements } from './judged-model.ts';
import { judge } from './judgements.ts';
import { teachingPage } from './teaching.ts';

/** Twelve numbers of a ring, twelve repair shops that call as many people and are called back by some; one more of each that nobody judges. */
const RING = Array.from({ length: 12 }, (_, i) => british(i));
const SHOPS = Array.from({ length: 12 }, (_, i) => mobile(80_000 + i));
const [NEW_RING, NEW_SHOP] = [british(50), mobile(80_050)];

let dir: string;
let world: SmallWorld;
let records: RecordsStore;
let now = Date.UTC(2024, 4, 1);
const says = (number: string, verdict: Verdict) =>
  judge(records, { subjectKind: 'number', subject: number, verdict, note: '' }, 'li', (now += 1000));
const page = () => teachingPage(world.facts, records, HOME);
const train = () => trainOnJudgements(world.facts, records, { person: 'li', at: (now += 1000), program: 'test' });
async function weighings(): Promise<Map<string, { score: number; weighing: Weighing }>> {
  const rows = await world.facts.query<{ number: string; score: number; weighing: string }>(
    'SELECT number, score, weighing FROM scores WHERE run = (SELECT argMax(run, at) FROM published)',
  );
  return new Map(
    rows.map((r) => [r.number, { score: r.score, weighing: JSON.parse(r.weighing) as Weighing }] as const),
  );
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ringbreak-teaching-'));
  world = await openSmallWorld();
  records = await openPglite(join(dir, 'records'));
  await migrateRecords(records);
  const busy = { every: HOUR / 8 };
  await world.tell({
    calls: [
      ...[...RING, NEW_RING].flatMap((n, i) =>
        round(n, people(40 + i, 100 * i), { ...busy, seconds: 200, origin: 'CN' }),
      ),
      ...[...SHOPS, NEW_SHOP].flatMap((n, i) => [
        ...round(n, people(40 + i, 5000 + 100 * i), { ...busy, seconds: 20 }),
        ...backTo(n, people(6, 5000 + 100 * i)),
      ]),
      ...ordinaryTalk(40, 20_000),
    ],
  });
  await world.analyse(records);
}, 120_000);
afterAll(async () => {
  await records.close();
  await world.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('learning from judgements', () => {
  it('asks for numbers nobody has judged, says why, and refuses to learn from too few', async () => {
    const { lessons, judged, models } = await page();
    expect(judged).toEqual({ ring: 0, lawful: 0 });
    expect(models).toEqual([]);
    expect(lessons.length).toBeGreaterThan(5);
    for (const { why } of lessons) expect(`${why.zh}${why.en}`).not.toMatch(/undefined|NaN/);
    await expect(train()).rejects.toThrow(/nobody has judged/);
    await says(RING[0]!, 'ring');
    await expect(train()).rejects.toThrow(/one value only/);
    expect((await page()).lessons.map((l) => l.row.number)).not.toContain(RING[0]!);
  });

  it('what was learnt weighs in at the next analysis, within its bounds, with reasons, and can be taken out of use', async () => {
    for (const n of RING) await says(n, 'ring');
    for (const n of SHOPS) await says(n, 'lawful');
    // Judged wrongly and taken back: the newer judgement counts.
    await says(NEW_SHOP, 'ring');
    await says(NEW_SHOP, 'unsure');
    const before = await weighings();
    expect(before.get(NEW_SHOP)!.weighing.model).toBeNull();

    const { id } = await train();
    expect((await page()).models).toMatchObject([{ id, rows: 24, person: 'li', inUse: true }]);
    const run = await world.analyse(records);
    expect(run.parameters).toMatchObject({ model: { id } });
    const after = await weighings();
    const [shop, ring] = [after.get(NEW_SHOP)!, after.get(NEW_RING)!];
    expect(ring.weighing.model!.probability).toBeGreaterThan(0.5);
    expect(ring.weighing.model!.logOdds).toBeGreaterThan(0);
    expect(shop.weighing.model!.probability).toBeLessThan(0.5);
    expect(shop.score).toBeLessThan(before.get(NEW_SHOP)!.score);
    for (const { weighing: w } of after.values()) {
      expect(Math.abs(w.model?.logOdds ?? 0)).toBeLessThanOrEqual(MODEL_CAP);
      const sum =
        w.prior +
        w.families.reduce((s, f) => s + f.logOdds, 0) +
        w.association +
        (w.model?.logOdds ?? 0) -
        w.lawful.reduce((s, l) => s + l.weight, 0);
      expect(sum).toBeCloseTo(w.logOdds, 4);
    }
    expect(ring.weighing.model!.reasons.length).toBeGreaterThan(0);

    expect(await useModel(records, 99, 'li', now)).toBe(false);
    expect(await useModel(records, null, 'li', (now += 1000))).toBe(true);
    expect(await modelInUse(records)).toBeNull();
    expect((await keptModels(records))[0]!.inUse).toBe(false);
    await world.analyse(records);
    const without = await weighings();
    expect([...without].map(([n, w]) => [n, w.score])).toEqual([...before].map(([n, w]) => [n, w.score]));
  }, 60_000);
});
