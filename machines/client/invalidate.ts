/**
 * munmap, or mmap over it: the process's memory gets other pages behind the same addresses. The notifier's sequence
 * number goes up first; then each VM's notifier is called, one after the other, and each returns once everything that
 * may touch the old pages has ended; only then the pages change. New anonymous memory is zero. Mirrors mm/mmu_notifier.c
 * (mmu_notifier_invalidate_range_start, mmu_interval_set_seq) around xe_vm.c (vma_userptr_invalidate). The process has
 * one address space: mmap_lock keeps a second call away until the first is over.
 */
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Userptr } from '../shared/shared.ts';
import { userptrEvent } from '../shared/sleepers.ts';
import { began, type ClientContext, endStep, stepOf } from './context.ts';
import { next } from './program.ts';
import { sleepOn } from './sleep.ts';

function stepAt(context: ClientContext): { readonly userptr: string; readonly gone: boolean } {
  const step = stepOf(context);
  if (!('invalidate' in step)) throw new RangeError('not an invalidation');
  return step.invalidate;
}

function areaOf(userptr: string, shared: SharedReader): Userptr {
  const area = shared.userptr(userptr);
  if (area === undefined) throw new RangeError(`no userptr ${userptr}`);
  return area;
}

const areaIsBusy: Guard<ClientContext> = (context, { shared }) =>
  areaOf(stepAt(context).userptr, shared).invalidating;

const beginInvalidate: Action<ClientContext> = (context) => {
  const now = next(context);
  return outcome(now, began(now));
};

const awaitArea: Action<ClientContext> = (context) =>
  sleepOn(context, userptrEvent(stepAt(context).userptr));

/** Nothing is pinned from now on; the VMs that there are have their notifiers called. */
const raiseSeq: Action<ClientContext> = (context, { shared }) => {
  const { userptr } = stepAt(context);
  const { seq } = areaOf(userptr, shared);
  const vms = Object.keys(context.declared.vms).sort();
  const notify = vms.filter((vm) => shared.vm(vm) !== undefined);
  const raised = fact({ type: 'userptr.invalidating', userptr, seq: seq + 1 });
  return outcome({ ...context, sleepingOn: null, notify }, raised);
};

const callNotifier: Action<ClientContext> = (context) => {
  const [vm, ...notify] = context.notify;
  if (vm === undefined) throw new RangeError('no notifier left');
  const { userptr } = stepAt(context);
  return outcome({ ...context, notify }, send(vm, 'vm.invalidate', { userptr }));
};

const noNotifierLeft: Guard<ClientContext> = ({ notify }) => notify.length === 0;

/** The notifier waits for whatever may still use the old pages. */
const awaitVm: Action<ClientContext> = (context, event) => {
  const { fences } = dataOf(event, 'notifier.done');
  const waitingOn = fences.filter((fence) => !event.shared.isSignaled(fence));
  const waits = waitingOn.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id }));
  return outcome({ ...context, waitingOn }, ...waits);
};

const nothingAwaited: Guard<ClientContext> = ({ waitingOn }) => waitingOn.length === 0;

const exchangePages: Action<ClientContext> = (context, { shared }): Outcome<ClientContext> => {
  const { userptr, gone } = stepAt(context);
  const { phys: old, range } = areaOf(userptr, shared);
  const phys = gone ? null : shared.physFor('system', range);
  const freed: Effect[] =
    old === null ? [] : [fact({ type: 'memory.freed', phys: old, range, placement: 'system' })];
  return endStep(context, 0, fact({ type: 'userptr.invalidated', userptr, phys }), ...freed);
};

export const invalidateActions = {
  beginInvalidate,
  awaitArea,
  raiseSeq,
  callNotifier,
  awaitVm,
  exchangePages,
};
export const invalidateGuards = { areaIsBusy, noNotifierLeft, nothingAwaited };
