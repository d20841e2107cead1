import { describe, expect, it } from 'vitest';
import { cellOf } from './export.ts';

describe('a cell of the export', () => {
  it.each([
    ['+639175550123', '+639175550123'],
    ['-0.5', '-0.5'],
    ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
    ['+cmd|calc', "'+cmd|calc"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['a,b', '"a,b"'],
    ['two\nlines', '"two\nlines"'],
  ])('%s', (value, cell) => expect(cellOf(value)).toBe(cell));
});
