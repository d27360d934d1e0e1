/** What an exploration comes back with, and how far it may go. */

/**
 * `proved`: every schedule was covered and none breaks an invariant; `violated`: at least one does; `spent`: the budget
 * ended first, or the strategy only samples: nothing is proved.
 */
export type Verdict = 'proved' | 'violated' | 'spent';

export interface Counts {
  /** runs from the beginning to an end of their own */
  executions: number;
  /** steps taken, each once: going back to a state costs none */
  transitions: number;
  /** different states seen; 0 from a strategy that does not remember states */
  states: number;
  /** runs that were given up because all they could still do was done elsewhere */
  blocked: number;
}

/** Something that a schedule shows. */
export interface Finding {
  readonly what: string;
  /** the schedule that shows it, as `replay` and `run` take it */
  readonly choices: readonly string[];
}

export interface Exploration {
  readonly strategy: string;
  readonly verdict: Verdict;
  readonly counts: Readonly<Counts>;
  /** the first one found; of a breadth-first search, a shortest one */
  readonly violation: Finding | null;
  /** the first run that ends with somebody still waiting, and how many did */
  readonly stuck: Finding | null;
  readonly stuckRuns: number;
  /** by name: in how many runs a witness was seen; of a search over states, in how many states, or by how many steps */
  readonly witnesses: Readonly<Record<string, number>>;
  /** what the strategy has to say about itself: a bound, an estimate, a denominator */
  readonly notes: readonly string[];
}

/** How far to go. Each is checked after every step, so a search ends within a step of its limit. */
export interface Limits {
  readonly transitions?: number;
  readonly executions?: number;
  /** asked now and then; the one way for a clock or a key press to end a search */
  readonly shouldStop?: () => boolean;
  /** told now and then */
  readonly progress?: (counts: Readonly<Counts>) => void;
  /** go on after the first violation, to count */
  readonly isExhaustive?: boolean;
}

/** Steps between two questions to the outside. */
const ASK_EVERY = 512;

/** Counts what a search does and knows when it has to end. */
export class Meter {
  readonly counts: Counts = { executions: 0, transitions: 0, states: 0, blocked: 0 };
  readonly #limits: Limits;
  #isStopped = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts a step. */
  step(): void {
    this.counts.transitions += 1;
    if (this.counts.transitions % ASK_EVERY !== 0) return;
    this.#limits.progress?.(this.counts);
    if (this.#limits.shouldStop?.() === true) this.#isStopped = true;
  }

  get isSpent(): boolean {
    const { transitions = Infinity, executions = Infinity } = this.#limits;
    const { counts } = this;
    return this.#isStopped || counts.transitions >= transitions || counts.executions >= executions;
  }
}
