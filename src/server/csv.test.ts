import { describe, expect, it } from 'vitest';
import { csvCell, csvLine } from './csv.ts';

describe('an exported cell', () => {
  it.each(['=1+1', '@SUM(A1)', '+cmd|x', '-2+3', '\t=1', '+1=2'])('never computes: %j', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  it.each([
    ['+8613800001234', '+8613800001234'],
    [-0.5, '-0.5'],
    [null, ''],
    ['a "b", c', '"a ""b"", c"'],
    ['a\nb', '"a\nb"'],
  ])('%j becomes %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it('stands in lines that end as RFC 4180 wants', () => {
    expect(csvLine(['a', 1, null])).toBe('a,1,\r\n');
  });
});
