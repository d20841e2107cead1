import { seededRandom } from '../../model/random.ts';

/** A permutation of 0 .. n-1. */
export function shuffled(n: number, random: () => number): Uint32Array {
  const out = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Fold 0 .. folds-1 of each row, each class shared out evenly. */
export function stratifiedFolds(classes: Uint8Array, folds: number, seed: number): Uint8Array {
  const out = new Uint8Array(classes.length);
  const next = new Map<number, number>();
  for (const i of shuffled(classes.length, seededRandom(seed))) {
    const n = next.get(classes[i]!) ?? 0;
    out[i] = n % folds;
    next.set(classes[i]!, n + 1);
  }
  return out;
}
