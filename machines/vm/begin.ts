/** The beginning of a VM_BIND ioctl: its arguments are checked, and it takes vm->lock or is refused. */
import { checkBind, type Refusal } from '../../domain/ioctl/bind-check.ts';
import {
  type BindRequest,
  type BindView,
  type CheckedOp,
  checkedOp,
} from '../../domain/ioctl/bind-request.ts';
import { ERRNO } from '../../domain/errno.ts';
import { fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { keptByLookup } from './held.ts';
import {
  bindEngineOf,
  type Call,
  callOf,
  rebinderOf,
  type VmContext,
  workerOf,
} from './context.ts';

function viewOf(context: VmContext, shared: SharedReader, vm: BindView['vm']): BindView {
  return {
    vm,
    vmAsync: context.async,
    vmInError: context.error !== 0,
    vmMode: context.mode,
    vmRange: context.space.config.range,
    gts: context.gts.length,
    boRange: (id) => {
      const bo = shared.bo(id);
      return bo === undefined || bo.closed ? undefined : bo.range;
    },
    is64K: (id) => shared.bo(id)?.is64K === true,
    queueKind: (id) => shared.queue(id)?.kind,
    capture: ({ syncobj, point }) => shared.capture(syncobj, point),
    syncobjKind: (id) => shared.syncobj(id)?.kind,
  };
}

/** The lock was not to be had: a signal came (the last row of the table that can refuse). */
const INTERRUPTED: Refusal = { row: '19', what: 'interrupted', error: ERRNO.EINTR };

function bindsOf({ ops, async }: BindRequest): readonly CheckedOp[] {
  const [first, ...rest] = ops.map((op) => () => checkedOp(op, async));
  const bind = first?.();
  if (bind === undefined || bind.op === 'restart') return bind === undefined ? [] : [bind];
  return [bind, ...rest.map((check) => check())];
}

/** Takes vm->lock for the call; what is wrong with its arguments is noted. */
const begin: Action<VmContext> = (context, event) => {
  const { shared, decide } = event;
  const request: BindRequest = dataOf(event, 'vm.bind');
  let refusal = checkBind(request, viewOf(context, shared, 'open'));
  if (refusal === null && decide.fails('lock')) refusal = INTERRUPTED;
  const waits = request.in.flatMap((sync) =>
    'syncobj' in sync ? (shared.capture(sync.syncobj, sync.point) ?? []) : [],
  );
  const number = context.counts.call + 1;
  const call: Call = {
    number,
    client: event.from,
    engine: request.queue ?? bindEngineOf(context.id),
    async: request.async,
    refusal,
    binds: refusal === null ? bindsOf(request) : [],
    out: request.out,
    waits: [...new Set(waits)],
    created: 0,
    error: 0,
    staged: context.space,
    ops: [],
    lists: [],
    held: [],
    injected: [],
    executed: 0,
    fences: [],
    asyncFence: null,
  };
  return outcome({ ...context, call, counts: { ...context.counts, call: number } });
};

const isRefused: Guard<VmContext> = (context) => callOf(context).refusal !== null;

/**
 * What the process takes the answer for. S32: RESTART with syncs returns +EINVAL, which is no -1 with an errno: whoever
 * asks for less than 0 sees a success.
 */
const seenAs = ({ row, error }: Refusal, shared: SharedReader): number =>
  row === '14b' && shared.has('S32') ? 0 : error;

const replyRefused: Action<VmContext> = (context, event) => {
  const { number: call, client, refusal } = callOf(context);
  if (refusal === null) throw new RangeError('a call that nothing refused');
  const { row, error } = refusal;
  const request: BindRequest = dataOf(event, 'vm.bind');
  return outcome(
    { ...context, call: null },
    ...keptByLookup(context, callOf(context), request, event.shared),
    fact({ type: 'bind.refused', vm: context.id, call, error, row }),
    send(client, 'ioctl.done', { result: seenAs(refusal, event.shared) }),
  );
};

/**
 * The ioctl on a VM whose id leads nowhere: it was never made, or its destroy ioctl has come, which takes the id away
 * first. Its arguments are looked at before its VM is looked up. (ENOENT is for who had looked it up before; here the
 * lookup and taking the lock are one step.)
 */
const refuseUnknown: Action<VmContext> = (context, event) => {
  const refusal = checkBind(dataOf(event, 'vm.bind'), viewOf(context, event.shared, 'unknown'));
  if (refusal === null) throw new RangeError('a bind on a VM that is not there must be refused');
  const call = context.counts.call + 1;
  const { row, error } = refusal;
  return outcome(
    { ...context, counts: { ...context.counts, call } },
    fact({ type: 'bind.refused', vm: context.id, call, error, row }),
    send(event.from, 'ioctl.done', { result: error }),
  );
};

const isRestart: Guard<VmContext> = (context) => callOf(context).binds[0]?.op === 'restart';

/**
 * RESTART: the worker runs again and begins with the op that failed; so does the rebind worker of a compute VM. Whatever
 * else is in its array is not looked at.
 */
const restart: Action<VmContext> = (context) => {
  const { client } = callOf(context);
  const { id: vm } = context;
  const rebinder = context.mode === 'compute' ? [send(rebinderOf(vm), 'work.queue', {})] : [];
  return outcome(
    { ...context, call: null, error: 0 },
    fact({ type: 'vm.restarted', vm }),
    send(workerOf(vm), 'work.queue', {}),
    ...rebinder,
    send(client, 'ioctl.done', { result: 0 }),
  );
};

export const beginActions = {
  begin,
  replyRefused,
  refuseUnknown,
  restart,
};
export const beginGuards = { isRefused, isRestart };
