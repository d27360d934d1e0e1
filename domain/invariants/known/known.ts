/**
 * All that invariants need to know of a run so far: one value, folded from the facts alone and shared by all of them.
 * It is kept apart from the simulator's own folds (machines/shared), which are among the things under test.
 */
import type { Fact } from '../../facts/schema.ts';
import type { BindOp, SyncRef } from '../../scenario/schema.ts';
import type { RunRecord } from '../record.ts';
import { askedBy, type Request } from './asked.ts';
import { BIND_FOLDS } from './fold-binds.ts';
import { MEMORY_FOLDS } from './fold-memory.ts';
import { QUEUE_FOLDS } from './fold-queues.ts';
import { type Fold, type Folds, inCalls, type Known } from './state.ts';

export { type Known, NOTHING_KNOWN } from './state.ts';

const captured = ({ held }: Known, { syncobj, point }: SyncRef): string[] => {
  const points = held[syncobj] ?? [];
  const wanted = BigInt(point ?? 0);
  const index = points.findIndex((each) => each.point >= wanted);
  return points.slice(0, index + 1).map(({ fence }) => fence);
};

/** The fences that a sync entry of an ioctl stands for when it comes in. */
function capturedBy(known: Known, sync: unknown): string[] {
  const isRef = typeof sync === 'object' && sync !== null && 'syncobj' in sync;
  return isRef ? captured(known, sync as SyncRef) : [];
}

/** A VM_BIND ioctl comes in: its in-fences are those of this moment. */
export function foldRequest(known: Known, { actor, data }: RunRecord): Known {
  const { async, ops, in: ins } = data as { async?: boolean; ops?: unknown; in?: unknown };
  const request: Request = {
    async: async === true,
    ops: Array.isArray(ops) ? (ops as BindOp[]).map((op) => askedBy(op, async === true)) : [],
    ins: Array.isArray(ins) ? ins.flatMap((sync) => capturedBy(known, sync)) : [],
  };
  const before = known.calls.asked[actor] ?? [];
  const asked = { ...known.calls.asked, [actor]: [...before, request] };
  return inCalls(known, { ...known.calls, asked });
}

const FOLDS: Folds = { ...BIND_FOLDS, ...MEMORY_FOLDS, ...QUEUE_FOLDS };

export function foldFact(known: Known, fact: Fact, record: RunRecord): Known {
  const fold = FOLDS[fact.type] as Fold<never> | undefined;
  return fold === undefined ? known : fold(known, fact as never, record);
}

/** What counts only within one record. */
export function forgetRecord(known: Known): Known {
  const { fresh, written } = known.calls;
  if (fresh.length === 0 && written.length === 0) return known;
  return inCalls(known, { ...known.calls, fresh: [], written: [] });
}
