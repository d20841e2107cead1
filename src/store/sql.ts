/**
 * A SQL text with its bound values. Values never become part of the text: they travel as ClickHouse `{name:Type}` parameters
 * (or `$n` in Postgres), so text from outside is never run.
 */
export interface Sql {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A trusted piece of SQL text (an identifier or expression from our own catalogue, never from outside). */
export interface RawSql {
  readonly raw: string;
}

export const raw = (text: string): RawSql => ({ raw: text });

const isRaw = (v: unknown): v is RawSql => typeof v === 'object' && v !== null && 'raw' in v;
const isSql = (v: unknown): v is Sql => typeof v === 'object' && v !== null && 'text' in v && 'params' in v;

let serial = 0;

const typeOf = (v: unknown): string => {
  if (typeof v === 'string') return 'String';
  if (typeof v === 'boolean') return 'Bool';
  if (typeof v === 'bigint') return 'Int64';
  if (typeof v === 'number') return Number.isSafeInteger(v) ? 'Int64' : 'Float64';
  if (v instanceof Date) return "DateTime64(3, 'UTC')";
  if (Array.isArray(v)) return `Array(${v.length === 0 ? 'String' : typeOf(v[0])})`;
  throw new TypeError(`a value of type ${v === null ? 'null' : typeof v} cannot be bound in SQL`);
};

/**
 * Builds ClickHouse SQL: ``sql`SELECT * FROM calls WHERE caller = ${number}` ``. Strings, numbers, booleans, dates and arrays of
 * them are bound; another `sql` is nested; `raw('calls')` is pasted.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  let text = strings[0] ?? '';
  const params: Record<string, unknown> = {};
  values.forEach((v, i) => {
    if (isRaw(v)) text += v.raw;
    else if (isSql(v)) {
      text += v.text;
      Object.assign(params, v.params);
    } else {
      const name = `p${(serial = (serial + 1) % 1_000_000_000)}`;
      text += `{${name}:${typeOf(v)}}`;
      params[name] = v instanceof Date ? v.toISOString().replace('T', ' ').replace('Z', '') : v;
    }
    text += strings[i + 1] ?? '';
  });
  return { text, params };
}
