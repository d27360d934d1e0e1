/**
 * An op under op_lock: its region is locked, its steps change tree and tables, the region is flushed and unlocked, and
 * only then is whoever asked for it told. Mirrors panthor_mmu.c (panthor_vm_exec_op, panthor_vm_bind_run_job).
 *
 * The region stays locked from before the first entry is stored until the flush is done, so the steps of an op are one
 * step here: neither the GPU nor another op can look in between.
 */
import { ERRNO } from '../../domain/errno.ts';
import { PLAIN } from '../../domain/va/mapping.ts';
import type { Op } from '../../domain/va/ops.ts';
import { checkRange } from '../../domain/va/range-check.ts';
import { type OrErrno, refused } from '../../domain/va/result.ts';
import { mapOps, unmapOps } from '../../domain/va/split-merge.ts';
import type { AllCosts } from '../../hw/costs.ts';
import { wholeBlocks } from '../../hw/io-pgtable.ts';
import type { PtRange } from '../../hw/pt-tree.ts';
import { type Effect, fact, outcome, type Outcome, send, work } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import { dropRef } from '../shared/refs.ts';
import { destroyed } from '../vm/destroyed.ts';
import { numberOps } from '../vm/pieces.ts';
import { goOn } from './bind.ts';
import { type PanthorVm, type Running, runningOf, treeOf } from './context.ts';
import { afterDestroy } from './life.ts';
import { holderOf } from './prepare.ts';
import { perform, type Steps } from './steps.ts';

/** Which of those who want op_lock gets it is up to the kernel's mutex. */
const takeLock: Action<PanthorVm> = (context, { decide }) => {
  const at = decide.pick('op_lock', context.waiters.length);
  const waiter = context.waiters[at];
  if (waiter === undefined) throw new RangeError(`nobody wants the lock of ${context.id}`);
  const running: Running = {
    ...waiter,
    result: rangeError(context, waiter.op),
    returned: [],
    freed: [],
  };
  const closing =
    waiter.owner.kind === 'destroy' ? [fact({ type: 'vm.closing', vm: context.id })] : [];
  return outcome({ ...context, waiters: context.waiters.toSpliced(at, 1), running }, ...closing);
};

/** A range that is not in the VM, or empty: drm_gpuvm refuses it before anything is changed. */
function rangeError({ space }: PanthorVm, { op }: Running['op']): number {
  if (op.op === 'sync') return 0;
  return op.range === 0 ? ERRNO.EINVAL : checkRange(space.config, op.addr, op.range);
}

/** What the op may change: a block that it cuts goes whole (unmap_hugepage_align). */
function regionOf(context: PanthorVm): PtRange {
  const { op } = runningOf(context).op;
  if (op.op === 'sync') throw new RangeError('an op without a range takes no lock');
  return wholeBlocks(treeOf(context), op);
}

const lockRegion: Action<PanthorVm> = (context) => {
  const { id: vm, gt } = context;
  return outcome(context, send(gt, 'as.lock', { vm, ...regionOf(context) }));
};

/** An unusable VM takes no new mapping, nor does one whose destroy ioctl has unmapped all; that has nothing to unmap. */
function listOf(vm: PanthorVm, { op }: Running['op']): OrErrno<Op[]> {
  const { space, quirks, unusable, emptied } = vm;
  if (op.op === 'sync' || (emptied && op.op === 'unmap')) return [];
  if (op.op === 'unmap') return unmapOps(space, op.addr, op.range, quirks);
  if (unusable || emptied) return ERRNO.EINVAL;
  const { addr, range, obj, offset, repeat, readOnly, null: isNull } = op;
  const attrs = { ...PLAIN, null: isNull, readOnly };
  return mapOps(space, { addr, range, obj, offset, repeat, attrs }, quirks);
}

/** The steps of an op one after another; the first that fails is the last. */
function runSteps(context: PanthorVm, event: StepEvent): Outcome<PanthorVm> {
  const running = runningOf(context);
  const { call, bind } = running.op;
  const ops = listOf(context, running.op);
  if (refused(ops)) return outcome(ended(context, running, { result: ops }));
  const options = { immediate: false, region: 'system' } as const;
  const numbered = numberOps(ops, context.counts.va, options).ops;
  const isCall = running.owner.kind !== 'destroy' && !context.emptied;
  const steps: Steps = {
    ...{ vm: context, effects: [], freed: [], returned: [], call, bind },
    shared: event.shared,
    decide: event.decide,
  };
  if (isCall)
    steps.effects.push(fact({ type: 'ops.created', vm: context.id, call, bind, ops: numbered }));
  let result = 0;
  let done = context.executed[call] ?? 0;
  for (const [i, op] of ops.entries()) {
    const each = numbered[i];
    if (each === undefined) throw new RangeError('a list that was numbered in part');
    result = perform(steps, op, each, isCall ? done : null);
    if (result !== 0) break;
    done += 1;
  }
  const executed = isCall ? { ...steps.vm.executed, [call]: done } : steps.vm.executed;
  const { returned, freed, effects } = steps;
  const cost = work(workNs(effects, ops.length, event.shared.device.costs));
  return {
    context: ended({ ...steps.vm, executed }, running, { result, returned, freed }),
    effects: [...effects, ...cost],
  };
}

/** What the CPU works for an op: its steps, the tables that it takes, the entries that it stores. */
function workNs(effects: readonly Effect[], steps: number, costs: AllCosts): number {
  const each = effects.map((effect) => {
    if (effect.effect !== 'fact') return 0;
    if (effect.fact.type === 'table.allocated') {
      return costs.tableNs + entriesIn(effect.fact.runs) * costs.cpuEntryNs;
    }
    if (effect.fact.type !== 'pte.written') return 0;
    return effect.fact.runs.reduce((sum, { count }) => sum + count, 0) * costs.cpuEntryNs;
  });
  return each.reduce((sum, ns) => sum + ns, steps * costs.opNs);
}

/** Entries of a new table that map something. */
const entriesIn = (runs: readonly { readonly count: number; readonly pte: number }[]): number =>
  runs.reduce((sum, { count, pte }) => sum + (pte === 0 ? 0 : count), 0);

const ended = (context: PanthorVm, running: Running, change: Partial<Running>): PanthorVm => ({
  ...context,
  running: { ...running, ...change },
});

/** The region is locked: the op runs, and whatever came of it the region is flushed. */
const execute: Action<PanthorVm> = (context, event) => {
  const ran = runSteps(context, event);
  const { id: vm, gt } = context;
  return { context: ran.context, effects: [...ran.effects, send(gt, 'as.flush', { vm })] };
};

const lockFailed: Guard<PanthorVm> = (_context, event) => dataOf(event, 'as.locked').result !== 0;

/**
 * The unmap of everything may not fail: it asks again, which is taken once the reset is over. (The kernel warns, and the
 * mappings keep the VM for ever.)
 */
const mustRetry: Guard<PanthorVm> = (context, event) =>
  lockFailed(context, event) && runningOf(context).owner.kind === 'destroy';

const noteLockError: Action<PanthorVm> = (context, event) => {
  const { result } = dataOf(event, 'as.locked');
  return outcome(ended(context, runningOf(context), { result }));
};

/** After the flush nothing leads to what was unmapped any more (panthor_vm_cleanup_op_ctx). */
function letGo(context: PanthorVm, { op, returned, freed }: Running, event: StepEvent): Effect[] {
  const { id: vm, gt } = context;
  const effects: Effect[] = freed.map((table) => fact({ type: 'table.freed', gt, vm, table }));
  let now = event.shared.after(effects);
  const drop = (more: readonly Effect[]): void => {
    for (const each of more) effects.push(each);
    now = now.after(more);
  };
  for (const each of returned) drop(destroyed(vm, each, now));
  if (op.op.op === 'map' && op.op.obj !== null) drop(dropRef(now, op.op.obj, holderOf(vm, op)));
  return effects;
}

/** Who asked is told; a synchronous call goes on with its next op. */
const endOp: Action<PanthorVm> = (context, event) => {
  const running = runningOf(context);
  const { owner, op, result } = running;
  const { call, bind } = op;
  const { id: vm } = context;
  const effects = letGo(context, running, event);
  let next: PanthorVm = { ...context, running: null };
  if (result !== 0) effects.push(fact({ type: 'op.failed', vm, call, bind, error: result }));
  if (owner.kind === 'destroy') {
    const done = afterDestroy(next, owner.client);
    return { context: done.context, effects: [...effects, ...done.effects] };
  }
  if (owner.kind === 'call') {
    if (result === 0) {
      const later = { shared: event.shared.after(effects), decide: event.decide };
      const gone = goOn(next, { ...owner.call, at: owner.call.at + 1 }, later);
      return { context: gone.context, effects: [...effects, ...gone.effects] };
    }
    const stopped = fact({ type: 'bind.stopped', vm, call, done: bind, error: result, row: null });
    return outcome(next, ...effects, stopped, send(owner.call.client, 'ioctl.done', { result }));
  }
  if (result !== 0 && !next.unusable) {
    effects.push(fact({ type: 'vm.unusable', vm }));
    next = { ...next, unusable: true };
  }
  const { job, queue } = owner;
  if (job.last && result === 0) effects.push(fact({ type: 'bind.finished', vm, call }));
  return outcome(
    { ...next, jobsLeft: next.jobsLeft - 1 },
    ...effects,
    send(queue, 'bindJob.ran', { job: job.id, result }),
  );
};

/** A job's turn has come: it wants op_lock, unless it is there for its syncs only. */
const takeJob: Action<PanthorVm> = (context, event) => {
  const { job } = dataOf(event, 'vm.runJob');
  const { call } = job.op;
  if (job.op.op.op !== 'sync') {
    const owner = { kind: 'job', queue: event.from, job } as const;
    return outcome({ ...context, waiters: [...context.waiters, { owner, op: job.op }] });
  }
  const finished = job.last ? [fact({ type: 'bind.finished', vm: context.id, call })] : [];
  return outcome(
    { ...context, jobsLeft: context.jobsLeft - 1 },
    ...finished,
    send(event.from, 'bindJob.ran', { job: job.id, result: 0 }),
  );
};

const endsEarly: Guard<PanthorVm> = ({ running }) => running !== null && running.result !== 0;
const someoneWaits: Guard<PanthorVm> = ({ waiters }) => waiters.length > 0;

export const execOpActions = { takeLock, lockRegion, execute, noteLockError, endOp, takeJob };
export const execOpGuards = { endsEarly, someoneWaits, lockFailed, mustRetry };
