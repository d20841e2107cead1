import { FACT_KINDS, type ColumnSpec } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import { END_OF_INSTANTS, FIRST_INSTANT, instantSql, literal } from './instant.ts';
import type { ColumnSource, Mapping } from './mapping.ts';
import { canonicalNumber, opaqueIdentifier } from './phone-number.ts';
import { amountText, durationSql, instantText } from './spelled-sql.ts';

// How one cell becomes one value, in SQL over a staged row `s`: a case for each type of column in model/fact-kinds.ts.

/** Durations up to UInt32 milliseconds: 49 days. */
const MAX_MS = 4_294_967_295;
const AMOUNT_CELL = '^(?:[0-9]{1,24}|[0-9]{1,3}(?:,[0-9]{3}){1,7})(?:\\.[0-9]{1,8})?$';
/** Kinds in which a bare date is a sensible time: many banks' statements have no other. It is read as the day's first moment in the file's zone. */
const DATED_KINDS = new Set(['cases', 'dealings', 'memberships', 'payments']);
/** Kept exactly as written, outer space included. */
const VERBATIM = new Set(['text', 'narrative', 'memo']);

export interface ColumnSql {
  spec: ColumnSpec;
  /** Column of the fact table. */
  target: string;
  /** Parsed once per row, name -> expression over staging `s`; everything below is over these names. */
  parsed: Record<string, string>;
  value: string;
  /** True for a cell that can be taken; '' when any can. Cheap: runs for every row. */
  ok: string;
  /** '' or a reason code; agrees with `ok`, runs for rows that go to quarantine. */
  problem: string;
  /** The cell as it came, over the row of this alias ('n.'). */
  cell: (row: string) => string;
  /** What the content key takes in: the value as text, or as a whole number (toInt64 of it) where it is one. */
  keyPart: string;
}

/** Name of the table column that holds a canonical column: durations are stored in milliseconds. */
export const targetColumn = (spec: ColumnSpec): string =>
  spec.type === 'seconds' ? spec.name.replace(/_s$/, '_ms') : spec.name;

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

/** The telephone number that a text in a column of people is (a purse, a group member): mobile numbers in their plain spellings as E.164, anything else as it is. */
export const phoneSql = (cell: string, home: Home): string =>
  home.country === 'CN' ? `if(${mobileSql(cell)} > 0, concat('+86', toString(${mobileSql(cell)})), ${cell})` : cell;

/** How a spelling is read; part of the party map's key, so that two id spaces in one file stay apart. */
export const partyMode = (source: ColumnSource): string => `${source.number}:${source.prefix}`;

const isConstant = (source: ColumnSource): boolean => source.columns.length === 0;

/** The number columns of a mapping that come from the file. */
export function partyColumns(
  mapping: Mapping,
): { spec: ColumnSpec; source: ColumnSource; cell: string; mode: string }[] {
  return FACT_KINDS[mapping.kind].columns.flatMap((spec) => {
    const source = mapping.sources.get(spec.name);
    if (source === undefined || isConstant(source) || (spec.type !== 'number' && spec.of !== 'number')) return [];
    return [{ spec, source, cell: source.cell('s.'), mode: partyMode(source) }];
  });
}

/** Number columns that say the same for every row: a person's, or a line's above the table. */
export function constantParties(
  mapping: Mapping,
): { spec: ColumnSpec; source: ColumnSource; mode: string; raw: string }[] {
  return FACT_KINDS[mapping.kind].columns.flatMap((spec) => {
    const source = mapping.sources.get(spec.name);
    const raw = source?.constant ?? '';
    return source === undefined || raw === '' || spec.type !== 'number'
      ? []
      : [{ spec, source, mode: partyMode(source), raw }];
  });
}

/** Elements of a list cell: separated by ';' (or its full-width form), or a JSON array. */
export const listSql = (cell: string): string =>
  `arrayFilter(x -> x != '', arrayMap(x -> trimBoth(x), if(startsWith(${cell}, '['),
    JSONExtract(${cell}, 'Array(String)'), splitByRegexp(';|\uff1b', ${cell}))))`;

/** SQL of one column. `fileHasNul` turns on the check that keeps the separator of the content key out of texts. */
export function columnSql(
  spec: ColumnSpec,
  mapping: Mapping,
  home: Home,
  fileHasNul: boolean,
  complete: boolean,
): ColumnSql {
  const source = mapping.sources.get(spec.name);
  if (source === undefined) return absent(spec, mapping);
  const cell = source.cell('s.');
  const known: CellSql = cellSql(spec, cell, source, mapping, home, complete);
  const checks: [string, string][] = [];
  // Written so that `ok` and `problem` can't disagree: a cell is fine when none of the checks says otherwise.
  if (spec.required === true) checks.push([`${known.text} = ''`, 'empty']);
  if (fileHasNul && spec.type === 'text') checks.push([`position(${known.text}, '\\0') > 0`, 'control_character']);
  const ok = [...checks.map(([bad]) => `NOT (${bad})`), ...(known.ok === '' ? [] : [known.ok])].join(' AND ');
  const detail = known.ok === '' ? "''" : `if(${known.ok}, '', ${known.reason})`;
  const problem =
    checks.length === 0 ? detail : `multiIf(${checks.map(([bad, why]) => `${bad}, '${why}', `).join('')}${detail})`;
  const { parsed, value, keyPart } = known;
  return {
    spec,
    target: targetColumn(spec),
    parsed,
    value,
    ok,
    problem: ok === '' ? "''" : problem,
    cell: source.cell,
    keyPart,
  };
}

/** A number that is not there; times and durations are never negative. */
const NOTHING = 'toInt64(-1)';

/** A column the file does not have. */
function absent(spec: ColumnSpec, mapping: Mapping): ColumnSql {
  const value = ((): string => {
    switch (spec.type) {
      case 'instant':
        return "CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))')";
      case 'seconds':
        return "CAST(NULL, 'Nullable(UInt32)')";
      case 'amount':
        return "CAST(NULL, 'Nullable(Decimal(38, 8))')";
      case 'list':
        return 'emptyArrayString()';
      case 'flag':
        return unknownFlag(spec, mapping);
      default:
        return literal(spec.values?.[0] ?? '');
    }
  })();
  const keyPart =
    spec.type === 'flag'
      ? `toInt64(${value})`
      : spec.type === 'instant' || spec.type === 'seconds'
        ? NOTHING
        : spec.type === 'amount' || spec.type === 'list'
          ? "''"
          : value;
  return { spec, target: targetColumn(spec), parsed: {}, value, ok: '', problem: "''", cell: () => "''", keyPart };
}

/** Not said: a call somebody talked on was answered. */
const unknownFlag = (spec: ColumnSpec, mapping: Mapping): string =>
  mapping.kind === 'calls' && spec.name === 'answered' ? 'toUInt8(v_duration_s > 0)' : 'toUInt8(0)';

interface CellSql {
  parsed: Record<string, string>;
  /** The cell's text, '' when it says nothing. */
  text: string;
  value: string;
  ok: string;
  /** Why not, once `ok` has failed. */
  reason: string;
  keyPart: string;
}

function cellSql(
  spec: ColumnSpec,
  cell: string,
  source: ColumnSource,
  mapping: Mapping,
  home: Home,
  complete: boolean,
): CellSql {
  const [t, v] = [`t_${spec.name}`, `v_${spec.name}`];
  const trimmed = isConstant(source) ? cell : `trimBoth(${cell})`;
  switch (spec.type) {
    case 'instant': {
      const { value, reason } = instantSql(t, {
        zone: mapping.zone ?? home.zone,
        format: mapping.timeFormat,
        dateAlone: DATED_KINDS.has(mapping.kind),
      });
      const inRange = `ifNull(${v} >= fromUnixTimestamp64Milli(${FIRST_INSTANT}) AND ${v} < fromUnixTimestamp64Milli(${END_OF_INSTANTS}), 0)`;
      return {
        parsed: { [t]: mapping.spelled ? instantText(trimmed) : trimmed, [v]: value },
        text: t,
        // A required time has been checked before it is taken; the zero never gets into a table.
        value: spec.required === true ? `assumeNotNull(${v})` : v,
        ok: spec.required === true ? inRange : `(${t} = '' OR ${inRange})`,
        reason: `if(isNotNull(${v}), 'year_out_of_range', ${reason})`,
        keyPart: `toInt64(ifNull(toUnixTimestamp64Milli(${v}), -1))`,
      };
    }
    case 'seconds': {
      const { text, shape, value } = durationSql(trimmed, t, mapping.spelled);
      const fits = `match(${t}, ${literal(shape)}) AND ${v} <= ${MAX_MS}`;
      const ms = `toUInt32(${v})`;
      return {
        parsed: { [t]: text, [v]: `floor(${value} * ${1000 * source.unit} + 0.5)` },
        text: t,
        value: spec.required === true ? ms : `if(${t} = '', NULL, ${ms})`,
        ok: spec.required === true ? fits : `(${t} = '' OR (${fits}))`,
        reason: `multiIf(match(${t}, ${literal(shape)}), 'out_of_range', match(${t}, '^-[0-9.]+$'), 'negative', 'not_a_number')`,
        keyPart: spec.required === true ? `toInt64(${v})` : `if(${t} = '', ${NOTHING}, toInt64(${v}))`,
      };
    }
    case 'flag': {
      // 2: not said, 3: unreadable.
      const read = `transform(lower(${t}), ['true', '1', 'yes', 'y', 't', '是', 'false', '0', 'no', 'n', 'f', '否', ''], [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2], 3)`;
      const value = `if(${v} = 2, ${unknownFlag(spec, mapping)}, toUInt8(${v}))`;
      return {
        parsed: { [t]: trimmed, [v]: read },
        text: t,
        value,
        ok: `${v} < 3`,
        reason: "'not_a_flag'",
        keyPart: `toInt64(${value})`,
      };
    }
    case 'country':
      return {
        parsed: { [v]: `upper(${trimmed})` },
        text: v,
        value: v,
        ok: `(${v} = '' OR match(${v}, '^[A-Z]{2}$'))`,
        reason: "'not_a_country'",
        keyPart: v,
      };
    case 'amount': {
      const fits = `match(${t}, ${literal(AMOUNT_CELL)}) AND isNotNull(${v})`;
      return {
        parsed: {
          [t]: mapping.spelled ? amountText(trimmed, source.unsigned) : trimmed,
          [v]: `toDecimal128OrNull(replaceAll(${t}, ',', ''), 8)`,
        },
        text: t,
        value: spec.required === true ? `assumeNotNull(${v})` : v,
        ok: spec.required === true ? fits : `(${t} = '' OR (${fits}))`,
        reason: `if(startsWith(${t}, '-'), 'negative', 'not_an_amount')`,
        keyPart: `ifNull(toString(${v}), '')`,
      };
    }
    case 'list': {
      if (spec.of !== 'number' || isConstant(source)) {
        return {
          parsed: { [v]: listSql(cell) },
          text: cell,
          value: v,
          ok: '',
          reason: "''",
          keyPart: `arrayStringConcat(${v}, ';')`,
        };
      }
      if (!complete) {
        return {
          parsed: { [t]: cell, [v]: 'emptyArrayString()' },
          text: t,
          value: v,
          ok: `${t} = ''`,
          reason: "''",
          keyPart: "''",
        };
      }
      const why = `why_${spec.name}`;
      return {
        parsed: { [v]: `l_${spec.name}.ids`, [why]: `l_${spec.name}.reason` },
        text: cell,
        value: v,
        ok: `${why} = ''`,
        reason: why,
        keyPart: `arrayStringConcat(${v}, ';')`,
      };
    }
    case 'number': {
      if (isConstant(source)) return constantNumber(cell, source, spec, v, home);
      const [why, mobile] = [`why_${spec.name}`, `m_${spec.name}`];
      const fast = hasFastPath(source, home);
      const id = `p_${spec.name}.id`;
      return {
        parsed: {
          ...(fast ? { [mobile]: `s.${mobile}` } : {}),
          [t]: `trimBoth(${cell})`,
          [v]: fast
            ? `multiIf(s.${mobile} = 0, ${id}, length(${cell}) = 14, ${cell}, concat('+86', toString(s.${mobile})))`
            : id,
          [why]: `p_${spec.name}.reason`,
        },
        text: t,
        value: v,
        // A spelling that was refused has no id; an empty cell has none either, and has been judged by then.
        ok: spec.required === true ? `${v} != ''` : complete ? `${why} = ''` : `(${v} != '' OR ${t} = '')`,
        reason: `if(${why} = '', 'empty', toString(${why}))`,
        keyPart: v,
      };
    }
    case 'text': {
      const text = VERBATIM.has(spec.name) || isConstant(source) ? cell : trimmed;
      if (spec.values === undefined)
        return { parsed: { [v]: text }, text: v, value: v, ok: '', reason: "''", keyPart: v };
      const first = spec.required === true ? '' : (spec.values[0] ?? '');
      const value = first === '' ? v : `if(${v} = '', ${literal(first)}, ${v})`;
      return {
        parsed: { [v]: `lower(${trimmed})` },
        text: v,
        value,
        ok: `${v} IN (${[...new Set(['', ...spec.values])].map(literal).join(', ')})`,
        reason: "'not_an_allowed_value'",
        keyPart: value,
      };
    }
  }
}

/** A number that a person or a line above the table gives for all rows, read here and now. */
function constantNumber(cell: string, source: ColumnSource, spec: ColumnSpec, v: string, home: Home): CellSql {
  const raw = source.constant ?? '';
  const party =
    source.number === 'opaque' ? opaqueIdentifier(raw, source.prefix) : canonicalNumber(source.prefix + raw, home);
  const id = literal(party.rejected === true ? '' : party.id);
  const ok = party.rejected !== true || (raw === '' && spec.required !== true) ? '' : '0';
  return {
    parsed: { [v]: id },
    text: cell,
    value: v,
    ok,
    reason: literal(party.rejected === true ? party.reason : ''),
    keyPart: v,
  };
}
