import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sparePicture } from './slow-drawing.ts';

describe('a picture that moves', () => {
  let now = 0;
  let frames: (() => void)[] = [];
  beforeEach(() => {
    now = 0;
    frames = [];
    vi.stubGlobal('requestAnimationFrame', (f: () => void) => frames.push(f));
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  /** Whether links are left out after movements whose frames took this long each. */
  const sparedAfter = (...took: number[]): boolean => {
    const camera = { on: (_: string, f: () => void) => (moved = f) };
    let moved = (): void => undefined;
    const setSetting = vi.fn();
    sparePicture({ getCamera: () => camera, setSetting } as never);
    for (const ms of took) {
      moved();
      for (let i = 0; i < 2; i++) {
        now += ms;
        for (const f of frames.splice(0)) f();
      }
    }
    return setSetting.mock.calls.some(([name, on]) => name === 'hideEdgesOnMove' && on === true);
  };

  it('leaves its links out once three frames in a row are slow', () => {
    expect(sparedAfter(400, 400, 400)).toBe(true);
  });

  it('keeps them where frames are quick, or one is slow now and then', () => {
    expect(sparedAfter(16, 16, 16, 16)).toBe(false);
    expect(sparedAfter(400, 400, 16, 400, 400, 16)).toBe(false);
  });
});
