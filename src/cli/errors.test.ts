import { describe, expect, it } from 'vitest';
import { StoreBusyError } from '../store/lock.ts';
import { CliError, EXIT, oneLine, toCliError, wrongUsage } from './errors.ts';

const holder = { pid: 42, host: 'h', started: '', command: 'ringbreak serve', since: '2023-03-01T00:00:00Z' };

describe('what the terminal is told', () => {
  it('of a store that another process serves: where to look at it', () => {
    const told = toCliError(new StoreBusyError('/data', { ...holder, url: 'http://127.0.0.1:8787/' }), '/data');
    expect(told.exitCode).toBe(EXIT.failed);
    expect(told.text.zh).toContain('http://127.0.0.1:8787/');
    expect(told.action?.en).toMatch(/Open http:\/\/127\.0\.0\.1:8787\//);
  });

  it('of a store that another process works on: who, and to wait', () => {
    const told = toCliError(new StoreBusyError('/data', holder), '/data');
    expect(told.text.en).toMatch(/process 42: ringbreak serve/);
    expect(told.action?.en).toMatch(/Wait/);
  });

  it('of anything unexpected: one line that fits, without the engine repeating its statement', () => {
    expect(oneLine(new Error(`Unknown column x. In query SELECT ${'y, '.repeat(9999)}\nstack`))).toBe(
      'Unknown column x.',
    );
    expect(oneLine('z'.repeat(5000)).length).toBeLessThanOrEqual(400);
    const told = toCliError(new Error('first\nsecond'), '/data');
    expect([told.text.zh, told.exitCode]).toEqual(['first', EXIT.failed]);
  });

  it('keeps an error that was made for people as it is', () => {
    const error = wrongUsage({ zh: '错', en: 'wrong' });
    expect(toCliError(error, '/data')).toBe(error);
    expect(error).toBeInstanceOf(CliError);
    expect(error.exitCode).toBe(EXIT.usage);
  });
});
