/** Sleeping: for a time, or until something happens that is no fence (machines/shared/sleepers.ts). */
import { arm, fact, outcome, type Outcome } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { began, type ClientContext, endStep, stepOf } from './context.ts';
import { next } from './program.ts';

const startSleep: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('sleep' in step)) throw new RangeError('not a sleep');
  return outcome(now, began(now), arm(`step${now.pc}`, step.sleep.ns, 'client.awake', {}));
};

const endSleep: Action<ClientContext> = (context) => endStep(context, 0);

/** Lies down until `on`. */
export function sleepOn(context: ClientContext, on: string): Outcome<ClientContext> {
  const asleep = { ...context, sleepingOn: on };
  return outcome(asleep, fact({ type: 'wait.began', on, by: context.id }));
}

/** Woken by what it slept for in an earlier step, or twice. */
const wokenInVain: Guard<ClientContext> = ({ sleepingOn }, event) =>
  dataOf(event, 'wait.over').on !== sleepingOn;

export const sleepActions = { startSleep, endSleep };
export const sleepGuards = { wokenInVain };
