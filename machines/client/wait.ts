/** Waiting for what a syncobj holds: DRM_IOCTL_SYNCOBJ_WAIT without WAIT_FOR_SUBMIT and without a timeout. */
import { ERRNO, errnoName } from '../../domain/errno.ts';
import { fact, outcome, type Outcome } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { began, type ClientContext, endStep, judged, stepOf } from './context.ts';
import { next, nextStep } from './program.ts';

function fencesOfWait(context: ClientContext, shared: SharedReader): readonly string[] | null {
  const step = nextStep(context);
  if (step === undefined || !('wait' in step)) return null;
  return shared.capture(step.wait.syncobj, step.wait.point);
}

/** The syncobj holds a fence that has not signalled. */
const nextMustWait: Guard<ClientContext> = (context, { shared }) =>
  (fencesOfWait(context, shared) ?? []).some((fence) => !shared.isSignaled(fence));

const startWait: Action<ClientContext> = (context, { shared }) => {
  const fences = (fencesOfWait(context, shared) ?? []).filter((each) => !shared.isSignaled(each));
  const now = { ...next(context), waitingOn: fences };
  const waits = fences.map((fence) => fact({ type: 'fence.waited', fence, waiter: now.id }));
  return outcome(now, began(now), ...waits);
};

const lastFence: Guard<ClientContext> = ({ waitingOn }, event) =>
  waitingOn.every((fence) => fence === dataOf(event, 'fence.signaled').fence);

const noteSignal: Action<ClientContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  return outcome({ ...context, waitingOn: context.waitingOn.filter((each) => each !== fence) });
};

function endOfWait(context: ClientContext, result: number): Outcome<ClientContext> {
  const step = stepOf(context);
  if (!('wait' in step)) throw new RangeError('not a wait');
  const actual = result === 0 ? 'ok' : errnoName(result);
  return endStep(context, result, judged(context, 'wait', step.wait.expect, actual));
}

const endWait: Action<ClientContext> = (context) => endOfWait(context, 0);

/** Nothing to wait for: what it holds has signalled, or it holds nothing (EINVAL), or it is not there (ENOENT). */
export function waitAtOnce(context: ClientContext, shared: SharedReader): Outcome<ClientContext> {
  const step = stepOf(context);
  if (!('wait' in step)) throw new RangeError('not a wait');
  const { syncobj, point } = step.wait;
  if (shared.syncobj(syncobj) === undefined) return endOfWait(context, ERRNO.ENOENT);
  return endOfWait(context, shared.capture(syncobj, point) === null ? ERRNO.EINVAL : 0);
}

export const waitGuards = { nextMustWait, lastFence };
export const waitActions = { startWait, noteSignal, endWait };
