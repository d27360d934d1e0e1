/**
 * Asynchronous fences: what the out-syncs of a call hold before its jobs exist. Each is attached to the fence that its
 * call comes to and signals when that does. All of a bind queue's are of one context, so a younger one also waits for
 * those before it: a later bind may be done while an earlier unbind's invalidation is still under way. Mirrors xe_vm.c
 * (add_async_op_fence_cb, async_op_fence_cb); the order is what today's driver gets from its queues' last fences.
 */
import { contextOf, type FenceKey, fenceKeyOf, STUB } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, type Outcome } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signalEach } from '../shared/signal.ts';
import {
  type Attached,
  type Call,
  cpuFlushContext,
  flushContext,
  type VmContext,
} from './context.ts';

export interface Joined {
  readonly context: VmContext;
  readonly fence: FenceKey;
  readonly effects: readonly Effect[];
}

/**
 * The context of a call's array. A call that came later on its bind queue has later jobs and later flushes, so arrays
 * of one queue that have the same flushes, of jobs or of the CPU, of the same GTs, signal in their order. Synchronous
 * calls of a VM in error overtake the asynchronous one that failed.
 */
function arrayContext({ id, gts }: VmContext, { engine, async, fences }: Call): string {
  const flushed = new Set(fences.map((fence) => contextOf(fence)));
  const byJobs = gts.filter((gt) => flushed.has(flushContext(engine, gt)));
  const byCpu = gts.filter((gt) => flushed.has(cpuFlushContext(id, gt))).map((gt) => `cpu-${gt}`);
  return `${engine}${async ? '/async' : ''}/array/${[...byJobs, ...byCpu].join('+')}`;
}

/**
 * The fences that a call comes to. As posted (H02) those of its last op, which after a bind is the job's alone: the
 * invalidation of what an op before it unbound may be under way. Mirrors the `fence` of xe_vm.c (__xe_vma_op_execute), which
 * each op of a call overwrites.
 */
function fencesOf({ scratch }: VmContext, call: Call, shared: SharedReader): readonly FenceKey[] {
  const last = call.ops.at(-1)?.op;
  const isBind = (last === 'map' || last === 'remap') && !scratch;
  return isBind && shared.has('H02') ? call.fences.slice(0, 1) : call.fences;
}

/**
 * The fence that stands for a call: its last job's, or an array of that and of every flush's. If the CPU has stored
 * instead, the flushes' alone, or the stub.
 */
export function finalFence(context: VmContext, call: Call, shared: SharedReader): Joined {
  const { number } = call;
  const fences = fencesOf(context, call, shared);
  if (fences.length === 0) throw new RangeError(`${context.id}: call ${number} has no job`);
  const parts = fences.filter((each) => each !== STUB);
  const [first = STUB, ...rest] = parts;
  if (rest.length === 0) return { context, fence: first, effects: [] };
  const array = context.counts.array + 1;
  const fence = fenceKeyOf(arrayContext(context, call), array);
  return {
    context: { ...context, counts: { ...context.counts, array } },
    fence,
    effects: [fact({ type: 'fence.created', fence, kind: 'array', parts })],
  };
}

function withAttached(context: VmContext, last: Attached): VmContext {
  return { ...context, attached: [...context.attached, last] };
}

/** The asynchronous fence of a call that has all its jobs signals when they are done. */
export function attach(context: VmContext, call: Call, shared: SharedReader): Outcome<VmContext> {
  const { asyncFence } = call;
  if (asyncFence === null) return outcome(context);
  const { context: next, fence: real, effects } = finalFence(context, call, shared);
  return outcome(
    withAttached(next, { async: asyncFence, real, result: null }),
    ...effects,
    fact({ type: 'fence.started', fence: asyncFence }),
    fact({ type: 'fence.waited', fence: real, waiter: context.id }),
  );
}

/** The same for a call that a closing VM drops: it has the jobs that the worker got to, or none. */
export function drop(context: VmContext, call: Call, shared: SharedReader): Outcome<VmContext> {
  const { asyncFence, fences } = call;
  if (asyncFence === null || fences.length > 0) return attach(context, call, shared);
  const started = fact({ type: 'fence.started', fence: asyncFence });
  return outcome(withAttached(context, { async: asyncFence, real: STUB, result: 0 }), started);
}

/** Notes how a fence ended. */
export function noted(context: VmContext, fence: FenceKey, error: number): VmContext {
  const attached = context.attached.map((each) =>
    each.real === fence ? { ...each, result: error } : each,
  );
  return { ...context, attached };
}

/** Signals the fences whose turn has come. */
export function settle(context: VmContext, shared: SharedReader): Outcome<VmContext> {
  const held = new Set<string>();
  const due: Attached[] = [];
  for (const each of context.attached) {
    const timeline = contextOf(each.async);
    if (each.result === null) held.add(timeline);
    if (!held.has(timeline)) due.push(each);
  }
  if (due.length === 0) return outcome(context);
  return outcome(
    { ...context, attached: context.attached.filter((each) => !due.includes(each)) },
    ...signalEach(
      shared,
      due.map(({ async, result }) => [async, result ?? 0]),
    ),
  );
}
