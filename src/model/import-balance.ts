import type { FactKindName } from './fact-kinds.ts';

/** Rows read = facts + duplicates + quarantined, always; an import that cannot show this has failed. */
export interface Balance {
  rows: number;
  facts: number;
  duplicates: number;
  quarantined: number;
}

export interface FileBalance extends Balance {
  path: string;
  sha256: string;
  kind: FactKindName;
}

/** What `ringbreak import --json` prints and the imports page shows. */
export interface ImportResult extends Balance {
  files: FileBalance[];
}

export const balances = (b: Balance): boolean => b.rows === b.facts + b.duplicates + b.quarantined;
