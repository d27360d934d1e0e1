/**
 * One in-order bind queue: its head job waits for its fences, then its copy and its store commands run on the copy ring
 * of the job's GT, then its fence signals and, after an unbind, the TLB invalidation is requested. The next job does not wait for that:
 * the chain job fence -> invalidation -> invalidation fence runs beside the queue, as in xe_pt.c
 * (invalidation_fence_init, invalidation_fence_cb). Mirrors drm_sched_entity (in order, one dependency after another).
 * The same for the queue that copies BOs. A queue that its owner has closed still runs what it was or is given.
 *
 * Jobs come from several actors and run in the order of their numbers, which were taken when they were armed: the kernel
 * arms and pushes under one lock (m->job_mutex), so no push overtakes another there.
 */
import { type FenceKey, seqnoOf } from '../../domain/fence/fence-table.ts';
import { type AllCosts, storeWorkNs } from '../../hw/costs.ts';
import { type Effect, fact, outcome, send, work } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { ActorId, Job, TableWrite } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';

export interface BindEngineContext {
  readonly id: ActorId;
  /** by number */
  readonly queue: readonly Job[];
  /** number of the job completed last */
  readonly done: number;
  /** fences of the head job that have not signalled yet */
  readonly waitingOn: readonly FenceKey[];
  /** its handle is closed */
  readonly closing: boolean;
}

export function newBindEngine(id: ActorId): BindEngineContext {
  return { id, queue: [], done: 0, waitingOn: [], closing: false };
}

const headOf = ({ id, queue }: BindEngineContext): Job => {
  const [head] = queue;
  if (head === undefined) throw new RangeError(`${id} has no job`);
  return head;
};

const unsignaled = (job: Job, shared: SharedReader): readonly FenceKey[] =>
  [...new Set(job.waits)].filter((fence) => !shared.isSignaled(fence));

const enqueue: Action<BindEngineContext> = (context, event) => {
  const { job } = dataOf(event, 'job.push');
  const after = context.queue.findIndex((each) => seqnoOf(each.fence) > seqnoOf(job.fence));
  const at = after < 0 ? context.queue.length : after;
  return outcome({ ...context, queue: context.queue.toSpliced(at, 0, job) });
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

/** Entries that a store command writes. */
const entriesOf = ({ runs }: TableWrite): number => runs.reduce((sum, { count }) => sum + count, 0);

/**
 * What the copy ring has to do for a job, in order, and how long it works on each; a job without anything is done as
 * soon as its turn comes. A ring that two queues share serves both at once: only their own jobs come one after another.
 */
function commandsOf(
  id: ActorId,
  { id: job, gt, vm, copy, writes }: Job,
  costs: AllCosts,
): readonly Effect[] {
  if (copy === undefined && writes.length === 0) return [send(id, 'copy.done', { job })];
  const copies =
    copy === undefined
      ? []
      : [
          ...work(copy.range * costs.copyPageNs),
          send(gt, 'copy.pages', { job, copy, last: writes.length === 0 }),
        ];
  const stores = writes.flatMap((write, i) => [
    ...work(storeWorkNs(costs, entriesOf(write))),
    send(gt, 'copy.write', { job, vm, write, last: i === writes.length - 1 }),
  ]);
  return [...work(costs.jobNs), ...copies, ...stores];
}

const startHead: Action<BindEngineContext> = (context, { shared }) => {
  const head = headOf(context);
  return outcome(
    context,
    fact({ type: 'job.started', engine: context.id, job: head.id }),
    ...commandsOf(context.id, head, shared.device.costs),
  );
};

const completeHead: Action<BindEngineContext> = (context, { shared }) => {
  const { id: job, gt, vm, fence, flush } = headOf(context);
  const invalidate: Effect[] =
    flush === null ? [] : [send(`${gt}/tlb`, 'tlb.invalidate', { vm, flush })];
  return outcome(
    { ...context, queue: context.queue.slice(1), done: seqnoOf(fence) },
    fact({ type: 'job.done', engine: context.id, job }),
    ...signal(shared, [fence]),
    ...invalidate,
  );
};

/** One that the scenario declares and a client makes; the handle comes from no GT in particular. */
const create: Action<BindEngineContext> = (context, event) => {
  const { vm } = dataOf(event, 'queue.create');
  const gt = event.shared.device.gts[0] ?? '';
  return outcome(
    context,
    fact({ type: 'queue.created', queue: context.id, vm, gt, kind: 'bind' }),
    send(event.from, 'ioctl.done', { result: 0 }),
  );
};

const close: Action<BindEngineContext> = (context, { from }) =>
  outcome({ ...context, closing: true }, send(from, 'ioctl.done', { result: 0 }));

/** Jobs may still come: asynchronous ops that were accepted before hold the queue. */
const end: Action<BindEngineContext> = (context) =>
  outcome({ ...context, closing: false }, fact({ type: 'queue.destroyed', queue: context.id }));

const isOver: Guard<BindEngineContext> = ({ queue, closing }) => closing && queue.length === 0;

/** The next in order has not come yet. */
const noneDue: Guard<BindEngineContext> = ({ queue: [head], done }) =>
  head === undefined || seqnoOf(head.fence) !== done + 1;

const mustWait: Guard<BindEngineContext> = (context, { shared }) =>
  unsignaled(headOf(context), shared).length > 0;

const lastFence: Guard<BindEngineContext> = ({ waitingOn }, event) =>
  waitingOn.every((fence) => fence === dataOf(event, 'fence.signaled').fence);

export const bindEngineActions = {
  enqueue,
  awaitFences,
  noteSignal,
  startHead,
  completeHead,
  create,
  close,
  end,
};
export const bindEngineGuards = { isOver, noneDue, mustWait, lastFence };
