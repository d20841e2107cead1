/**
 * Exact tail probabilities, used wherever the program says "more than chance would give". No normal approximations: the counts that
 * matter are small (three victims among forty people called).
 */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0 (Lanczos approximation, g = 7, n = 9; relative error below 1e-13). */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const y = x - 1;
  let a = LANCZOS[0];
  for (let i = 1; i < 9; i++) a += LANCZOS[i]! / (y + i);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(a);
}

/** ln of the binomial coefficient n over k. */
export const lnChoose = (n: number, k: number): number => lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);

/**
 * P(X >= k) for X ~ Binomial(n, p): the chance of k or more hits in n independent tries. 1 when k <= 0; exact summation from k
 * upwards, stopped when a term no longer changes the sum.
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  // Below the mean the complement has fewer terms and no cancellation worth speaking of.
  if (k <= n * p) {
    let below = 0;
    for (let i = 0; i < k; i++) below += Math.exp(lnChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p));
    return Math.max(0, Math.min(1, 1 - below));
  }
  let term = Math.exp(lnChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
  let sum = term;
  for (let i = k + 1; i <= n && term > sum * 1e-16; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    sum += term;
  }
  return Math.min(1, sum);
}

/**
 * P(X >= k) where k of n drawn are marked, N in all, M of them marked, drawn without replacement (Fisher's exact test, one-sided).
 */
export function hypergeometricTail(k: number, n: number, M: number, N: number): number {
  if (k <= Math.max(0, n + M - N)) return 1;
  const top = Math.min(n, M);
  if (k > top) return 0;
  const all = lnChoose(N, n);
  let sum = 0;
  for (let i = k; i <= top; i++) {
    const term = Math.exp(lnChoose(M, i) + lnChoose(N - M, n - i) - all);
    sum += term;
    if (i > k && term < sum * 1e-16) break;
  }
  return Math.min(1, sum);
}

/**
 * Benjamini-Hochberg q-values for p-values in any order (Benjamini & Hochberg 1995): the share of false discoveries to expect when
 * everything up to this one is believed. `tests`: how many were made in all; those not listed count as having found nothing.
 */
export function falseDiscoveryRates(p: readonly number[], tests = p.length): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const q = new Array<number>(p.length);
  let least = 1;
  for (let r = order.length - 1; r >= 0; r--) {
    const i = order[r]!;
    least = Math.min(least, (p[i]! * tests) / (r + 1));
    q[i] = least;
  }
  return q;
}
