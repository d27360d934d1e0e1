/**
 * What a hundred counts say. Every count is censored at the same cap, so the Kaplan-Meier curve is that of the plain
 * counts up to the cap, and its median the order statistic in the middle. The interval is that of order statistics: the
 * chance that the true median lies between the r-th and the s-th smallest of n is that of a binomial (n, 1/2) to be at
 * least r and below s, whatever is counted. Infinity is a count beyond the cap.
 */
export interface Median {
  readonly median: number;
  /** the ends of the 95 % interval */
  readonly low: number;
  readonly high: number;
}

/** 97.5 % of a normal distribution lie below. */
const Z = 1.959963984540054;
const TAIL = 0.025;

/**
 * The largest r with P(binomial(n, 1/2) < r) at most 2.5 %: the r-th smallest and the r-th largest of n values are a
 * 95 % interval of the median. 0: n is too small for one.
 */
export function medianRank(n: number): number {
  let term = 2 ** -n;
  let below = 0;
  for (let r = 0; ; r++) {
    if (below + term > TAIL) return r;
    below += term;
    term *= (n - r) / (r + 1);
  }
}

export function medianOf(counts: readonly number[]): Median {
  const sorted = [...counts].sort((a, b) => a - b);
  const n = sorted.length;
  const rank = medianRank(n);
  const at = (place: number): number => sorted[place - 1] ?? NaN;
  return {
    median: at((n + 1) >> 1),
    low: rank === 0 ? 0 : at(rank),
    high: rank === 0 ? Infinity : at(n + 1 - rank),
  };
}

/** Wilson's 95 % interval for a chance that came true `hits` times of n. */
export function wilson(hits: number, n: number): readonly [low: number, high: number] {
  if (n === 0) return [0, 1];
  const rate = hits / n;
  const scale = 1 + Z ** 2 / n;
  const centre = (rate + Z ** 2 / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / n + Z ** 2 / (4 * n ** 2));
  return [hits === 0 ? 0 : centre - half, hits === n ? 1 : centre + half];
}
