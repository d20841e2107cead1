import type { Bilingual } from '../model/reason.ts';
import type { RecordsStore } from '../store/records.ts';
import { DETECTORS } from './catalogue.ts';
import type { Detector, Threshold } from './detector.ts';

/** Thresholds that people set, by `detector.name`; what is not in it stands as the detector's file says. */
export type ThresholdSettings = Readonly<Record<string, number>>;

export interface NamedThreshold {
  /** `detector.name`. */
  id: string;
  detector: Detector;
  name: string;
  /** As the detector's file says: the default. */
  threshold: Threshold;
}

/** One change of a threshold. `value` null: back to the default. */
export interface ThresholdChange {
  id: string;
  was: number;
  value: number | null;
  person: string;
  at: number;
}

/** Every threshold of every detector, in the order of the catalogue. */
export const THRESHOLDS: readonly NamedThreshold[] = DETECTORS.flatMap((detector) =>
  Object.entries(detector.thresholds).map(([name, threshold]) => ({
    id: `${detector.id}.${name}`,
    detector,
    name,
    threshold,
  })),
);

export const thresholdNamed = (id: string): NamedThreshold | undefined => THRESHOLDS.find((t) => t.id === id);

/** Why a value cannot be that threshold's; null when it can. */
export function problemWith({ threshold }: NamedThreshold, value: number): Bilingual | null {
  const { min, max } = threshold;
  if (Number.isFinite(value) && value >= min && value <= max) return null;
  return { zh: `须在 ${min} 与 ${max} 之间。`, en: `it must lie between ${min} and ${max}.` };
}

interface Row {
  id: string;
  was: number;
  value: number | null;
  person: string;
  at: Date | string;
}

/**
 * What people have set, as far as it still applies: a threshold that a newer version dropped, or bounded otherwise, falls back to its default. Values that equal the
 * default are left out, so that a run's parameters name what differs.
 */
export async function settingsInForce(records: RecordsStore): Promise<ThresholdSettings> {
  const { rows } = await records.query<Pick<Row, 'id' | 'value'>>(
    'SELECT DISTINCT ON (threshold) threshold AS id, value FROM threshold_changes ORDER BY threshold, change DESC',
  );
  const set = new Map(rows.map((r) => [r.id, r.value]));
  return Object.fromEntries(
    THRESHOLDS.flatMap((t) => {
      const value = set.get(t.id);
      const applies = value !== undefined && value !== null && value !== t.threshold.value && !problemWith(t, value);
      return applies ? [[t.id, value]] : [];
    }),
  );
}

/** Everything that was ever set, newest first; of one threshold, or of all. */
export async function thresholdChanges(records: RecordsStore, limit = 1000): Promise<ThresholdChange[]> {
  const { rows } = await records.query<Row>(
    'SELECT threshold AS id, was, value, person, at FROM threshold_changes ORDER BY change DESC LIMIT $1',
    [limit],
  );
  return rows.map((r) => ({ ...r, at: new Date(r.at).getTime() }));
}

/** Appends a change, with what was in force until now; earlier ones stay on record. `value` null sets the default back. The value must have been checked (`problemWith`). */
export function setThreshold(
  records: RecordsStore,
  { id, threshold }: NamedThreshold,
  value: number | null,
  person: string,
  at: number,
): Promise<ThresholdChange> {
  return records.transaction(async (tx) => {
    const { rows } = await tx.query<Row>(
      `INSERT INTO threshold_changes (threshold, was, value, person, at, supersedes)
       VALUES ($1,
         coalesce((SELECT value FROM threshold_changes WHERE threshold = $1 ORDER BY change DESC LIMIT 1), $2::double precision),
         $3::double precision, $4, $5,
         (SELECT change FROM threshold_changes WHERE threshold = $1 ORDER BY change DESC LIMIT 1))
       RETURNING threshold AS id, was, value, person, at`,
      [id, threshold.value, value, person, new Date(at)],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the threshold was not stored: the insert returned no row; try again');
    return { ...row, at: new Date(row.at).getTime() };
  });
}
