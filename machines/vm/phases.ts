/**
 * The phases of one VM_BIND ioctl up to commit: check, create, parse, commit, or unwind. All of them run under vm->lock in
 * one step. Mirrors xe_vm.c of the first seed: xe_vm_bind_ioctl, vm_bind_ioctl_ops_create, _parse, _commit, _unwind.
 *
 * As it should be and not as posted: a list is created against the tree with all lists before it applied (S14), and
 * nothing is published before every list of the array exists, so that a failure leaves no trace (S07, S09, S11).
 */
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { checkBind, type Refusal } from '../../domain/ioctl/bind-check.ts';
import { type BindRequest, type BindView, checkedOp } from '../../domain/ioctl/bind-request.ts';
import type { CheckedOp } from '../../domain/ioctl/bind-request.ts';
import { applyOps, type Op } from '../../domain/va/ops.ts';
import { type OrErrno, refused } from '../../domain/va/result.ts';
import { mapOps, unmapAllOps, unmapOps } from '../../domain/va/split-merge.ts';
import type { VaSpace } from '../../domain/va/va-space.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { bindEngineOf, type Call, callOf, type VmContext, type VmOp, withCall } from './context.ts';
import { numberOps } from './pieces.ts';

function viewOf(context: VmContext, shared: SharedReader, vm: BindView['vm']): BindView {
  return {
    vm,
    vmAsync: context.async,
    vmRange: context.space.config.range,
    boRange: (id) => {
      const bo = shared.bo(id);
      return bo === undefined || bo.closed ? undefined : bo.range;
    },
    capture: ({ syncobj, point }) => shared.capture(syncobj, point),
    syncobjKind: (id) => shared.syncobj(id)?.kind,
  };
}

/** Takes vm->lock for the call; what is wrong with its arguments is noted. */
const begin: Action<VmContext> = (context, event) => {
  const request: BindRequest = dataOf(event, 'vm.bind');
  const refusal: Refusal | null = checkBind(request, viewOf(context, event.shared, 'open'));
  const waits = request.in.flatMap(
    ({ syncobj, point }) => event.shared.capture(syncobj, point) ?? [],
  );
  const number = context.counts.call + 1;
  const call: Call = {
    number,
    client: event.from,
    async: request.async,
    refusal,
    binds: refusal === null ? request.ops.map(checkedOp) : [],
    out: request.out,
    waits: [...new Set(waits)],
    created: 0,
    error: 0,
    staged: context.space,
    ops: [],
    executed: 0,
    fences: [],
    asyncFence: null,
  };
  return outcome({ ...context, call, counts: { ...context.counts, call: number } });
};

const isRefused: Guard<VmContext> = (context) => callOf(context).refusal !== null;

const replyRefused: Action<VmContext> = (context) => {
  const { number: call, client, refusal } = callOf(context);
  if (refusal === null) throw new RangeError('a call that nothing refused');
  const { row, error } = refusal;
  return outcome(
    { ...context, call: null },
    fact({ type: 'bind.refused', vm: context.id, call, error, row }),
    send(client, 'ioctl.done', { result: error }),
  );
};

/** The ioctl on a VM that is not there. Its arguments are looked at before its VM is looked up. */
const refuseBind =
  (vm: 'unknown' | 'closed'): Action<VmContext> =>
  (context, event) => {
    const refusal = checkBind(dataOf(event, 'vm.bind'), viewOf(context, event.shared, vm));
    if (refusal === null) throw new RangeError(`a bind on a VM that is ${vm} must be refused`);
    const call = context.counts.call + 1;
    const { row, error } = refusal;
    return outcome(
      { ...context, counts: { ...context.counts, call } },
      fact({ type: 'bind.refused', vm: context.id, call, error, row }),
      send(event.from, 'ioctl.done', { result: error }),
    );
  };

function listFor(space: VaSpace, bind: CheckedOp): OrErrno<Op[]> {
  switch (bind.op) {
    case 'map': {
      const { addr, range, obj, offset, null: isNull, readOnly } = bind;
      return mapOps(space, { addr, range, obj, offset, attrs: { null: isNull, readOnly } });
    }
    case 'unmap':
      return unmapOps(space, bind.addr, bind.range);
    case 'unmapAll':
      return unmapAllOps(space, bind.obj);
  }
}

/** Creates the op list of the next bind op and applies it to the staged space. */
const createList: Action<VmContext> = (context) => {
  const call = callOf(context);
  const bind = call.binds[call.created];
  if (bind === undefined) throw new RangeError('no bind op left');
  const list = listFor(call.staged, bind);
  if (refused(list)) return outcome(withCall(context, { error: list }));
  const applied = applyOps(call.staged, list, context.counts.va + 1);
  if (refused(applied)) return outcome(withCall(context, { error: applied }));
  const { ops, last: va } = numberOps(list, context.counts.va);
  const next = withCall(
    { ...context, counts: { ...context.counts, va } },
    { created: call.created + 1, staged: applied.space, ops: [...call.ops, ...ops] },
  );
  const made = { vm: context.id, call: call.number, bind: call.created, ops };
  return outcome(next, fact({ type: 'ops.created', ...made }));
};

/**
 * All lists exist. An asynchronous call with out-syncs takes the next number of the bind queue's own fence context,
 * as the kernel does here and not later.
 */
const parse: Action<VmContext> = (context) => {
  const { async, out } = callOf(context);
  if (!async || out.length === 0) return outcome(context);
  const counts = { ...context.counts, async: context.counts.async + 1 };
  const asyncFence = fenceKeyOf(`${bindEngineOf(context.id)}/async`, counts.async);
  return outcome(
    withCall({ ...context, counts }, { asyncFence }),
    fact({ type: 'fence.created', fence: asyncFence, kind: 'async-op', parts: [] }),
  );
};

const createFailed: Guard<VmContext> = (context) => callOf(context).error !== 0;
const moreLists: Guard<VmContext> = (context) => {
  const { created, binds } = callOf(context);
  return created < binds.length;
};

/** The space as it was is still there: the staged one is dropped. */
const unwind: Action<VmContext> = (context) => {
  const { number: call, client, error } = callOf(context);
  return outcome(
    { ...context, call: null },
    fact({ type: 'bind.unwound', vm: context.id, call, error }),
    send(client, 'ioctl.done', { result: error }),
  );
};

function committed(vm: string, op: VmOp): Effect[] {
  const gone = ({ va, addr, range }: Piece): Effect =>
    fact({ type: 'va.unmapped', vm, va, addr, range });
  const here = (piece: Piece): Effect => fact({ type: 'va.mapped', vm, ...piece });
  switch (op.op) {
    case 'map':
      return [here(op.map)];
    case 'unmap':
      return [gone(op.unmap)];
    case 'remap':
      return [
        gone(op.unmap),
        ...[op.prev, op.next].flatMap((each) => (each === null ? [] : [here(each)])),
      ];
  }
}

/** From here on the address space shows the future: no page table has changed yet. */
const commit: Action<VmContext> = (context) => {
  const { number: call, staged, ops } = callOf(context);
  const { id: vm } = context;
  return outcome(
    { ...context, space: staged },
    ...ops.flatMap((op) => committed(vm, op)),
    fact({ type: 'bind.accepted', vm, call, ops: ops.length, engine: bindEngineOf(vm) }),
  );
};

const isAsync: Guard<VmContext> = (context) => callOf(context).async;

export const phaseActions = {
  begin,
  replyRefused,
  refuseUnknown: refuseBind('unknown'),
  refuseClosed: refuseBind('closed'),
  createList,
  parse,
  unwind,
  commit,
};
export const phaseGuards = { isRefused, createFailed, moreLists, isAsync };
