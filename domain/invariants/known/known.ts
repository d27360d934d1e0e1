/**
 * All that invariants need to know of a run so far: one value, folded from the facts alone and shared by all of them.
 * It is kept apart from the simulator's own folds (machines/shared), which are among the things under test.
 */
import { driverOf } from '../../driver/drivers.ts';
import type { Fact, FactType } from '../../facts/schema.ts';
import type { BindOp, SyncRef } from '../../scenario/schema.ts';
import type { RunRecord } from '../record.ts';
import { type Asked, askedBy, askedOfDriver, type Request } from './asked.ts';
import { BIND_FOLDS } from './fold-binds.ts';
import { capturedFrom } from './held.ts';
import { MEMORY_FOLDS } from './fold-memory.ts';
import { QUEUE_FOLDS } from './fold-queues.ts';
import { type Fold, type Folds, inCalls, type Known } from './state.ts';

export { type Known, NOTHING_KNOWN } from './state.ts';

/** The fences that a sync entry of an ioctl stands for when it comes in. */
function capturedBy(known: Known, sync: unknown): string[] {
  const isRef = typeof sync === 'object' && sync !== null && 'syncobj' in sync;
  if (!isRef) return [];
  const { syncobj, point } = sync as SyncRef;
  return capturedFrom(known.held, syncobj, BigInt(point ?? 0));
}

const askedOf =
  ({ profile }: Known, isAsync: boolean) =>
  (op: BindOp): Asked =>
    driverOf(profile) === null ? askedBy(op, isAsync) : askedOfDriver(op);

/** A VM_BIND ioctl comes in: its in-fences are those of this moment. */
export function foldRequest(known: Known, { actor, data }: RunRecord): Known {
  const { async, ops, in: ins } = data as { async?: boolean; ops?: unknown; in?: unknown };
  const request: Request = {
    async: async === true,
    ops: Array.isArray(ops) ? (ops as BindOp[]).map(askedOf(known, async === true)) : [],
    ins: Array.isArray(ins) ? ins.flatMap((sync) => capturedBy(known, sync)) : [],
  };
  const before = known.calls.asked[actor] ?? [];
  const asked = { ...known.calls.asked, [actor]: [...before, request] };
  return inCalls(known, { ...known.calls, asked });
}

const FOLDS: Folds = { ...BIND_FOLDS, ...MEMORY_FOLDS, ...QUEUE_FOLDS };

/** Types of the facts that change what is known. */
export const KNOWN_FROM = Object.keys(FOLDS) as readonly FactType[];

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
