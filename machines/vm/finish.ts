/**
 * The end of a call: its jobs are submitted, its out-syncs hold the fence that stands for all of it. Mirrors xe_vm.c
 * (xe_vm_bind_ioctl's synchronous path, and the LAST handling of _execute).
 *
 * The fence covers the last job, which the bind queue runs after all others, and every TLB invalidation of the call:
 * an out-sync that signals earlier lets user space use memory that the GPU can still reach.
 */
import { ERRNO } from '../../domain/errno.ts';
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Sync } from '../../domain/scenario/schema.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import type { Action, Guard, StepEvent } from '../contract/event.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { takeRef } from '../shared/refs.ts';
import { UFENCES } from '../ufences/names.ts';
import { type Call, callOf, vmaOf, type VmContext, type VmOp, workerOf } from './context.ts';
import { executeOps } from './execute.ts';
import { externalsOf } from './externals.ts';
import { keptByCall, letGo } from './held.ts';
import { busyLock, locksOf, releasing } from './locks.ts';
import { indexed } from './mapping-index.ts';
import { askForMove, mustMove, placedBy, type Placed } from './moving.ts';
import { bugOfFlagsInRemap } from './op-flags.ts';
import { mustPinAgain, stalePieces } from './pin.ts';
import { madeBy, removedBy } from './pieces.ts';
import { finalFence } from './promised.ts';

/** Puts a fence into the out-syncs; a user fence is written by the device's ordered queue once it has signalled. */
export function fillOutSyncs(out: readonly Sync[], fence: FenceKey): Effect[] {
  return out.flatMap((sync) => {
    if ('userFence' in sync) {
      const { userFence: at, value } = sync;
      return send(UFENCES, 'ufence.attach', { fence, at, value });
    }
    if (!('syncobj' in sync)) return [];
    const { syncobj, point } = sync;
    return point === undefined
      ? fact({ type: 'syncobj.replaced', syncobj, fence })
      : fact({ type: 'syncobj.advanced', syncobj, point, fence });
  });
}

/** The facts of one op's change of the address space. */
function committed(vm: string, op: VmOp): Effect[] {
  const gone = removedBy(op);
  const effects: Effect[] = [];
  if (gone !== null) {
    const { va, addr, range, obj } = gone;
    effects.push(fact({ type: 'va.unmapped', vm, va, addr, range, obj }));
  }
  for (const piece of madeBy(op)) {
    effects.push(fact({ type: 'va.mapped', vm, ...piece }));
    if (piece.obj !== null) effects.push(takeRef(piece.obj, `${vm}/${piece.va}`));
  }
  return effects;
}

/**
 * Jobs of the VM that have not ended. The kernel leaves them out (xe_exec_ioctl puts its fence into the BOs that are mapped
 * then), so that a BO can move away under a job that was armed before its bind (H13).
 */
const armedJobs = (vm: string, shared: SharedReader): readonly FenceKey[] =>
  shared.has('H13')
    ? []
    : shared.resv(vm, 'bookkeep').filter((each) => shared.fence(each).kind === 'exec-job');

/**
 * An external BO that a compute VM maps for the first time gets the preempt fences that there are, or nobody who moves it
 * would stop the queues (xe_vm_add_preempt_fences). The same for jobs that are armed already: they may reach the BO as
 * soon as it is bound.
 */
function joinExternal(context: VmContext, ops: readonly VmOp[], shared: SharedReader): Effect[] {
  const { id, queues } = context;
  const known = externalsOf(context, shared);
  const objs = ops.flatMap(madeBy).flatMap(({ obj }) => (obj === null ? [] : [obj]));
  const joining = [...new Set(objs)].filter(
    (obj) => shared.bo(obj)?.vm === null && !known.includes(obj),
  );
  const stops = queues.map(({ fence }) => fence).filter((fence) => !shared.isSignaled(fence));
  const fences = [...stops, ...armedJobs(id, shared)];
  return joining.flatMap((resv) =>
    fences.map((fence) => fact({ type: 'resv.added', resv, fence, usage: 'bookkeep' })),
  );
}

/** The address space shows the future from here on: for an asynchronous call, no page table has changed yet. */
function commit(context: VmContext, call: Call, event: StepEvent): Outcome<VmContext> {
  const { shared } = event;
  const { number, staged, ops, engine } = call;
  const { id: vm } = context;
  // a shortcut to a mapping that is gone would bind it anew (xe_vm_remove_vma)
  const isGone = ops.some((op) => removedBy(op)?.va === context.lastFault?.va);
  const lastFault = isGone ? null : context.lastFault;
  const mapped = ops.flatMap((op) => committed(vm, op));
  return outcome(
    { ...context, space: staged, lookup: indexed(context.lookup, ops), lastFault },
    ...mapped,
    ...letGo(context, call, event, mapped),
    ...joinExternal(context, ops, shared),
    ...bugOfFlagsInRemap(vm, call, shared),
    ...keptByCall(vm, call, shared),
    fact({ type: 'bind.accepted', vm, call: number, ops: ops.length, engine }),
  );
}

/** The mappings that executing ops of the call binds. */
export function boundBy(ops: readonly VmOp[]): readonly Piece[] {
  return ops.flatMap((op) => (op.op === 'prefetch' ? [op.unmap] : madeBy(op)));
}

/** Everything whose reservation lock executing the ops needs. */
export function touchedBy(ops: readonly VmOp[]): readonly Piece[] {
  return ops.flatMap((op) => {
    const gone = removedBy(op);
    return gone === null ? boundBy([op]) : [gone, ...boundBy([op])];
  });
}

const syncIsStale: Guard<VmContext> = (context, { shared }) =>
  mustPinAgain(context, boundBy(callOf(context).ops), shared);

const repinSync: Action<VmContext> = (context, { shared }) =>
  outcome({ ...context, toPin: stalePieces(context, boundBy(callOf(context).ops), shared) });

export const syncLocks = (context: VmContext, shared: SharedReader): string[] =>
  locksOf(context, touchedBy(callOf(context).ops), shared);

const syncMustWait: Guard<VmContext> = (context, { shared }) =>
  busyLock(context, syncLocks(context, shared), shared) !== undefined;

const placedByCall = (context: VmContext): readonly Placed[] =>
  placedBy(context, callOf(context).ops);

/**
 * A VM in error takes synchronous calls while asynchronous ops are pending. One that touches what they are about would
 * meet entries that they have not changed yet, or take a mapping away that they are to bind. The kernel of 2023 writes
 * over such entries and loses count of them; here it is EBUSY.
 */
function meetsPending({ pending }: VmContext, { ops }: Call): boolean {
  const waiting = pending.flatMap((each) => touchedBy(each.ops.slice(each.executed)));
  if (waiting.length === 0) return false;
  return touchedBy(ops).some(({ addr, range }) =>
    waiting.some((each) => addr < each.addr + each.range && each.addr < addr + range),
  );
}

/** Prepares all ops of a synchronous call; nothing can be seen of it yet. */
const prepare: Action<VmContext> = (context, { shared, decide }) => {
  const call = callOf(context);
  if (meetsPending(context, call)) return outcome({ ...context, failure: ERRNO.EBUSY });
  const done = executeOps(context, call, call.ops.length, shared, decide);
  if (!done.ok) return outcome({ ...done.context, failure: done.error }, ...done.effects);
  const { context: next, call: after, effects } = done;
  return outcome({ ...context, plan: { context: next, call: after, effects } });
};

/**
 * The out-syncs that a synchronous call fills. Quirk S27 (xe_vm_unbind): the unbind of a VMA that was never bound has no
 * fence; under a VM in fault mode the user fence is given that instead of the stub, and refuses it. Nobody ever writes it.
 */
function filledBy(
  { mode, vmas }: VmContext,
  { ops, out }: Call,
  shared: SharedReader,
): readonly Sync[] {
  const last = ops.at(-1);
  const isUnbound = last?.op === 'unmap' && vmaOf({ vmas }, last.unmap.va).present === 0;
  if (!shared.has('S27') || mode !== 'fault' || !isUnbound) return out;
  return out.filter((sync) => !('userFence' in sync));
}

/** What was prepared takes effect: the address space, the jobs, the out-syncs; the lock is given up. */
const commitSync: Action<VmContext> = (context, event) => {
  const { plan } = context;
  if (plan === null) throw new RangeError('nothing prepared');
  const { effects: mapped, context: next } = commit(
    { ...plan.context, plan: null },
    plan.call,
    event,
  );
  const final = finalFence(next, plan.call, event.shared);
  return outcome(
    { ...final.context, call: null },
    ...mapped,
    ...plan.effects,
    ...final.effects,
    ...fillOutSyncs(filledBy(context, plan.call, event.shared), final.fence),
    fact({ type: 'bind.finished', vm: context.id, call: plan.call.number }),
    send(plan.call.client, 'ioctl.done', { result: 0 }),
  );
};

/** An asynchronous call: its out-syncs hold a fence of its own from now on; the worker does the rest. */
const commitAsync: Action<VmContext> = (context, event) => {
  const call = callOf(context);
  const { effects: mapped, context: next } = commit(context, call, event);
  const { asyncFence } = call;
  const promised =
    asyncFence === null
      ? []
      : [
          fact({ type: 'fence.created', fence: asyncFence, kind: 'async-op', parts: [] }),
          ...fillOutSyncs(call.out, asyncFence),
        ];
  // in error the worker would only look and stop
  const kick = context.error === 0 ? [send(workerOf(context.id), 'work.queue', {})] : [];
  return outcome(
    { ...next, call: null, pending: [...context.pending, call] },
    ...mapped,
    ...promised,
    ...kick,
    send(call.client, 'ioctl.done', { result: 0 }),
  );
};

export const finishActions = {
  repinSync,
  askMoveForCall: askForMove(placedByCall),
  prepare,
  commitSync: releasing(commitSync),
  commitAsync,
};
export const finishGuards = { syncIsStale, syncMustWait, syncMustMove: mustMove(placedByCall) };
