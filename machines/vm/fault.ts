/**
 * A page fault of a fault-mode VM, under vm->lock: look the address up in the address space (not in the page tables),
 * pin and have the BO where it belongs, bind on the GT that faulted only, wait for it, and look once more whether a
 * notifier came in between. Mirrors xe_gt_pagefault.c (handle_pagefault), access_counter.c's handler beside it.
 *
 * A write to a read-only mapping is refused here; the kernel of 2023 binds and retries for ever (facts 2.13).
 */
import { ERRNO } from '../../domain/errno.ts';
import { mappingAt } from '../../domain/va/va-space.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import { type ActorId, NO_DATA, type Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { bindEngineOf, vmaOf, type VmContext, wantedMask } from './context.ts';
import { isDeferred } from './execute.ts';
import { touchedBy } from './finish.ts';
import { busyLock, locksOf } from './locks.ts';
import { stalePieces } from './pin.ts';
import { pieceOfMapping } from './pieces.ts';
import { Submission } from './submission.ts';

interface FaultWork {
  readonly from: ActorId;
  readonly gt: ActorId;
  readonly piece: Piece;
}

function faultOf({ work }: VmContext): FaultWork {
  if (work?.kind !== 'fault') throw new RangeError('no fault is being handled');
  return work;
}

/**
 * Whether the bind worker has still to touch what is behind the mapping: the address space shows the future, the page
 * tables do not yet. The handler flushes the worker first, as exec and the rebind worker do (munmap_rebind_inflight);
 * the kernel of 2023 binds over what is there, and the unbind that comes later takes it away.
 */
function isAhead(context: VmContext, { addr, range }: Piece): boolean {
  const left = context.pending.flatMap(({ ops, executed }) => ops.slice(executed));
  const touched = touchedBy(left.filter((op) => !isDeferred(context, op)));
  return touched.some((each) => each.addr < addr + range && addr < each.addr + each.range);
}

const worksBefore: Guard<VmContext> = (context, event) => {
  const { piece } = lookUp(context, event);
  return piece !== null && isAhead(context, piece);
};

const park: Action<VmContext> = (context, { from }) =>
  outcome({ ...context, parked: [...context.parked, from] });

/** Whoever waits for the bind worker asks again. */
export const unpark = ({ parked }: VmContext): Effect[] =>
  parked.map((faults) => send(faults, 'fault.again', NO_DATA));

/** The mapping that the fault is about, and its answer if that is clear at once. */
function lookUp(
  context: VmContext,
  event: StepEvent,
): { piece: Piece | null; result: number | null } {
  const { gt, addr, access } = dataOf(event, 'vm.fault');
  const mapping = context.mode === 'fault' ? mappingAt(context.space, addr) : undefined;
  if (mapping === undefined) return { piece: null, result: ERRNO.EINVAL };
  const piece = pieceOfMapping(mapping);
  const bit = 1 << context.gts.indexOf(gt);
  if ((wantedMask(context, piece) & bit) === 0) return { piece: null, result: ERRNO.EINVAL };
  if (access === 'write' && piece.readOnly) return { piece: null, result: ERRNO.EACCES };
  const { present, zapped } = vmaOf(context, piece.va);
  if ((present & ~zapped & bit) !== 0) return { piece, result: 0 };
  return { piece, result: context.error !== 0 && isAhead(context, piece) ? context.error : null };
}

const faultIsClear: Guard<VmContext> = (context, event) => lookUp(context, event).result !== null;

const answerFault: Action<VmContext> = (context, event) => {
  const { result } = lookUp(context, event);
  return outcome(context, send(event.from, 'fault.handled', { result: result ?? 0 }));
};

/** The VM is gone, or going. */
const refuseFault: Action<VmContext> = (context, event) =>
  outcome(context, send(event.from, 'fault.handled', { result: ERRNO.EINVAL }));

const beginFault: Action<VmContext> = (context, event) => {
  const { gt } = dataOf(event, 'vm.fault');
  const { piece } = lookUp(context, event);
  if (piece === null) throw new RangeError('a fault without a mapping');
  const next = { ...context, work: { kind: 'fault', from: event.from, gt, piece } as const };
  return outcome({ ...next, toPin: stalePieces(next, [piece], event.shared) });
};

const faultIsStale: Guard<VmContext> = (context, { shared }) =>
  stalePieces(context, [faultOf(context).piece], shared).length > 0;

const repinFault: Action<VmContext> = (context, { shared }) =>
  outcome({ ...context, toPin: stalePieces(context, [faultOf(context).piece], shared) });

export const faultLocks = (context: VmContext, shared: SharedReader): string[] =>
  locksOf(context, [faultOf(context).piece], shared);

const faultMustWait: Guard<VmContext> = (context, { shared }) =>
  busyLock(context, faultLocks(context, shared), shared) !== undefined;

const bindForFault: Action<VmContext> = (context, { shared, decide }) => {
  const { gt, piece } = faultOf(context);
  const engine = bindEngineOf(context.id);
  const submission = new Submission(context, shared, decide, { engine, waits: [] });
  submission.bind(piece, 'bookkeep', { gts: 1 << context.gts.indexOf(gt) });
  if (submission.failure !== 0) return outcome({ ...context, failure: submission.failure });
  const { fences } = submission;
  const next = { ...submission.context(), waitingOn: fences };
  const waits = fences.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id }));
  return outcome(next, ...submission.effects, ...waits);
};

const endFault: Action<VmContext> = (context) => {
  const { from } = faultOf(context);
  const result = context.failure;
  return outcome(
    { ...context, work: null, failure: 0, toPin: [] },
    send(from, 'fault.handled', { result }),
  );
};

export const faultActions = {
  answerFault,
  park,
  refuseFault,
  beginFault,
  repinFault,
  bindForFault,
  endFault,
};
export const faultGuards = { faultIsClear, worksBefore, faultIsStale, faultMustWait };
