import { tableFromIPC, Type } from 'apache-arrow';
import type { Data, Vector } from 'apache-arrow';
import type { Column } from './facts.ts';

/** Settings under which the engine writes Arrow that apache-arrow can read (it has no LZ4 codec of its own). */
export const ARROW_SETTINGS = {
  output_format_arrow_compression_method: 'none',
  output_format_arrow_low_cardinality_as_dictionary: 0,
  output_format_arrow_string_as_string: 1,
} as const;

/**
 * An Arrow stream or file as plain columns. Narrow integers are widened to 32 bit; times become epoch milliseconds and decimals
 * numbers in a Float64Array; a missing number is NaN (its column a Float64Array), a missing text ''.
 */
export function columnsFromArrow(bytes: Uint8Array): Record<string, Column> {
  const columns: Record<string, Column> = {};
  if (bytes.byteLength === 0) return columns;
  const table = tableFromIPC(bytes);
  for (const field of table.schema.fields) {
    const vector = table.getChild(field.name);
    if (vector === null) continue;
    columns[field.name] = columnOf(field.name, vector);
  }
  return columns;
}

const MS_PER = [1000, 1, 1e-3, 1e-6] as const; // Arrow's TimeUnit: second, millisecond, microsecond, nanosecond

function columnOf(name: string, vector: Vector): Column {
  const type = vector.type as { typeId: number; bitWidth?: number; isSigned?: boolean; unit?: number; scale?: number };
  switch (type.typeId) {
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Binary:
    case Type.LargeBinary:
      return strings(vector);
    case Type.Dictionary: {
      const out = new Array<string>(vector.length);
      for (let i = 0; i < vector.length; i++) out[i] = String(vector.get(i) ?? '');
      return out;
    }
    case Type.Bool: {
      const out = new Uint8Array(vector.length);
      for (let i = 0; i < vector.length; i++) out[i] = vector.get(i) === true ? 1 : 0;
      return out;
    }
    case Type.Int: {
      if (vector.nullCount > 0) return floats(vector, Number);
      const signed = type.isSigned === true;
      if (type.bitWidth === 64)
        return fill(vector, signed ? new BigInt64Array(vector.length) : new BigUint64Array(vector.length));
      if (type.bitWidth === 8 && !signed) return fill(vector, new Uint8Array(vector.length));
      return fill(vector, signed ? new Int32Array(vector.length) : new Uint32Array(vector.length));
    }
    case Type.Float:
      if (vector.nullCount > 0) return floats(vector, Number);
      return vector.data[0]?.values instanceof Float32Array
        ? fill(vector, new Float32Array(vector.length))
        : fill(vector, new Float64Array(vector.length));
    case Type.Timestamp: {
      const factor = MS_PER[type.unit ?? 1] ?? 1;
      const out = new Float64Array(vector.length);
      let at = 0;
      for (const data of vector.data) {
        const raw = data.values as BigInt64Array;
        for (let i = 0; i < data.length; i++) out[at++] = isNull(data, i) ? Number.NaN : Number(raw[i]) * factor;
      }
      return out;
    }
    case Type.Date: {
      // DateDay: whole days since 1970, one Int32 each.
      const out = new Float64Array(vector.length);
      let at = 0;
      for (const data of vector.data) {
        const raw = data.values as Int32Array;
        for (let i = 0; i < data.length; i++) out[at++] = isNull(data, i) ? Number.NaN : (raw[i] ?? 0) * 86_400_000;
      }
      return out;
    }
    case Type.Decimal:
      return floats(vector, (v) => decimal(v as Uint32Array, type.scale ?? 0));
    default:
      throw new Error(
        `column ${name} has the Arrow type ${String(vector.type)}, which has no plain form: cast it in the query`,
      );
  }
}

function isNull(data: Data, i: number): boolean {
  if (data.nullCount === 0 || data.nullBitmap.length === 0) return false;
  const bit = data.offset + i;
  return ((data.nullBitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0;
}

function fill<A extends Exclude<Column, string[]>>(vector: Vector, out: A): A {
  let at = 0;
  for (const data of vector.data) {
    (out as Float64Array).set((data.values as Float64Array).subarray(0, data.length), at);
    at += data.length;
  }
  return out;
}

function floats(vector: Vector, toNumber: (v: unknown) => number): Float64Array {
  const out = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) {
    const v: unknown = vector.get(i);
    out[i] = v === null ? Number.NaN : toNumber(v);
  }
  return out;
}

/** Little-endian two's complement words of any width, scaled. */
function decimal(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i] ?? 0);
  return Number(BigInt.asIntN(words.length * 32, value)) / 10 ** scale;
}

/** Plain-ASCII chunks are decoded in one piece and cut: several times faster than one decoder call a row. */
function strings(vector: Vector): string[] {
  const out = new Array<string>(vector.length);
  let at = 0;
  for (const data of vector.data) {
    const values = data.values as Uint8Array;
    const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array;
    const from = Number(offsets[0] ?? 0);
    const to = Number(offsets[data.length] ?? 0);
    const bytes = Buffer.from(values.buffer, values.byteOffset + from, to - from);
    const text = bytes.toString('utf8');
    const ascii = text.length === bytes.length;
    for (let i = 0; i < data.length; i++) {
      const start = Number(offsets[i] ?? 0) - from;
      const end = Number(offsets[i + 1] ?? 0) - from;
      out[at++] = ascii ? text.slice(start, end) : bytes.toString('utf8', start, end);
    }
  }
  return out;
}
