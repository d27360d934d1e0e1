/**
 * What a step decides besides which message is delivered: whether an allocation fails, whether an acknowledgement gets
 * lost, which of the translations that hardware may use it uses. A step asks; the answer is 0 (no fault; the first
 * possibility) unless the choice says otherwise. The answers are part of the choice, so they are in the log, and a
 * replay of the log gives them again.
 */

/** A `fault` is something that goes wrong; a `hardware` decision is one that the GPU may take at any time. */
export type DecisionKind = 'fault' | 'hardware';

export interface Decision {
  readonly kind: DecisionKind;
  /** what is decided, in the field's words: `alloc`, `pin`, `tlb.send`, `translation` */
  readonly name: string;
  /** how many answers there are; for a fault 0: it does not happen, n: the n-th chance of those asked about fails */
  readonly options: number;
}

/** Answers that differ from 0, by the number of the decision within its step, counted from 1. */
export type Answers = ReadonlyMap<number, number>;

export const NO_ANSWERS: Answers = new Map();

/** A choice that answers what is not asked. */
export class ChoiceError extends RangeError {}

/** The decisions of one step, noted as they are asked. */
export class Decisions {
  readonly asked: Decision[] = [];
  readonly #answers: Answers;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  /** The same answers for a step that is run once more. */
  again(): Decisions {
    return new Decisions(this.#answers);
  }

  /** Whether the fault happens. Only actions may ask: a guard is evaluated any number of times. */
  fails(name: string): boolean {
    return this.#ask({ kind: 'fault', name, options: 2 }) === 1;
  }

  /** Which of `chances` things that are done one after another fails, counted from 0; null if none does. */
  failsAt(name: string, chances: number): number | null {
    const answer = this.#ask({ kind: 'fault', name, options: chances + 1 });
    return answer === 0 ? null : answer - 1;
  }

  /** One of `options` possibilities, counted from 0; nothing to decide if there is only one. */
  pick(name: string, options: number): number {
    return options < 2 ? 0 : this.#ask({ kind: 'hardware', name, options });
  }

  #ask(decision: Decision): number {
    this.asked.push(decision);
    const answer = this.#answers.get(this.asked.length) ?? 0;
    if (answer < decision.options) return answer;
    throw new ChoiceError(
      `decision ${this.asked.length} (${decision.name}) has no answer ${answer}`,
    );
  }
}
