/**
 * Which class of schedules a run belongs to. Two runs are of one class if they differ only in the order of independent
 * steps; then they have one Foata normal form: the steps in levels, each as early as what it depends on allows. Its hash
 * stands for it.
 */
import { ofText } from './hash.ts';
import type { Move, System } from './system.ts';
import { Trail } from './dpor/trail.ts';

/** Classes by name, and how many runs each had. */
export type ClassRuns = readonly (readonly [name: string, runs: number])[];

export class Classes<S> {
  readonly #system: System<S>;
  /** how many runs each class had */
  readonly #seen = new Map<string, number>();
  #trail: Trail<S>;
  #levels: number[] = [];
  #taken = new Map<string, number>();
  #a = 0;
  #b = 0;

  constructor(system: System<S>) {
    this.#system = system;
    this.#trail = new Trail(system);
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Each class with the number of its runs, in the order in which they were met. */
  get runs(): ClassRuns {
    return [...this.#seen];
  }

  begin(): void {
    this.#trail = new Trail(this.#system);
    this.#levels = [];
    this.#taken = new Map();
    this.#a = 0;
    this.#b = 0;
  }

  step(state: S, process: string, move: Move<S>): void {
    this.#trail.push(state, process, move.touches(), move.cause, move.isLast);
    const depth = this.#levels.length;
    let level = 0;
    for (const earlier of this.#trail.directlyBefore()) {
      level = Math.max(level, (this.#levels[earlier] as number) + 1);
    }
    this.#levels[depth] = level;
    // a step is the same in all runs of a class: the n-th of its process, with its answers
    const nth = this.#taken.get(process) ?? 0;
    this.#taken.set(process, nth + 1);
    const { a, b } = ofText(`${level} ${nth} ${move.choice}`);
    this.#a = (this.#a + a) | 0;
    this.#b = (this.#b + b) | 0;
  }

  /** The run is complete. */
  end(): void {
    const name = `${this.#a} ${this.#b} ${this.#levels.length}`;
    this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1);
  }
}
