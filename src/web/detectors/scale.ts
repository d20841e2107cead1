/** Steps of a slider. */
export const STEPS = 200;

/** How a slider runs over a threshold's range: by factors where it spans several, evenly otherwise. */
export interface Scale {
  /** 0..STEPS. */
  at: (value: number) => number;
  value: (at: number) => number;
}

/**
 * @param whole thresholds that count things move in whole steps
 */
export function scaleOf(min: number, max: number, whole: boolean): Scale {
  const byFactors = min > 0 && max / min >= 50;
  const clamp = (x: number): number => Math.min(max, Math.max(min, x));
  const rounded = (x: number): number => {
    if (x <= min) return min;
    if (x >= max) return max;
    return clamp(whole ? Math.round(x) : byFactors ? Number(x.toPrecision(2)) : Number(x.toFixed(2)));
  };
  return byFactors
    ? {
        at: (value) => Math.round((STEPS * Math.log(clamp(value) / min)) / Math.log(max / min)),
        value: (at) => rounded(min * Math.exp((at / STEPS) * Math.log(max / min))),
      }
    : {
        at: (value) => Math.round((STEPS * (clamp(value) - min)) / (max - min)),
        value: (at) => rounded(min + (at / STEPS) * (max - min)),
      };
}

/** Whether a threshold counts things: its default and both ends are whole, and it is no share. */
export const countsThings = (t: { min: number; max: number; default: number }): boolean =>
  t.max > 1 && [t.min, t.max, t.default].every(Number.isInteger);
