/** score -> logistic(a logit(score) + b): Platt's scaling (1999), with his smoothed targets. */
export interface Calibration {
  a: number;
  b: number;
}

const logit = (p: number): number => Math.log(Math.max(p, 1e-9) / Math.max(1 - p, 1e-9));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Fits the scaling to scores of rows that were not trained on. It never turns their order round. */
export function calibrate(scores: Float64Array, classes: Uint8Array): Calibration & { apply: (p: number) => number } {
  const positives = classes.reduce((n, c) => n + c, 0);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (classes.length - positives + 2);
  const x = Float64Array.from(scores, logit);
  const target = (i: number): number => (classes[i] === 1 ? high : low);
  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      const z = a * x[i]! + b;
      // ln(1 + e^z) without overflow, less what the target takes off.
      sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target(i) * z;
    }
    return sum;
  };
  let [a, b, best] = [1, 0, loss(1, 0)];
  for (let round = 0; round < 100; round++) {
    // A ridge keeps the step finite where the classes are told apart without a miss.
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-6, 0, 1e-6];
    for (let i = 0; i < x.length; i++) {
      const p = logistic(a * x[i]! + b);
      const d = p - target(i);
      const w = p * (1 - p);
      ga += d * x[i]!;
      gb += d;
      haa += w * x[i]! * x[i]!;
      hab += w * x[i]!;
      hbb += w;
    }
    const det = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det];
    // Newton's step goes too far where scores are far too sure: halved until it helps.
    let step = 1;
    while (step > 1e-6 && !(loss(a - step * da, b - step * db) < best)) step /= 2;
    if (step <= 1e-6) break;
    [a, b] = [a - step * da, b - step * db];
    best = loss(a, b);
  }
  const fitted = a > 0.05 && Number.isFinite(a) && Number.isFinite(b) ? { a, b } : { a: 1, b: 0 };
  return { ...fitted, apply: calibrate.from(fitted) };
}

calibrate.from =
  ({ a, b }: Calibration) =>
  (p: number): number =>
    logistic(a * logit(p) + b);
