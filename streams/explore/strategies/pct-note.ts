/** What PCT says of itself: the bound that its paper proves, beside the rate that was measured. */

export interface PctSizes {
  readonly depth: number;
  /** the most that a run had */
  readonly threads: number;
  /** with a choice, the most that a run had */
  readonly steps: number;
}

/** @param rate of runs that break an invariant */
export function pctNote({ depth, threads, steps }: PctSizes, rate: number): string {
  const bound = 1 / (threads * steps ** (depth - 1));
  return (
    `PCT, depth ${depth}: at least ${bound.toPrecision(2)} a run for a bug of that depth ` +
    `(${threads} threads, ${steps} steps with a choice); measured ${rate.toPrecision(2)}`
  );
}
