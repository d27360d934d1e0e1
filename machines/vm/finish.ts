/**
 * The end of a call: one fence that stands for all of it, and the out-syncs that hold it. Mirrors xe_vm.c
 * (xe_vm_async_fence_wait_start's counterpart add_async_op_fence_cb, and the LAST handling of _execute).
 *
 * The fence covers the last job, which the bind queue runs after all others, and every TLB invalidation of the call:
 * an out-sync that signals earlier lets user space use memory that the GPU can still reach.
 */
import { type FenceKey, fenceKeyOf, STUB } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';
import { type Call, callOf, type VmContext } from './context.ts';
import { executeNext } from './execute.ts';

interface Joined {
  readonly context: VmContext;
  readonly fence: FenceKey;
  readonly effects: readonly Effect[];
}

/** One fence for all of `fences`: the stub for none, an array for several. */
function join(context: VmContext, fences: readonly FenceKey[]): Joined {
  const [first, ...rest] = fences;
  if (first === undefined) return { context, fence: STUB, effects: [] };
  if (rest.length === 0) return { context, fence: first, effects: [] };
  const array = context.counts.array + 1;
  const fence = fenceKeyOf(`${context.id}/array`, array);
  return {
    context: { ...context, counts: { ...context.counts, array } },
    fence,
    effects: [fact({ type: 'fence.created', fence, kind: 'array', parts: fences })],
  };
}

/** A call without jobs is done when its in-syncs are. */
function finalFence(context: VmContext, call: Call, shared: SharedReader): Joined {
  const waits = call.waits.filter((fence) => !shared.isSignaled(fence));
  return join(context, call.fences.length > 0 ? call.fences : waits);
}

function fillOutSyncs(call: Call, fence: FenceKey): Effect[] {
  return call.out.map(({ syncobj, point }) =>
    point === undefined
      ? fact({ type: 'syncobj.replaced', syncobj, fence })
      : fact({ type: 'syncobj.advanced', syncobj, point, fence }),
  );
}

/** Executes the next op of the synchronous call; the lock stays held, but eviction and the GPU may come between ops. */
const executeSync: Action<VmContext> = (context, { shared }) => {
  const { context: next, call, effects } = executeNext(context, callOf(context), shared);
  const more = call.executed < call.ops.length ? [send(context.id, 'vm.continue', {})] : [];
  return outcome({ ...next, call }, ...effects, ...more);
};

const allExecuted: Guard<VmContext> = (context) => {
  const { executed, ops } = callOf(context);
  return executed === ops.length;
};

/** A synchronous call has submitted all its jobs: fill the out-syncs, answer, give up the lock. */
const finishSync: Action<VmContext> = (context, { shared }) => {
  const call = callOf(context);
  const { context: next, fence, effects } = finalFence(context, call, shared);
  return outcome(
    { ...next, call: null },
    ...effects,
    ...fillOutSyncs(call, fence),
    fact({ type: 'bind.finished', vm: context.id, call: call.number }),
    send(call.client, 'ioctl.done', { result: 0 }),
  );
};

/** An asynchronous call: its out-syncs hold a fence of its own from now on; the worker does the rest. */
const queueAsync: Action<VmContext> = (context) => {
  const call = callOf(context);
  const effects = call.asyncFence === null ? [] : fillOutSyncs(call, call.asyncFence);
  const kick = context.pending.length === 0 ? [send(context.id, 'vm.worker', {})] : [];
  const pending = [...context.pending, call];
  return outcome(
    { ...context, call: null, pending },
    ...effects,
    ...kick,
    send(call.client, 'ioctl.done', { result: 0 }),
  );
};

const nothingPending: Guard<VmContext> = ({ pending }) => pending.length === 0;

/** The worker takes vm->lock, executes one op of the oldest call and gives the lock up. */
const work: Action<VmContext> = (context, { shared }) => {
  const [oldest, ...younger] = context.pending;
  if (oldest === undefined) throw new RangeError('nothing pending');
  const again = [send(context.id, 'vm.worker', {})];
  const done =
    oldest.executed < oldest.ops.length
      ? executeNext(context, oldest, shared)
      : { context, call: oldest, effects: [] };
  if (done.call.executed < done.call.ops.length) {
    return outcome(
      { ...done.context, pending: [done.call, ...younger] },
      ...done.effects,
      ...again,
    );
  }
  const last = attach({ ...done.context, pending: younger }, done.call, shared);
  const more = younger.length > 0 ? again : [];
  return outcome(last.context, ...done.effects, ...last.effects, ...more);
};

/** The asynchronous fence signals when the call's real one does. */
function attach(context: VmContext, call: Call, shared: SharedReader): Outcome<VmContext> {
  const finished = fact({ type: 'bind.finished', vm: context.id, call: call.number });
  const { asyncFence } = call;
  if (asyncFence === null) return outcome(context, finished);
  const { context: next, fence: real, effects } = finalFence(context, call, shared);
  if (real === STUB) return outcome(next, finished, ...signal(shared, [asyncFence]));
  return outcome(
    { ...next, attached: [...next.attached, { real, async: asyncFence }] },
    finished,
    ...effects,
    fact({ type: 'fence.waited', fence: real, waiter: context.id }),
  );
}

/** The callback of a real fence. Runs without vm->lock. */
const propagate: Action<VmContext> = (context, event) => {
  const { fence, error } = dataOf(event, 'fence.signaled');
  const due = context.attached.filter(({ real }) => real === fence).map((each) => each.async);
  const attached = context.attached.filter(({ real }) => real !== fence);
  return outcome({ ...context, attached }, ...signal(event.shared, due, error));
};

export const finishActions = { executeSync, finishSync, queueAsync, work, propagate };
export const finishGuards = { allExecuted, nothingPending };
