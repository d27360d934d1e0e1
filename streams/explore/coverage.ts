/**
 * How much of all classes of schedules a sample has seen. If the total is known, the share; otherwise from how many
 * classes were met once and how many twice. After Chao, "Nonparametric Estimation of the Number of Classes in a
 * Population" (1984) and "Estimating the Population Size for Capture-Recapture Data with Unequal Catchability" (1987):
 * an estimate of the least that there can be, with a 95% interval. Classes that the sampler hardly ever meets
 * leave no trace in either number, so the true total may be far above the interval; it is a bound from below.
 */
import type { ClassRuns } from './classes.ts';

export interface Coverage {
  /** classes met */
  readonly seen: number;
  /** of how many runs */
  readonly runs: number;
  /** classes met by one run only */
  readonly once: number;
  /** classes there are, if that is known */
  readonly total: number | null;
  /** at least so many, with the 95% interval of that bound, which may have no upper end; null if the total is known */
  readonly atLeast: {
    readonly classes: number;
    readonly low: number;
    readonly high: number | null;
  } | null;
}

const Z = 1.96;
const LN_20 = 2.995732273553991;
/** Halvings of a logarithm until a few terms of a series suffice. */
const HALVINGS = 10;

/** Math.log and Math.exp may differ from machine to machine in the last digit; these need only what does not. */
function ln(value: number): number {
  let root = value;
  for (let i = 0; i < HALVINGS; i++) root = Math.sqrt(root);
  const t = (root - 1) / (root + 1);
  return 2 ** HALVINGS * 2 * (t + t ** 3 / 3);
}

function exp(value: number): number {
  const part = value / 2 ** HALVINGS;
  let power = 1 + part + part ** 2 / 2 + part ** 3 / 6;
  for (let i = 0; i < HALVINGS; i++) power *= power;
  return power;
}

/** Chao's bound for what was not seen, and its variance. */
function unseenOf(once: number, twice: number, seen: number): { unseen: number; variance: number } {
  if (twice > 0) {
    const ratio = once / twice;
    return {
      unseen: once ** 2 / (2 * twice),
      variance: twice * (ratio ** 4 / 4 + ratio ** 3 + ratio ** 2 / 2),
    };
  }
  const unseen = (once * (once - 1)) / 2;
  const total = seen + unseen;
  const variance = unseen + (once * (2 * once - 1) ** 2) / 4 - once ** 4 / (4 * total);
  return { unseen, variance };
}

/** The log-normal interval that Chao gives: never below what was seen. */
function boundOf(once: number, twice: number, seen: number): Coverage['atLeast'] {
  const { unseen, variance } = unseenOf(once, twice, seen);
  if (unseen === 0) return { classes: seen, low: seen, high: seen };
  const spread = exp(Z * Math.sqrt(ln(1 + variance / unseen ** 2)));
  return {
    classes: Math.round(seen + unseen),
    low: Math.round(seen + unseen / spread),
    high: Math.round(seen + unseen * spread),
  };
}

/**
 * What no two of so many runs being alike says. If there were fewer than this, two would be with a chance of 95%, and even
 * more likely where some classes are met more often than others (the birthday problem).
 */
function boundOfUnlike(runs: number): Coverage['atLeast'] {
  const low = Math.max(runs, Math.floor((runs * (runs - 1)) / (2 * LN_20)));
  return { classes: low, low, high: null };
}

/** @param total classes there are, null when nobody knows */
export function coverageOf(classes: ClassRuns, total: number | null): Coverage {
  const met = (times: number): number => classes.filter(([, runs]) => runs === times).length;
  const [seen, once, twice] = [classes.length, met(1), met(2)];
  const runs = classes.reduce((sum, [, count]) => sum + count, 0);
  const bound = (): Coverage['atLeast'] =>
    once === runs ? boundOfUnlike(runs) : boundOf(once, twice, seen);
  return { seen, runs, once, total, atLeast: total === null ? bound() : null };
}
