/**
 * Who answers what a step asks besides the delivery. A step is pure, so it is run once to see what it asks, and again
 * with each answer that is not 0; what it asks after such an answer may be something else.
 */
import type { Decision } from '../../machines/contract/decisions.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { mix32, type Seed32 } from '../../hw/latency.ts';
import { choiceText, parseChoice } from './choice.ts';
import { type Step, step } from './step.ts';
import type { World } from './world.ts';

/** Answers one decision after another; it may keep state of its own, which is never part of the world. */
export interface Decider {
  answer(decision: Decision): number;
}

/** Nothing fails, and hardware does the first thing that it may do. */
export const NO_DECIDER: Decider = { answer: () => 0 };

/** Hardware does anything that it may do, from a seed. */
export function randomHardware(seed: Seed32): Decider {
  let drawn = 0;
  return {
    answer: ({ kind, options }) =>
      kind === 'hardware' ? mix32(seed, drawn++, 0xdec1) % options : 0,
  };
}

/**
 * The N-th chance to fail of the whole run fails, counted from 1. `count` says how many there were; fewer than N, and
 * nothing failed. What a failure leads to has chances of its own, which count on.
 */
export class FailNth implements Decider {
  count = 0;
  /** what failed, once it has */
  failed: Decision | null = null;
  readonly #nth: number;
  readonly #others: Decider;

  constructor(nth: number, others: Decider = NO_DECIDER) {
    this.#nth = nth;
    this.#others = others;
  }

  answer(decision: Decision): number {
    if (decision.kind !== 'fault') return this.#others.answer(decision);
    const before = this.count;
    this.count += decision.options - 1;
    if (this.#nth <= before || this.#nth > this.count) return 0;
    this.failed = decision;
    return this.#nth - before;
  }
}

/** Each decision whether something fails is once in `oneIn` times that it does, from a seed. */
export function randomFaults(seed: Seed32, oneIn: number, others: Decider = NO_DECIDER): Decider {
  let drawn = 0;
  return {
    answer: (decision) => {
      if (decision.kind !== 'fault') return others.answer(decision);
      const chances = decision.options - 1;
      if (mix32(seed, drawn++, 0xfa17) % oneIn !== 0) return 0;
      return chances === 1 ? 1 : 1 + (mix32(seed, drawn++, 0xfa18) % chances);
    },
  };
}

/** One step of a choice, its open decisions answered. A choice with answers of its own is taken as it is. */
export function decidedStep(
  world: World,
  choice: string,
  executor: Executor,
  decider: Decider,
): Step {
  const { key, answers: given } = parseChoice(choice);
  let taken = step(world, choice, executor);
  if (given.size > 0) return taken;
  const answers = new Map<number, number>();
  for (let i = 1; i <= taken.decisions.length; i++) {
    const answer = decider.answer(taken.decisions[i - 1] as Decision);
    if (answer === 0) continue;
    answers.set(i, answer);
    taken = step(world, choiceText(key, answers), executor);
  }
  return taken;
}
