/**
 * The exec ioctl as far as it needs no lock: the checks, the fences of the in-syncs as they are now, and the wait until
 * each of them that is an asynchronous bind's has been taken up by its worker. Mirrors xe_exec.c (xe_exec_ioctl, up to
 * vm->lock) and xe_vm.c (xe_vm_async_fence_wait_start): a bind may evict, eviction waits for the reservation object, and
 * a job already in there that depends on the bind would never end.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, type Outcome, send, work } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { ExecRequest } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { takeRef } from '../shared/refs.ts';
import { startedEvent } from '../shared/sleepers.ts';
import { type ExecStep, refusalOfExec } from './checks.ts';
import { began, type ClientContext, endStep, judgedResult, stepOf } from './context.ts';
import { next, nextStep } from './program.ts';
import { sleepOn } from './sleep.ts';

const ASYNC_FENCE = 'async-op';

function execOf(context: ClientContext): ExecStep {
  const step = stepOf(context);
  if (!('exec' in step)) throw new RangeError('not an exec');
  return step.exec;
}

/** What every in-sync stands for, each fence once. */
function captured({ in: ins }: ExecStep, shared: SharedReader): readonly FenceKey[] {
  const fences = ins.flatMap((sync) =>
    'syncobj' in sync ? (shared.capture(sync.syncobj, sync.point) ?? []) : [],
  );
  return [...new Set(fences)];
}

/**
 * The in-fences that exec waits for until they have started: all. Quirk S25 (xe_vm_async_fence_wait_start): the test
 * compares the fence's ops, and what a timeline point holds is a chain node, so the fence inside is not waited for.
 */
function awaitedStarts(
  step: ExecStep,
  waits: readonly FenceKey[],
  shared: SharedReader,
): readonly FenceKey[] {
  if (!shared.has('S25')) return waits;
  const bare = step.in.filter((sync) => !('syncobj' in sync) || sync.point === undefined);
  return captured({ ...step, in: bare }, shared);
}

const notStarted = (fences: readonly FenceKey[], shared: SharedReader): FenceKey | undefined =>
  fences.find((key) => {
    if (shared.isSignaled(key)) return false;
    const { kind, started } = shared.fence(key);
    return kind === ASYNC_FENCE && !started;
  });

/** The step ahead is an exec that passes the checks. */
const nextExecs: Guard<ClientContext> = (context, { shared }) => {
  const step = nextStep(context);
  return step !== undefined && 'exec' in step && refusalOfExec(step.exec, shared) === null;
};

const stillNotStarted: Guard<ClientContext> = ({ exec }, { shared }) =>
  notStarted(exec?.starts ?? [], shared) !== undefined;

/** The in-syncs are what they are now, however long the ioctl takes. */
const beginExec: Action<ClientContext> = (context, { shared }) => {
  const now = next(context);
  const step = execOf(now);
  const { queue, batch, out } = step;
  const request: ExecRequest = {
    queue,
    batch,
    step: now.pc,
    waits: captured(step, shared),
    out,
  };
  const vm = shared.queue(queue)?.vm ?? '';
  const starts = awaitedStarts(step, request.waits, shared);
  return outcome({ ...now, exec: { vm, request, starts } }, began(now));
};

const awaitStart: Action<ClientContext> = (context, { shared }) => {
  const fence = notStarted(context.exec?.starts ?? [], shared);
  if (fence === undefined) throw new RangeError('everything is started');
  return sleepOn(context, startedEvent(fence));
};

const callExec: Action<ClientContext> = (context, { shared }) => {
  const { exec } = context;
  if (exec === null) throw new RangeError('no exec under way');
  const checks = work(shared.device.costs.ioctlNs);
  const called = send(exec.vm, 'vm.exec', exec.request);
  return outcome({ ...context, sleepingOn: null }, ...checks, called);
};

/** The rows of domain/ioctl/exec-check that came between the lookup of the queue and the first `goto` that puts it. */
const RETURN_AT_ONCE = ['exec-3', 'exec-4'];

/** L13: some rows return at once, with the reference that the lookup of the queue took. */
function keptByRefusal(context: ClientContext, row: string, shared: SharedReader): Effect[] {
  const isKept = shared.has('L13') && RETURN_AT_ONCE.includes(row);
  return isKept ? [takeRef(execOf(context).queue, `${context.id}/exec${context.pc}`)] : [];
}

/** An exec that some check refuses. */
export function refuseExec(context: ClientContext, shared: SharedReader): Outcome<ClientContext> {
  const { queue, expect, ...rest } = execOf(context);
  const refusal = refusalOfExec({ queue, expect, ...rest }, shared);
  if (refusal === null) throw new RangeError('nothing refuses this exec');
  const { error, row } = refusal;
  const refused = fact({ type: 'exec.refused', queue, error, row });
  const kept = keptByRefusal(context, row, shared);
  return endStep(context, error, ...kept, refused, judgedResult(context, 'exec', expect, error));
}

export const execActions = { beginExec, awaitStart, callExec };
export const execGuards = { nextExecs, stillNotStarted };
