/** Steps back and forth between what somebody has chosen to see. */
export interface History<T> {
  past: readonly T[];
  now: T;
  future: readonly T[];
}

/** Steps that are remembered. */
const MOST = 100;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [] });

/** A new step; what was undone before it is gone. */
export const step = <T>(h: History<T>, now: T): History<T> => ({
  past: [...h.past, h.now].slice(-MOST),
  now,
  future: [],
});

export function undo<T>(h: History<T>): History<T> {
  const last = h.past.at(-1);
  return last === undefined ? h : { past: h.past.slice(0, -1), now: last, future: [h.now, ...h.future] };
}

export function redo<T>(h: History<T>): History<T> {
  const [next, ...future] = h.future;
  return next === undefined ? h : { past: [...h.past, h.now], now: next, future };
}
