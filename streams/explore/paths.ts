/**
 * What can be said of all schedules of a finite, acyclic system at once, state by state: how many there are, and how likely
 * each is to break an invariant. Needs a number for each state, so it refuses systems that are too large.
 */
import { Visited } from './visited.ts';
import type { System } from './system.ts';

/** More states than this are not counted. */
export const MAX_STATES = 2_000_000;

/**
 * A value for a state, worked out from those of its successors, and kept.
 * @throws RangeError for more than `maxStates`, and for a system with a cycle
 */
function foldedBack<S, V>(
  system: System<S>,
  atEnd: V,
  combine: (
    nexts: readonly (readonly { readonly problem: string | null; readonly value: V }[])[],
  ) => V,
  maxStates: number,
): (state: S) => V {
  const visited = new Visited();
  const values: (V | undefined)[] = [];
  const underWay = new Set<number>();
  const of = (state: S): V => {
    const number = visited.add(system.key(state));
    const known = values[number];
    if (known !== undefined) return known;
    if (underWay.has(number))
      throw new RangeError('the system comes back to a state: runs have no end');
    if (visited.size > maxStates) throw new RangeError(`more than ${maxStates} states`);
    underWay.add(number);
    const ready = system.ready(state);
    const nexts = ready.map((process) =>
      system.moves(state, process).map(({ problem, state: to }) => ({ problem, value: of(to) })),
    );
    const value = ready.length === 0 ? atEnd : combine(nexts);
    underWay.delete(number);
    values[number] = value;
    return value;
  };
  return of;
}

/** How many schedules lead from a state to an end. */
export function schedulesFrom<S>(system: System<S>, maxStates = MAX_STATES): (state: S) => bigint {
  return foldedBack(
    system,
    1n,
    (nexts) => nexts.flat().reduce((sum, { value }) => sum + value, 0n),
    maxStates,
  );
}

/** How likely a random walk from a state breaks an invariant. Exact but for rounding. */
export function failureFrom<S>(system: System<S>, maxStates = MAX_STATES): (state: S) => number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, each) => sum + each, 0) / values.length;
  return foldedBack(
    system,
    0,
    (nexts) =>
      mean(
        nexts.map((moves) =>
          mean(moves.map(({ problem, value }) => (problem === null ? value : 1))),
        ),
      ),
    maxStates,
  );
}
