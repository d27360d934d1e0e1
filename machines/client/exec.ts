/**
 * The exec ioctl as far as it needs no lock: the checks, the fences of the in-syncs as they are now, and the wait until
 * each of them that is an asynchronous bind's has been taken up by its worker. Mirrors xe_exec.c (xe_exec_ioctl, up to
 * vm->lock) and xe_vm.c (xe_vm_async_fence_wait_start): a bind may evict, eviction waits for the reservation object, and
 * a job already in there that depends on the bind would never end.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { fact, outcome, type Outcome, send } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { ExecRequest } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
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
  notStarted(exec?.request.waits ?? [], shared) !== undefined;

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
  return outcome({ ...now, exec: { vm, request } }, began(now));
};

const awaitStart: Action<ClientContext> = (context, { shared }) => {
  const fence = notStarted(context.exec?.request.waits ?? [], shared);
  if (fence === undefined) throw new RangeError('everything is started');
  return sleepOn(context, startedEvent(fence));
};

const callExec: Action<ClientContext> = (context) => {
  const { exec } = context;
  if (exec === null) throw new RangeError('no exec under way');
  return outcome({ ...context, sleepingOn: null }, send(exec.vm, 'vm.exec', exec.request));
};

/** An exec that some check refuses. */
export function refuseExec(context: ClientContext, shared: SharedReader): Outcome<ClientContext> {
  const { queue, expect, ...rest } = execOf(context);
  const refusal = refusalOfExec({ queue, expect, ...rest }, shared);
  if (refusal === null) throw new RangeError('nothing refuses this exec');
  const { error, row } = refusal;
  const refused = fact({ type: 'exec.refused', queue, error, row });
  return endStep(context, error, refused, judgedResult(context, 'exec', expect, error));
}

export const execActions = { beginExec, awaitStart, callExec };
export const execGuards = { nextExecs, stillNotStarted };
