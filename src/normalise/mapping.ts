import { basename } from 'node:path';
import { FACT_KIND_NAMES, FACT_KINDS, type ColumnSpec, type FactKindName } from '../model/fact-kinds.ts';
import { plainHeader } from '../sources/reader.ts';
import { literal } from './instant.ts';
import { ruleOf, type ColumnRule, type Profile } from './profile.ts';
import { ImportRefusal } from './refusal.ts';

/** Where a canonical column comes from in one file. */
export interface ColumnSource {
  /** SQL of the cell; `row` is the staged row's alias with its dot ('s.'), or ''. */
  cell: (row: string) => string;
  /** Columns of the file that the value may come from; none for a constant. */
  columns: readonly number[];
  /** The constant, where it is one. */
  constant?: string;
  /** The cell is a column as it stands, nothing chosen, joined or translated. */
  plain: boolean;
  number: 'phone' | 'opaque';
  prefix: string;
  /** Seconds in one of what the cell counts, for durations. */
  unit: number;
  unsigned: boolean;
}

/** A file's columns, mapped: canonical name -> source; every other column of the file goes to `extra`. */
export interface Mapping {
  kind: FactKindName;
  profile: string;
  sources: ReadonlyMap<string, ColumnSource>;
  /** Indexes of columns that have no canonical meaning, with their names. */
  extra: readonly { column: number; name: string }[];
  /** NDJSON: the staged column that holds all other keys of the object, as JSON. */
  extraJson: number | null;
  zone: string | null;
  timeFormat: 'auto' | 'epoch_ms' | 'epoch_s';
  /** Times, durations and amounts may be written as people write them (2023年3月1日, 1分23秒, ¥100.00). */
  spelled: boolean;
}

/** What a table says besides its header. */
export interface TableFacts {
  header: readonly string[];
  /** Lines above the header, label -> value (用户号码：13800001234). */
  preamble: ReadonlyMap<string, string>;
  /** The number whose list of calls this is, where a person says so. */
  ownNumber: string | null;
}

export const tableFacts = (header: readonly string[]): TableFacts => ({
  header,
  preamble: new Map(),
  ownNumber: null,
});

const plainName = plainHeader;

const UNIT = /\(([^()]*)\)$/;
const withoutUnit = (name: string): string => plainName(name).replace(UNIT, '');

/** Seconds in the unit a column's name ends in: 通话时长(分钟) -> 60. */
function unitOfName(name: string): number | null {
  const unit = UNIT.exec(plainName(name))?.[1];
  if (unit === undefined) return null;
  if (/^(?:分|分钟|min|minutes?)$/.test(unit)) return 60;
  if (/^(?:毫秒|ms|milliseconds?)$/.test(unit)) return 0.001;
  return /^(?:秒|秒钟|s|sec|seconds?)$/.test(unit) ? 1 : null;
}

const UNITS = { s: 1, ms: 0.001, min: 60 } as const;

/** Columns that `quarantine export` adds; not part of the record, except the id, which stays as the link to the original row. */
export const QUARANTINE_COLUMNS = [
  'quarantine_id',
  'quarantine_reason',
  'quarantine_column',
  'quarantine_value',
  'quarantine_raw',
] as const;

type Origin = Pick<ColumnSource, 'cell' | 'columns' | 'plain' | 'constant'>;

const CONSTANT = (text: string): Origin => ({
  constant: text,
  cell: () => literal(text),
  columns: [],
  plain: false,
});

/** Finds columns by name: exactly first, then without a unit in brackets. */
class Header {
  readonly #at = new Map<string, number>();
  readonly table: TableFacts;

  constructor(table: TableFacts) {
    this.table = table;
    for (const nameOf of [plainName, withoutUnit]) {
      table.header.forEach((name, i) => {
        const key = nameOf(name);
        if (key !== '' && !this.#at.has(key)) this.#at.set(key, i);
      });
    }
  }

  all(wanted: string | readonly string[] | undefined): number[] {
    const list = wanted === undefined ? [] : typeof wanted === 'string' ? [wanted] : wanted;
    const found = list.flatMap((w) => this.#at.get(plainName(w)) ?? []);
    return [...new Set(found)];
  }

  origin(rule: Pick<ColumnRule, 'from' | 'preamble' | 'constant'>): Origin | null {
    const [column] = this.all(rule.from);
    if (column !== undefined) return { cell: (row) => `${row}c${column}`, columns: [column], plain: true };
    if (rule.preamble !== undefined) {
      const labels = typeof rule.preamble === 'string' ? [rule.preamble] : rule.preamble;
      const told = labels.map((l) => this.table.preamble.get(plainName(l))).find((v) => v !== undefined);
      const value = this.table.ownNumber ?? told;
      if (value !== undefined) return CONSTANT(value);
    }
    return rule.constant === undefined ? null : CONSTANT(rule.constant);
  }
}

function sourceOf(spec: ColumnSpec, rule: ColumnRule, header: Header, mode: 'phone' | 'opaque'): ColumnSource | null {
  const found = rule.cases === undefined ? joined(rule, header) : chosen(rule, header);
  if (found === null) return null;
  const { columns } = found;
  const named = columns.map((c) => unitOfName(header.table.header[c] ?? '')).find((u) => u !== null);
  const values = Object.entries(rule.values ?? {});
  const translated =
    values.length === 0
      ? found
      : {
          columns,
          plain: false,
          cell: (row: string): string => {
            const cell = `CAST(${found.cell(row)}, 'String')`;
            const list = (texts: string[]): string => `[${texts.map(literal).join(', ')}]`;
            const keys = list(values.map(([k]) => k.trim().toLowerCase()));
            return `transform(lower(trimBoth(${cell})), ${keys}, ${list(values.map(([, v]) => v))}, ${cell})`;
          },
        };
  return {
    ...translated,
    number: rule.number ?? mode,
    prefix: rule.prefix ?? '',
    unit: spec.type === 'seconds' ? (rule.unit === undefined ? (named ?? 1) : UNITS[rule.unit]) : 1,
    unsigned: rule.unsigned === true,
  };
}

function joined(rule: ColumnRule, header: Header): Origin | null {
  if (rule.join === undefined) return header.origin(rule);
  const columns = header.all(rule.from);
  if (columns.length < 2) return header.origin(rule);
  const between = literal(rule.join);
  return {
    columns,
    plain: false,
    cell: (row) => `concat(${columns.map((c) => `trimBoth(${row}c${c})`).join(`, ${between}, `)})`,
  };
}

function chosen(rule: ColumnRule, header: Header): Origin | null {
  const [by] = header.all(rule.when ?? rule.sign);
  const otherwise = header.origin(rule);
  if (by === undefined) return otherwise;
  const cases = (rule.cases ?? []).flatMap((c) => {
    const origin = header.origin(c);
    return origin === null ? [] : [{ is: c.is, origin }];
  });
  if (cases.length === 0) return otherwise;
  const all = [...cases.map((c) => c.origin), ...(otherwise === null ? [] : [otherwise])];
  const text = (o: Pick<ColumnSource, 'cell'>, row: string): string => `CAST(${o.cell(row)}, 'String')`;
  return {
    columns: [...new Set(all.flatMap((o) => o.columns))],
    plain: false,
    cell: (row) => {
      const said =
        rule.sign === undefined
          ? `lower(trimBoth(${row}c${by}))`
          : `if(startsWith(trimBoth(${row}c${by}), '-'), '-', '+')`;
      const branches = cases.map(
        ({ is, origin }) =>
          `${said} IN (${is.map((v) => literal(v.trim().toLowerCase())).join(', ')}), ${text(origin, row)}`,
      );
      return `multiIf(${branches.join(', ')}, ${otherwise === null ? "''" : text(otherwise, row)})`;
    },
  };
}

/** What a profile (null: the canonical names) makes of a table: where each column comes from, and which required ones are missing. */
export function resolve(
  table: TableFacts,
  kind: FactKindName,
  profile: Profile | null,
): { mapping: Mapping; missing: string[] } {
  const header = new Header(table);
  const sources = new Map<string, ColumnSource>();
  const mode = profile?.number ?? 'phone';
  for (const spec of FACT_KINDS[kind].columns) {
    const written = profile?.columns[spec.name];
    const source = sourceOf(spec, written === undefined ? { from: spec.name } : ruleOf(written), header, mode);
    if (source !== null) sources.set(spec.name, source);
  }
  const used = new Set([...sources.values()].flatMap((s) => s.columns));
  const skip = new Set<string>(QUARANTINE_COLUMNS.slice(1));
  const names = table.header.map((name, i) => (name.trim() === '' ? `column_${i + 1}` : name));
  return {
    missing: FACT_KINDS[kind].columns.filter((c) => c.required === true && !sources.has(c.name)).map((c) => c.name),
    mapping: {
      kind,
      profile: profile?.name ?? '',
      sources,
      extra: names.flatMap((name, column) => (used.has(column) || skip.has(plainName(name)) ? [] : [{ column, name }])),
      extraJson: null,
      zone: profile?.time?.zone ?? null,
      timeFormat: profile?.time?.format ?? 'auto',
      spelled: profile !== null,
    },
  };
}

/**
 * Maps a table to a kind's canonical columns.
 * @throws ImportRefusal naming the missing column, what was found, and profiles that would fit.
 */
export function mapColumns(
  table: TableFacts,
  kind: FactKindName,
  profile: Profile | null,
  profiles: readonly Profile[],
): Mapping {
  const { mapping, missing } = resolve(table, kind, profile);
  if (missing.length > 0) throw missingColumns(missing, table, kind, profile, profiles);
  return mapping;
}

function missingColumns(
  missing: readonly string[],
  table: TableFacts,
  kind: FactKindName,
  profile: Profile | null,
  profiles: readonly Profile[],
): ImportRefusal {
  const found = table.header.join(', ');
  const lacking = missing.join(', ');
  const fits = profiles.filter((p) => p.name !== profile?.name && resolve(table, p.kind, p).missing.length === 0);
  const own = profile !== null && ['caller', 'callee'].some((c) => missing.includes(c));
  const hint =
    fits.length > 0
      ? { zh: `可试 --profile ${fits[0]?.name}。`, en: `--profile ${fits[0]?.name} would fit.` }
      : own
        ? {
            zh: '若文件是某个号码的话单而表中没有本机号码，用 --own-number 指明。',
            en: 'If this is the list of one number that the table does not name, say so with --own-number.',
          }
        : {
            zh: `把列改名，或写一个配置 profiles/*.yaml(现有：${profiles.map((p) => p.name).join('、')})。`,
            en: `Rename the columns, or write a profile (profiles/*.yaml; there are: ${profiles.map((p) => p.name).join(', ')}).`,
          };
  return new ImportRefusal('missing_column', {
    zh: `缺少 ${kind} 的必填列 ${lacking}；文件中的列是：${found}。${hint.zh}`,
    en: `The required column ${lacking} of ${kind} is missing; the file has: ${found}. ${hint.en}`,
  });
}

/** The kind a file's name stands for (`calls.csv.gz` -> calls, `calls-2023-01.parquet` -> calls), or null. */
export function kindOfName(path: string): FactKindName | null {
  const stem = plainName(basename(path)).split(/[.\-_ ]/)[0] ?? '';
  return FACT_KIND_NAMES.find((k) => k === stem) ?? null;
}

/** The kind whose required columns are all in the header; when several fit, the one that knows most of the columns. */
export function kindOfHeader(header: readonly string[]): FactKindName | null {
  const have = new Set(header.map(plainName));
  let best: FactKindName | null = null;
  let bestKnown = 0;
  for (const kind of FACT_KIND_NAMES) {
    const columns = FACT_KINDS[kind].columns;
    if (!columns.every((c) => c.required !== true || have.has(c.name))) continue;
    const known = columns.filter((c) => have.has(c.name)).length;
    if (known > bestKnown) [best, bestKnown] = [kind, known];
  }
  return best;
}
