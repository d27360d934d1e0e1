/**
 * What can be said of all schedules of a finite, acyclic system at once, state by state: how many there are, and how likely
 * each is to break an invariant. Needs a number for each state, so it refuses systems that are too large.
 */
import { endProblem } from './schedule/follow.ts';
import { Visited } from './visited.ts';
import type { System } from './system.ts';

/** More states than this are not counted. */
export const MAX_STATES = 2_000_000;

/** A system of more states than were to be counted. */
export class TooManyStates extends RangeError {}

/** A system that comes back to a state, so that some of its runs have no end. */
export class Cyclic extends RangeError {}

/** Somebody wanted an end before all was counted. */
export class BrokenOff extends RangeError {}

/** How much is looked at before it is given up. */
interface Most {
  readonly maxStates: number;
  /** a step with many answers is many */
  readonly maxSteps?: number;
  readonly shouldStop?: () => boolean;
}

/** What is worked out state by state. */
export interface Folded<S, V> {
  /** @throws TooManyStates | Cyclic */
  readonly of: (state: S) => V;
  /** what was worked out on the way to something else; undefined when nothing was */
  readonly known: (state: S) => V | undefined;
}

/** A value for a state, worked out from those of its successors, and kept. */
function foldedBack<S, V>(
  system: System<S>,
  atEnd: (state: S) => V,
  combine: (
    nexts: readonly (readonly { readonly problem: string | null; readonly value: V }[])[],
  ) => V,
  { maxStates, maxSteps = Infinity, shouldStop = () => false }: Most,
): Folded<S, V> {
  const visited = new Visited();
  const values: (V | undefined)[] = [];
  const underWay = new Set<number>();
  let steps = 0;
  const of = (state: S): V => {
    const number = visited.add(system.key(state));
    const known = values[number];
    if (known !== undefined) return known;
    if (underWay.has(number))
      throw new Cyclic('the system comes back to a state: runs have no end');
    if (visited.size > maxStates) throw new TooManyStates(`more than ${maxStates} states`);
    if (shouldStop()) throw new BrokenOff('broken off');
    underWay.add(number);
    const ready = system.ready(state);
    const nexts = ready.map((process) => {
      const moves = system.moves(state, process);
      steps += moves.length;
      if (steps > maxSteps) throw new TooManyStates(`more than ${maxSteps} steps`);
      return moves.map(({ problem, state: to }) => ({ problem, value: of(to) }));
    });
    const value = ready.length === 0 ? atEnd(state) : combine(nexts);
    underWay.delete(number);
    values[number] = value;
    return value;
  };
  const fromHere = (state: S): V => {
    // what was broken off before is not under way any more
    underWay.clear();
    return of(state);
  };
  return { of: fromHere, known: (state) => values[visited.add(system.key(state))] };
}

/** How many schedules lead from a state to an end. */
export function schedulesFrom<S>(
  system: System<S>,
  most: Most = { maxStates: MAX_STATES },
): (state: S) => bigint {
  return foldedBack(
    system,
    () => 1n,
    (nexts) => nexts.flat().reduce((sum, { value }) => sum + value, 0n),
    most,
  ).of;
}

/**
 * How likely a random walk from a state shows a problem, or comes to one of its own at the end. Exact but for rounding.
 * @param isIt whether this is the problem that is meant; a run ends at any
 */
export function failureFrom<S>(
  system: System<S>,
  most: Most = { maxStates: MAX_STATES },
  isIt: (problem: string) => boolean = () => true,
): Folded<S, number> {
  const judged = (problem: string | null): number => (problem !== null && isIt(problem) ? 1 : 0);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, each) => sum + each, 0) / values.length;
  return foldedBack(
    system,
    (state) => judged(endProblem(system, state)),
    (nexts) =>
      mean(
        nexts.map((moves) =>
          mean(moves.map(({ problem, value }) => (problem === null ? value : judged(problem)))),
        ),
      ),
    most,
  );
}
