import type { Sql } from './sql.ts';

/**
 * Bound values as literals, for chDB.
 *
 * chDB's own `{name:Type}` binding keeps its parameters in one place for the whole process: two bound statements at once mix up their
 * values and can abort the engine, so the driver runs them strictly one after the other, and a page would wait for an analysis. Text is
 * therefore written as `unhex('...')`: only the digits 0-9 and a-f reach the statement, so a value can't end its own literal whatever it
 * holds. Numbers and dates are written from their parsed value, never from a string somebody handed in.
 */
export function withLiterals(statement: Sql): string {
  return statement.text.replace(/\{(\w+)\s*:\s*([^{}]+)\}/g, (whole, name: string, type: string) =>
    Object.hasOwn(statement.params, name) ? literal(statement.params[name], type.trim(), name) : whole,
  );
}

function literal(value: unknown, type: string, name: string): string {
  if (type === 'Identifier') {
    if (typeof value !== 'string' || !/^\w+(\.\w+)*$/.test(value)) {
      throw new TypeError(`parameter ${name}: ${JSON.stringify(value)} is not an identifier`);
    }
    return value
      .split('.')
      .map((part) => `\`${part}\``)
      .join('.');
  }
  if (!/^[\w\s(),.'+/-]+$/.test(type)) throw new TypeError(`parameter ${name}: ${JSON.stringify(type)} is not a type`);
  const text = expression(value, name);
  return type === 'String' ? text : `CAST(${text}, '${type.replaceAll("'", "\\'")}')`;
}

function expression(value: unknown, name: string): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return `unhex('${Buffer.from(value, 'utf8').toString('hex')}')`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return `'${value.toString()}'`;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'nan';
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    return String(value);
  }
  if (value instanceof Date) return `'${value.toISOString().replace('T', ' ').replace('Z', '')}'`;
  if (Array.isArray(value)) return `[${value.map((v) => expression(v, name)).join(', ')}]`;
  throw new TypeError(`parameter ${name}: a value of type ${typeof value} cannot be bound in SQL`);
}
