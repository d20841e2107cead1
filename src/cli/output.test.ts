import { describe, expect, it } from 'vitest';
import type { Progress } from '../model/progress.ts';
import { progressDisplay, progressLine, table, textWidth } from './output.ts';

const tick = (step: string, done: number, total: number | null = 100): Progress => ({
  step,
  text: { zh: '读取', en: 'Reading' },
  done,
  total,
  unit: 'rows',
});

describe('tables', () => {
  it('align Chinese, which takes two columns a character, and figures to the right', () => {
    const text = table(
      [
        { title: { zh: '角色', en: 'role' }, value: (r: { role: string; n: number }) => r.role },
        { title: { zh: '人数', en: 'people' }, value: (r) => String(r.n), align: 'right' },
      ],
      [
        { role: '核心成员', n: 3 },
        { role: 'agent', n: 12_000 },
      ],
      'zh',
    );
    expect(text).toBe('角色       人数\n核心成员      3\nagent     12000\n');
    expect(new Set(text.trimEnd().split('\n').map(textWidth)).size).toBe(1);
  });

  it('do not let data steer the terminal', () => {
    expect(table([{ title: { zh: 'a', en: 'a' }, value: (r: string) => r }], ['\u001b[31mred\n'], 'en')).not.toMatch(
      /\u001b|red\n\n/,
    );
  });
});

describe('progress', () => {
  const run = (isTTY: boolean, quiet: boolean, ticks: readonly (readonly [number, Progress])[]): string => {
    let out = '';
    let now = 0;
    const display = progressDisplay({ write: (t) => (out += t), isTTY, columns: 80 }, 'en', quiet, () => now);
    for (const [at, p] of ticks) {
      now = at;
      display.sink(p);
    }
    display.stop();
    return out;
  };

  it('is one moving line on a terminal, and ends it', () => {
    const out = run(true, false, [
      [0, tick('read', 0)],
      [1000, tick('read', 50)],
    ]);
    expect(out.match(/\r/g)).toHaveLength(2);
    expect(out).toMatch(/\[=+ +\] 50 % 50 \/ 100 rows 50 rows\/s left 1 s\n$/);
  });

  it('is a plain line per step elsewhere, and nothing when quiet', () => {
    const ticks = [
      [0, tick('a', 0)],
      [1, tick('a', 50)],
      [2, tick('b', 0)],
    ] as const;
    expect(run(false, false, ticks)).toBe('Reading\n');
    expect(run(true, true, ticks)).toBe('');
  });

  it('never outgrows the line', () => {
    for (const width of [20, 40, 80]) {
      expect(textWidth(progressLine(tick('a', 123_456, 9_999_999), 5000, 'zh', width))).toBeLessThan(width);
    }
  });
});
