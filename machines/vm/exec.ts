/**
 * exec under vm->lock: pin what notifiers took away, lock every reservation object, have BOs where they belong, bind
 * anew what was moved or pinned, look once more whether a notifier came in between, and arm the job. Mirrors xe_exec.c
 * (xe_exec_ioctl). The lock is taken for reading there; two execs that hold it at once still need the same
 * reservation lock. docs/vm-bind.md says which schedules are lost.
 */
import { ERRNO } from '../../domain/errno.ts';
import { type FenceKey, fenceKeyOf, STUB } from '../../domain/fence/fence-table.ts';
import type { Decisions } from '../contract/decisions.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { ActorId, ExecJob, ExecRequest } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext } from './context.ts';
import { externalsOf } from './externals.ts';
import { fillOutSyncs } from './finish.ts';
import { allLocks, releaseLocks, takeLocks } from './locks.ts';
import { stalePieces } from './pin.ts';
import { rebindAll } from './rebind-all.ts';

interface ExecWork {
  readonly client: ActorId;
  readonly request: ExecRequest;
}

function execOf({ work }: VmContext): ExecWork {
  if (work?.kind !== 'exec') throw new RangeError('no exec in progress');
  return work;
}

function refused(
  context: VmContext,
  client: ActorId,
  queue: ActorId,
  error: number,
): Outcome<VmContext> {
  const row = error === ERRNO.EIO ? 'closed' : 'error';
  return outcome(
    { ...context, work: null, failure: 0, toPin: [] },
    fact({ type: 'exec.refused', queue, error, row }),
    send(client, 'ioctl.done', { result: error }),
  );
}

const inError: Guard<VmContext> = ({ error }) => error !== 0;

/** A VM in error runs nothing: exec gives the stored error. */
const refuseExec: Action<VmContext> = (context, event) =>
  refused(context, event.from, dataOf(event, 'vm.exec').queue, context.error);

const refuseExecClosed: Action<VmContext> = (context, event) =>
  refused(context, event.from, dataOf(event, 'vm.exec').queue, ERRNO.EIO);

/** Everything that notifiers invalidated is to be pinned again, unless the VM has no fences to keep jobs off. */
const beginExec: Action<VmContext> = (context, event) => {
  const work = { kind: 'exec', client: event.from, request: dataOf(event, 'vm.exec') } as const;
  return outcome({ ...context, work, toPin: context.mode === 'dma-fence' ? toRepin(context) : [] });
};

/** The invalidated userptr mappings that are still mapped. */
export function toRepin({ invalidated, lookup: { userptrs } }: VmContext): VmContext['toPin'] {
  return invalidated.map((va) => userptrs.get(va)).filter((piece) => piece !== undefined);
}

/** Whether a notifier came again since they were pinned, for one that is noted already is not noted twice. */
export const lostIsStale = (context: VmContext, shared: SharedReader): boolean =>
  stalePieces(context, toRepin(context), shared).length > 0;

/** It slept for a lock with its pins. */
const execIsStale: Guard<VmContext> = (context, { shared }) =>
  context.mode === 'dma-fence' && lostIsStale(context, shared);

const repinLost: Action<VmContext> = (context) => outcome({ ...context, toPin: toRepin(context) });

const failExec: Action<VmContext> = (context) => {
  const { client, request } = execOf(context);
  const released = releaseLocks(context);
  const { context: next, effects } = refused(
    released.context,
    client,
    request.queue,
    context.failure,
  );
  return outcome(next, ...effects, ...released.effects);
};

/**
 * Quirk L12 (xe_exec_ioctl, CVE-2024-53086): the in-fences are composed under the locks, and when there is no memory for
 * the array, the VM's reservation object is forgotten: exec leaves, and it stays locked.
 */
function composed(context: VmContext, shared: SharedReader, decide: Decisions): VmContext {
  const { waits } = execOf(context).request;
  const isComposed = !shared.has('L12') || waits.length < 2 || !decide.fails('alloc');
  if (isComposed) return context;
  const locked = context.locked.filter((lock) => lock !== context.id);
  return { ...context, locked, failure: ERRNO.ENOMEM };
}

/** Only a VM with dma-fences binds on exec: the others have the rebind worker or the fault handler. */
const lockAndRebind: Action<VmContext> = (context, { shared, decide }) => {
  if (context.mode !== 'dma-fence') return outcome({ ...context, looksAgain: false });
  const locked = takeLocks(context, allLocks(context, shared));
  const rebound = rebindAll(locked.context, shared, decide);
  const ready =
    rebound.context.failure === 0 ? composed(rebound.context, shared, decide) : rebound.context;
  const isFailed = ready.failure !== 0;
  const looksAgain = !isFailed && (context.lookup.userptrs.size > 0 || rebound.effects.length > 0);
  const look = looksAgain ? [send(context.id, 'vm.continue', {})] : [];
  return outcome({ ...ready, looksAgain }, ...locked.effects, ...rebound.effects, ...look);
};

/** Nothing was bound anew and, without userptrs, no notifier can come in between: one step. */
const nothingToCheck: Guard<VmContext> = ({ looksAgain }) => !looksAgain;

const mustRepin: Guard<VmContext> = ({ invalidated }) => invalidated.length > 0;

/** A notifier came in between: everything is dropped and starts from the top (EAGAIN). */
const retryExec: Action<VmContext> = (context) => {
  const { queue } = execOf(context).request;
  const released = releaseLocks(context);
  return outcome(
    { ...released.context, toPin: toRepin(context) },
    ...released.effects,
    fact({ type: 'exec.retried', queue, vm: context.id, why: 'userptr' }),
  );
};

/** Past this point the job runs. */
const arm: Action<VmContext> = (context, { shared }) => {
  const { client, request } = execOf(context);
  const { queue, batch, step, out } = request;
  const hasFence = context.mode === 'dma-fence';
  const fence = hasFence ? fenceKeyOf(queue, shared.nextSeqno(queue)) : null;
  const waits = hasFence ? waitsOf(context, request, shared) : request.waits;
  const job: ExecJob = {
    id: `${queue}#${fence === null ? `${client}.${step}` : shared.nextSeqno(queue)}`,
    vm: context.id,
    gt: shared.queue(queue)?.gt ?? '',
    fence,
    waits,
    batch,
    userFences: out.flatMap((sync) =>
      'userFence' in sync ? [{ address: sync.userFence, value: sync.value }] : [],
    ),
    client,
    step,
  };
  const released = releaseLocks(context);
  return outcome(
    { ...released.context, work: null },
    ...(fence === null ? [] : published(context, fence, shared)),
    fact({ type: 'exec.armed', queue, vm: context.id, job: job.id, fence, waits }),
    ...fillOutSyncs(
      out.filter((sync) => !('userFence' in sync)),
      fence ?? STUB,
    ),
    send(queue, 'exec.push', { job }),
    send(client, 'ioctl.done', { result: 0 }),
    ...released.effects,
  );
};

/** In-syncs, the last rebind, and whatever is in the VM's KERNEL slot. */
function waitsOf(
  { id, rebindFence }: VmContext,
  { waits }: ExecRequest,
  shared: SharedReader,
): FenceKey[] {
  const rebind = rebindFence === null || shared.isSignaled(rebindFence) ? [] : [rebindFence];
  return [...new Set([...waits, ...rebind, ...shared.resv(id, 'kernel')])];
}

/** The external BOs that a job writes itself into. Quirk M05 (xe_exec_ioctl): none, the list is not walked. */
const guardedBy = (context: VmContext, shared: SharedReader): readonly string[] =>
  shared.has('M05') ? [] : externalsOf(context, shared);

/** BOOKKEEP in the VM, WRITE in every external BO. */
function published(context: VmContext, fence: FenceKey, shared: SharedReader): Effect[] {
  const { id } = context;
  const external = guardedBy(context, shared);
  return [
    fact({ type: 'fence.created', fence, kind: 'exec-job', parts: [] }),
    fact({ type: 'resv.added', resv: id, fence, usage: 'bookkeep' }),
    ...external.map((resv) => fact({ type: 'resv.added', resv, fence, usage: 'write' })),
  ];
}

export const execActions = {
  refuseExec,
  refuseExecClosed,
  beginExec,
  failExec,
  repinLost,
  lockAndRebind,
  retryExec,
  arm,
};
export const execGuards = { inError, execIsStale, nothingToCheck, mustRepin };
