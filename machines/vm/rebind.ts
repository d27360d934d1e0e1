/**
 * The rebind worker of a compute-mode VM, under vm->lock: suspend the queues by waiting for their preempt fences,
 * bind anew, and, unless a notifier came in between, give every queue a fresh preempt fence and let it run. Mirrors
 * xe_vm.c (preempt_rebind_work_func).
 */
import { ERRNO } from '../../domain/errno.ts';
import { type FenceKey, fenceKeyOf, preemptContext } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { ActorId } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type Leaving, type Preemptible, rebinderOf, type VmContext } from './context.ts';
import { externalsOf } from './externals.ts';
import { toRepin } from './exec.ts';
import { allLocks, releaseLocks, takeLocks } from './locks.ts';
import { rebindAll } from './rebind-all.ts';

const mayNotRebind: Guard<VmContext> = ({ mode, error, queues }) =>
  mode !== 'compute' || error !== 0 || queues.length === 0;

const leave = ({ id }: VmContext, error: number): Effect[] => [
  fact({ type: 'rebind.left', vm: id, error }),
  send(rebinderOf(id), 'work.done', { again: false }),
];

const entered = ({ id }: VmContext): Effect => fact({ type: 'rebind.entered', vm: id });

/**
 * Quirk S36: the VM is in error at the first check, and `err`, which nobody has set yet, is compared with EAGAIN. Here it
 * is that: the worker goes round for ever, holding vm->lock. A turn does nothing that anybody could see, so one stands
 * for all.
 */
const retriesForEver: Guard<VmContext> = ({ mode, error }, { shared }) =>
  shared.has('S36') && mode === 'compute' && error !== 0;

const spin: Action<VmContext> = (context) =>
  outcome(context, entered(context), fact({ type: 'rebind.retried', vm: context.id }));

/** In error, or without a queue, there is nothing for it to do. */
const rebindLeaves: Action<VmContext> = (context) =>
  outcome(context, entered(context), ...leave(context, context.error));

const beginRebind: Action<VmContext> = (context) =>
  outcome({ ...context, work: { kind: 'rebind' }, toPin: toRepin(context) }, entered(context));

const runs = ({ fence }: Preemptible, shared: SharedReader): boolean =>
  !shared.isSignaled(fence) && !shared.fence(fence).enabled;

/** Its fence stays in reservation objects and has to come to an end (xe_vm_remove_compute_engine). */
function withoutQueue(
  context: VmContext,
  { queue, client }: Leaving,
  shared: SharedReader,
): Outcome<VmContext> {
  const left = context.queues.filter((each) => each.queue === queue);
  const queues = context.queues.filter((each) => each.queue !== queue);
  const enabled = left
    .filter((each) => runs(each, shared))
    .map(({ fence }) => fact({ type: 'fence.enabled', fence }));
  return outcome({ ...context, queues }, ...enabled, send(client, 'ioctl.done', { result: 0 }));
}

/** vm->lock is free again: who waits for it to leave does so. */
function leaveNow(done: Outcome<VmContext>, shared: SharedReader): Outcome<VmContext> {
  let { context } = done;
  const effects = [...done.effects];
  for (const each of context.leaving) {
    const gone = withoutQueue(context, each, shared.after(effects));
    ({ context } = gone);
    effects.push(...gone.effects);
  }
  return outcome({ ...context, leaving: [] }, ...effects);
}

/** Every queue has a fence that nobody waits for: everything runs already. */
const everythingRuns: Guard<VmContext> = ({ queues }, { shared }) =>
  queues.every((each) => runs(each, shared));

const stopRebind: Action<VmContext> = (context, { shared }) =>
  leaveNow(outcome({ ...context, work: null }, ...leave(context, 0)), shared);

/** Waiting for the fences is what suspends the queues. */
const lockAndPreempt: Action<VmContext> = (context, { shared }) => {
  const locked = takeLocks(context, allLocks(context, shared));
  const waitingOn = context.queues
    .map(({ fence }) => fence)
    .filter((fence) => !shared.isSignaled(fence));
  return outcome(
    { ...locked.context, waitingOn },
    ...locked.effects,
    ...waitingOn.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id })),
  );
};

/** The rebinds that the queues wait for. Quirk M03 (preempt_rebind_work_func): rebind_fence is not waited for. */
const rebindsBefore = (fences: readonly FenceKey[], shared: SharedReader): readonly FenceKey[] =>
  shared.has('M03') ? [] : fences;

/** Binds anew, and waits for that and for the VM's KERNEL slot. */
const rebindForRun: Action<VmContext> = (context, { shared, decide }) => {
  const rebound = rebindAll(context, shared, decide);
  if (rebound.context.failure !== 0) return rebound;
  const now = shared.after(rebound.effects);
  const kernel = now.resv(context.id, 'kernel');
  const waitingOn = [...new Set([...rebindsBefore(rebound.fences, shared), ...kernel])].filter(
    (fence) => !now.isSignaled(fence),
  );
  return outcome(
    { ...rebound.context, waitingOn },
    ...rebound.effects,
    ...waitingOn.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id })),
  );
};

const waitsOver: Guard<VmContext> = ({ waitingOn }) => waitingOn.length === 0;

const retryRebind: Action<VmContext> = (context) => {
  const released = releaseLocks(context);
  return outcome(
    { ...released.context, toPin: toRepin(context) },
    ...released.effects,
    fact({ type: 'rebind.retried', vm: context.id }),
  );
};

/** A fresh preempt fence for a queue, in the VM's reservation object and in every external BO's. */
function freshFence(
  context: VmContext,
  queue: ActorId,
  shared: SharedReader,
): { fence: FenceKey; effects: Effect[] } {
  const timeline = preemptContext(queue);
  const fence = fenceKeyOf(timeline, shared.nextSeqno(timeline));
  const resvs = [context.id, ...externalsOf(context, shared)];
  return {
    fence,
    effects: [
      fact({ type: 'fence.created', fence, kind: 'preempt', parts: [] }),
      ...resvs.map((resv) => fact({ type: 'resv.added', resv, fence, usage: 'bookkeep' })),
    ],
  };
}

/** The point of no return: every queue runs again. */
const resumeAll: Action<VmContext> = (context, { shared }) => {
  const effects: Effect[] = [];
  const queues = context.queues.map(({ queue }) => {
    const fresh = freshFence(context, queue, shared);
    effects.push(...fresh.effects, send(queue, 'queue.resume', { fence: fresh.fence }));
    return { queue, fence: fresh.fence };
  });
  const released = releaseLocks(context);
  const done = outcome(
    { ...released.context, queues, work: null },
    ...effects,
    ...released.effects,
    ...leave(context, 0),
  );
  return leaveNow(done, shared);
};

/** What it could not bind stops the VM's queues for good: they are not resumed (xe_vm_kill is later kernels'). */
const failRebind: Action<VmContext> = (context, { shared }) => {
  const released = releaseLocks(context);
  const done = outcome(
    { ...released.context, work: null, failure: 0, toPin: [], waitingOn: [] },
    ...released.effects,
    ...leave(context, context.failure === 0 ? ERRNO.ETIME : context.failure),
  );
  return leaveNow(done, shared);
};

/**
 * Whether something is to be bound anew before a queue may run. Quirk M04 (xe_vm_add_compute_engine): it is asked of
 * userptrs only. A BO that was evicted while the VM had no queue is then never bound anew, and jobs read its old pages.
 */
function mustRebindFirst({ id, invalidated }: VmContext, shared: SharedReader): boolean {
  if (invalidated.length > 0) return true;
  return !shared.has('M04') && (shared.vm(id)?.evicted.length ?? 0) > 0;
}

/**
 * A queue joins a compute VM (xe_vm_add_compute_engine): its preempt fence counts from now on. If anybody waits for
 * another one's already, or something is to be bound anew first, it is waited for, too.
 */
export function joinQueue(
  context: VmContext,
  queue: ActorId,
  shared: SharedReader,
): Outcome<VmContext> {
  const { fence, effects } = freshFence(context, queue, shared);
  const mustStop =
    mustRebindFirst(context, shared) || context.queues.some((each) => !runs(each, shared));
  const enable = mustStop ? [fact({ type: 'fence.enabled', fence })] : [];
  const queues = [...context.queues, { queue, fence }];
  return outcome({ ...context, queues }, ...effects, ...enable);
}

const addQueue: Action<VmContext> = (context, event) => {
  const { queue, client } = dataOf(event, 'vm.addQueue');
  const joined = joinQueue(context, queue, event.shared);
  return outcome(joined.context, ...joined.effects, send(client, 'ioctl.done', { result: 0 }));
};

const removeQueue: Action<VmContext> = (context, event) =>
  withoutQueue(context, dataOf(event, 'vm.removeQueue'), event.shared);

/**
 * Whoever closes a queue sleeps on vm->lock, which the rebind worker has; the preempt fence that the worker waits for is
 * signalled all the same. Both come from the queue, so what came first must not hold up the other.
 */
const noteLeaving: Action<VmContext> = (context, event) =>
  outcome({ ...context, leaving: [...context.leaving, dataOf(event, 'vm.removeQueue')] });

export const rebindActions = {
  spin,
  rebindLeaves,
  beginRebind,
  stopRebind,
  lockAndPreempt,
  rebindForRun,
  retryRebind,
  resumeAll,
  failRebind,
  addQueue,
  removeQueue,
  noteLeaving,
};
export const rebindGuards = { retriesForEver, mayNotRebind, everythingRuns, waitsOver };
