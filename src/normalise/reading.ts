import type { RunningBalance } from '../model/progress.ts';

/** Between two looks at the tables, and the least multiple of a look's own time: looking must not slow down what is looked at. */
const EVERY_MS = 500;
const TIMES_ITS_OWN = 20;

/**
 * Runs `work`, looking now and then at how far it is. A look that fails says nothing: the tables are being made anew. The last look has ended when this
 * returns, so that tables may be dropped.
 *
 * @param look how the import stands; null: nothing can be said yet
 */
export async function whileWatched<R>(
  work: () => Promise<R>,
  look: () => Promise<RunningBalance | null>,
  say: (balance: RunningBalance) => void,
  every = EVERY_MS,
): Promise<R> {
  let over = false;
  let wake = (): void => undefined;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const watch = async (): Promise<void> => {
    for (let rest = every; !over;) {
      await pause(rest);
      if (over) return;
      const began = performance.now();
      const balance = await look().catch(() => null);
      if (balance !== null && !over) say(balance);
      rest = Math.max(every, TIMES_ITS_OWN * (performance.now() - began));
    }
  };
  const watching = watch();
  try {
    return await work();
  } finally {
    over = true;
    wake();
    await watching;
  }
}

/** Rows a text of so many bytes holds, if its rows are as long as those at its head; null where the head shows no two line ends. */
export function rowsReckoned(head: Uint8Array, textBytes: number): number | null {
  const last = head.lastIndexOf(10);
  const first = head.indexOf(10);
  if (first === last) return null;
  let lines = 0;
  for (let at = first; at !== last; at = head.indexOf(10, at + 1)) lines++;
  return Math.max(1, Math.round(((textBytes - first - 1) * lines) / (last - first)));
}
