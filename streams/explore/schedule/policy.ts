/**
 * How a run goes on from a state when nobody says: of the processes that may go on, the one whose next step has the
 * lowest rank. A rank belongs to a step as such (the n-th of its process), not to the moment, so two runs under one policy
 * take the same steps in the same order as far as they can: what differs between them has a cause.
 */
import type { U64 } from '../../../domain/units.ts';
import { mix32, seed32 } from '../../../hw/latency.ts';
import { processOf } from '../../world/choice.ts';
import { ended } from '../ended.ts';
import { endProblem } from './follow.ts';
import type { Move, System } from '../system.ts';

export interface Policy<S> {
  /** @param nth counted from 0 over the whole run */
  readonly rank: (process: string, nth: number, state: S) => number;
  /** how the step is taken: its choice with answers; the plain process unless given */
  readonly choice?: (process: string, nth: number) => string | undefined;
}

/** Ready processes in canonical order. */
export const CANONICAL: Policy<unknown> = { rank: () => 0 };

/** The order of a schedule, and its answers; what it does not have comes last, in canonical order. */
export function inOrderOf(schedule: readonly string[]): Policy<unknown> {
  const places = new Map<string, number[]>();
  schedule.forEach((choice, place) => {
    const process = processOf(choice);
    const known = places.get(process);
    if (known === undefined) places.set(process, [place]);
    else known.push(place);
  });
  const placeOf = (process: string, nth: number): number | undefined => places.get(process)?.[nth];
  return {
    rank: (process, nth) => placeOf(process, nth) ?? Infinity,
    choice: (process, nth) => schedule[placeOf(process, nth) ?? -1],
  };
}

/** Any order, drawn once for each step of each process. */
export function randomOrder(seed: U64): Policy<unknown> {
  const halves = seed32(seed);
  const numbers = new Map<string, number>();
  return {
    rank: (process, nth) => {
      let number = numbers.get(process);
      if (number === undefined) numbers.set(process, (number = textNumber(process)));
      return mix32(halves, number, nth);
    },
  };
}

/** FNV-1a. */
function textNumber(text: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  }
  return hash >>> 0;
}

export interface WentOn<S> {
  readonly moves: readonly Move<S>[];
  readonly state: S;
  /** what the last step showed, of a run that stops there; or the end */
  readonly problem: string | null;
  readonly isOver: boolean;
  /** answers that a step did not ask for any more and that were left out */
  readonly unasked: number;
}

export interface GoOnOptions {
  /** taken before; they count for who is the n-th */
  readonly before: readonly string[];
  /** steps at most */
  readonly most: number;
  /** the first problem ends it */
  readonly stops: boolean;
}

/** Goes on from `from` until nobody is ready. */
export function goOn<S>(
  system: System<S>,
  from: S,
  policy: Policy<S>,
  options: GoOnOptions,
): WentOn<S> {
  return ended(goingOn(system, from, policy, options));
}

/** The same, step by step: yields how many it has taken. */
export function* goingOn<S>(
  system: System<S>,
  from: S,
  policy: Policy<S>,
  { before, most, stops }: GoOnOptions,
): Generator<number, WentOn<S>> {
  const counts = new Map<string, number>();
  const countOf = (process: string): number => counts.get(process) ?? 0;
  const note = (process: string): void => void counts.set(process, countOf(process) + 1);
  for (const choice of before) note(processOf(choice));
  const moves: Move<S>[] = [];
  let state = from;
  let unasked = 0;
  const went = (isOver: boolean, problem: string | null): WentOn<S> => ({
    moves,
    state,
    problem,
    isOver,
    unasked,
  });
  while (moves.length < most) {
    const ready = system.ready(state);
    let [process] = ready;
    if (process === undefined) return went(true, endProblem(system, state));
    let lowest = Infinity;
    for (const each of ready) {
      const rank = policy.rank(each, countOf(each), state);
      if (rank < lowest) [lowest, process] = [rank, each];
    }
    const choice = policy.choice?.(process, countOf(process)) ?? process;
    let move = system.take(state, choice);
    if (move === undefined) {
      move = system.take(state, process);
      unasked += 1;
    }
    if (move === undefined) throw new RangeError(`${process} is ready and has no step`);
    note(process);
    moves.push(move);
    ({ state } = move);
    if (stops && move.problem !== null) return went(false, move.problem);
    yield moves.length;
  }
  return went(false, null);
}
