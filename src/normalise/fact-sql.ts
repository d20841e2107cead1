import { FACT_KINDS } from '../model/fact-kinds.ts';
import type { Home } from '../model/home.ts';
import { columnSql, hasFastPath, listSql, mobileSql, partyColumns, type ColumnSql } from './cell-sql.ts';
import { literal } from './instant.ts';
import type { Mapping } from './mapping.ts';

/**
 * SQL that turns the staged rows of one file into facts and quarantine: one expression per canonical column for the value, one for what
 * is wrong with it. Made from model/fact-kinds.ts and a mapping; JavaScript sees distinct values only.
 *
 * Staging: `row UInt64, broken String, raw String, c0 String, c1 String, ...` (`broken` is why a row could not be split into cells,
 * `raw` its text). Party map: `raw, mode, id, kind, country, ..., reason`, one row per distinct spelling that is not a plain mobile number.
 */
export interface StageTables {
  /** Where the rows are read from. */
  stage: string;
  parties: string;
  /** Whether the party map has every spelling. If not, rows with a number it lacks (or refuses) are not `good` yet. */
  complete: boolean;
}

const backtick = (name: string): string => `\`${name}\``;

/** Statements' parts over `from`, which has one row per staged row with its cells parsed. */
export interface FactSql {
  /** Columns of the fact table, in the order of `select`. */
  columns: string[];
  select: string;
  from: string;
  /** True for rows that become facts. */
  good: string;
  /** '' for a row that becomes a fact, else why not. */
  reason: string;
  /** Name of the column that spoils the row, and its cell. */
  badColumn: string;
  badValue: string;
}

/** Everything needed to fill the fact table and the quarantine from staging. */
export function factSql(
  mapping: Mapping,
  tables: StageTables,
  home: Home,
  file: { sha256: string; hasNul: boolean; width: number },
): FactSql {
  const kind = FACT_KINDS[mapping.kind];
  const columns = kind.columns.map((spec) => columnSql(spec, mapping, home, file.hasNul, tables.complete));
  const cells = Array.from({ length: file.width }, (_, i) => `s.c${i} AS c${i}`);
  const parsed = columns.flatMap((c) => Object.entries(c.parsed).map(([name, sql]) => `${sql} AS ${backtick(name)}`));
  const select: [string, string][] = columns.map((c) => [c.target, c.value]);
  if (mapping.kind === 'calls') {
    const source = mapping.sources.get('caller');
    if (source !== undefined && source.columns.length > 0) {
      const country = hasFastPath(source, home) ? "if(s.m_caller > 0, 'CN', p_caller.country)" : 'p_caller.country';
      parsed.push(`${country} AS v_caller_country`);
    }
    select.push(['caller_country', (source?.columns.length ?? 0) === 0 ? "''" : 'v_caller_country']);
  }
  select.push(
    ['extra', extraSql(mapping)],
    ['key', `reinterpretAsUInt128(sipHash128(${contentSql(columns)}))`],
    ['file_sha256', literal(file.sha256)],
    ['row', 'n.row'],
  );
  const checked = columns.filter((c) => c.ok !== '');
  const pick = (broken: string, what: (c: ColumnSql) => string): string =>
    `multiIf(n.broken != '', ${broken}, ${checked.map((c) => `NOT (${c.ok}), ${what(c)}, `).join('')}'')`;
  const inner = ['s.row AS row', 's.broken AS broken', 's.raw AS raw', ...cells, ...parsed].join(', ');
  return {
    columns: select.map(([name]) => backtick(name)),
    select: select.map(([name, value]) => `${value} AS ${backtick(`f_${name}`)}`).join(', '),
    from: `(SELECT ${inner} FROM ${source(mapping, tables, home)} AS s${joins(mapping, tables, home)}) AS n`,
    good: ["n.broken = ''", ...checked.map((c) => `(${c.ok})`)].join(' AND '),
    reason: pick('n.broken', (c) => c.problem),
    badColumn: pick("''", (c) => literal(c.spec.name)),
    badValue: pick('n.raw', (c) => c.cell('n.')),
  };
}

function extraSql(mapping: Mapping): string {
  if (mapping.extraJson !== null) return `if(n.c${mapping.extraJson} = '{}', '', n.c${mapping.extraJson})`;
  if (mapping.extra.length === 0) return "''";
  const all = mapping.extra.map(({ column, name }) => `${literal(name)}, n.c${column}`).join(', ');
  return `if(length(mapFilter((k, x) -> x != '', map(${all})) AS unknown_columns) = 0, '', toJSONString(unknown_columns))`;
}

/**
 * What the content key is made of: all values as one text, separated by a character no cell contains (columnSql sees to that). The order is
 * that of the kind's columns, whatever the file's. One text and not several arguments: the engine hashes each argument by itself, which
 * costs more than joining them.
 */
function contentSql(columns: readonly ColumnSql[]): string {
  const isNumber = (c: ColumnSql): boolean => ['instant', 'seconds', 'flag'].includes(c.spec.type);
  const parts: string[] = [];
  const add = (part: string): void => {
    const last = parts.at(-1);
    // Neighbouring constants become one: fewer pieces to join per row.
    if (last !== undefined && isConstant(part) && isConstant(last))
      parts[parts.length - 1] = last.slice(0, -1) + part.slice(1);
    else parts.push(part);
  };
  const inOrder = [...columns.filter((c) => !isNumber(c)), ...columns.filter(isNumber)];
  inOrder.forEach((c, i) => {
    if (i > 0) add("'\\0'");
    // Full strings: joining columns with dictionaries is slower than unpacking them.
    add(isConstant(c.keyPart) ? c.keyPart : isNumber(c) ? `toString(${c.keyPart})` : `CAST(${c.keyPart}, 'String')`);
  });
  return `concat('', ${parts.filter((p) => p !== "''").join(', ')})`;
}

const isConstant = (part: string): boolean => /^'(?:[^'\\]|\\.)*'$/.test(part);

/** Staging, with each number column's mobile number (m_) and what is to be looked up in the party map (k_): nothing for the mobile ones. */
function source(mapping: Mapping, tables: StageTables, home: Home): string {
  const keys = partyColumns(mapping)
    .filter(({ spec, source: from }) => spec.type === 'number' && hasFastPath(from, home))
    .map(({ spec, source: from }) => {
      const own = from.cell('');
      return `, ${mobileSql(own)} AS m_${spec.name}, if(m_${spec.name} > 0, '', ${own}) AS k_${spec.name}`;
    });
  return keys.length === 0 ? tables.stage : `(SELECT *${keys.join('')} FROM ${tables.stage})`;
}

function joins(mapping: Mapping, tables: StageTables, home: Home): string {
  return partyColumns(mapping)
    .filter(({ spec }) => tables.complete || spec.type === 'number')
    .map(({ spec, source, cell, mode }) => {
      const entries = `(SELECT raw, id, country, reason FROM ${tables.parties} WHERE mode = ${literal(mode)})`;
      if (spec.type === 'number') {
        const key = hasFastPath(source, home) ? `s.k_${spec.name}` : cell;
        return `\n LEFT ANY JOIN ${entries} AS p_${spec.name} ON p_${spec.name}.raw = ${key}`;
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
