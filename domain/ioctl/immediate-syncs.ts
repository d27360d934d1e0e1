/**
 * The syncs of the ops of one asynchronous call: which fences each op's job waits for, and what the syncobjs hold once
 * the jobs are pushed. Mirrors panthor_drv.c: panthor_submit_ctx_collect_jobs_signal_ops, then, job by job,
 * panthor_submit_ctx_add_sync_deps_to_job and panthor_submit_ctx_update_job_sync_signal_fences. A later op of the call
 * may wait for what an earlier one signals.
 */
import { ERRNO } from '../errno.ts';
import type { FenceKey } from '../fence/fence-table.ts';
import type { Sync, SyncRef } from '../scenario/schema.ts';
import type { U64 } from '../units.ts';
import { type Refusal, type Rule, type Stage, rulesOf } from './rules.ts';

export interface OpSyncs {
  readonly in: readonly Sync[];
  readonly out: readonly Sync[];
}

export interface SyncsView {
  /** see captureFences; null also for an unknown syncobj */
  readonly capture: (sync: SyncRef) => readonly FenceKey[] | null;
  readonly syncobjKind: (id: string) => 'binary' | 'timeline' | undefined;
  /** the fence of the i-th job */
  readonly fenceOf: (job: number) => FenceKey;
}

/** What a syncobj, or a point of one, is given. */
export interface Given {
  readonly syncobj: string;
  readonly point: U64 | undefined;
  readonly fence: FenceKey | null;
}

export interface Submitted {
  readonly waits: readonly (readonly FenceKey[])[];
  readonly given: readonly Given[];
}

const RULES = {
  s1: {
    row: 'op-s1',
    what: 'a sync that is no syncobj, or has an unknown flag',
    error: ERRNO.EINVAL,
  },
  s2: { row: 'op-s2', what: 'a point of a binary syncobj', error: ERRNO.EINVAL },
  s3: { row: 'op-s3', what: 'signalling an unknown syncobj', error: ERRNO.EINVAL },
  s4: { row: 'op-s4', what: 'a wait for what a later op signals', error: ERRNO.EINVAL },
  s5: { row: 'op-s5', what: 'a wait for an unknown syncobj', error: ERRNO.ENOENT },
  s6: { row: 'op-s6', what: 'a wait for a syncobj or point without a fence', error: ERRNO.EINVAL },
} as const satisfies Record<string, Rule>;

export const IMMEDIATE_SYNC_RULES = rulesOf([
  { rows: Object.values(RULES) } satisfies Pick<Stage<never>, 'rows'>,
]);

/** DRM_PANTHOR_SYNC_OP_SIGNAL, and a handle type of 0 or 1. */
const SYNC_FLAGS = 0x8000_0001n;

/** A syncobj, or what is wrong with the entry (panthor_check_sync_op). */
function refOf(sync: Sync, { syncobjKind }: SyncsView): SyncRef | Refusal {
  if (!('syncobj' in sync)) return RULES.s1;
  if ('flags' in sync && (BigInt(sync.flags) & ~SYNC_FLAGS) !== 0n) return RULES.s1;
  const { syncobj, point } = sync;
  const isBinary = syncobjKind(syncobj) === 'binary';
  return isBinary && point !== undefined && point !== '0x0' ? RULES.s2 : { syncobj, point };
}

const isRefusal = (found: SyncRef | Refusal): found is Refusal => 'row' in found;
const isSame = (a: SyncRef, b: Given): boolean => a.syncobj === b.syncobj && a.point === b.point;

export function submitted(ops: readonly OpSyncs[], view: SyncsView): Submitted | Refusal {
  const signals: Given[] = [];
  for (const sync of ops.flatMap(({ out }) => out)) {
    const ref = refOf(sync, view);
    if (isRefusal(ref)) return ref;
    if (view.syncobjKind(ref.syncobj) === undefined) return RULES.s3;
    if (signals.some((each) => isSame(ref, each))) continue;
    const [fence = null] = view.capture(ref) ?? [];
    signals.push({ syncobj: ref.syncobj, point: ref.point, fence });
  }
  const waits: FenceKey[][] = [];
  for (const [job, op] of ops.entries()) {
    const found = waitsOf(op, signals, view);
    if ('row' in found) return found;
    waits.push(found);
    for (const sync of op.out) {
      const at = signals.findIndex((each) => isSame(sync as SyncRef, each));
      const old = signals[at];
      if (old !== undefined) signals[at] = { ...old, fence: view.fenceOf(job) };
    }
  }
  return { waits, given: signals };
}

function waitsOf(op: OpSyncs, signals: readonly Given[], view: SyncsView): FenceKey[] | Refusal {
  const waits: FenceKey[] = [];
  for (const sync of op.in) {
    const ref = refOf(sync, view);
    if (isRefusal(ref)) return ref;
    const signal = signals.find((each) => isSame(ref, each));
    if (signal !== undefined) {
      if (signal.fence === null) return RULES.s4;
      waits.push(signal.fence);
      continue;
    }
    if (view.syncobjKind(ref.syncobj) === undefined) return RULES.s5;
    const fences = view.capture(ref);
    if (fences === null) return RULES.s6;
    waits.push(...fences);
  }
  return waits;
}
