/** Which of the steps of a process a sampler takes. */
import { choiceText } from '../../world/choice.ts';
import type { Random } from '../random.ts';
import type { Ask, Move, System } from '../system.ts';

/** Something fails once in so many times that it could: a call asks ten times, and its usual way is to be seen as well. */
const FAILS_ONE_IN = 6;

function answer({ kind, options }: Ask, random: Random): number {
  if (kind === 'hardware') return random.int(options);
  if (random.int(FAILS_ONE_IN) > 0) return 0;
  return options === 2 ? 1 : 1 + random.int(options - 1);
}

/**
 * Answers one decision after another, as what a step asks later may depend on what was answered before. A system that
 * does not say what its steps ask has any of its moves, each as likely as another.
 */
export function drawMove<S>(system: System<S>, state: S, process: string, random: Random): Move<S> {
  let move = system.usual?.(state, process);
  if (move === undefined) {
    const moves = system.moves(state, process);
    return moves[moves.length === 1 ? 0 : random.int(moves.length)] as Move<S>;
  }
  if (move.asks === undefined || move.asks.length === 0) return move;
  const answers = new Map<number, number>();
  for (let last = 0; ;) {
    const ask = move.asks?.find(({ number }) => number > last);
    if (ask === undefined) return move;
    last = ask.number;
    const given = answer(ask, random);
    if (given === 0) continue;
    answers.set(last, given);
    const choice = choiceText(process, answers);
    const taken = system.take(state, choice);
    if (taken === undefined)
      throw new RangeError(`${choice} was possible and is not: a step is not pure`);
    move = taken;
  }
}
