import { api } from '../api.ts';
import type { NumbersQuery } from './query.ts';
import type { NumberRow } from '../../server/contract.ts';
import type { Words } from '../i18n/index.ts';

/** A spreadsheet runs what begins like a formula; a telephone number's plus sign is no formula. */
export const cellOf = (value: string): string => {
  const safe = /^[=@\t\r]/.test(value) || (/^[+-]/.test(value) && !/^[+-]?[\d.]+$/.test(value)) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const COLUMNS = [
  'number',
  'country',
  'province',
  'score',
  'reason',
  'detectors',
  'calls',
  'people',
  'strangers_share',
  'call_back_share',
  'victims',
  'ring',
  'role',
  'lawful',
  'first_seen',
  'last_seen',
  'judgement',
];

const lineOf = (r: NumberRow, w: Words): string =>
  [
    r.number,
    r.country,
    r.province,
    r.score.toFixed(3),
    r.topReason ? w.say(r.topReason.text) : '',
    r.detectors.join(';'),
    r.calls,
    r.people,
    r.strangersShare ?? '',
    r.callBackShare ?? '',
    r.victims,
    r.ring ?? '',
    r.role ? w.t(`role.${r.role}`) : '',
    r.lawful ?? '',
    r.firstSeen === null ? '' : new Date(r.firstSeen).toISOString(),
    r.lastSeen === null ? '' : new Date(r.lastSeen).toISOString(),
    r.judgement ?? '',
  ]
    .map((v) => cellOf(String(v)))
    .join(',');

export function save(name: string, content: Blob): void {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(content);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}

/** Every number that meets the conditions, each with its strongest reason, as CSV a spreadsheet opens (with byte order mark). */
export async function exportNumbers(
  query: NumbersQuery,
  w: Words,
  tell: (done: number, total: number) => void,
): Promise<void> {
  const lines = [COLUMNS.join(',')];
  for (let offset = 0, total = 1; offset < total;) {
    const page = await api.numbers({ ...query, offset, limit: 500 });
    if (page.rows.length === 0) break;
    lines.push(...page.rows.map((r) => lineOf(r, w)));
    offset += page.rows.length;
    total = page.total;
    tell(offset, total);
  }
  save('ringbreak-numbers.csv', new Blob(['\ufeff', lines.join('\r\n'), '\r\n'], { type: 'text/csv;charset=utf-8' }));
}
