/**
 * Small stores for millions of rows: plain numbers in typed arrays and bytes in buffers, outside of the heap. A Map ends at 16.7 million entries, and a string cut
 * from a dump keeps the whole piece of text it was cut from.
 */

/** 53 bits of a text, never 0. Method: cyrb53 (bryc, public domain). */
export function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1;
}

const slot = (key: number, mask: number): number =>
  (Math.imul(key % 4294967296, 2654435761) ^ Math.floor(key / 65536)) & mask;

/** A list of numbers that grows. */
export class Numbers {
  #data = new Float64Array(64);
  length = 0;

  push(n: number): number {
    if (this.length === this.#data.length) {
      const more = new Float64Array(this.length * 2);
      more.set(this.#data);
      this.#data = more;
    }
    this.#data[this.length] = n;
    return this.length++;
  }

  at(i: number): number {
    return this.#data[i] ?? 0;
  }

  set(i: number, n: number): void {
    this.#data[i] = n;
  }
}

/** Texts remembered by their hash. */
export class Seen {
  #slots = new Float64Array(64);
  #size = 0;

  add(text: string): void {
    if (this.#put(this.#slots, hash53(text))) this.#size++;
    if (this.#size * 2 < this.#slots.length) return;
    const wider = new Float64Array(this.#slots.length * 2);
    for (const key of this.#slots) if (key !== 0) this.#put(wider, key);
    this.#slots = wider;
  }

  has(text: string): boolean {
    const key = hash53(text);
    return this.#slots[this.#find(this.#slots, key)] === key;
  }

  #find(slots: Float64Array, key: number): number {
    const mask = slots.length - 1;
    let i = slot(key, mask);
    while (slots[i] !== 0 && slots[i] !== key) i = (i + 1) & mask;
    return i;
  }

  #put(slots: Float64Array, key: number): boolean {
    const i = this.#find(slots, key);
    if (slots[i] === key) return false;
    slots[i] = key;
    return true;
  }
}

/** Row numbers by a key; several rows may have the same one. */
class Chains {
  readonly #keys = new Numbers();
  /** Row before this one in its chain, plus one. */
  readonly #before = new Numbers();
  #heads = new Float64Array(64);

  /** The next row; `key` '' is found by nobody. */
  push(key: string): void {
    const row = this.#keys.push(key === '' ? 0 : hash53(key));
    this.#before.push(0);
    if (row >= this.#heads.length) {
      this.#heads = new Float64Array(this.#heads.length * 2);
      for (let i = 0; i <= row; i++) this.#link(i);
    } else this.#link(row);
  }

  #link(row: number): void {
    const key = this.#keys.at(row);
    if (key === 0) return;
    const i = slot(key, this.#heads.length - 1);
    this.#before.set(row, this.#heads[i] ?? 0);
    this.#heads[i] = row + 1;
  }

  /** Rows of a key, the last first. */
  *of(key: string): Generator<number> {
    if (key === '') return;
    const hash = hash53(key);
    for (let row = this.#heads[slot(hash, this.#heads.length - 1)] ?? 0; row > 0; row = this.#before.at(row - 1))
      if (this.#keys.at(row - 1) === hash) yield row - 1;
  }
}

const BLOCK = 4 * 1024 * 1024;
/** Texts that are remembered to be stored once only. */
const MOST_SHARED = 500_000;

/** Texts by number, as bytes. */
class Texts {
  readonly #blocks: Buffer[] = [];
  readonly #shared = new Map<string, number>();
  #end = BLOCK;

  put(text: string): number {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(text.slice(0, 10_000));
    if (this.#end + bytes.length + 4 > BLOCK) {
      this.#blocks.push(Buffer.alloc(BLOCK));
      this.#end = 0;
    }
    const block = this.#blocks.at(-1) as Buffer;
    const at = (this.#blocks.length - 1) * BLOCK + this.#end;
    block.writeUInt32LE(bytes.length, this.#end);
    bytes.copy(block, this.#end + 4);
    this.#end += bytes.length + 4;
    if (this.#shared.size < MOST_SHARED && bytes.length < 40) this.#shared.set(bytes.toString(), at);
    return at;
  }

  at(place: number): string {
    const block = this.#blocks[Math.floor(place / BLOCK)];
    if (block === undefined) return '';
    const from = place % BLOCK;
    return block.toString('utf8', from + 4, from + 4 + block.readUInt32LE(from));
  }
}

/** Rows of one table that others are joined with: by an id, or by a lead and a time; each with one text. */
export class RowIndex {
  readonly #ids = new Chains();
  readonly #leads = new Chains();
  readonly #seconds = new Numbers();
  readonly #places = new Numbers();
  readonly #texts = new Texts();

  get length(): number {
    return this.#places.length;
  }

  /** @param second Unix seconds; null: unknown. Returns the row's number, counted from 0. */
  push(id: string, lead: string, second: number | null, text: string): number {
    this.#ids.push(id);
    this.#leads.push(lead === '0' ? '' : lead);
    this.#seconds.push(second ?? Number.NaN);
    return this.#places.push(this.#texts.put(text));
  }

  textOf(row: number): string {
    return row < 0 ? '' : this.#texts.at(this.#places.at(row));
  }

  hasLead(lead: string): boolean {
    return lead !== '0' && this.#leads.of(lead).next().done !== true;
  }

  /** The row with the id, else the lead's row nearest in time within `before` and `after` seconds of it; -1: there is none. */
  find(
    id: string,
    lead: string,
    second: number | null,
    before: number,
    after: number,
    free: (row: number) => boolean = () => true,
  ): number {
    for (const row of this.#ids.of(id)) if (free(row)) return row;
    let best = -1;
    let nearest = Number.POSITIVE_INFINITY;
    if (second === null || lead === '0') return best;
    for (const row of this.#leads.of(lead)) {
      const apart = this.#seconds.at(row) - second;
      // The first row wins where two are equally near, whatever the order of the chain.
      if (!(apart >= -before && apart <= after) || Math.abs(apart) > nearest || !free(row)) continue;
      nearest = Math.abs(apart);
      best = row;
    }
    return best;
  }
}
