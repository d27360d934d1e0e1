/**
 * One in-order bind queue: its head job waits for its fences, its store commands run on the copy ring of the job's GT,
 * then its fence signals and, after an unbind, the TLB invalidation is requested. The next job does not wait for that:
 * the chain job fence -> invalidation -> invalidation fence runs beside the queue, as in xe_pt.c
 * (invalidation_fence_init, invalidation_fence_cb). Mirrors drm_sched_entity (in order, one dependency after another).
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { ActorId, Job } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';

export interface BindEngineContext {
  readonly id: ActorId;
  readonly queue: readonly Job[];
  /** fences of the head job that have not signalled yet */
  readonly waitingOn: readonly FenceKey[];
}

const headOf = ({ id, queue }: BindEngineContext): Job => {
  const [head] = queue;
  if (head === undefined) throw new RangeError(`${id} has no job`);
  return head;
};

const unsignaled = (job: Job, shared: SharedReader): readonly FenceKey[] =>
  job.waits.filter((fence) => !shared.isSignaled(fence));

const enqueue: Action<BindEngineContext> = (context, event) => {
  const { job } = dataOf(event, 'job.push');
  return outcome({ ...context, queue: [...context.queue, job] });
};

const awaitFences: Action<BindEngineContext> = (context, { shared }) => {
  const waitingOn = unsignaled(headOf(context), shared);
  const effects = waitingOn.map((fence) =>
    fact({ type: 'fence.waited', fence, waiter: context.id }),
  );
  return outcome({ ...context, waitingOn }, ...effects);
};

const noteSignal: Action<BindEngineContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  return outcome({ ...context, waitingOn: context.waitingOn.filter((each) => each !== fence) });
};

/** A job without stores is done as soon as its turn comes. */
const startHead: Action<BindEngineContext> = (context) => {
  const { id: job, gt, vm, writes } = headOf(context);
  const stores =
    writes.length === 0
      ? [send(context.id, 'copy.done', { job })]
      : writes.map((write, i) =>
          send(gt, 'copy.write', { job, vm, write, last: i === writes.length - 1 }),
        );
  return outcome(context, fact({ type: 'job.started', engine: context.id, job }), ...stores);
};

const completeHead: Action<BindEngineContext> = (context, { shared }) => {
  const { id: job, gt, vm, fence, flush } = headOf(context);
  const invalidate: Effect[] =
    flush === null ? [] : [send(`${gt}/tlb`, 'tlb.invalidate', { vm, flush })];
  return outcome(
    { ...context, queue: context.queue.slice(1) },
    fact({ type: 'job.done', engine: context.id, job }),
    ...signal(shared, [fence]),
    ...invalidate,
  );
};

const queueEmpty: Guard<BindEngineContext> = ({ queue }) => queue.length === 0;

const mustWait: Guard<BindEngineContext> = (context, { shared }) =>
  unsignaled(headOf(context), shared).length > 0;

const lastFence: Guard<BindEngineContext> = ({ waitingOn }, event) =>
  waitingOn.every((fence) => fence === dataOf(event, 'fence.signaled').fence);

export const bindEngineActions = { enqueue, awaitFences, noteSignal, startHead, completeHead };
export const bindEngineGuards = { queueEmpty, mustWait, lastFence };
