import { describe, expect, it } from 'vitest';
import { formatFor, sayNumber } from './format.ts';

const zh = formatFor('zh', 'Asia/Shanghai');
const en = formatFor('en', 'Asia/Shanghai');

describe('numbers as people say them', () => {
  it.each([
    ['+639175550123', '+63 917 555 0123'],
    ['+8613800001234', '138 0000 1234'],
    ['+862168888888', '021 6888 8888'],
    ['+8675512345678', '0755 1234 5678'],
    ['95588', '95588'],
    ['4008123123', '400 812 3123'],
    ['sip:x@y', 'sip:x@y'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ])('%s', (id, said) => expect(sayNumber(id)).toBe(said));
});

describe('values with their units', () => {
  it('reads durations in two steps at most', () => {
    expect(zh.duration(83_000)).toBe('1 分 23 秒');
    expect(en.duration(83_000)).toBe('1 min 23 s');
    expect(zh.duration(3_600_000)).toBe('1 小时');
    expect(zh.duration(0)).toBe('0 秒');
    expect(en.duration(90_061_000)).toBe('1 d 1 h');
  });
  it('keeps every cent of a decimal string', () => {
    expect(zh.money('28000', 'CNY')).toBe('¥28,000.00');
    expect(zh.money('12345678901234567.89', 'CNY')).toBe('¥12,345,678,901,234,567.89');
  });
  it('shows shares as percent and counts with separators', () => {
    expect(zh.measure(0.961, 'share of people reached')).toBe('96.1%');
    expect(zh.measure(12345, 'calls')).toBe('12,345 次');
    expect(en.measure(2.5, 'nats')).toBe('2.5 nats');
  });
  it('names places, and says unknown rather than guess', () => {
    expect(zh.country('PH')).toBe('菲律宾');
    expect(en.country('PH')).toBe('Philippines');
    expect(zh.country('')).toBe('未知');
    expect(en.province('陕西')).toBe('Shaanxi');
    expect(en.province('')).toBe('unknown');
  });
  it('tells the time of the home zone, not of the machine', () => {
    expect(zh.moment(Date.UTC(2023, 4, 11, 16, 0, 0))).toContain('2023');
    expect(zh.moment(Date.UTC(2023, 4, 11, 16, 0, 0))).toMatch(/05\D12.*00:00:00/);
  });
});
