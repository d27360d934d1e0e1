/**
 * Following a schedule: its choices one after another, those that are not possible reported or passed over, and then on
 * in canonical order until the run is over. Everything that changes a schedule and looks whether it still shows the same
 * problem ends here.
 */
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import type { Move, System } from '../system.ts';

export interface Followed<S> {
  /** the steps taken; the last one is where the problem shows, unless it shows at the end */
  readonly moves: readonly Move<S>[];
  readonly state: S;
  readonly problem: string | null;
  /** the run came to its end: nobody is ready */
  readonly isOver: boolean;
}

export interface FollowOptions {
  /** what is not possible where its turn comes is passed over; otherwise the schedule ends there */
  readonly skip?: boolean;
  /** goes on in canonical order for so many steps at most; 0 unless given */
  readonly thenUpTo?: number;
  /** takes so many steps at most, all together */
  readonly maxSteps?: number;
}

/** What is wrong with the end of a run. */
export function endProblem<S>(system: System<S>, state: S): string | null {
  const [waits] = system.stuck(state);
  return waits === undefined ? system.problemAtEnd(state) : `stuck: ${waits}`;
}

/** Follows `choices` from `from`, the system's initial state unless given. */
export function follow<S>(
  system: System<S>,
  choices: readonly string[],
  { skip = false, thenUpTo = 0, maxSteps = Infinity }: FollowOptions = {},
  from: S = system.initial,
): Followed<S> {
  const moves: Move<S>[] = [];
  let state = from;
  const take = (move: Move<S>): boolean => {
    moves.push(move);
    state = move.state;
    return move.problem !== null;
  };
  const ended = (isOver: boolean, problem: string | null): Followed<S> => ({
    moves,
    state,
    problem,
    isOver,
  });
  for (const choice of choices) {
    if (moves.length === maxSteps) break;
    const move = system.take(state, choice);
    if (move === undefined) {
      if (skip) continue;
      break;
    }
    if (take(move)) return ended(false, move.problem);
  }
  for (let i = 0; i < thenUpTo && moves.length < maxSteps; i++) {
    const [process] = system.ready(state);
    const move = process === undefined ? undefined : system.take(state, process);
    if (move === undefined) break;
    if (take(move)) return ended(false, move.problem);
  }
  const isOver = system.ready(state).length === 0;
  return ended(isOver, isOver ? endProblem(system, state) : null);
}

const IDS: ReadonlySet<string> = new Set(['stuck', ...INVARIANTS.map(({ rule }) => rule.id)]);

/**
 * What kind of problem it is: the invariant's id, `stuck`, or an expectation's place in its scenario, without what it
 * got. Two schedules of one scenario show the same problem if the kinds are equal.
 */
export function kindOf(problem: string): string {
  const [id = ''] = problem.split(':', 1);
  return IDS.has(id) || /^I\d+$/.test(id) ? id : problem.replace(/: (expected|got) .*$/s, '');
}
