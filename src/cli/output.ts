import type { Bilingual } from '../model/reason.ts';
import type { Progress, ProgressSink, RunningBalance } from '../model/progress.ts';

export type Lang = 'zh' | 'en';

/** Where output goes; tests pass their own. */
export interface Terminal {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

export const pick = (text: Bilingual, lang: Lang): string => text[lang];

// ---------------------------------------------------------------- tables

export interface TableColumn<T> {
  title: Bilingual;
  value: (row: T) => string;
  align?: 'right';
}

/** Columns a text takes in a terminal: Chinese characters and full-width forms take two, combining and format characters none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{M}|\p{Cf}/u.test(char)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return width;
}

/** Control characters in data must not move the cursor or colour the terminal. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

/** Rows as an aligned table with a header line; an empty list gives the header only. */
export function table<T>(columns: readonly TableColumn<T>[], rows: readonly T[], lang: Lang): string {
  const cells = [
    columns.map((c) => pick(c.title, lang)),
    ...rows.map((row) => columns.map((c) => printable(c.value(row)))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => textWidth(line[i] ?? ''))));
  return cells
    .map((line) =>
      line
        .map((cell, i) => {
          const gap = ' '.repeat((widths[i] ?? 0) - textWidth(cell));
          return columns[i]?.align === 'right' ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

export const formatCount = (n: number): string => n.toLocaleString('en-US');
export const formatScore = (n: number): string => n.toFixed(3);
export const formatShare = (n: number | null): string => (n === null ? '–' : `${(n * 100).toFixed(1)} %`);

/** `2023-07-01 09:30` in the given zone. */
export function formatInstant(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}

// ---------------------------------------------------------------- progress

export interface ProgressDisplay {
  sink: ProgressSink;
  /** Leaves the last line standing and ends it. */
  stop(): void;
}

const UNITS: Record<Progress['unit'], Bilingual> = {
  rows: { zh: '行', en: 'rows' },
  bytes: { zh: '字节', en: 'bytes' },
  steps: { zh: '步', en: 'steps' },
  numbers: { zh: '个号码', en: 'numbers' },
};

/**
 * Progress on stderr: one moving line with rate and time left on a terminal, a plain line per step (and every ten seconds)
 * elsewhere, nothing with --quiet.
 */
export function progressDisplay(to: Terminal, lang: Lang, quiet: boolean, clock: () => number): ProgressDisplay {
  if (quiet) return { sink: () => undefined, stop: () => undefined };
  let step = '';
  let said = '';
  let since = 0;
  let drawn = 0;
  let open = false;
  const endLine = (): void => {
    if (open) to.write('\n');
    open = false;
  };
  return {
    sink: (p) => {
      const now = clock();
      const fresh = p.step !== step;
      if (fresh) {
        endLine();
        step = p.step;
        since = now;
      }
      const finished = p.total !== null && p.done >= p.total;
      if (!fresh && !finished && now - drawn < (to.isTTY ? 100 : 10_000)) return;
      if (!to.isTTY && finished && !fresh && now - since < 1000) return;
      drawn = now;
      if (to.isTTY) {
        to.write(`\r\u001b[2K${progressLine(p, now - since, lang, to.columns)}`);
        open = true;
      } else if (fresh) {
        // Several steps in a row may go by one name.
        const text = printable(pick(p.text, lang));
        if (text !== said) to.write(`${text}\n`);
        said = text;
      } else to.write(`${progressLine(p, now - since, lang, 120)}\n`);
    },
    stop: endLine,
  };
}

/** One line: text, bar, done / total, rate, time left. */
export function progressLine(p: Progress, elapsedMs: number, lang: Lang, width: number): string {
  const rate = elapsedMs > 500 ? (p.done / elapsedMs) * 1000 : null;
  const left = rate !== null && rate > 0 && p.total !== null ? (p.total - p.done) / rate : null;
  const share = p.total !== null && p.total > 0 ? Math.min(1, p.done / p.total) : null;
  const bar = share === null ? '' : ` [${'='.repeat(Math.round(share * 20)).padEnd(20)}] ${Math.floor(share * 100)} %`;
  const unit = pick(UNITS[p.unit], lang);
  const figures = [
    p.done > 0 || p.total !== null
      ? ` ${formatCount(p.done)}${p.total === null ? '' : ` / ${p.estimated === true ? '~' : ''}${formatCount(p.total)}`} ${unit}`
      : '',
    rate !== null && p.unit !== 'steps' ? ` ${formatCount(Math.round(rate))} ${unit}/s` : '',
    left !== null && left >= 1 ? ` ${lang === 'zh' ? '剩余' : 'left'} ${formatSeconds(left, lang)}` : '',
    p.balance === undefined ? '' : ` ${pick(balanceWords(p.balance), lang)}`,
  ].join('');
  const line = `${printable(pick(p.text, lang))}${bar}${figures}`;
  return textWidth(line) < width ? line : cut(line, width - 1);
}

/** `= 事实 1,200 + 重复 3 + 隔离 1`, and what waits to be judged. */
export function balanceWords({ facts, duplicates, quarantined, waiting }: RunningBalance): Bilingual {
  const [f, d, q, w] = [facts, duplicates, quarantined, waiting].map(formatCount);
  return {
    zh: `= 事实 ${f} + 重复 ${d} + 隔离 ${q}${waiting > 0 ? ` + 待判 ${w}` : ''}`,
    en: `= facts ${f} + duplicates ${d} + quarantined ${q}${waiting > 0 ? ` + waiting ${w}` : ''}`,
  };
}

const formatSeconds = (s: number, lang: Lang): string => {
  const whole = Math.round(s);
  const [m, rest] = [Math.floor(whole / 60), whole % 60];
  if (lang === 'zh') return m > 0 ? `${m} 分 ${rest} 秒` : `${rest} 秒`;
  return m > 0 ? `${m} min ${rest} s` : `${rest} s`;
};

function cut(text: string, width: number): string {
  let [out, used] = ['', 0];
  for (const char of text) {
    used += textWidth(char);
    if (used > width) break;
    out += char;
  }
  return out;
}
