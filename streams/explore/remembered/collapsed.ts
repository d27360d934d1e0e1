/** A state of a run in components, and a step of it that is known. */
import type { World } from '../../world/world.ts';
import type { Explored } from '../explored.ts';
import type { Ask, Move, Touches } from '../system.ts';
import { causeOf } from './causes.ts';
import type { Channel } from './channels.ts';
import type { Global, Local, Outcome } from './kept.ts';

/** What makes worlds of states in components. */
export interface Worlds {
  expand(at: Collapsed): Explored;
  /** A step from there, computed again to see what it touches. */
  touched(at: Collapsed, choice: string): Move<Explored>;
}

export class Collapsed {
  /** by actor */
  readonly locals: readonly Local[];
  readonly channels: readonly Channel[];
  readonly global: Global;
  /** the state before; null at the beginning */
  readonly before: Collapsed | null;
  /** the step from there; null at the beginning */
  readonly outcome: Outcome | null;
  /** steps that were taken */
  readonly depth: number;
  /** the world that it is, once somebody has asked for it */
  expanded: Explored | null = null;
  readonly #worlds: Worlds;

  constructor(
    worlds: Worlds,
    locals: readonly Local[],
    channels: readonly Channel[],
    global: Global,
    before: Collapsed | null = null,
    outcome: Outcome | null = null,
  ) {
    this.#worlds = worlds;
    this.locals = locals;
    this.channels = channels;
    this.global = global;
    this.before = before;
    this.outcome = outcome;
    this.depth = before === null ? 0 : before.depth + 1;
  }

  get world(): World {
    return this.#worlds.expand(this).world;
  }

  get judged(): unknown {
    return this.outcome === null ? this.#worlds.expand(this).judged : this.outcome.judged;
  }

  touched(choice: string): Move<Explored> {
    return this.#worlds.touched(this, choice);
  }
}

/** The step that led to a state. */
export class KnownMove implements Move<Collapsed> {
  readonly state: Collapsed;
  /** the step as it was computed, once it is asked for: it keeps worlds alive, so no outcome has it */
  #taken: Move<Explored> | null;

  constructor(state: Collapsed, taken: Move<Explored> | null) {
    this.state = state;
    this.#taken = taken;
  }

  get choice(): string {
    return this.#outcome.choice;
  }

  get isLast(): boolean {
    return this.#outcome.isLast;
  }

  get problem(): string | null {
    return this.#outcome.problem;
  }

  get asks(): readonly Ask[] {
    return this.#outcome.asks;
  }

  get cause(): number {
    return causeOf(this.#from, this.#outcome.process);
  }

  touches(): Touches {
    return (this.#outcome.touches ??= this.#step.touches());
  }

  mergedTouches(): Touches {
    return this.#step.mergedTouches();
  }

  get #from(): Collapsed {
    return this.state.before as Collapsed;
  }

  get #outcome(): Outcome {
    return this.state.outcome as Outcome;
  }

  get #step(): Move<Explored> {
    return (this.#taken ??= this.#from.touched(this.choice));
  }
}
