/**
 * Jobs of an exec queue, in order: the first one waits for its fences, its batch runs, then its user fences are written
 * and its fence signals. Mirrors drm_sched_entity for the order and xe_guc_submit.c (guc_engine_run_job); the values
 * that the GPU writes at the end of a batch are those of xe_ring_ops.c (emit_store_imm_ppgtt_posted, emit_store_imm_ggtt).
 */
import { type Effect, arm, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { NO_DATA } from '../contract/messages.ts';
import { JOB_TIMEOUT_NS } from '../../hw/latency.ts';
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
const startHead: Action<ExecQueueContext> = (context, { decide }) => {
  const { id: engine } = context;
  const { id: job } = headOf(context);
  const hung = decide.fails('job.hung');
  const hang: Effect[] = [
    fact({ type: 'job.hung', engine, job }),
    arm('timeout', JOB_TIMEOUT_NS, 'queue.timeout', { job }),
  ];
  return outcome(
    { ...context, ...NOT_BEGUN, started: true, hung },
    fact({ type: 'job.started', engine, job }),
    ...(hung ? hang : []),
  );
};

/** The batch is done; what that sets off takes a step of its own, as the GPU's last store does. */
const finishBatch: Action<ExecQueueContext> = (context) =>
  outcome(context, send(context.id, 'batch.continue', NO_DATA));

const completeHead: Action<ExecQueueContext> = (context, { shared }) => {
  const { id: job, fence, userFences } = headOf(context);
  return outcome(
    { ...context, ...NOT_BEGUN, jobs: context.jobs.slice(1) },
    ...userFences.map(({ address: at, value }) => fact({ type: 'ufence.written', at, value })),
    fact({ type: 'job.done', engine: context.id, job }),
    ...(fence === null ? [] : signal(shared, [fence])),
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
};
export const jobGuards = { queueEmpty, isOver, mustWait, headStarted };
