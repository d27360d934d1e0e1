/** A state of a run in components, and a step of it that is known. */
import type { World } from '../../world/world.ts';
import type { Explored } from '../explored.ts';
import type { Ask, Move, Touches } from '../system.ts';
import { causeOf, type Way } from './causes.ts';
import type { Channel } from './channels.ts';
import type { Global, Local, Outcome } from './kept.ts';

/** What makes worlds of states in components. */
export interface Worlds {
  /** places of VMs among the actors */
  readonly vms: readonly number[];
  expand(at: Collapsed): Explored;
  /** A step from there, computed again to see what it touches. */
  touched(at: Collapsed, choice: string): Move<Explored>;
}

export class Collapsed {
  /** by actor */
  readonly locals: readonly Local[];
  readonly channels: readonly Channel[];
  readonly global: Global;
  readonly judged: unknown;
  /** the steps that led here; null at the beginning */
  readonly way: Way | null;
  /** the world that it is, once somebody has asked for it */
  expanded: Explored | null = null;
  readonly #worlds: Worlds;

  constructor(
    worlds: Worlds,
    locals: readonly Local[],
    channels: readonly Channel[],
    global: Global,
    judged: unknown,
    way: Way | null,
  ) {
    this.#worlds = worlds;
    this.locals = locals;
    this.channels = channels;
    this.global = global;
    this.judged = judged;
    this.way = way;
  }

  get world(): World {
    return this.#worlds.expand(this).world;
  }

  /** The states of its VMs. */
  get vms(): readonly Local[] {
    return this.#worlds.vms.map((place) => this.locals[place] as Local);
  }

  touched(choice: string): Move<Explored> {
    return this.#worlds.touched(this, choice);
  }
}

/** A step that is known. */
export class KnownMove implements Move<Collapsed> {
  readonly state: Collapsed;
  readonly #from: Collapsed;
  readonly #outcome: Outcome;
  /** the step as it was computed, once it is asked for: it keeps worlds alive, so no outcome has it */
  #taken: Move<Explored> | null;

  constructor(from: Collapsed, outcome: Outcome, state: Collapsed, taken: Move<Explored> | null) {
    this.#from = from;
    this.#outcome = outcome;
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

  /** What it touches besides rests on the lists of VMs, and on nothing else. */
  mergedTouches(): Touches {
    const { merged } = this.#outcome;
    const { vms } = this.#from;
    const known = merged.find((each) => each.vms.every((local, i) => local === vms[i]));
    if (known !== undefined) return known.touches;
    const touches = this.#step.mergedTouches();
    merged.push({ vms, touches });
    return touches;
  }

  get #step(): Move<Explored> {
    return (this.#taken ??= this.#from.touched(this.choice));
  }
}
