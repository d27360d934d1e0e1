/**
 * Search over states, breadth first: every state once, however many schedules lead to it. What it finds first is a
 * shortest schedule. The same search is the oracle (states by key, or exactly by text) and the symmetric search (states by
 * the key of their orbit).
 */
import { Findings, type Witness } from '../findings.ts';
import type { Exploration, Limits } from '../result.ts';
import type { Move, System } from '../system.ts';
import { Visited, VisitedTexts } from '../visited.ts';

interface Reached<S> {
  readonly state: S;
  readonly number: number;
}

/** Where each state was reached from, and by which of the moves there. */
class Origins {
  readonly #parents: number[] = [-1];
  readonly #moves: number[] = [0];

  add(parent: number, move: number): void {
    this.#parents.push(parent);
    this.#moves.push(move);
  }

  /** The moves that lead to a state, as numbers. */
  wayTo(number: number): number[] {
    const way: number[] = [];
    for (let at = number; at > 0; at = this.#parents[at] as number)
      way.push(this.#moves[at] as number);
    return way.reverse();
  }
}

/** Every move from a state, in canonical order. */
export function* movesOf<S>(system: System<S>, state: S): Generator<Move<S>> {
  for (const process of system.ready(state)) yield* system.moves(state, process);
}

/** The choices that these moves are, from the beginning. */
function replay<S>(system: System<S>, way: readonly number[]): string[] {
  let state = system.initial;
  return way.map((index) => {
    const move = [...movesOf(system, state)][index];
    if (move === undefined)
      throw new RangeError('a move that was there is gone: a step is not pure');
    ({ state } = move);
    return move.choice;
  });
}

function search<S>(
  name: string,
  system: System<S>,
  number: (state: S) => number,
  size: () => number,
  limits: Limits,
  witnesses: readonly Witness<S>[],
): Exploration {
  const found = new Findings<S>(limits, witnesses);
  const { counts } = found.meter;
  const origins = new Origins();
  let layer: Reached<S>[] = [{ state: system.initial, number: number(system.initial) }];
  found.met(system.initial);
  for (; layer.length > 0;) {
    const next: Reached<S>[] = [];
    for (const { state, number: from } of layer) {
      const wayHere = (): string[] => replay(system, origins.wayTo(from));
      let index = 0;
      for (const move of movesOf(system, state)) {
        if (found.isOver) break;
        found.meter.step();
        if (move.problem !== null) {
          found.violated(move.problem, () => [...wayHere(), move.choice]);
        }
        const before = size();
        const to = number(move.state);
        found.tookTo(move.state);
        if (size() > before) {
          origins.add(from, index);
          found.met(move.state);
          next.push({ state: move.state, number: to });
        }
        index += 1;
      }
      if (index === 0 && !found.isOver) {
        found.ended(system.stuck(state), wayHere);
        const problem = system.problemAtEnd(state);
        if (problem !== null) found.violated(problem, wayHere);
      }
      counts.states = size();
      if (found.isOver) return found.result(name, false);
    }
    layer = next;
  }
  return found.result(name, true);
}

/** The oracle. Two states with one key would be taken for one: see state-key.ts for how likely that is. */
export function exhaustive<S>(
  system: System<S>,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  const visited = new Visited();
  const number = (state: S): number => visited.add(system.key(state));
  return search('exhaustive', system, number, () => visited.size, limits, witnesses);
}

/** The oracle with states told apart by all that they are: slow, for small systems. */
export function exact<S>(
  system: System<S>,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  const visited = new VisitedTexts();
  const number = (state: S): number => visited.add(system.text(state));
  return search('exact', system, number, () => visited.size, limits, witnesses);
}

/**
 * One state of each orbit: names that are interchangeable are renamed to an order of their own. Sound for what treats
 * them alike. @throws RangeError when the system declares nobody interchangeable
 */
export function symmetric<S>(
  system: System<S>,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  const { orbitKey } = system;
  if (orbitKey === null) throw new RangeError('nobody is interchangeable here');
  const visited = new Visited();
  const number = (state: S): number => visited.add(orbitKey(state));
  return search('symmetric', system, number, () => visited.size, limits, witnesses);
}
