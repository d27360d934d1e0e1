/**
 * The phases of one VM_BIND ioctl up to its end: check, create, parse, pin, then prepare and commit, or unwind. All of
 * them hold vm->lock for writing. Mirrors xe_vm.c of the first seed: xe_vm_bind_ioctl, vm_bind_ioctl_ops_create,
 * _parse; _commit is in finish.ts, _unwind in unwind.ts.
 *
 * As it should be and not as posted: a list is created against the tree with all lists before it applied (S14), and
 * nothing is published before everything that can fail is behind, so that a failure leaves no trace (S07, S09, S11).
 */
import { ERRNO } from '../../domain/errno.ts';
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { CheckedOp } from '../../domain/ioctl/bind-request.ts';
import { applyOps, type Op } from '../../domain/va/ops.ts';
import { type OrErrno, refused } from '../../domain/va/result.ts';
import { mapOps, prefetchOps, unmapAllOps, unmapOps } from '../../domain/va/split-merge.ts';
import type { VaSpace } from '../../domain/va/va-space.ts';
import { fact, outcome, send } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { callOf, type VmContext, type VmOp, withCall } from './context.ts';
import { holdAll, toHold } from './held.ts';
import { bugOfEmptyList, bugOfLongSyncList } from './last-op.ts';
import { madeBy, numberOps } from './pieces.ts';

function listFor(space: VaSpace, bind: CheckedOp): OrErrno<Op[]> {
  switch (bind.op) {
    case 'map': {
      const { addr, range, obj, offset, attrs } = bind;
      return mapOps(space, { addr, range, obj, offset, attrs });
    }
    case 'unmap':
      return unmapOps(space, bind.addr, bind.range);
    case 'unmapAll':
      return unmapAllOps(space, bind.obj);
    case 'prefetch':
      return prefetchOps(space, bind.addr, bind.range);
    case 'restart':
      throw new RangeError('RESTART has no op list');
  }
}

/**
 * The tree that a list is made for: as the lists before it leave it. S14: all lists are made before any is applied, so
 * each is for the tree as it was before the call.
 */
const treeForList = (context: VmContext, shared: SharedReader): VaSpace =>
  shared.has('S14') ? context.space : callOf(context).staged;

/**
 * S14: the ops of a list that another tree was meant for, as far as they fit this one. What does not is a WARN (a mapping
 * where another is, one to take away that is gone), and it is dropped. (The kernel goes on with it: it writes entries over
 * those of others and destroys a VMA twice.)
 */
function fittingOps(space: VaSpace, list: readonly Op[], nextId: number): Op[] {
  let now = space;
  return list.filter((op) => {
    const applied = applyOps(now, [op], nextId);
    if (!refused(applied)) now = applied.space;
    return !refused(applied);
  });
}

/** Creates the op list of the next bind op and applies it to the staged space. */
const createList: Action<VmContext> = (context, { decide, shared }) => {
  const call = callOf(context);
  const bind = call.binds[call.created];
  if (bind === undefined) throw new RangeError('no bind op left');
  if (decide.fails('alloc')) return outcome(withCall(context, { error: ERRNO.ENOMEM }));
  const nextId = context.counts.va + 1;
  const whole = listFor(treeForList(context, shared), bind);
  if (refused(whole)) return outcome(withCall(context, { error: whole }));
  const list = shared.has('S14') ? fittingOps(call.staged, whole, nextId) : whole;
  const applied = applyOps(call.staged, list, nextId);
  if (refused(applied)) return outcome(withCall(context, { error: applied }));
  const { ops, last: va } = numberOps(list, context.counts.va, {
    immediate: bind.op === 'map' && bind.immediate,
    region: bind.op === 'prefetch' && bind.region === 1 ? 'vram' : 'system',
  });
  const isInjected = bind.injectError && ops.length > 0;
  const next = withCall(
    { ...context, counts: { ...context.counts, va } },
    {
      created: call.created + 1,
      staged: applied.space,
      ops: [...call.ops, ...ops],
      lists: [...call.lists, ops.length],
      injected: isInjected ? [...call.injected, call.ops.length] : call.injected,
    },
  );
  const made = { vm: context.id, call: call.number, bind: call.created, ops };
  return outcome(next, fact({ type: 'ops.created', ...made }));
};

const createFailed: Guard<VmContext> = (context) => callOf(context).error !== 0;
const moreLists: Guard<VmContext> = (context) => {
  const { created, binds } = callOf(context);
  return created < binds.length;
};

/** The new userptr mappings of a list. */
export function newUserptrs(ops: readonly VmOp[]): readonly Piece[] {
  return ops.flatMap(madeBy).filter(({ userptr }) => userptr);
}

/**
 * All lists exist. An asynchronous call with out-syncs takes the next number of the bind queue's own fence context,
 * as the kernel does here and not later. New userptr mappings are to be pinned.
 */
const parse: Action<VmContext> = (context, { shared }) => {
  const { async, out, engine, ops } = callOf(context);
  const held = toHold(context, callOf(context), shared);
  const parsing = { ...withCall(context, { held }), toPin: newUserptrs(ops) };
  const holding = [
    ...bugOfEmptyList(context, shared),
    ...bugOfLongSyncList(context, shared),
    ...holdAll(parsing, callOf(parsing)),
  ];
  if (!async || out.length === 0) return outcome(parsing, ...holding);
  const number = (context.asyncs[engine] ?? 0) + 1;
  const asyncFence = fenceKeyOf(`${engine}/async`, number);
  return outcome(
    withCall({ ...parsing, asyncs: { ...context.asyncs, [engine]: number } }, { asyncFence }),
    ...holding,
  );
};

const isAsync: Guard<VmContext> = (context) => callOf(context).async;

/** Pages may change while they are being pinned for a call that goes on to bind: others get a look in. */
export const pinsUserptrs: Guard<VmContext> = (context) =>
  newUserptrs(callOf(context).ops).length > 0;

const yieldStep: Action<VmContext> = (context) =>
  outcome(context, send(context.id, 'vm.continue', {}));

export const phaseActions = { createList, parse, yieldStep };
export const phaseGuards = { createFailed, moreLists, isAsync };
