/**
 * What the scheduler may decide next. A choice is text: the key of the queue whose head is delivered, or of the timer
 * that fires, and behind it what the step decides differently from its defaults: `vm0>vm0!2` is that delivery with the
 * second decision of the step answered 1 (as a rule: a failure), `!2:3` answered 3. There is no other source of
 * nondeterminism.
 */
import { type Answers, ChoiceError, NO_ANSWERS } from '../../machines/contract/decisions.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import type { VtimeNs } from '../../domain/units.ts';
import { WATCHDOGS } from '../../machines/contract/watchdogs.ts';
import { actorOf, type World } from './world.ts';

export interface Choice {
  readonly key: string;
  readonly dueNs: VtimeNs;
}

/**
 * Every choice there is, in canonical order: queues by key, then the one timer that is due first (one clock drives
 * them all; a watchdog only if nothing else is due before it). A queue whose receiver does not take such a message in
 * its state now is not among them: its sender waits, for a lock as a rule.
 */
export function enabled(world: World, executor: Executor): Choice[] {
  const choices: Choice[] = [];
  visitEnabled(world, executor, (key, dueNs) => choices.push({ key, dueNs }));
  return choices;
}

/** The same, told one after another. */
export function visitEnabled(
  world: World,
  executor: Executor,
  visit: (key: string, dueNs: VtimeNs) => void,
): void {
  let firstNs = Infinity;
  for (const { key, to, mail } of world.queues) {
    const [head] = mail;
    if (head === undefined || !executor.accepts(actorOf(world, to), head.message.type)) continue;
    if (head.dueNs < firstNs) firstNs = head.dueNs;
    visit(key, head.dueNs);
  }
  const [timer] = world.timers;
  if (timer === undefined) return;
  const { dueNs, message } = timer.mail;
  // a watchdog leaves the way to what is due no later
  if (WATCHDOGS.has(message.type) && firstNs <= dueNs) return;
  visit(timer.key, dueNs);
}

/** The queue or timer of a choice: what stands before the answers. */
export function processOf(choice: string): string {
  const mark = choice.indexOf('!');
  return mark < 0 ? choice : choice.slice(0, mark);
}

/** A choice taken apart: what is delivered, and the answers that differ from 0. @throws ChoiceError for bad syntax */
export function parseChoice(choice: string): { readonly key: string; readonly answers: Answers } {
  const mark = choice.indexOf('!');
  if (mark < 0) return { key: choice, answers: NO_ANSWERS };
  const answers = new Map<number, number>();
  let last = 0;
  for (const part of choice.slice(mark + 1).split('!')) {
    const match = /^([1-9]\d{0,5})(?::([2-9]|[1-9]\d{1,5}))?$/.exec(part);
    const index = Number(match?.[1]);
    if (match === null || index <= last)
      throw new ChoiceError(`${choice} is not a choice: answers are !N or !N:ANSWER, N ascending`);
    answers.set(index, Number(match[2] ?? 1));
    last = index;
  }
  return { key: processOf(choice), answers };
}

/** The one text of a choice: answers ascending, those that are 0 left out. */
export function choiceText(key: string, answers: Answers): string {
  return [...answers]
    .filter(([, answer]) => answer !== 0)
    .sort(([a], [b]) => a - b)
    .reduce((text, [index, answer]) => `${text}!${index}${answer === 1 ? '' : `:${answer}`}`, key);
}
