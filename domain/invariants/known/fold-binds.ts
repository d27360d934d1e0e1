/** How facts about fences, syncobjs, calls and jobs are folded. */
import * as calls from './calls.ts';
import * as fences from './fences.ts';
import * as held from './held.ts';
import * as jobs from './jobs.ts';
import { type Folds, inCalls, woken } from './state.ts';

export const BIND_FOLDS: Folds = {
  'fence.created': (known, fact, { seq }) => ({
    ...known,
    fences: fences.madeFence(known.fences, fact, seq),
  }),
  'fence.signaled': (known, { fence }) => ({
    ...known,
    fences: fences.signaledFence(known.fences, fence),
    calls: known.calls.promised.has(fence)
      ? { ...known.calls, promised: known.calls.promised.delete(fence) }
      : known.calls,
  }),
  'fence.started': (known, { fence }) => ({
    ...woken(`started:${fence}`)(known),
    fences: fences.markedFence(known.fences, fence, 'started'),
  }),
  'fence.enabled': (known, { fence }) => ({
    ...known,
    fences: fences.markedFence(known.fences, fence, 'enabled'),
  }),
  'syncobj.replaced': (known, fact) => ({ ...known, held: held.replaced(known.held, fact) }),
  'syncobj.advanced': (known, fact) => ({
    ...known,
    held: held.advanced(known.held, fact, known.fences),
  }),
  'ops.created': (known, fact) => inCalls(known, calls.opsCreated(known.calls, fact)),
  'bind.accepted': (known, fact, { facts }) =>
    inCalls(known, calls.answered(known.calls, fact, facts)),
  'bind.refused': (known, fact, { facts }) =>
    inCalls(known, calls.answered(known.calls, fact, facts)),
  'bind.unwound': (known, fact, { facts }) =>
    inCalls(known, calls.answered(known.calls, fact, facts)),
  'bind.finished': (known, fact, { facts }) =>
    inCalls(known, calls.finishedCall(known.calls, fact, facts)),
  'op.failed': (known, fact) => inCalls(known, calls.failedOp(known.calls, fact)),
  'op.executed': (known, fact) =>
    inCalls(known, calls.assigned(known.calls, calls.callKey(fact), fact.index)),
  'job.queued': (known, { engine, job, fence, waits }) =>
    inCalls(known, jobs.queuedJob(known.calls, engine, job, fence, waits)),
  // a long-running job has no fence, and no job.queued
  'exec.armed': (known, { queue, job, fence, waits }) =>
    inCalls(known, jobs.queuedJob(known.calls, queue, job, fence, waits)),
  'job.started': (known, { job }) => inCalls(known, jobs.startedJob(known.calls, job)),
  'job.done': (known, { job }) => inCalls(known, jobs.endedJob(known.calls, job)),
};
