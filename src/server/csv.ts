/**
 * A cell of an exported CSV. A text that a spreadsheet would take for a formula gets an apostrophe in front: `=1+1` from an imported file
 * must not compute on the reader's machine. A telephone number's own `+` is followed by digits only, and stays.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=@\t\r]|^[+-](?!\d+$)/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** A table that is written as it is read. The byte order mark lets spreadsheets read Chinese. */
export function csvStream<T>(
  name: string,
  header: readonly string[],
  batches: AsyncIterable<readonly T[]>,
  cells: (row: T) => readonly (string | number | null)[],
): Response {
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of batches) yield batch.map((row) => csvLine(cells(row))).join('');
  }
  return download(name, csvLine(header), lines());
}

/** A CSV file to be saved, piece by piece. */
export function download(name: string, head: string, rest: AsyncIterable<string>): Response {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`\uFEFF${head}`, 'utf8');
    for await (const piece of rest) yield Buffer.from(piece, 'utf8');
  }
  return new Response(ReadableStream.from(bytes()) as ReadableStream<Uint8Array>, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
    },
  });
}
