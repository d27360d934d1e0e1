/**
 * The end of a call: its jobs are submitted, its out-syncs hold the fence that stands for all of it. Mirrors xe_vm.c
 * (xe_vm_bind_ioctl's synchronous path, async_op_execute's caller xe_vm_async_op_work, and the LAST handling of
 * _execute).
 *
 * The fence covers the last job, which the bind queue runs after all others, and every TLB invalidation of the call:
 * an out-sync that signals earlier lets user space use memory that the GPU can still reach.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { type Call, callOf, type VmContext } from './context.ts';
import { type Executed, executeNext, executeNothing } from './execute.ts';
import { attach, finalFence, noted, settle } from './promised.ts';

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
  const done: Executed =
    call.ops.length === 0 ? executeNothing(context, call, shared) : { context, call, effects: [] };
  const { context: next, fence, effects } = finalFence(done.context, done.call);
  return outcome(
    { ...next, call: null },
    ...done.effects,
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
  const isEmpty = oldest.ops.length === 0;
  const done = (isEmpty ? executeNothing : executeNext)(context, oldest, shared);
  if (done.call.executed < done.call.ops.length) {
    return outcome(
      { ...done.context, pending: [done.call, ...younger] },
      ...done.effects,
      ...again,
    );
  }
  const { context: next, effects } = attach({ ...done.context, pending: younger }, done.call);
  const finished = fact({ type: 'bind.finished', vm: context.id, call: oldest.number });
  const more = younger.length > 0 ? again : [];
  return outcome(next, ...done.effects, finished, ...effects, ...more);
};

/** The callback of a real fence. Runs without vm->lock. */
const propagate: Action<VmContext> = (context, event) => {
  const { fence, error } = dataOf(event, 'fence.signaled');
  return settle(noted(context, fence, error), event.shared);
};

export const finishActions = { executeSync, finishSync, queueAsync, work, propagate };
export const finishGuards = { allExecuted, nothingPending };
