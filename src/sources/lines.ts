import type { SourceFile } from './reader.ts';

/** Lines of a text, without their ends; one longer than `maxLine` characters comes cut, marked as such. Bounded memory. */
export async function* linesOf(
  file: Pick<SourceFile, 'open' | 'encoding'>,
  maxLine: number,
): AsyncGenerator<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  let rest = '';
  let cut = false;
  const take = function* (piece: string): Generator<{ text: string; cut: boolean }> {
    let at = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', at)) {
      const text = rest + piece.slice(at, end);
      yield {
        text: (text.length > maxLine ? text.slice(0, maxLine) : text).replace(/\r$/, ''),
        cut: cut || text.length > maxLine,
      };
      rest = '';
      cut = false;
      at = end + 1;
    }
    rest += piece.slice(at);
    if (rest.length > maxLine) {
      rest = rest.slice(0, maxLine);
      cut = true;
    }
  };
  for await (const chunk of file.open()) yield* take(decoder.decode(chunk as Buffer, { stream: true }));
  yield* take(decoder.decode());
  if (rest !== '') yield { text: rest.replace(/\r$/, ''), cut };
}

/** The lines of a file's beginning that are whole. */
export const headLines = (text: string | null, most = 50): string[] =>
  (text ?? '')
    .replace(/^\ufeff/, '')
    .split('\n', most + 1)
    .slice(0, most)
    .map((l) => l.replace(/\r$/, ''));
