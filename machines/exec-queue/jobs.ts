/**
 * Jobs of an exec queue, in order: the first one waits for its fences, its batch runs, then its user fences are written
 * and its fence signals. Mirrors drm_sched_entity for the order and xe_guc_submit.c (guc_engine_run_job); the values
 * that the GPU writes at the end of a batch are those of xe_ring_ops.c (emit_store_imm_ppgtt_posted, emit_store_imm_ggtt).
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, arm, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { NO_DATA } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';
import { type ExecQueueContext, headOf } from './context.ts';

/** Nothing of a batch has run. */
export const NOT_BEGUN = {
  started: false,
  item: 0,
  spinLeftNs: null,
  hung: false,
  lost: false,
} as const;

const enqueue: Action<ExecQueueContext> = (context, event) => {
  const { job } = dataOf(event, 'exec.push');
  return outcome({ ...context, jobs: [...context.jobs, job] });
};

const unsignaled = (context: ExecQueueContext, shared: SharedReader): readonly string[] =>
  headOf(context).waits.filter((fence) => !shared.isSignaled(fence));

/** A fence that is waited for already tells only once. */
const awaitFences: Action<ExecQueueContext> = (context, { shared }) => {
  const { id, waitingOn } = context;
  const fresh = [...new Set(unsignaled(context, shared))].filter(
    (fence) => !waitingOn.includes(fence),
  );
  return outcome(
    { ...context, waitingOn: [...waitingOn, ...fresh] },
    ...fresh.map((fence) => fact({ type: 'fence.waited', fence, waiter: id })),
  );
};

const noteSignal: Action<ExecQueueContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  return outcome({ ...context, waitingOn: context.waitingOn.filter((each) => each !== fence) });
};

/** A batch may hang: it makes no progress then, and a watchdog ends it. */
const startHead: Action<ExecQueueContext> = (context, { decide, shared }) => {
  const { id: engine } = context;
  const { id: job } = headOf(context);
  const hung = decide.fails('job.hung');
  const hang: Effect[] = [
    fact({ type: 'job.hung', engine, job }),
    arm('timeout', shared.device.costs.jobTimeoutNs, 'queue.timeout', { job }),
  ];
  return outcome(
    { ...context, ...NOT_BEGUN, started: true, hung, finished: null },
    fact({ type: 'job.started', engine, job }),
    ...(hung ? hang : []),
  );
};

/** The batch is done; what that sets off takes a step of its own, as the GPU's last store does. */
const finishBatch: Action<ExecQueueContext> = (context) =>
  outcome(context, send(context.id, 'batch.continue', NO_DATA));

/**
 * Quirk L27 (xe_sched_submission_resubmit_jobs): a reset submits every job of the scheduler's list again, also one that
 * has signalled and only waits to be freed. Here that is the job done last, until the next one starts.
 */
const runsSignalled: Guard<ExecQueueContext> = ({ finished }) => finished !== null;

const submitAgain: Action<ExecQueueContext> = (context) =>
  outcome({
    ...context,
    jobs: context.finished === null ? context.jobs : [context.finished, ...context.jobs],
  });

/**
 * Only with L27 can a job end whose fence has signalled: done again, or cancelled. Signalling it again does nothing
 * (dma_fence_signal; xe_fence_set_error leaves its result as it is).
 */
export const isEndOfRerun = (fence: FenceKey, shared: SharedReader): boolean =>
  shared.has('L27') && shared.isSignaled(fence);

const completeHead: Action<ExecQueueContext> = (context, { shared }) => {
  const head = headOf(context);
  const { id: job, fence, userFences } = head;
  const finished = shared.has('L27') ? head : null;
  return outcome(
    { ...context, ...NOT_BEGUN, jobs: context.jobs.slice(1), finished },
    ...userFences.map(({ address: at, value }) => fact({ type: 'ufence.written', at, value })),
    fact({ type: 'job.done', engine: context.id, job }),
    ...(fence === null || isEndOfRerun(fence, shared) ? [] : signal(shared, [fence])),
  );
};

const queueEmpty: Guard<ExecQueueContext> = ({ jobs }) => jobs.length === 0;

/** The last of the jobs of a queue that was closed is done. */
const isOver: Guard<ExecQueueContext> = ({ closing, jobs }) => closing && jobs.length === 0;

const mustWait: Guard<ExecQueueContext> = (context, { shared }) =>
  unsignaled(context, shared).length > 0;

const headStarted: Guard<ExecQueueContext> = ({ started }) => started;

export const jobActions = {
  enqueue,
  awaitFences,
  noteSignal,
  startHead,
  finishBatch,
  completeHead,
  submitAgain,
};
export const jobGuards = { runsSignalled, queueEmpty, isOver, mustWait, headStarted };
