/**
 * A system that remembers its states and steps. Samplers come to the same states again and again; a step that was
 * taken from a state once is not computed again. What is remembered for a state holds for every way to it, but for
 * which earlier step made a step possible: so this is for samplers, and reductions refuse it.
 */
import type { Move, System, Touches } from './system.ts';

/** A state and what is known about it. */
export interface Place<S> {
  readonly state: S;
  /** another way to the same state comes to the same place */
  readonly isKept: boolean;
  ready: readonly string[] | null;
  stuck: readonly string[] | null;
  problem: string | null | undefined;
  readonly steps: Map<string, Move<Place<S>> | undefined>;
  readonly moves: Map<string, readonly Move<Place<S>>[]>;
}

const MAX_STATES = 20_000;

class Remembered<S> {
  readonly #system: System<S>;
  readonly #places = new Map<string, Place<S>>();
  readonly #maxStates: number;

  constructor(system: System<S>, maxStates: number) {
    this.#system = system;
    this.#maxStates = maxStates;
  }

  place(state: S): Place<S> {
    const { a, b } = this.#system.key(state);
    const key = `${a} ${b}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const isKept = this.#places.size < this.#maxStates;
    const [steps, moves] = [new Map(), new Map()];
    const made = { state, isKept, ready: null, stuck: null, problem: undefined, steps, moves };
    if (isKept) this.#places.set(key, made);
    return made;
  }

  step(
    from: Place<S>,
    choice: string,
    take: () => Move<S> | undefined,
  ): Move<Place<S>> | undefined {
    const known = from.steps.get(choice);
    if (known !== undefined) return known;
    const move = take();
    if (move === undefined) return undefined;
    const made = this.#moveOf(move);
    if (from.isKept && made.state.isKept) from.steps.set(choice, made);
    return made;
  }

  moves(from: Place<S>, process: string): readonly Move<Place<S>>[] {
    const known = from.moves.get(process);
    if (known !== undefined) return known;
    const made = this.#system.moves(from.state, process).map((move) => this.#moveOf(move));
    if (from.isKept && made.every(({ state }) => state.isKept)) from.moves.set(process, made);
    return made;
  }

  #moveOf(move: Move<S>): Move<Place<S>> {
    const { choice, cause, isLast, problem, asks = [] } = move;
    let known: Touches | null = null;
    const touches = (): Touches => (known ??= move.touches());
    const mergedTouches = (): Touches => move.mergedTouches();
    const state = this.place(move.state);
    return { choice, state, cause, isLast, problem, asks, touches, mergedTouches };
  }
}

/** @param maxStates what lies beyond so many states is computed again each time */
export function remembering<S>(system: System<S>, maxStates = MAX_STATES): System<Place<S>> {
  const memory = new Remembered(system, maxStates);
  const { usual, orbitKey } = system;
  const common = {
    initial: memory.place(system.initial),
    ready: (at: Place<S>) => (at.ready ??= system.ready(at.state)),
    threadOf: system.threadOf,
    actorOf: system.actorOf,
    moves: (at: Place<S>, process: string) => memory.moves(at, process),
    take: (at: Place<S>, choice: string) =>
      memory.step(at, choice, () => system.take(at.state, choice)),
    needs: (at: Place<S>, process: string) => system.needs(at.state, process),
    lets: (earlier: Place<S>, process: string, needed: string) =>
      system.lets(earlier.state, process, needed),
    sent: (before: Place<S>, after: Place<S>) => system.sent(before.state, after.state),
    blocked: (at: Place<S>) => system.blocked(at.state),
    stuck: (at: Place<S>) => (at.stuck ??= system.stuck(at.state)),
    problemAtEnd: (at: Place<S>) =>
      at.problem === undefined ? (at.problem = system.problemAtEnd(at.state)) : at.problem,
    key: (at: Place<S>) => system.key(at.state),
    text: (at: Place<S>) => system.text(at.state),
    orbitKey: orbitKey === null ? null : (at: Place<S>) => orbitKey(at.state),
    unreducible: 'steps that are remembered without the way to them',
  };
  if (usual === undefined) return common;
  return {
    ...common,
    usual: (at, process) =>
      memory.step(at, process, () => usual(at.state, process)) as Move<Place<S>>,
  };
}
