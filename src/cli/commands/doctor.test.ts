import { describe, expect, it } from 'vitest';
import { diskSpace, memory, nodeVersion } from './doctor.ts';

const GB = 1_000_000_000;

describe('doctor', () => {
  it.each([
    ['18.20.0', 'fail'],
    ['20.9.0', 'fail'],
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['24.0.0', 'ok'],
  ])('finds Node.js %s %s', (version, state) => {
    expect(nodeVersion(version).state).toBe(state);
  });

  it.each([
    [100 * GB, 'ok'],
    [2 * GB, 'warn'],
    [0.05 * GB, 'fail'],
  ])('finds %d bytes of disk %s', (free, state) => {
    expect(diskSpace(free).state).toBe(state);
  });

  it('says what to do about whatever is not right', () => {
    expect(memory(16 * GB, GB)).toMatchObject({ state: 'ok', action: null });
    for (const check of [nodeVersion('16.0.0'), diskSpace(0), memory(GB, GB)]) {
      expect(check.state).not.toBe('ok');
      expect(check.action?.zh).not.toBe('');
      expect(check.action?.en).not.toBe('');
    }
  });
});
