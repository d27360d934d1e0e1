/**
 * The VM_BIND ioctl. A synchronous one executes its ops one after another and stops at the first that fails; those
 * before it stay done. An asynchronous one prepares a job for each op, and pushes them all or none. Mirrors panthor_drv.c
 * (panthor_ioctl_vm_bind_sync, panthor_ioctl_vm_bind_async) and panthor_mmu.c (panthor_vm_bind_exec_sync_op,
 * panthor_vm_bind_job_create, panthor_vm_bind_job_update_resvs).
 */
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { ERRNO } from '../../domain/errno.ts';
import { type RawImmediateOp, withCallSyncs } from '../../domain/ioctl/immediate-op.ts';
import { type Given, submitted } from '../../domain/ioctl/immediate-syncs.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type StepEvent } from '../contract/event.ts';
import type { ActorId, BindJob, OpContext } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type PanthorVm, queueOf, type SyncCall } from './context.ts';
import { prepare } from './prepare.ts';

type Event = Pick<StepEvent, 'shared' | 'decide'>;

const answer = (client: ActorId, result: number): Effect => send(client, 'ioctl.done', { result });

/** The next op that has something to do is prepared and wants op_lock; or the call is over. */
export function goOn(vm: PanthorVm, call: SyncCall, { shared, decide }: Event): Outcome<PanthorVm> {
  const { number, client, ops } = call;
  const effects: Effect[] = [];
  const stop = (done: number, error: number, row: string | null): Outcome<PanthorVm> =>
    outcome(
      vm,
      ...effects,
      fact({ type: 'bind.stopped', vm: vm.id, call: number, done, error, row }),
      answer(client, error),
    );
  for (let at = call.at; at < ops.length; at++) {
    const raw = ops[at] as RawImmediateOp;
    const found = prepare(vm, raw, { call: number, bind: at }, false, shared, decide);
    if (found.kind === 'refused') return stop(at, found.refusal.error, found.refusal.row);
    if (found.kind === 'failed') return stop(at, found.error, null);
    if (found.kind === 'oopsed') return oopsed(vm, found.where);
    if (found.kind === 'empty') continue;
    const waiter = { owner: { kind: 'call', call: { ...call, at } }, op: found.op } as const;
    return outcome({ ...vm, waiters: [...vm.waiters, waiter] }, ...effects, ...found.effects);
  }
  const finished = fact({ type: 'bind.finished', vm: vm.id, call: number });
  return outcome(vm, ...effects, finished, answer(client, 0));
}

/** The process is killed where it stands, with the ioctl unanswered. */
const oopsed = (vm: PanthorVm, where: string): Outcome<PanthorVm> =>
  outcome(vm, fact({ type: 'driver.oopsed', vm: vm.id, where }));

function bindSync(
  vm: PanthorVm,
  client: ActorId,
  ops: readonly RawImmediateOp[],
  event: Event,
): Outcome<PanthorVm> {
  const number = vm.counts.call;
  const next = goOn(vm, { number, client, ops, at: 0 }, event);
  const [first] = next.effects;
  const isRefused =
    first?.effect === 'fact' &&
    first.fact.type === 'bind.stopped' &&
    first.fact.done === 0 &&
    first.fact.row !== null;
  if (isRefused) {
    const { error, row } = first.fact as { error: number; row: string };
    return refuse(vm, client, error, row);
  }
  const accepted = fact({
    type: 'bind.accepted',
    vm: vm.id,
    call: number,
    ops: ops.length,
    engine: queueOf(vm.id),
  });
  return outcome(next.context, accepted, ...next.effects);
}

const refuse = (vm: PanthorVm, client: ActorId, error: number, row: string): Outcome<PanthorVm> =>
  outcome(
    vm,
    fact({ type: 'bind.refused', vm: vm.id, call: vm.counts.call, error, row }),
    answer(client, error),
  );

/** The syncobjs hold the fences of the jobs (panthor_submit_ctx_push_fences). */
const fill = ({ syncobj, point, fence }: Given): Effect[] => {
  if (fence === null) return [];
  return point === undefined || point === '0x0'
    ? [fact({ type: 'syncobj.replaced', syncobj, fence })]
    : [fact({ type: 'syncobj.advanced', syncobj, point, fence })];
};

/** Where the fence of a job goes: it is only kept, nobody waits for it without being told to. */
function reserved(vm: PanthorVm, { op, fence }: BindJob, shared: SharedReader): Effect[] {
  const obj = op.op.op === 'map' ? op.op.obj : null;
  const external = obj !== null && shared.bo(obj)?.vm === null ? [obj] : [];
  return [vm.id, ...external].map((resv) =>
    fact({ type: 'resv.added', resv, fence, usage: 'bookkeep' }),
  );
}

function bindAsync(
  vm: PanthorVm,
  client: ActorId,
  ops: readonly RawImmediateOp[],
  { shared, decide }: Event,
): Outcome<PanthorVm> {
  const { id, counts } = vm;
  const contexts: OpContext[] = [];
  const prepared: Effect[] = [];
  for (const [bind, raw] of ops.entries()) {
    const found = prepare(vm, raw, { call: counts.call, bind }, true, shared, decide);
    if (found.kind === 'refused') return refuse(vm, client, found.refusal.error, found.refusal.row);
    if (found.kind === 'oopsed') return oopsed(vm, found.where);
    if (found.kind === 'failed') {
      const unwound = fact({ type: 'bind.unwound', vm: id, call: counts.call, error: found.error });
      return outcome(vm, unwound, answer(client, found.error));
    }
    if (found.kind === 'empty') throw new RangeError('an asynchronous op is never passed over');
    contexts.push(found.op);
    prepared.push(...found.effects);
  }
  const queue = queueOf(id);
  const view = {
    capture: ({ syncobj, point }: { syncobj: string; point?: string | undefined }) =>
      shared.capture(syncobj, point),
    syncobjKind: (syncobj: string) => shared.syncobj(syncobj)?.kind,
    fenceOf: (job: number) => fenceKeyOf(queue, counts.job + 1 + job),
  };
  const syncs = submitted(ops, view);
  if ('row' in syncs) return refuse(vm, client, syncs.error, syncs.row);
  const jobs = contexts.map((op, i): BindJob => {
    const fence = view.fenceOf(i);
    const waits = syncs.waits[i] ?? [];
    return { id: fence, fence, waits, op, last: i === contexts.length - 1 };
  });
  const next = {
    ...vm,
    counts: { ...counts, job: counts.job + jobs.length },
    jobsLeft: vm.jobsLeft + jobs.length,
  };
  const call = { vm: id, call: counts.call };
  return outcome(
    next,
    fact({ type: 'bind.accepted', ...call, ops: ops.length, engine: queue }),
    ...prepared,
    ...jobs.flatMap((job) => [
      fact({ type: 'fence.created', fence: job.fence, kind: 'bind-job', parts: [] }),
      ...reserved(vm, job, shared),
      fact({ type: 'job.queued', engine: queue, job: job.id, fence: job.fence, waits: job.waits }),
      send(queue, 'bindJob.push', { job }),
    ]),
    ...syncs.given.flatMap(fill),
    ...(jobs.length === 0 ? [fact({ type: 'bind.finished', ...call })] : []),
    answer(client, 0),
  );
}

const begin: Action<PanthorVm> = (context, event) => {
  const request = dataOf(event, 'vm.bind');
  const counts = { ...context.counts, call: context.counts.call + 1 };
  const vm = { ...context, counts };
  const ops = withCallSyncs(request);
  return request.async
    ? bindAsync(vm, event.from, ops, event)
    : bindSync(vm, event.from, ops, event);
};

/** A VM that was never made, or is gone: its id leads nowhere. */
const refuseUnknown: Action<PanthorVm> = (context, event) => {
  const counts = { ...context.counts, call: context.counts.call + 1 };
  return refuse({ ...context, counts }, event.from, ERRNO.EINVAL, 'op-1');
};

export const bindActions = { begin, refuseUnknown };
