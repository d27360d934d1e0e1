/**
 * The CPU's way to change page tables: where the bind queue is idle and nothing is left to wait for, the driver stores
 * the entries itself and no job is made. Mirrors xe_migrate.c (xe_migrate_update_pgtables, its branch that calls
 * xe_migrate_update_pgtables_cpu). The checks before a commit (xe_pt_userptr_pre_commit) are those of a job's, made in
 * the same step (pin.ts).
 *
 * The kernel of 2023 gives the BO's KERNEL fences, and before the unbind of a REMAP all of the VM's, 10 ms to signal
 * before it falls back to a job. Here one that is pending means a job at once, as in today's kernel
 * (xe_pt.c: job_test_add_deps): docs/decisions/022.
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { TableUpdate } from '../../hw/pt-tree.ts';
import { type Effect, fact } from '../contract/effects.ts';
import type { ActorId } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { PtUpdates } from './context.ts';

/** A bind queue, as an update finds it. */
interface BindQueue {
  readonly engine: ActorId;
  /** the number that its next job gets */
  readonly nextSeqno: number;
  /** fences of jobs that are not done, also of this very step; others may be among them */
  readonly inFlight: readonly FenceKey[];
}

/**
 * Whether every job of the queue is done: hw_seqno == next_seqno - 1. As posted the test is hw_seqno == next_seqno, which
 * never holds after the first job (S49). Mirrors xe_engine_is_idle.
 */
export function isQueueIdle({ engine, nextSeqno, inFlight }: BindQueue): boolean {
  return !inFlight.includes(fenceKeyOf(engine, nextSeqno - 1));
}

/**
 * Whether the CPU stores the entries of an update.
 * @param waits what a job would wait for: in-syncs, fences of reservation objects, jobs of other queues
 */
export function isForCpu(
  ptUpdates: PtUpdates,
  queue: BindQueue,
  waits: readonly FenceKey[],
  shared: SharedReader,
): boolean {
  if (ptUpdates === 'gpu' || !isQueueIdle(queue)) return false;
  return waits.every((fence) => shared.isSignaled(fence));
}

/** Stores of the CPU: in force at once, for whoever walks the tables next. */
export function storedByCpu(vm: ActorId, gt: ActorId, updates: readonly TableUpdate[]): Effect[] {
  return updates.map(({ table, level, runs }) =>
    fact({ type: 'pte.written', gt, vm, table, level, runs, by: 'cpu' }),
  );
}
