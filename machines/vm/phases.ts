/**
 * The phases of one VM_BIND ioctl up to its end: check, create, parse, pin, then prepare and commit, or unwind. All of
 * them hold vm->lock for writing. Mirrors xe_vm.c of the first seed: xe_vm_bind_ioctl, vm_bind_ioctl_ops_create,
 * _parse, _commit, _unwind.
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
import { callOf, type VmContext, type VmOp, withCall } from './context.ts';
import { holdAll, letGo, toHold } from './held.ts';
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

/** Creates the op list of the next bind op and applies it to the staged space. */
const createList: Action<VmContext> = (context, { decide }) => {
  const call = callOf(context);
  const bind = call.binds[call.created];
  if (bind === undefined) throw new RangeError('no bind op left');
  if (decide.fails('alloc')) return outcome(withCall(context, { error: ERRNO.ENOMEM }));
  const list = listFor(call.staged, bind);
  if (refused(list)) return outcome(withCall(context, { error: list }));
  const applied = applyOps(call.staged, list, context.counts.va + 1);
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
  const holding = holdAll(parsing, callOf(parsing));
  if (!async || out.length === 0) return outcome(parsing, ...holding);
  const number = (context.asyncs[engine] ?? 0) + 1;
  const asyncFence = fenceKeyOf(`${engine}/async`, number);
  return outcome(
    withCall({ ...parsing, asyncs: { ...context.asyncs, [engine]: number } }, { asyncFence }),
    ...holding,
  );
};

/**
 * The space as it was is still there: the staged one is dropped, and so is what is known of VMAs that were never
 * mapped. The number of an asynchronous fence stays used, as in the kernel: a gap.
 */
const unwind: Action<VmContext> = (context, event) => {
  const { number: call, client, error, ops } = callOf(context);
  const result = error !== 0 ? error : context.failure;
  const vmas = newUserptrs(ops).reduce((left, { va }) => left.delete(va), context.vmas);
  return outcome(
    { ...context, vmas, call: null, plan: null, toPin: [], failure: 0 },
    fact({ type: 'bind.unwound', vm: context.id, call, error: result }),
    ...letGo(context, callOf(context), event),
    send(client, 'ioctl.done', { result }),
  );
};

const isAsync: Guard<VmContext> = (context) => callOf(context).async;

/** Pages may change while they are being pinned for a call that goes on to bind: others get a look in. */
export const pinsUserptrs: Guard<VmContext> = (context) =>
  newUserptrs(callOf(context).ops).length > 0;

const yieldStep: Action<VmContext> = (context) =>
  outcome(context, send(context.id, 'vm.continue', {}));

export const phaseActions = { createList, parse, unwind, yieldStep };
export const phaseGuards = { createFailed, moreLists, isAsync };
