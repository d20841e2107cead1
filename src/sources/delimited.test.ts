import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelimitedReader, quotedLine, readHeader, sniffDelimiter, type DelimitedRecord } from './delimited.ts';

const readAll = (pieces: readonly string[], width: number | null = 2, maxLine = 1000): DelimitedRecord[] => {
  const reader = new DelimitedReader({ delimiter: ',', width, maxLine });
  return [...pieces.flatMap((p) => [...reader.feed(p)]), ...reader.end()];
};

describe('DelimitedReader', () => {
  it('reads quoted cells over several lines, doubled quotes, CRLF and a last line without newline', () => {
    expect(readAll(['a,"b\nc"\r\n"d ""e""",f'])).toEqual([
      { row: 1, cells: ['a', 'b\nc'], raw: 'a,"b\nc"' },
      { row: 2, cells: ['d "e"', 'f'], raw: '"d ""e""",f' },
    ]);
  });

  it('hands broken rows over with their text and goes on at the next line, numbering every row', () => {
    expect(readAll(['a,b\nonly one\n"x"y,z\nc,d\n"never closed,e\nf,g\n'])).toEqual([
      { row: 1, cells: ['a', 'b'], raw: 'a,b' },
      { row: 2, broken: 'wrong_number_of_cells', raw: 'only one' },
      { row: 3, broken: 'broken_quotes', raw: '"x"y,z' },
      { row: 4, cells: ['c', 'd'], raw: 'c,d' },
      { row: 5, broken: 'broken_quotes', raw: '"never closed,e' },
      { row: 6, cells: ['f', 'g'], raw: 'f,g' },
    ]);
  });

  it('gives a line up that is longer than the limit and keeps no more than its beginning', () => {
    const long = 'x'.repeat(500);
    const read = readAll(['a,b\n', long, long, long, `${long}\nc,d\n`], 2, 1000);
    expect(read.map((r) => r.broken ?? r.cells)).toEqual([['a', 'b'], 'line_too_long', ['c', 'd']]);
    expect(read[1]?.broken === undefined ? 0 : read[1].raw.length).toBe(1000);
  });

  it('reads back what quotedLine wrote, however the text is cut into pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '中') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), fc.integer({ min: 1, max: 7 }), (rows, step) => {
        const text = rows.map(quotedLine).join('');
        const pieces = text.match(new RegExp(`[^]{1,${step}}`, 'g')) ?? [];
        expect(readAll(pieces, 2, 100_000)).toEqual(
          rows.map((cells, i) => ({ row: i + 1, cells, raw: quotedLine(cells).slice(0, -1) })),
        );
      }),
    );
  });

  it('reads any text the same, however it is cut into pieces', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\n', '\r\n', ' ') });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (all, step) => {
        expect(readAll(all.match(new RegExp(`[^]{1,${step}}`, 'g')) ?? [])).toEqual(readAll([all]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('headers', () => {
  it.each([
    ['a,b,c\n1;2;3', ','],
    ['a;b;c\n', ';'],
    ['a\tb', '\t'],
    ['a|b', '|'],
    ['"a;b;c;d",e', ','],
    ['alone', ','],
  ])('finds the delimiter of %j', (head, delimiter) => expect(sniffDelimiter(head)).toBe(delimiter));

  it('reads names without byte order mark, quotes and outer blanks', () => {
    expect(readHeader('\ufeff"caller" , callee\r\n1,2', ',')).toEqual(['caller', 'callee']);
  });
});
