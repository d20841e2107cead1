// How people and their exports write times, durations and amounts, in SQL over a trimmed cell; only for files that a profile reads.

/** Decimal digits, as every canonical file has them. */
const DIGITS = '[0-9]{1,10}(?:\\.[0-9]{1,9})?';
const CLOCK = '[0-9]{1,4}:[0-5]?[0-9](?::[0-5]?[0-9](?:\\.[0-9]{1,3})?)?';
const WORDS =
  '(?:[0-9]{1,4} *(?:小时|时|h) *)?(?:[0-9]{1,6} *(?:分钟|分|m(?:in)?|\u2032|\') *)?(?:[0-9]{1,9} *(?:秒钟|秒|s(?:ec)?|\u2033|") *)?';

/**
 * A duration: seconds as a decimal; when `spelled`, also H:MM:SS or M:SS, and 1小时2分3秒. `text` is the cell as it is judged, `shape` the pattern it
 * must have, `value` its seconds (before any unit) over the column `t` that holds the text.
 */
export function durationSql(
  trimmed: string,
  t: string,
  spelled: boolean,
): { text: string; shape: string; value: string } {
  const plain = `toFloat64OrZero(${t})`;
  if (!spelled) return { text: trimmed, shape: `^${DIGITS}$`, value: plain };
  const parts = `splitByChar(':', ${t})`;
  const clock = `if(length(${parts}) = 3, toFloat64OrZero(${parts}[1]) * 3600 + toFloat64OrZero(${parts}[2]) * 60 + toFloat64OrZero(${parts}[3]),
    toFloat64OrZero(${parts}[1]) * 60 + toFloat64OrZero(${parts}[2]))`;
  const count = (unit: string): string => `toFloat64OrZero(extract(${t}, '([0-9]+) *${unit}'))`;
  const words = `(${count('(?:小时|时|h)')} * 3600 + ${count("(?:分|m|\u2032|\\')")} * 60 + ${count('(?:秒|s|\u2033|")')})`;
  return {
    text: `lower(${trimmed})`,
    shape: `^(?:${DIGITS}|${CLOCK}|${WORDS}[0-9]{1,9} *(?:小时|时|h|分钟|分|m(?:in)?|秒钟|秒|s(?:ec)?|\u2032|\u2033|\'|"))$`,
    value: `multiIf(match(${t}, '^[0-9.]+$'), ${plain}, position(${t}, ':') > 0, ${clock}, ${words})`,
  };
}

/** A time's text: 2023年3月1日 8:05:01, 20230301080501 and 2023.3.1 8:05 as the ISO-like text that instantSql reads. */
export function instantText(cell: string): string {
  // A date and a time that were two columns; where the second one has its own date, that one counts.
  const trimmed = `replaceRegexpOne(replaceRegexpOne(${cell}, '^[0-9]{4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,2} ([0-9]{4}[-/年].*)$', '\\\\1'),
    '^([0-9]{4})([0-9]{2})([0-9]{2}) ([0-9]{1,2}:.*)$', '\\\\1-\\\\2-\\\\3 \\\\4')`;
  const chinese = `replaceRegexpOne(${trimmed}, '^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]? *(.*)$', '\\\\1-\\\\2-\\\\3 \\\\4')`;
  const clock = `trimRight(replaceRegexpOne(replaceRegexpOne(${chinese}, '秒$', ''), '([0-9]{1,2})[时点:]([0-9]{2})分?:?', '\\\\1:\\\\2:'), ': ')`;
  const compact = `replaceRegexpOne(${trimmed}, '^([0-9]{4})([0-9]{2})([0-9]{2}) ?([0-9]{2})([0-9]{2})([0-9]{2})$', '\\\\1-\\\\2-\\\\3 \\\\4:\\\\5:\\\\6')`;
  const dotted = `replaceRegexpOne(${trimmed}, '^([0-9]{4})\\\\.([0-9]{1,2})\\\\.([0-9]{1,2})', '\\\\1-\\\\2-\\\\3')`;
  return `multiIf(position(${trimmed}, '年') > 0, ${clock}, match(${trimmed}, '^(?:19|20)[0-9]{6} ?[0-9]{6}$'), ${compact},
    match(${trimmed}, '^[0-9]{4}\\\\.'), ${dotted}, ${trimmed})`;
}

/** An amount's text without its currency (¥100.00, 100元, CNY 100); `unsigned` takes its sign off, which something else has read. */
export function amountText(trimmed: string, unsigned: boolean): string {
  const bare = `replaceRegexpAll(${trimmed}, '[¥\uffe5元 ]|CNY|RMB', '')`;
  return unsigned ? `replaceRegexpOne(${bare}, '^[+-]', '')` : `replaceRegexpOne(${bare}, '^\\\\+', '')`;
}
