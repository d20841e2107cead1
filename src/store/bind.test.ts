import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLiterals } from './bind.ts';
import { sql } from './sql.ts';

describe('values as literals', () => {
  it('writes text as hexadecimal digits, whatever it holds', () => {
    expect(withLiterals({ text: 'SELECT {a:String}', params: { a: "'; DROP" } })).toBe(
      "SELECT unhex('273b2044524f50')",
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(withLiterals(sql`SELECT ${text}`)).toMatch(/^SELECT unhex\('[0-9a-f]*'\)$/);
      }),
    );
  });

  it('writes numbers, dates and lists from their value', () => {
    const at = new Date(5);
    expect(withLiterals(sql`${1} ${-2.5} ${true} ${at} ${[1, 2]}`)).toBe(
      "CAST(1, 'Int64') CAST(-2.5, 'Float64') CAST(true, 'Bool') CAST(unhex('313937302d30312d30312030303a30303a30302e303035'), " +
        "'DateTime64(3, \\'UTC\\')') CAST([1, 2], 'Array(Int64)')",
    );
    expect(withLiterals({ text: '{x:Nullable(String)} {y:Float64}', params: { x: null, y: Number.NaN } })).toBe(
      "CAST(NULL, 'Nullable(String)') CAST(nan, 'Float64')",
    );
  });

  it('fills names only with names', () => {
    expect(withLiterals({ text: '{t:Identifier}', params: { t: 'default.calls' } })).toBe('`default`.`calls`');
    for (const t of ['a`b', 'a b', '', 'a;b', 5]) {
      expect(() => withLiterals({ text: '{t:Identifier}', params: { t } })).toThrow(/is not an identifier/);
    }
  });

  it('leaves braces that bind nothing, and refuses what cannot be bound', () => {
    expect(withLiterals({ text: "SELECT '{\"a\": 1}', '{b:c}'", params: { p1: 1 } })).toBe(
      "SELECT '{\"a\": 1}', '{b:c}'",
    );
    expect(() => withLiterals({ text: '{a:String}', params: { a: {} } })).toThrow(/parameter a/);
    expect(() => withLiterals({ text: "{a:String')--}", params: { a: 1 } })).not.toThrow();
    expect(() => withLiterals({ text: '{a:Str"ing}', params: { a: 1 } })).toThrow(/is not a type/);
  });
});
