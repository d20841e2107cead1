import type { SourceFile } from './reader.ts';

/**
 * The objects of a JSON text one after the other: alone, in an array, a line each or simply joined. Text between objects is passed over when it is blank, a comma or
 * a bracket, and handed over as an object that can't be parsed otherwise. One longer than `most` characters comes cut. Bounded memory, never throws.
 */
export async function* jsonObjects(
  file: Pick<SourceFile, 'open' | 'encoding'>,
  most: number,
): AsyncGenerator<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  const cutter = new Cutter(most);
  for await (const chunk of file.open()) yield* cutter.take(decoder.decode(chunk as Buffer, { stream: true }));
  yield* cutter.take(decoder.decode());
  yield* cutter.end();
}

class Cutter {
  readonly #most: number;
  #text = '';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #cut = false;

  constructor(most: number) {
    this.#most = most;
  }

  *take(piece: string): Generator<{ text: string; cut: boolean }> {
    let from = 0;
    for (let i = 0; i < piece.length; i++) {
      const c = piece[i];
      if (this.#quoted) {
        if (this.#escaped) this.#escaped = false;
        else if (c === '\\') this.#escaped = true;
        else if (c === '"') this.#quoted = false;
        continue;
      }
      if (c === '"' && this.#depth > 0) this.#quoted = true;
      else if (c === '{') {
        if (this.#depth === 0) {
          yield* this.#between(piece.slice(from, i));
          from = i;
        }
        this.#depth++;
      } else if (c === '}' && this.#depth > 0) {
        if (--this.#depth > 0) continue;
        this.#add(piece.slice(from, i + 1));
        from = i + 1;
        yield this.#out();
      }
    }
    this.#add(piece.slice(from));
  }

  *end(): Generator<{ text: string; cut: boolean }> {
    if (this.#depth > 0) yield this.#out();
    else yield* this.#between('');
  }

  *#between(text: string): Generator<{ text: string; cut: boolean }> {
    this.#add(text);
    if (/^[\s,[\]\ufeff]*$/.test(this.#text)) this.#text = '';
    else yield this.#out();
    this.#cut = false;
  }

  #add(text: string): void {
    this.#text += text;
    if (this.#text.length > this.#most) {
      this.#text = this.#text.slice(0, this.#most);
      this.#cut = true;
    }
  }

  #out(): { text: string; cut: boolean } {
    const out = { text: this.#text.trim(), cut: this.#cut };
    this.#text = '';
    this.#cut = false;
    return out;
  }
}
