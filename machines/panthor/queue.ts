/**
 * The bind queue of a VM: jobs run one after another, each once its fences have signalled. Mirrors the drm_sched entity
 * of panthor_mmu.c (panthor_vm_create, panthor_vm_bind_run_job); a job runs under op_lock, so the VM runs it.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { ActorId, BindJob } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';

export interface PanthorQueue {
  readonly id: ActorId;
  readonly vm: ActorId;
  readonly queue: readonly BindJob[];
  /** fences of the head job that have not signalled yet */
  readonly waitingOn: readonly FenceKey[];
}

export function newPanthorQueue(id: ActorId, vm: ActorId): PanthorQueue {
  return { id, vm, queue: [], waitingOn: [] };
}

function headOf({ id, queue }: PanthorQueue): BindJob {
  const [head] = queue;
  if (head === undefined) throw new RangeError(`${id} has no job`);
  return head;
}

const unsignaled = ({ waits }: BindJob, shared: SharedReader): readonly FenceKey[] =>
  [...new Set(waits)].filter((fence) => !shared.isSignaled(fence));

const enqueue: Action<PanthorQueue> = (context, event) =>
  outcome({ ...context, queue: [...context.queue, dataOf(event, 'bindJob.push').job] });

const awaitFences: Action<PanthorQueue> = (context, { shared }) => {
  const waitingOn = unsignaled(headOf(context), shared);
  const effects = waitingOn.map((fence) =>
    fact({ type: 'fence.waited', fence, waiter: context.id }),
  );
  return outcome({ ...context, waitingOn }, ...effects);
};

const noteSignal: Action<PanthorQueue> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  return outcome({ ...context, waitingOn: context.waitingOn.filter((each) => each !== fence) });
};

const startHead: Action<PanthorQueue> = (context) => {
  const head = headOf(context);
  return outcome(
    context,
    fact({ type: 'job.started', engine: context.id, job: head.id }),
    send(context.vm, 'vm.runJob', { job: head }),
  );
};

/** The error of a job becomes that of its fence; the next one runs all the same. */
const endHead: Action<PanthorQueue> = (context, event) => {
  const { id: job, fence } = headOf(context);
  const { result } = dataOf(event, 'bindJob.ran');
  return outcome(
    { ...context, queue: context.queue.slice(1) },
    fact({ type: 'job.done', engine: context.id, job }),
    ...signal(event.shared, [fence], result),
  );
};

const noneLeft: Guard<PanthorQueue> = ({ queue }) => queue.length === 0;

const mustWait: Guard<PanthorQueue> = (context, { shared }) =>
  unsignaled(headOf(context), shared).length > 0;

const lastFence: Guard<PanthorQueue> = ({ waitingOn }, event) =>
  waitingOn.every((fence) => fence === dataOf(event, 'fence.signaled').fence);

export const queueActions = { enqueue, awaitFences, noteSignal, startHead, endHead };
export const queueGuards = { noneLeft, mustWait, lastFence };
