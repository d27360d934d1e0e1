/** The one decision that repairs a schedule: its step is taken as if it had not been made, and the run passes. */
import { choiceText, parseChoice } from '../../world/choice.ts';
import { goOn, inOrderOf } from './policy.ts';
import type { SwapOptions } from './swap.ts';
import type { Move, System } from '../system.ts';

export interface WithoutAnswer {
  readonly step: number;
  /** which of the step's decisions, counted from 1 */
  readonly decision: number;
  readonly choices: readonly string[];
}

/** The latest answer without which `moves`, a schedule that shows a problem, passes; null when there is none. Yields how many it has tried after each. */
export function* withoutAnswer<S>(
  system: System<S>,
  moves: readonly Move<S>[],
  { isStopped = () => false, passes = () => true }: Pick<SwapOptions, 'isStopped' | 'passes'> = {},
): Generator<number, WithoutAnswer | null> {
  const choices = moves.map(({ choice }) => choice);
  const most = 4 * choices.length + 1000;
  let tries = 0;
  for (let step = moves.length - 1; step >= 0; step--) {
    const { key, answers } = parseChoice(choices[step] ?? '');
    for (const decision of [...answers.keys()].reverse()) {
      if (isStopped()) return null;
      yield ++tries;
      const rest = new Map([...answers].filter(([index]) => index !== decision));
      const before = choices.slice(0, step);
      const order = [...before, choiceText(key, rest), ...choices.slice(step + 1)];
      const state = moves[step - 1]?.state ?? system.initial;
      const ran = goOn(system, state, inOrderOf(order), { before, most, stops: true });
      if (!ran.isOver || ran.problem !== null) continue;
      const after = [...before, ...ran.moves.map(({ choice }) => choice)];
      if (passes(after)) return { step, decision, choices: after };
    }
  }
  return null;
}
