/**
 * The beginning of an exec queue and its ends: closed by its owner, or banned because a batch of it faulted or hung.
 * Mirrors xe_engine.c (xe_engine_create_ioctl, xe_engine_destroy_ioctl) and xe_guc_submit.c
 * (guc_engine_timedout_job, guc_engine_kill). Jobs of a closed queue with dma-fences still run; a queue whose jobs may
 * run for ever is killed. References to the queue and to its VM are the caller's affair.
 */
import { ERRNO } from '../../domain/errno.ts';
import type { Ended } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { type ExecJob, NO_DATA } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { dropRef, takeRef } from '../shared/refs.ts';
import { signalEach } from '../shared/signal.ts';
import type { ExecQueueContext } from './context.ts';
import { isEndOfRerun, NOT_BEGUN } from './jobs.ts';

/** What making a queue comes to: also for one that is there from the start. */
export function queueMade({ id: queue, vm, gt }: ExecQueueContext): Effect[] {
  return [fact({ type: 'queue.created', queue, vm, gt, kind: 'exec' }), takeRef(vm, queue)];
}

/** One of a compute VM joins it under vm->lock before the ioctl returns. */
const create: Action<ExecQueueContext> = (context, { from: client }) => {
  const { id: queue, vm, mode } = context;
  const answer =
    mode === 'compute'
      ? send(vm, 'vm.addQueue', { queue, client })
      : send(client, 'ioctl.done', { result: 0 });
  return outcome(context, ...queueMade(context), answer);
};

const cancelled = (jobs: readonly ExecJob[], shared: SharedReader): Ended[] =>
  jobs.flatMap(({ fence }) =>
    fence === null || isEndOfRerun(fence, shared) ? [] : [[fence, ERRNO.ECANCELED] as const],
  );

/** What is told before the jobs end, before the fences of those signal, and behind all of it. */
interface Told {
  readonly first?: readonly Effect[];
  readonly gone?: readonly Effect[];
  readonly last?: readonly Effect[];
}

/** Ends all jobs, and whoever waits for the queue to leave the GPU: it has. */
function cancelAll(
  context: ExecQueueContext,
  shared: SharedReader,
  { first = [], gone = [], last = [] }: Told,
): Outcome<ExecQueueContext> {
  const { id: engine, jobs, enabled } = context;
  const preempted = enabled.map((fence): Ended => [fence, 0]);
  const timers = ['spin', 'timeout'].map((timer): Effect => ({ effect: 'cancel', timer }));
  return outcome(
    { ...context, ...NOT_BEGUN, jobs: [], enabled: [] },
    ...first,
    ...timers,
    ...jobs.map(({ id: job }) => fact({ type: 'job.done', engine, job })),
    ...gone,
    ...signalEach(shared, [...cancelled(jobs, shared), ...preempted]),
    ...last,
  );
}

/** The other queues of its VM may have been suspended along with it, and somebody has to have them run again. */
const ban: Action<ExecQueueContext> = (context, { shared }) => {
  const { id: queue, vm, enabled } = context;
  const rebind = enabled.length > 0 ? [send(`${vm}/rebinder`, 'work.queue', NO_DATA)] : [];
  const banned = fact({ type: 'queue.banned', queue });
  return cancelAll(context, shared, { first: [banned], last: rebind });
};

const noteTimeout: Action<ExecQueueContext> = (context, event) => {
  const { job } = dataOf(event, 'queue.timeout');
  return outcome(context, fact({ type: 'job.timedOut', engine: context.id, job }));
};

/** exec pushed it before it could know that nothing runs here any more. */
const refuse: Action<ExecQueueContext> = (context, event) => {
  const { job } = dataOf(event, 'exec.push');
  const done = fact({ type: 'job.done', engine: context.id, job: job.id });
  return outcome(context, done, ...signalEach(event.shared, cancelled([job], event.shared)));
};

/** The ioctl returns at once, whatever the jobs do; that of a compute VM's queue once it has left the VM. */
const close: Action<ExecQueueContext> = (context, { from }) => {
  const answer = context.mode === 'compute' ? [] : [send(from, 'ioctl.done', { result: 0 })];
  return outcome({ ...context, closing: true, closer: from }, ...answer);
};

const end: Action<ExecQueueContext> = (context, { shared }) => {
  const { id: queue, vm, mode, closer: client } = context;
  const leave = mode === 'compute' ? [send(vm, 'vm.removeQueue', { queue, client })] : [];
  // it is off the GPU before its preempt fences signal: guc_engine_suspend_wait ends for a killed engine, too
  const gone = [fact({ type: 'queue.destroyed', queue }), ...dropRef(shared, vm, queue)];
  return cancelAll(context, shared, { gone, last: leave });
};

/** Its jobs may run for ever, so nobody waits for their end. */
const isLongRunning: Guard<ExecQueueContext> = ({ mode }) => mode !== 'dma-fence';

/** Others may wait for it to leave the GPU. */
const isPreemptible: Guard<ExecQueueContext> = ({ mode }) => mode === 'compute';

const isClosing: Guard<ExecQueueContext> = ({ closing }) => closing;

export const lifeActions = { create, ban, noteTimeout, refuse, close, end };
export const lifeGuards = { isLongRunning, isPreemptible, isClosing };
