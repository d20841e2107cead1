import type { Identifier } from './identifier.ts';

/** A sentence in both languages. Chinese is written first, not translated. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** `<first 12 hex digits of the file's SHA-256>:<row>`: leads back to the row of the file a fact came from. */
export type RecordId = string;

/**
 * Why something is suspected: a measure, what it was, what it would have had to stay under, and what innocent thing looks the same.
 * A score is never shown without at least one of these.
 */
export interface Reason {
  /** Name in the feature catalogue, or a detector's own measure. */
  measure: string;
  value: number;
  unit: string;
  /** The threshold it was held against; null when the measure is only context. */
  threshold: number | null;
  text: Bilingual;
  /** What innocent thing looks the same, and what would tell them apart. */
  innocent?: Bilingual;
  records?: RecordId[];
}

/** What one detector has to say about one number. The same object from detector to report to chart. */
export interface Finding {
  detector: string;
  number: Identifier;
  /** 0..1; the strength of this observation alone, not a probability of guilt. */
  score: number;
  reasons: Reason[];
  /** The innocent explanation that was considered; present whenever something speaks for it. */
  innocent: Bilingual | null;
  records: RecordId[];
}
