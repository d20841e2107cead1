import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import * as zlib from 'node:zlib';

export type Compression = 'none' | 'gzip' | 'zstd';
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'big5';

/** What one pass over a file's bytes told. */
export interface Inspected {
  path: string;
  /** Of the file as it lies on the disk, compressed or not. */
  sha256: string;
  bytes: number;
  compression: Compression;
  format: 'csv' | 'ndjson' | 'parquet' | 'binary';
  /** What binary bytes look like (zip, xls, PDF, NUL ...); '' for text. */
  looksLike: string;
  /** null: neither UTF-8 nor marked as UTF-16; which encoding it is must be found out. */
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | null;
  hasNul: boolean;
  /** Some line is longer than the limit. */
  hasLongLine: boolean;
  /** The first bytes, decompressed. */
  head: Buffer;
  /** Decompressed size. */
  textBytes: number;
}

/** The bytes can't be what they should be: `code` says how. */
export class UnreadableFile extends Error {
  readonly code: 'empty' | 'binary' | 'truncated' | 'unsupported';
  /** What the bytes look like (xlsx, PDF, gzip ...), or how far they could be read. */
  readonly detail: string;
  readonly sha256: string;
  constructor(code: UnreadableFile['code'], detail: string, sha256: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.name = 'UnreadableFile';
    this.code = code;
    this.detail = detail;
    this.sha256 = sha256;
  }
}

const HEAD = 256 * 1024;
const CHUNK = 1024 * 1024;

const MAGIC: readonly (readonly [string, Buffer])[] = [
  ['zip', Buffer.from('PK\x03\x04', 'latin1')],
  ['xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0])],
  ['PDF', Buffer.from('%PDF', 'latin1')],
  ['SQLite', Buffer.from('SQLite format 3', 'latin1')],
  ['ELF', Buffer.from('\x7fELF', 'latin1')],
  ['PNG', Buffer.from('\x89PNG', 'latin1')],
  ['7z', Buffer.from('7z\xbc\xaf', 'latin1')],
  ['rar', Buffer.from('Rar!', 'latin1')],
  ['bzip2', Buffer.from('BZh', 'latin1')],
  ['xz', Buffer.from('\xfd7zXZ', 'latin1')],
];

/**
 * Reads a file once from end to end: its SHA-256, whether its compression is whole, its encoding, its first bytes.
 *
 * @param maxLineBytes lines longer than this are reported, at least a chunk (1 MB) for exactness unless smaller
 * @param onBytes bytes of the file read so far
 * @throws UnreadableFile for empty, truncated and unsupported files; the system's own error when it can't be opened
 */
export async function inspectFile(
  path: string,
  maxLineBytes: number,
  onBytes: (done: number) => void = () => undefined,
): Promise<Inspected> {
  const hash = createHash('sha256');
  const first = await firstBytes(path, 16);
  const compression = compressionOf(first);
  const file = createReadStream(path, { highWaterMark: Math.min(CHUNK, Math.max(maxLineBytes, 16)) });
  let bytes = 0;
  file.on('data', (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(bytes);
  });
  const scan = new Scan(maxLineBytes);
  try {
    for await (const chunk of decompressed(file, compression)) scan.take(chunk as Buffer);
  } catch (cause) {
    file.destroy();
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('Z_')) throw cause;
    const sha256 = await sha256OfFile(path);
    if (code === 'Z_BUF_ERROR') throw new UnreadableFile('truncated', `${scan.bytes}`, sha256, { cause });
    throw new UnreadableFile('binary', `${compression}: ${(cause as Error).message}`, sha256, { cause });
  }
  const sha256 = hash.digest('hex');
  if (scan.bytes === 0) throw new UnreadableFile('empty', '', sha256);
  const head = scan.head();
  const known = MAGIC.find(([, magic]) => head.subarray(0, magic.length).equals(magic));
  const parquet = head.subarray(0, 4).toString('latin1') === 'PAR1';
  const utf16 =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
  const looksLike = known?.[0] ?? (!parquet && utf16 === null && head.subarray(0, 4096).includes(0) ? 'NUL' : '');
  const binary = looksLike !== '';
  if (!parquet && !binary && head.toString('latin1').trim() === '') throw new UnreadableFile('empty', '', sha256);
  return {
    path,
    sha256,
    bytes,
    compression,
    format: binary ? 'binary' : parquet ? 'parquet' : looksLikeJson(path, head) ? 'ndjson' : 'csv',
    looksLike,
    encoding: utf16 ?? (scan.utf8() ? 'utf-8' : null),
    hasNul: scan.hasNul,
    hasLongLine: !parquet && !binary && scan.hasLongLine(),
    head,
    textBytes: scan.bytes,
  };
}

/** The decompressed bytes of a file. */
export const openDecompressed = (path: string, compression: Compression): Readable =>
  decompressed(createReadStream(path, { highWaterMark: CHUNK }), compression);

function decompressed(file: Readable, compression: Compression): Readable {
  if (compression === 'none') return file;
  const create =
    compression === 'gzip'
      ? zlib.createGunzip
      : (zlib as { createZstdDecompress?: (options?: object) => zlib.Gunzip }).createZstdDecompress;
  if (create === undefined) {
    file.destroy();
    throw new UnreadableFile('unsupported', 'zstd', '');
  }
  const unpack = create({ chunkSize: CHUNK });
  file.on('error', (e) => unpack.destroy(e));
  return file.pipe(unpack);
}

function compressionOf(first: Buffer): Compression {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip';
  if (first.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  return 'none';
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const out = Buffer.alloc(count);
  for await (const chunk of createReadStream(path, { end: count - 1 })) (chunk as Buffer).copy(out);
  return out;
}

/** SHA-256 of a file's bytes as they lie on the disk, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function looksLikeJson(path: string, head: Buffer): boolean {
  if (/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/i.test(path)) return true;
  return /^\ufeff?\s*\{\s*"/.test(head.subarray(0, 1024).toString('utf8'));
}

/** Looks at bytes as they pass: UTF-8, NUL, lines that are too long. */
class Scan {
  bytes = 0;
  hasNul = false;
  readonly #limit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #utf8 = true;
  #carry: Buffer = Buffer.alloc(0);
  #sinceNewline = 0;
  #long = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.#headBytes < HEAD) {
      // A copy: the reader may use the chunk's memory again.
      const part = Buffer.from(chunk.subarray(0, HEAD - this.#headBytes));
      this.#head.push(part);
      this.#headBytes += part.length;
    }
    if (!this.hasNul && chunk.includes(0)) this.hasNul = true;
    if (this.#utf8) this.#checkUtf8(chunk);
    if (!this.#long) this.#checkLines(chunk);
  }

  head(): Buffer {
    return Buffer.concat(this.#head);
  }

  utf8(): boolean {
    return this.#utf8 && this.#carry.length === 0;
  }

  hasLongLine(): boolean {
    return this.#long || this.#sinceNewline > this.#limit;
  }

  #checkUtf8(chunk: Buffer): void {
    const text = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    // A character may be cut at the end of the chunk: its first bytes wait for the next one.
    let cut = text.length;
    for (let back = 1; back <= Math.min(3, text.length); back++) {
      const byte = text[text.length - back] as number;
      if (byte < 0x80) break;
      if (byte >= 0xc0) {
        const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        if (length > back) cut = text.length - back;
        break;
      }
    }
    this.#utf8 = isUtf8(text.subarray(0, cut));
    this.#carry = Buffer.from(text.subarray(cut));
  }

  #checkLines(chunk: Buffer): void {
    const first = chunk.indexOf(10);
    if (first < 0) {
      this.#sinceNewline += chunk.length;
      this.#long = this.#sinceNewline > this.#limit;
      return;
    }
    this.#long = this.#sinceNewline + first > this.#limit;
    // Chunks are no longer than the limit unless the limit is above a chunk's size, so only lines across chunks can be too long...
    this.#sinceNewline = chunk.length - 1 - chunk.lastIndexOf(10);
    // ...except where a decompressor hands over bigger pieces than the limit.
    if (!this.#long && chunk.length > this.#limit) {
      for (let at = first; at >= 0 && !this.#long;) {
        const next = chunk.indexOf(10, at + 1);
        if (next < 0) break;
        this.#long = next - at - 1 > this.#limit;
        at = next;
      }
    }
  }
}
