import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begin, redo, step, undo, type History } from './history.ts';

describe('steps back and forth', () => {
  it('undo and redo are each other’s inverse after any steps, and end quietly', () => {
    const acts = fc.array(fc.oneof(fc.nat(9), fc.constant('undo'), fc.constant('redo')), { maxLength: 40 });
    fc.assert(
      fc.property(acts, (list) => {
        let h: History<number | string> = begin<number | string>('first');
        for (const a of list) h = a === 'undo' ? undo(h) : a === 'redo' ? redo(h) : step(h, a);
        if (h.past.length > 0) expect(redo(undo(h))).toEqual(h);
        if (h.future.length > 0) expect(undo(redo(h))).toEqual(h);
        let back = h;
        for (let i = 0; i < 50; i++) back = undo(back);
        expect(back.now).toBe('first');
        expect(undo(back)).toBe(back);
      }),
    );
  });

  it('a new step forgets what was undone', () => {
    const h = step(undo(step(begin('a'), 'b')), 'c');
    expect(h).toEqual({ past: ['a'], now: 'c', future: [] });
    expect(redo(h)).toBe(h);
  });
});
