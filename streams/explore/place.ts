/** Where a run on remembered steps is, what is known of its steps, and which of them made another one possible. */
import type { World } from '../world/world.ts';
import type { Explored } from './explored.ts';
import type { Actor, Common, Letter, Line, Slot } from './parts.ts';
import type { Ask, Move, Touches } from './system.ts';

/** Puts worlds together from places. */
export interface Worlds {
  explored(at: Place): Explored;
  /** a step that was taken from there, as a step of a world */
  retake(at: Place, choice: string): Move<Explored>;
}

/** What is known of a step. */
export interface Known {
  readonly common: Common<Steps>;
  readonly actor: Actor;
  readonly post: Post | null;
  readonly choice: string;
  readonly problem: string | null;
  readonly isLast: boolean;
  readonly asks: readonly Ask[];
  /** timers, by key */
  readonly arms: readonly string[];
  readonly judged: unknown;
  touches: Touches | null;
}

/** A message that is sent, and those that are sent after it: most steps send one. */
export interface Post {
  readonly slot: Slot;
  readonly letter: Letter;
  readonly next: Post | null;
}

/** Steps of a process where an actor, a letter and what is common came together. */
export interface Steps {
  readonly actor: Actor;
  /** null of a timer's */
  readonly letter: Letter | null;
  usual: Known | null;
  /** by choice: with other answers */
  others: Map<string, Known> | null;
  moves: readonly Known[] | null;
  /** of the same process with another actor or letter: there are few */
  readonly next: Steps | null;
}

/** Where a run is: a world in parts, or, where these are not followed any more, as it is. */
export class Place {
  readonly actors: readonly Actor[];
  /** queues that hold something, in canonical order */
  readonly lines: readonly Line[];
  readonly common: Common<Steps>;
  /** how it was come to; null at the beginning */
  readonly before: Place | null;
  readonly known: Known | null;
  /** steps that were taken */
  readonly depth: number;
  /** what it is put together to, when that is asked for */
  explored: Explored | null = null;
  readonly #worlds: Worlds;

  constructor(
    worlds: Worlds,
    actors: readonly Actor[],
    lines: readonly Line[],
    common: Common<Steps>,
    before: Place | null,
    known: Known | null,
  ) {
    this.#worlds = worlds;
    this.actors = actors;
    this.lines = lines;
    this.common = common;
    this.before = before;
    this.known = known;
    this.depth = before === null ? 0 : before.depth + 1;
  }

  /** A step that was taken from here, as a step of a world. */
  retake(choice: string): Move<Explored> {
    return this.#worlds.retake(this, choice);
  }

  get world(): World {
    return this.#worlds.explored(this).world;
  }

  get judged(): unknown {
    return this.known === null ? this.#worlds.explored(this).judged : this.known.judged;
  }
}

/** A run whose parts are not followed any more. */
export class Tail {
  readonly explored: Explored;
  /** what its steps' causes are off by, as steps of this run are counted */
  readonly shift: number;

  constructor(explored: Explored, shift: number) {
    this.explored = explored;
    this.shift = shift;
  }

  get world(): World {
    return this.explored.world;
  }

  get judged(): unknown {
    return this.explored.judged;
  }
}

/** A state of a world that remembers. */
export type Remembered = Place | Tail;

/** A step that is known, and the way to it. */
export class KnownMove implements Move<Remembered> {
  readonly state: Place;
  readonly #slot: Slot;
  readonly #known: Known;

  constructor(state: Place, slot: Slot, known: Known) {
    this.state = state;
    this.#slot = slot;
    this.#known = known;
  }

  get choice(): string {
    return this.#known.choice;
  }

  get isLast(): boolean {
    return this.#known.isLast;
  }

  get problem(): string | null {
    return this.#known.problem;
  }

  get asks(): readonly Ask[] {
    return this.#known.asks;
  }

  get cause(): number {
    return causeOf(this.state.before as Place, this.#slot);
  }

  touches(): Touches {
    return (this.#known.touches ??= this.#again().touches());
  }

  mergedTouches(): Touches {
    return this.#again().mergedTouches();
  }

  /** A step keeps the worlds around it alive, so none is kept. */
  #again(): Move<Explored> {
    return (this.state.before as Place).retake(this.choice);
  }
}

/** What came before the run has no number among its steps. */
export const BEFORE = -1;

/** The step that sent the message that a process takes next, or that armed the timer. */
export function causeOf(at: Place, { number, process, queue }: Slot): number {
  let left = at.lines.find(({ slot }) => slot.number === number)?.size ?? 0;
  for (let place = at; place.before !== null; place = place.before) {
    const known = place.known as Known;
    if (queue === null && known.arms.includes(process)) return place.depth - 1;
    for (let each = known.post; each !== null; each = each.next) {
      if (each.slot.number === number) left -= 1;
    }
    if (queue !== null && left <= 0) return place.depth - 1;
  }
  return BEFORE;
}

/** The step that sent each message of a queue. */
export function causesOf(at: Place, { slot: { number }, size }: Line): readonly number[] {
  const causes: number[] = [];
  for (let place = at; place.before !== null && causes.length < size; place = place.before) {
    for (let each = (place.known as Known).post; each !== null; each = each.next) {
      if (each.slot.number === number) causes.unshift(place.depth - 1);
    }
  }
  while (causes.length < size) causes.unshift(BEFORE);
  return causes.slice(-size);
}

export function shifted(move: Move<Explored>, shift: number): Move<Remembered> {
  const { choice, state, cause, isLast, problem, asks = NO_ASKS } = move;
  return {
    choice,
    state: new Tail(state, shift),
    cause: cause + shift,
    isLast,
    problem,
    asks,
    touches: () => move.touches(),
    mergedTouches: () => move.mergedTouches(),
  };
}

const NO_ASKS: readonly Ask[] = [];
