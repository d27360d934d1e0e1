/** A run in which everything is drawn: who goes on, and what a step decides. */
import { endProblem, type Followed } from '../schedule/follow.ts';
import type { Random } from '../random.ts';
import type { Move, System } from '../system.ts';

export type DrawnRun<S> = Pick<Followed<S>, 'moves' | 'problem'>;

/** Until its first problem, its end, or so many steps. */
export function drawnRun<S>(system: System<S>, random: Random, maxSteps: number): DrawnRun<S> {
  const moves: Move<S>[] = [];
  let state = system.initial;
  while (moves.length < maxSteps) {
    const ready = system.ready(state);
    const process = ready[random.int(ready.length)];
    if (process === undefined) break;
    const possible = system.moves(state, process);
    const move = possible[random.int(possible.length)];
    if (move === undefined) break;
    moves.push(move);
    if (move.problem !== null) return { moves, problem: move.problem };
    ({ state } = move);
  }
  const isOver = system.ready(state).length === 0;
  return { moves, problem: isOver ? endProblem(system, state) : null };
}
