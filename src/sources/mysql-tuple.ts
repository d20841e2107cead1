// One row as mysqldump writes it: (1,'text',NULL,0x4d). Source: MySQL 8.0 reference manual, "String Literals", "Hexadecimal Literals".

export const isBlank = (c: number): boolean => c === 32 || (c >= 9 && c <= 13) || c === 0xfeff;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  b: '\b',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
};
const TOKEN = /[^\s,()'"]+/y;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A tuple's cells and where it ends, or where it stops being one. */
export type Tuple =
  { cells: (string | null)[]; width: number; end: number; failedAt?: undefined } | { failedAt: number };

/** The tuple whose bracket stands at `start`; null when its end is not there yet. Cells are cut out only when they are to be kept. */
export function readAt(text: string, start: number, atEnd: boolean, keep: boolean): Tuple | null {
  const cells: (string | null)[] = [];
  const missing = (at: number): Tuple | null => (atEnd ? { failedAt: at } : null);
  let width = 0;
  let at = start + 1;
  for (;;) {
    let sure = at;
    while (isBlank(text.charCodeAt(at))) at++;
    let token = '';
    if (text[at] !== "'" && text[at] !== '"') {
      TOKEN.lastIndex = at;
      token = TOKEN.exec(text)?.[0] ?? '';
      at += token.length;
      // _binary 'x', X'4D', b'1'
      const introduces = /^_\w+$/.test(token);
      if (introduces) while (isBlank(text.charCodeAt(at))) at++;
      if (at >= text.length) return missing(sure);
      if (introduces && text[at] !== "'" && text[at] !== '"') continue;
      if (token === '') return { failedAt: sure };
    }
    let value: string | null;
    if (text[at] === "'" || text[at] === '"') {
      const end = closingQuote(text, at);
      // Closed nowhere: what follows it may still be rows.
      if (end < 0 || (end + 1 >= text.length && !atEnd)) return missing(at + 1);
      const inside = keep ? text.slice(at + 1, end) : '';
      if (token === '' || token.startsWith('_') || /^n$/i.test(token)) value = unescaped(inside, text[at] as string);
      else if (/^x$/i.test(token)) value = ofHex(inside);
      else if (/^b$/i.test(token) && /^[01]*$/.test(inside))
        value = inside === '' ? '0' : BigInt(`0b${inside}`).toString();
      else return { failedAt: at };
      at = end + 1;
    } else if (/^null$/i.test(token)) value = null;
    else if (/^0x[0-9a-f]*$/i.test(token)) value = ofHex(token.slice(2));
    else if (NUMBER.test(token)) value = token;
    else if (/^(?:true|false)$/i.test(token)) value = /^t/i.test(token) ? '1' : '0';
    else return { failedAt: at };
    width++;
    if (keep) cells.push(value);
    sure = at;
    while (isBlank(text.charCodeAt(at))) at++;
    if (at >= text.length) return missing(sure);
    if (text[at] === ')') return { cells, width, end: at + 1 };
    if (text[at] !== ',') return { failedAt: sure };
    at++;
  }
}

/** Index of the quote that closes the one at `start`; -1 when it is not there. */
function closingQuote(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 92) at++;
    else if (c === quote && text.charCodeAt(at + 1) !== quote) return at;
    else if (c === quote) at++;
  }
  return -1;
}

const unescaped = (inside: string, quote: string): string =>
  inside.includes('\\') || inside.includes(quote)
    ? inside.replace(/\\([^])|''|""/g, (m, c: string | undefined) =>
        c !== undefined ? (ESCAPES[c] ?? c) : m[0] === quote ? quote : m,
      )
    : inside;

/** Bytes that are text are given as text; others stay written as they are, for no letter stands for them. */
function ofHex(hex: string): string {
  try {
    if (hex.length % 2 === 0 && /^[0-9a-f]*$/i.test(hex)) return utf8.decode(Buffer.from(hex, 'hex'));
  } catch {
    // No UTF-8.
  }
  return `0x${hex}`;
}

/** The cells of one tuple with its brackets; null when it is none. */
export function readTuple(raw: string): (string | null)[] | null {
  const tuple = raw.startsWith('(') ? readAt(raw, 0, true, true) : null;
  return tuple === null || tuple.failedAt !== undefined || tuple.end !== raw.length ? null : tuple.cells;
}
