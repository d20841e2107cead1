import { open, stat } from 'node:fs/promises';
import { DelimitedReader } from './delimited.ts';
import { openDecompressed, type Compression, type TextEncoding } from './inspect.ts';

export interface SampleRules {
  compression: Compression;
  encoding: TextEncoding;
  delimiter: string;
  /** Cells of a row. */
  width: number;
}

const SLICES = 32;
const SLICE_BYTES = 1 << 18;

/**
 * Some rows from all over a delimited file, as cells: whole lines of evenly spaced slices; of a compressed file, its first ones only. What
 * comes out is a sample to guess by, never the file: a slice may begin within a quoted cell.
 */
export async function* sampleRows(path: string, rules: SampleRules): AsyncGenerator<string[]> {
  const maxLine = SLICE_BYTES;
  const cells = function* (bytes: Buffer, midway: boolean): Generator<string[]> {
    const text = new TextDecoder(rules.encoding).decode(bytes);
    const whole = text.slice(midway ? text.indexOf('\n') + 1 : 0, text.lastIndexOf('\n') + 1);
    const reader = new DelimitedReader({ delimiter: rules.delimiter, width: rules.width, maxLine });
    for (const record of reader.feed(whole)) if (record.cells !== undefined) yield record.cells;
  };
  if (rules.compression !== 'none') {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of openDecompressed(path, rules.compression)) {
      pieces.push(piece as Buffer);
      size += (piece as Buffer).length;
      if (size >= SLICES * SLICE_BYTES) break;
    }
    yield* cells(Buffer.concat(pieces), false);
    return;
  }
  const { size } = await stat(path);
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(SLICE_BYTES);
    // Even offsets: half a character of UTF-16 would shift all that follow.
    const step = Math.max(SLICE_BYTES, Math.floor(size / SLICES / 2) * 2);
    for (let at = 0; at < size; at += step) {
      const { bytesRead } = await file.read(buffer, 0, SLICE_BYTES, at);
      yield* cells(buffer.subarray(0, bytesRead), at > 0);
    }
  } finally {
    await file.close();
  }
}
