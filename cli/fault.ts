/**
 * `--fail N`: the N-th chance to fail of a run fails. What came of it, as a value and as the line that is printed.
 */
import { type Decider, FailNth } from '../streams/world/decide.ts';
import type { StepRecord } from '../streams/world/record.ts';

export interface FaultReport {
  /** the chance that was to fail, counted from 1 */
  readonly nth: number;
  /** how many chances the run had, those that came of the failure included */
  readonly chances: number;
  /** null when the run had fewer chances than that */
  readonly failed: {
    /** what failed, in the field's words: `alloc`, `tlb.send` */
    readonly name: string;
    /** the record of the step in which it did */
    readonly seq: number;
  } | null;
}

/** The decider of one run, and where in the run it made something fail. */
export class PlannedFault {
  readonly decider: FailNth;
  readonly #nth: number;
  #seq = 0;

  /** @param others who decides what is no fault */
  constructor(nth: number, others: Decider) {
    this.#nth = nth;
    this.decider = new FailNth(nth, others);
  }

  /** To be told of every record, in order. */
  seen({ seq }: StepRecord): void {
    if (this.decider.failed === null) this.#seq = seq + 1;
  }

  get report(): FaultReport {
    const { count, failed } = this.decider;
    const what = failed === null ? null : { name: failed.name, seq: this.#seq };
    return { nth: this.#nth, chances: count, failed: what };
  }
}

const chancesText = (count: number): string => `${count} chance${count === 1 ? '' : 's'}`;

/** One line: what failed, or that nothing did and why. */
export function faultLine({ nth, chances, failed }: FaultReport): string {
  if (failed !== null) {
    return `fault: chance ${nth} of ${chances} failed: ${failed.name}, in record ${failed.seq}`;
  }
  const had = chances === 0 ? 'no chance to fail' : `only ${chancesText(chances)} to fail`;
  return `fault: none, the run had ${had}`;
}
