/**
 * Writing numbers and times straight into a byte buffer: what makes a million rows a second possible. Every function writes at `at` and
 * returns the position after what it wrote; the caller guarantees room.
 */
const PAIRS = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[2 * i] = 48 + Math.floor(i / 10);
  PAIRS[2 * i + 1] = 48 + (i % 10);
}

/** Exactly `digits` digits, an even count of at most eight. */
const fixed = (out: Uint8Array, at: number, value: number, digits: number): number => {
  let rest = value | 0;
  for (let p = at + digits - 2; p >= at; p -= 2) {
    const q = (rest / 100) | 0;
    const pair = (rest - q * 100) << 1;
    out[p] = PAIRS[pair]!;
    out[p + 1] = PAIRS[pair + 1]!;
    rest = q;
  }
  return at + digits;
};

const small = (out: Uint8Array, at: number, value: number): number => {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  let rest = value | 0;
  for (let p = at + digits - 1; p >= at; p--) {
    const q = (rest / 10) | 0;
    out[p] = 48 + rest - q * 10;
    rest = q;
  }
  return at + digits;
};

/** A whole number from 0 to 2^53. */
export const putInteger = (out: Uint8Array, at: number, value: number): number => {
  if (value < 1e8) return small(out, at, value);
  const high = Math.floor(value / 1e8);
  return fixed(out, small(out, at, high), value - high * 1e8, 8);
};

export const putAscii = (out: Uint8Array, at: number, s: string): number => {
  const n = s.length;
  for (let i = 0; i < n; i++) out[at + i] = s.charCodeAt(i);
  return at + n;
};

export const putBytes = (out: Uint8Array, at: number, b: Uint8Array): number => {
  const n = b.length;
  for (let i = 0; i < n; i++) out[at + i] = b[i]!;
  return at + n;
};

/** Eight hexadecimal digits. */
export const putHex = (out: Uint8Array, at: number, value: number): number => {
  let v = value >>> 0;
  for (let i = 7; i >= 0; i--) {
    const nibble = v & 15;
    out[at + i] = nibble < 10 ? 48 + nibble : 87 + nibble;
    v >>>= 4;
  }
  return at + 8;
};

/** hh:mm:ss.mmm+08:00 of a time of day in ms. */
export const putClock = (out: Uint8Array, start: number, ofDay: number): number => {
  let ms = ofDay | 0;
  const h = (ms / 3_600_000) | 0;
  ms -= h * 3_600_000;
  const m = (ms / 60_000) | 0;
  ms -= m * 60_000;
  const s = (ms / 1000) | 0;
  ms -= s * 1000;
  let at = fixed(out, start, h, 2);
  out[at++] = 58;
  at = fixed(out, at, m, 2);
  out[at++] = 58;
  at = fixed(out, at, s, 2);
  out[at++] = 46;
  const tenths = (ms / 100) | 0;
  out[at++] = 48 + tenths;
  at = fixed(out, at, ms - tenths * 100, 2);
  return putAscii(out, at, '+08:00');
};
