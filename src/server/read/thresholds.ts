import { DETECTORS } from '../../detect/catalogue.ts';
import { settingsInForce, THRESHOLDS, thresholdChanges, type ThresholdSettings } from '../../detect/settings.ts';
import { unitWords } from '../../detect/threshold-words.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { RecordsStore } from '../../store/records.ts';
import type { DetectorSettings, ThresholdsPage } from '../contract.ts';
import { publishedRun } from './results.ts';
import { runDetail } from './runs.ts';
import { sql } from '../../store/sql.ts';

/** Every detector with its thresholds as they stand, who set them, and whether the published run was made with them. */
export async function thresholdsPage(facts: FactsStore, records: RecordsStore): Promise<ThresholdsPage> {
  const [settings, changes, run] = [
    await settingsInForce(records),
    await thresholdChanges(records),
    await publishedRun(facts),
  ];
  const ran = run === null ? null : await runDetail(facts, records, run);
  const said = new Map(
    run === null
      ? []
      : (
          await facts.query<{ detector: string; n: number }>(
            sql`SELECT detector, count() AS n FROM findings WHERE run = ${run} GROUP BY detector`,
          )
        ).map((r) => [r.detector, r.n]),
  );
  const newest = new Map([...changes].reverse().map((c) => [c.id, c]));
  return {
    detectors: DETECTORS.map((d): DetectorSettings => ({
      id: d.id,
      title: d.title,
      family: d.family,
      sees: d.sees,
      looksTheSame: d.looksTheSame,
      tellsApart: d.tellsApart,
      source: d.source,
      findings: said.get(d.id) ?? 0,
      thresholds: THRESHOLDS.filter((t) => t.detector.id === d.id).map(({ id, name, threshold: t }) => ({
        id,
        name,
        label: unitWords(t.unit),
        unit: t.unit,
        min: t.min,
        max: t.max,
        default: t.value,
        value: settings[id] ?? t.value,
        set: newest.has(id) ? { person: newest.get(id)!.person, at: newest.get(id)!.at } : null,
      })),
    })),
    changes,
    analysed: run !== null,
    applied: ran === null || same(settings, (ran.parameters['thresholds'] ?? {}) as ThresholdSettings),
  };
}

const same = (a: ThresholdSettings, b: ThresholdSettings): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
