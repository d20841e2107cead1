import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { FactKindName } from '../model/fact-kinds.ts';
import { findProfile, loadProfiles, readProfile, ruleOf, type Profile } from './profile.ts';

/** What a person said on the import page about the columns of a file. */
export interface ProfileDraft {
  name: string;
  kind: FactKindName;
  /** Canonical column -> the file's columns that hold it. */
  columns: Record<string, string[]>;
  /** Lists of one number's calls: the columns with the number itself (none: it is given apart), the other one, and which way the call went. */
  own?: string[];
  other?: string[];
  way?: string[];
}

/** Lines above a table in which a list's own number stands, and the words for both directions, as the carriers' profile has them. */
const CARRIER = 'carrier-cn';

/**
 * A profile from what a person said. Times and numbers need no saying: they are read in every usual spelling. A date and a time in two columns are joined.
 */
export function profileFrom(draft: ProfileDraft): Profile {
  const columns: Record<string, unknown> = {};
  for (const [name, from] of Object.entries(draft.columns))
    columns[name] = from.length > 1 ? { from, join: ' ' } : from;
  if (draft.way !== undefined && draft.other !== undefined) {
    const known = ruleOf(findProfile(CARRIER, loadProfiles()).columns['caller'] ?? '');
    const [out, incoming] = known.cases ?? [];
    const own = { ...(draft.own === undefined ? {} : { from: draft.own }), preamble: out?.preamble };
    const other = { from: draft.other };
    const rule = (first: object, second: object): object => ({
      when: draft.way,
      cases: [
        { is: out?.is, ...first },
        { is: incoming?.is, ...second },
      ],
    });
    columns['caller'] = rule(own, other);
    columns['callee'] = rule(other, own);
  }
  const marks = [
    ...new Set([...Object.values(draft.columns), draft.own ?? [], draft.other ?? [], draft.way ?? []].flat()),
  ];
  return readProfile(stringify({ name: draft.name, kind: draft.kind, match: marks, columns }), draft.name);
}

/** Writes a profile people made into their folder; one of the same name is replaced. */
export function saveProfile(folder: string, profile: Profile): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${profile.name}.yaml`);
  writeFileSync(`${path}.part`, stringify(profile, { aliasDuplicateObjects: false }), { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
