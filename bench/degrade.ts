import { createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readHeader } from '../src/sources/delimited.ts';
import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../src/model/fact-kinds.ts';

/** What an investigator did not get: whole kinds of record, columns of others, or rows at random. */
export interface Loss {
  name: string;
  without?: readonly FactKindName[];
  blank?: Partial<Record<FactKindName, readonly string[]>>;
  /** Share of the rows that are left, of every kind. */
  rows?: number;
}

const ACCOUNT: Loss['blank'] = { calls: ['account'] };
const DIALLER: readonly FactKindName[] = ['seats', 'logins', 'reviews'];

/** What every record of a call has: when, who, whom, how long. */
export const BARE_COLUMNS: readonly string[] = FACT_KINDS.calls.columns.filter((c) => c.required).map((c) => c.name);

/** Each layer of evidence taken away in turn, then all but calls, then rows. Names are listed with commas, so none holds one. */
export const LOSSES: readonly Loss[] = [
  { name: 'nothing' },
  { name: 'accounts and dialler', without: DIALLER, blank: ACCOUNT },
  { name: 'origin', blank: { calls: ['origin_country', 'origin_ip'], logins: ['country', 'ip'] } },
  { name: 'devices', blank: { calls: ['imei', 'imsi', 'cell'], logins: ['imei'] } },
  { name: 'groups', without: ['memberships'] },
  { name: 'money', without: ['payments'] },
  { name: 'reviews', without: ['reviews'] },
  { name: 'dealings', without: ['dealings'] },
  { name: 'cases (labels)', without: ['cases', 'registry'] },
  {
    name: 'all but calls and cases',
    without: FACT_KIND_NAMES.filter((k) => k !== 'calls' && k !== 'cases'),
    blank: ACCOUNT,
  },
  {
    name: 'bare calls',
    without: FACT_KIND_NAMES.filter((k) => k !== 'calls'),
    blank: { calls: FACT_KINDS.calls.columns.map((c) => c.name).filter((name) => !BARE_COLUMNS.includes(name)) },
  },
  { name: '20 % of rows', rows: 0.8 },
  { name: '50 % of rows', rows: 0.5 },
  { name: '80 % of rows', rows: 0.2 },
];

/**
 * Copies a world's records, less what was lost. Which rows stay depends on their number and text alone, so that the same world loses the same rows.
 * The simulator writes one record a line and no quotes into the columns that are blanked.
 */
export async function degrade(world: string, out: string, loss: Loss): Promise<void> {
  mkdirSync(out, { recursive: true });
  for (const kind of FACT_KIND_NAMES) {
    const from = join(world, `${kind}.csv`);
    if (!existsSync(from) || loss.without?.includes(kind) === true) continue;
    const to = createWriteStream(join(out, `${kind}.csv`));
    const blank = loss.blank?.[kind] ?? [];
    let columns: number[] | null = null;
    let row = 0;
    for await (const line of createInterface({ input: createReadStream(from, 'utf8'), crlfDelay: Infinity })) {
      let text = line;
      if (columns === null) {
        const header = line.split(',');
        columns = blank.map((name) => header.indexOf(name));
      } else {
        if (loss.rows !== undefined && unit(`${++row}:${line}`) >= loss.rows) continue;
        if (columns.length > 0) {
          const cells = line.split(',');
          for (const c of columns) cells[c] = '';
          text = cells.join(',');
        }
      }
      if (!to.write(`${text}\n`)) await once(to, 'drain');
    }
    to.end();
    await once(to, 'finish');
  }
}

/** When a record of each kind becomes known; kinds without a time are known from the start. */
const KNOWN_AT: Partial<Record<FactKindName, string>> = {
  calls: 'started_at',
  logins: 'at',
  cases: 'reported_at',
  payments: 'at',
  reviews: 'at',
  memberships: 'joined_at',
  texts: 'at',
};

/** Copies the records that became known from `from` until `until` (epoch ms, exclusive); those without a time come with the first slice. */
export async function slice(world: string, out: string, from: number, until: number): Promise<void> {
  mkdirSync(out, { recursive: true });
  for (const kind of FACT_KIND_NAMES) {
    const path = join(world, `${kind}.csv`);
    if (!existsSync(path)) continue;
    const to = createWriteStream(join(out, `${kind}.csv`));
    let at: number | null = null;
    for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
      if (at === null) at = line.split(',').indexOf(KNOWN_AT[kind] ?? '');
      else {
        const cells = line.includes('"') ? (readHeader(line, ',') ?? []) : line.split(',', at + 1);
        const known = at < 0 ? NaN : Date.parse(cells[at] ?? '');
        if (Number.isNaN(known) ? from !== -Infinity : known < from || known >= until) continue;
      }
      if (!to.write(`${line}\n`)) await once(to, 'drain');
    }
    to.end();
    await once(to, 'finish');
  }
}

/** 0..1 from a text (FNV-1a). */
function unit(text: string): number {
  let h = 2_166_136_261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619);
  // The low bits of the last characters alone would decide otherwise.
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return ((h ^ (h >>> 12)) >>> 0) / 4_294_967_296;
}
