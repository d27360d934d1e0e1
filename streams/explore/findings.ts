/** Collects what a search sees, and puts its result together. */
import {
  type Counts,
  type Exploration,
  type Finding,
  type Limits,
  Meter,
  type Verdict,
} from './result.ts';

export interface Witness<S> {
  readonly name: string;
  readonly holds: (state: S) => boolean;
  /** it is about the step that led to the state; a search over states counts it once for each step, not each state */
  readonly isOfStep?: boolean;
}

export class Findings<S> {
  readonly meter: Meter;
  readonly notes: string[] = [];
  violation: Finding | null = null;
  stuck: Finding | null = null;
  stuckRuns = 0;
  readonly #limits: Limits;
  readonly #witnesses: readonly Witness<S>[];
  readonly #seen: number[];
  readonly #ofSteps: number;

  constructor(limits: Limits, witnesses: readonly Witness<S>[] = []) {
    this.meter = new Meter(limits);
    this.#limits = limits;
    this.#witnesses = witnesses;
    this.#seen = witnesses.map(() => 0);
    this.#ofSteps = witnesses.reduce(
      (bits, { isOfStep }, i) => (isOfStep === true ? bits | (1 << i) : bits),
      0,
    );
  }

  /** Whether the search is to end now. */
  get isOver(): boolean {
    return this.meter.isSpent || (this.violation !== null && this.#limits.isExhaustive !== true);
  }

  violated(what: string, choices: () => readonly string[]): void {
    this.violation ??= { what, choices: choices() };
  }

  /** A run came to an end. @param waits who still waits */
  ended(waits: readonly string[], choices: () => readonly string[]): void {
    this.meter.counts.executions += 1;
    if (waits.length === 0) return;
    this.stuckRuns += 1;
    this.stuck ??= { what: waits.join('; '), choices: choices() };
  }

  /** Which witnesses hold in a state, as bits; for a run, the bits of its states together. */
  bitsOf(state: S): number {
    let bits = 0;
    for (let i = 0; i < this.#witnesses.length; i++) {
      if ((this.#witnesses[i] as Witness<S>).holds(state)) bits |= 1 << i;
    }
    return bits;
  }

  /** A search over states took a step to this state. */
  tookTo(state: S): void {
    if (this.#ofSteps !== 0) this.count(this.bitsOf(state) & this.#ofSteps);
  }

  /** A search over states met a state for the first time. */
  met(state: S): void {
    this.count(this.bitsOf(state) & ~this.#ofSteps);
  }

  /** Counts what a run showed. */
  count(bits: number): void {
    for (let i = 0; i < this.#seen.length; i++) {
      if ((bits & (1 << i)) !== 0) (this.#seen[i] as number) += 1;
    }
  }

  /** @param isComplete the search went everywhere */
  result(strategy: string, isComplete: boolean): Exploration {
    const counts: Counts = { ...this.meter.counts };
    const verdict: Verdict = this.violation !== null ? 'violated' : isComplete ? 'proved' : 'spent';
    const { violation, stuck, stuckRuns, notes } = this;
    const witnesses = Object.fromEntries(
      this.#witnesses.map(({ name }, i) => [name, this.#seen[i] ?? 0]),
    );
    return { strategy, verdict, counts, violation, stuck, stuckRuns, witnesses, notes };
  }
}
