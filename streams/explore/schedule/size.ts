/** How large a schedule is: its steps, then its switches between actors, then what its steps decide against the default. */
import { parseChoice, processOf } from '../../world/choice.ts';
import type { System } from '../system.ts';

export interface Schedule {
  readonly choices: readonly string[];
  /** how often another actor runs than the step before */
  readonly switches: number;
  /** decisions that are answered differently from the default: faults as a rule */
  readonly answers: number;
}

export const answersIn = (choice: string): number =>
  choice.includes('!') ? parseChoice(choice).answers.size : 0;

export function scheduleOf<S>(system: System<S>, choices: readonly string[]): Schedule {
  const actors = choices.map((choice) => system.actorOf(processOf(choice)));
  const isSwitch = (actor: string, i: number): boolean => i > 0 && actor !== actors[i - 1];
  return {
    choices,
    switches: actors.filter(isSwitch).length,
    answers: choices.reduce((sum, choice) => sum + answersIn(choice), 0),
  };
}

export function isSmaller(a: Schedule, b: Schedule): boolean {
  const steps = a.choices.length - b.choices.length;
  if (steps !== 0) return steps < 0;
  return a.switches === b.switches ? a.answers < b.answers : a.switches < b.switches;
}
