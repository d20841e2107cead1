import { FACT_KINDS, type ColumnSpec } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import { instantSql, literal } from './instant.ts';
import type { ColumnSource, Mapping } from './profile.ts';

/**
 * SQL that turns the staged rows of one file into facts and quarantine: one expression per canonical column for the value, one for what
 * is wrong with it. Made from model/fact-kinds.ts and a mapping; JavaScript sees distinct values only.
 *
 * Staging: `row UInt64, broken String, raw String, c0 String, c1 String, ...` (`broken` is why a row could not be split into cells,
 * `raw` its text). Party map: `raw, mode, id, kind, country, ..., reason`, one row per distinct spelling that is not a plain mobile number.
 */
export interface StageTables {
  stage: string;
  parties: string;
}

/** Durations up to UInt32 milliseconds: 49 days. */
const MAX_MS = 4_294_967_295;
const NUMBER_CELL = '^[0-9]{1,10}(?:\\.[0-9]{1,9})?$';
const AMOUNT_CELL = '^(?:[0-9]{1,24}|[0-9]{1,3}(?:,[0-9]{3}){1,7})(?:\\.[0-9]{1,8})?$';
/** Kinds in which a bare date is a sensible time. */
const DATED_KINDS = new Set(['cases', 'dealings', 'memberships']);
/** Kept exactly as written, outer space included. */
const VERBATIM = new Set(['text', 'narrative', 'memo']);

export interface ColumnSql {
  spec: ColumnSpec;
  /** Column of the fact table. */
  target: string;
  value: string;
  /** '' or a reason code. */
  problem: string;
  /** The cell as it came. */
  cell: string;
  /** Value as text, for the content key. */
  keyPart: string;
}

const backtick = (name: string): string => `\`${name}\``;

/** Name of the table column that holds a canonical column: durations are stored in milliseconds. */
export const targetColumn = (spec: ColumnSpec): string =>
  spec.type === 'seconds' ? spec.name.replace(/_s$/, '_ms') : spec.name;

const cellOf = (source: ColumnSource | undefined): string =>
  source === undefined ? "''" : source.column === undefined ? literal(source.constant) : `s.c${source.column}`;

/** Number columns whose plain mainland mobile spellings are read by SQL alone (held equal to canonicalNumber by a test). */
export const hasFastPath = (source: ColumnSource, home: Home): boolean =>
  home.country === 'CN' && source.number === 'phone' && source.prefix === '';

/** National digits of a mainland mobile number in one of its plain spellings, as UInt64; 0 for anything else. */
export const mobileSql = (cell: string): string => {
  const digits = `multiIf(length(${cell}) = 14 AND startsWith(${cell}, '+86'), toUInt64OrZero(substring(${cell}, 4)),
    length(${cell}) = 11, toUInt64OrZero(${cell}),
    length(${cell}) = 13 AND startsWith(${cell}, '86'), toUInt64OrZero(substring(${cell}, 3)), 0)`;
  return `if(${digits} BETWEEN 13000000000 AND 19999999999, ${digits}, 0)`;
};

/** How a spelling is read; part of the party map's key, so that two id spaces in one file stay apart. */
export const partyMode = (source: ColumnSource): string => `${source.number}:${source.prefix}`;

/** The number columns of a mapping that come from the file. */
export function partyColumns(
  mapping: Mapping,
): { spec: ColumnSpec; source: ColumnSource; cell: string; mode: string }[] {
  return FACT_KINDS[mapping.kind].columns.flatMap((spec) => {
    const source = mapping.sources.get(spec.name);
    if (source?.column === undefined || (spec.type !== 'number' && spec.of !== 'number')) return [];
    return [{ spec, source, cell: cellOf(source), mode: partyMode(source) }];
  });
}

/** Elements of a list cell: separated by ';' (or its full-width form), or a JSON array. */
export const listSql = (cell: string): string =>
  `arrayFilter(x -> x != '', arrayMap(x -> trimBoth(x), if(startsWith(${cell}, '['),
    JSONExtract(${cell}, 'Array(String)'), splitByRegexp(';|;', ${cell}))))`;

export function columnSql(spec: ColumnSpec, mapping: Mapping, home: Home, fileHasNul: boolean): ColumnSql {
  const source = mapping.sources.get(spec.name);
  const cell = cellOf(source);
  const made = cellSql(spec, cell, source, mapping, home);
  const need = spec.required === true ? `trimBoth(${cell}) = '', 'empty', ` : '';
  const nul = fileHasNul && spec.type === 'text' ? `position(${cell}, '\\0') > 0, 'control_character', ` : '';
  const problem =
    source === undefined
      ? "''"
      : need + nul === ''
        ? made.problem
        : `multiIf(${need}${nul}${made.problem === "''" ? '' : `${made.problem} != '', ${made.problem}, `}'')`;
  return { spec, target: targetColumn(spec), cell, value: made.value, problem, keyPart: made.keyPart };
}

function cellSql(
  spec: ColumnSpec,
  cell: string,
  source: ColumnSource | undefined,
  mapping: Mapping,
  home: Home,
): { value: string; problem: string; keyPart: string } {
  const trimmed = source?.column === undefined ? cell : `trimBoth(${cell})`;
  switch (spec.type) {
    case 'instant': {
      const rules = {
        zone: mapping.zone ?? home.zone,
        format: mapping.timeFormat,
        dateAlone: DATED_KINDS.has(mapping.kind),
      };
      const { value, problem } = instantSql(trimmed, rules);
      // A required time has been checked by WHERE before it is taken; the zero never gets into a table.
      const taken = spec.required === true ? `ifNull(${value}, toDateTime64(0, 3, 'UTC'))` : value;
      return {
        value: source === undefined ? "CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))')" : taken,
        problem,
        keyPart:
          source === undefined
            ? "''"
            : spec.required === true
              ? `toString(toUnixTimestamp64Milli(${taken}))`
              : `ifNull(toString(toUnixTimestamp64Milli(${value})), '')`,
      };
    }
    case 'seconds': {
      const ms = `floor(toFloat64OrZero(${trimmed}) * 1000 + 0.5)`;
      const problem = `multiIf(match(${trimmed}, ${literal(NUMBER_CELL)}), if(${ms} > ${MAX_MS}, 'out_of_range', ''),
        ${trimmed} = '', '', match(${trimmed}, '^-[0-9.]+$'), 'negative', 'not_a_number')`;
      if (spec.required === true) {
        const value = `toUInt32(${ms})`;
        return { value, problem, keyPart: `toString(${value})` };
      }
      const value = `if(${trimmed} = '', NULL, toUInt32(${ms}))`;
      return {
        value: source === undefined ? "CAST(NULL, 'Nullable(UInt32)')" : value,
        problem,
        keyPart: source === undefined ? "''" : `ifNull(toString(${value}), '')`,
      };
    }
    case 'flag': {
      const word = `lowerUTF8(${trimmed})`;
      const yes = `${word} IN ('true', '1', 'yes', 'y', 't', '是')`;
      const no = `${word} IN ('false', '0', 'no', 'n', 'f', '否')`;
      // Not said: a call somebody talked on was answered.
      const unknown = mapping.kind === 'calls' && spec.name === 'answered' ? 'toUInt8(duration_ms > 0)' : 'toUInt8(0)';
      const value = source === undefined ? unknown : `multiIf(${yes}, toUInt8(1), ${no}, toUInt8(0), ${unknown})`;
      return {
        value,
        problem: `if(${trimmed} = '' OR ${yes} OR ${no}, '', 'not_a_flag')`,
        keyPart: `toString(${targetColumn(spec)})`,
      };
    }
    case 'country': {
      const value = `upper(${trimmed})`;
      return {
        value,
        problem: `if(${trimmed} = '' OR match(${trimmed}, '^[A-Za-z]{2}$'), '', 'not_a_country')`,
        keyPart: value,
      };
    }
    case 'amount': {
      const decimal = `toDecimal128OrNull(replaceAll(${trimmed}, ',', ''), 8)`;
      const problem = `multiIf(${trimmed} = '', '', startsWith(${trimmed}, '-'), 'negative',
        match(${trimmed}, ${literal(AMOUNT_CELL)}) AND isNotNull(${decimal}), '', 'not_an_amount')`;
      const value = spec.required === true ? `ifNull(${decimal}, 0)` : decimal;
      return {
        value: source === undefined ? "CAST(NULL, 'Nullable(Decimal(38, 8))')" : value,
        problem,
        keyPart: source === undefined ? "''" : `ifNull(toString(${decimal}), '')`,
      };
    }
    case 'list': {
      if (source?.column === undefined) return { value: 'emptyArrayString()', problem: "''", keyPart: "''" };
      const value = spec.of === 'number' ? `l_${spec.name}.ids` : listSql(cell);
      const problem = spec.of === 'number' ? `l_${spec.name}.reason` : "''";
      return { value, problem, keyPart: `arrayStringConcat(${value}, ';')` };
    }
    case 'number': {
      if (source?.column === undefined) return { value: cell, problem: "''", keyPart: cell };
      const known = `p_${spec.name}`;
      if (!hasFastPath(source, home)) {
        return { value: `${known}.id`, problem: `${known}.reason`, keyPart: `${known}.id` };
      }
      const mobile = mobileSql(cell);
      const value = `if(${mobile} > 0, concat('+86', toString(${mobile})), ${known}.id)`;
      return { value, problem: `if(${mobile} > 0, '', ${known}.reason)`, keyPart: value };
    }
    case 'text': {
      const text = VERBATIM.has(spec.name) || source?.column === undefined ? cell : trimmed;
      if (spec.values === undefined) return { value: text, problem: "''", keyPart: text };
      const first = spec.values[0] ?? '';
      const word = `lowerUTF8(${trimmed})`;
      const value =
        source === undefined
          ? literal(first)
          : `if(${trimmed} = '', ${literal(spec.required === true ? '' : first)}, ${word})`;
      const list = spec.values.map(literal).join(', ');
      return {
        value,
        problem: `if(${trimmed} = '' OR ${word} IN (${list}), '', 'not_an_allowed_value')`,
        keyPart: value,
      };
    }
  }
}

export interface FactSql {
  /** Columns of the fact table, in the order of `select`. */
  columns: string[];
  /** Expressions over `from`, one per column. */
  select: string;
  /** Staging joined with the party map. */
  from: string;
  /** '' for a row that becomes a fact; usable in WHERE over `from`. */
  verdict: string;
  /** Over `from`: name of the column that spoils the row, and its cell. */
  badColumn: string;
  badValue: string;
}

/** Everything needed to fill the fact table and the quarantine from staging. `parties` names the number columns with entries in the map. */
export function factSql(
  mapping: Mapping,
  tables: StageTables,
  home: Home,
  file: { sha256: string; hasNul: boolean },
): FactSql {
  const kind = FACT_KINDS[mapping.kind];
  const columns = kind.columns.map((spec) => columnSql(spec, mapping, home, file.hasNul));
  const extraMap = mapping.extra.map(({ column, name }) => `${literal(name)}, s.c${column}`).join(', ');
  const extra =
    mapping.extraJson !== null
      ? `if(s.c${mapping.extraJson} = '{}', '', s.c${mapping.extraJson})`
      : mapping.extra.length === 0
        ? "''"
        : `if(length(mapFilter((k, v) -> v != '', map(${extraMap})) AS unknown_columns) = 0, '', toJSONString(unknown_columns))`;
  // Content columns joined by a character that no cell contains (columnSql sees to that), so that two rows with equal text are equal.
  const content = columns.flatMap((c, i) => (i === 0 ? [c.keyPart] : ["'\\0'", c.keyPart])).join(', ');
  const select: [string, string][] = columns.map((c) => [c.target, c.value]);
  if (mapping.kind === 'calls') select.push(['caller_country', callerCountry(mapping, home)]);
  select.push(
    ['extra', extra],
    ['key', `reinterpretAsUInt128(sipHash128(concat(${content})))`],
    ['file_sha256', literal(file.sha256)],
    ['row', 's.row'],
  );
  // The duration first: "answered" is told from it where the file doesn't say.
  const problems = columns.filter((c) => c.problem !== "''");
  const pick = (what: (c: ColumnSql) => string): string =>
    `multiIf(s.broken != '', ${what === reasonOf ? 's.broken' : what === nameOf ? "''" : 's.raw'}, ${problems
      .map((c) => `(${c.problem}) != '', ${what(c)}, `)
      .join('')}'')`;
  return {
    columns: select.map(([name]) => backtick(name)),
    select: select.map(([name, value]) => `${value} AS ${backtick(name)}`).join(',\n  '),
    from: `${tables.stage} AS s${joins(mapping, tables, home)}`,
    verdict: pick(reasonOf),
    badColumn: pick(nameOf),
    badValue: pick(cellText),
  };
}

const reasonOf = (c: ColumnSql): string => c.problem;
const nameOf = (c: ColumnSql): string => literal(c.spec.name);
const cellText = (c: ColumnSql): string => c.cell;

function callerCountry(mapping: Mapping, home: Home): string {
  const source = mapping.sources.get('caller');
  if (source?.column === undefined) return "''";
  return hasFastPath(source, home)
    ? `if(${mobileSql(cellOf(source))} > 0, 'CN', p_caller.country)`
    : 'p_caller.country';
}

function joins(mapping: Mapping, tables: StageTables, home: Home): string {
  return partyColumns(mapping)
    .map(({ spec, source, cell, mode }) => {
      const entries = `(SELECT raw, id, country, reason FROM ${tables.parties} WHERE mode = ${literal(mode)})`;
      if (spec.type === 'number') {
        return `\n LEFT ANY JOIN ${entries} AS p_${spec.name} ON p_${spec.name}.raw = ${cell}`;
      }
      const fast = hasFastPath(source, home) ? mobileSql('e') : '0';
      // Elements in their order; a list with one unreadable number spoils the row.
      return `\n LEFT ANY JOIN (SELECT row, arrayMap(x -> x.2, arraySort(groupArray((at, if(mobile > 0, concat('+86', toString(mobile)), m.id))))) AS ids,
          max(if(mobile > 0, '', m.reason)) AS reason
        FROM (SELECT s.row AS row, at, e, ${fast} AS mobile FROM ${tables.stage} AS s
          ARRAY JOIN ${listSql(cell)} AS e, arrayEnumerate(${listSql(cell)}) AS at) AS elements
        LEFT ANY JOIN ${entries} AS m ON m.raw = elements.e GROUP BY row) AS l_${spec.name} ON l_${spec.name}.row = s.row`;
    })
    .join('');
}
