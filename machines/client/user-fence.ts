/**
 * Waiting for a value at an address of the process, or for a VM to fail. Mirrors xe_wait_user_fence.c
 * (xe_wait_user_fence_ioctl): look, sleep, look again; a failed VM's record stays there, whatever RESTART does.
 */
import { compares } from '../../domain/fence/user-fence.ts';
import { checkWaitLook } from '../../domain/ioctl/wait-user-fence-check.ts';
import { arm, type Effect, fact, outcome, type Outcome } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { errorEvent, ufenceEvent } from '../shared/sleepers.ts';
import { refusalOfWait, type WaitUserFenceStep } from './checks.ts';
import { began, type ClientContext, endStep, judgedResult, stepOf } from './context.ts';
import { next, nextStep } from './program.ts';
import { sleepOn } from './sleep.ts';

function waitOf(context: ClientContext): WaitUserFenceStep {
  const step = stepOf(context);
  if (!('waitUserFence' in step)) throw new RangeError('not a wait for a user fence');
  return step.waitUserFence;
}

/** Whether there is what is waited for. The first word of a VM's record is the errno. */
function isOver(context: ClientContext, shared: SharedReader): boolean {
  const { addr, value, op, mask, vmError } = waitOf(context);
  if (vmError === undefined) return compares(shared.userMemory(addr), op, value, mask);
  const record = context.declared.vms[vmError]?.errorCapture ?? '0x0';
  return shared.vm(vmError)?.error !== 0 || shared.userMemory(record) !== '0x0';
}

/** How the wait ends if it ends now; null while it goes on. */
function resultNow(
  context: ClientContext,
  shared: SharedReader,
  isTimedOut: boolean,
): number | null {
  const { vmError } = waitOf(context);
  const over = isOver(context, shared);
  const isClosed = vmError !== undefined && !shared.isVm(vmError);
  const refusal = checkWaitLook({ isClosed, isOver: over, isTimedOut });
  if (refusal !== null) return refusal.error;
  return over ? 0 : null;
}

/** The result of a wait that need not sleep. */
function resultAtOnce(context: ClientContext, shared: SharedReader): number | null {
  const wait = waitOf(context);
  const refusal = refusalOfWait(wait, context, shared);
  return refusal?.error ?? resultNow(context, shared, wait.timeoutNs === 0);
}

/** The step ahead is a wait for what is not there yet. */
const nextMustWatch: Guard<ClientContext> = (context, { shared }) => {
  const step = nextStep(context);
  return (
    step !== undefined && 'waitUserFence' in step && resultAtOnce(next(context), shared) === null
  );
};

const eventOf = ({ vmError, addr }: WaitUserFenceStep): string =>
  vmError === undefined ? ufenceEvent(addr) : errorEvent(vmError);

const timerOf = ({ pc }: ClientContext): string => `step${pc}`;

const startWatch: Action<ClientContext> = (context) => {
  const now = next(context);
  const wait = waitOf(now);
  const on = eventOf(wait);
  const { timeoutNs } = wait;
  const timer: Effect[] =
    timeoutNs === undefined ? [] : [arm(timerOf(now), timeoutNs, 'wait.timeout', { on })];
  const { context: asleep, effects } = sleepOn(now, on);
  return outcome(asleep, began(now), ...timer, ...effects);
};

const watchOn: Action<ClientContext> = (context) => sleepOn(context, eventOf(waitOf(context)));

const stillWatching: Guard<ClientContext> = (context, { shared }) =>
  resultNow(context, shared, false) === null;

function end(
  context: ClientContext,
  result: number,
  ...effects: readonly Effect[]
): Outcome<ClientContext> {
  const { expect } = waitOf(context);
  const verdict = judgedResult(context, 'wait for a user fence', expect, result);
  return endStep(context, result, ...effects, verdict);
}

const endWatch: Action<ClientContext> = (context, { shared }) => {
  const timed = waitOf(context).timeoutNs !== undefined;
  const cancel: Effect[] = timed ? [{ effect: 'cancel', timer: timerOf(context) }] : [];
  return end(context, resultNow(context, shared, false) ?? 0, ...cancel);
};

/** The time is over; what one slept for may have happened all the same. */
const giveUp: Action<ClientContext> = (context, { shared }) => {
  const { id: by, sleepingOn } = context;
  const ended: Effect[] =
    sleepingOn === null ? [] : [fact({ type: 'wait.ended', on: sleepingOn, by })];
  return end(context, resultNow(context, shared, true) ?? 0, ...ended);
};

/** A wait that is over before it begins. */
export function watchAtOnce(context: ClientContext, shared: SharedReader): Outcome<ClientContext> {
  return end(context, resultAtOnce(context, shared) ?? 0);
}

export const userFenceActions = { startWatch, watchOn, endWatch, giveUp };
export const userFenceGuards = { nextMustWatch, stillWatching };
