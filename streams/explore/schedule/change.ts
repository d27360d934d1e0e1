/** One change of a schedule: what stands at a step instead, and whether it can be made there. */
import { processOf } from '../../world/choice.ts';
import type { System } from '../system.ts';
import { swapped } from './swap.ts';

/** One change, at one step of a schedule. */
export type Change =
  /** this choice instead; what was to be delivered comes when its turn comes again */
  | { readonly kind: 'deliver'; readonly choice: string }
  /** the delivery of that later step first */
  | { readonly kind: 'first'; readonly step: number }
  /** not before that later step */
  | { readonly kind: 'after'; readonly step: number };

/** A change that cannot be made where it was asked for. */
export class NotPossible extends RangeError {}

/**
 * The schedule with the change made.
 * @param at the step, counted from 0; `state` is the one before it
 * @throws NotPossible
 */
export function withChange<S>(
  log: readonly string[],
  at: number,
  change: Change,
  system: System<S>,
  state: S,
): string[] {
  const isReady = (process: string): boolean => system.ready(state).includes(process);
  if (change.kind === 'after') {
    return swapped(log, { earlier: at, later: change.step, how: 'after' });
  }
  if (change.kind === 'first') {
    const process = processOf(log[change.step] ?? '');
    const between = log.slice(at, change.step).some((each) => processOf(each) === process);
    if (between || !isReady(process)) {
      throw new NotPossible(`what record ${change.step + 1} takes is not there yet`);
    }
    return swapped(log, { earlier: at, later: change.step, how: 'first' });
  }
  const { choice } = change;
  const process = processOf(choice);
  if (system.take(state, choice) === undefined) {
    const why = isReady(process) ? 'its step does not decide that' : 'it is not possible here';
    throw new NotPossible(`${choice}: ${why}`);
  }
  const order = [...log];
  const place = order.findIndex((each, i) => i >= at && processOf(each) === process);
  if (place >= 0) order.splice(place, 1);
  order.splice(at, 0, choice);
  return order;
}

/**
 * That step `at` was put off until after the later one, in the run that came of it.
 * @throws NotPossible
 */
export function checkPutOff(
  log: readonly string[],
  at: number,
  later: number,
  choices: readonly string[],
): void {
  const placeOf = (of: number): number => {
    const process = processOf(log[of] ?? '');
    let nth = log.slice(0, of).filter((each) => processOf(each) === process).length;
    return choices.findIndex((each) => processOf(each) === process && nth-- === 0);
  };
  const [a, b] = [placeOf(at), placeOf(later)];
  if (b >= 0 && (a < 0 || b < a)) return;
  const [first, second] = [at + 1, later + 1];
  throw new NotPossible(`record ${second} does not come to be without record ${first}`);
}
