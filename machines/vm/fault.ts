/**
 * A page fault of a fault-mode VM, under vm->lock: look the address up in the address space (not in the page tables),
 * pin and have the BO where it belongs, bind on the GT that faulted only, wait for it, and look once more whether a
 * notifier came in between. Mirrors xe_gt_pagefault.c (handle_pagefault); access counters are advise.ts's.
 *
 * A write to a read-only mapping is refused here; the kernel of 2023 binds and retries for ever (facts 2.13).
 */
import { ERRNO } from '../../domain/errno.ts';
import type { Page } from '../../domain/units.ts';
import { mappingAt } from '../../domain/va/va-space.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import { type AccessKind, type ActorId, NO_DATA, type Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { bindEngineOf, vmaOf, type VmContext, wantedMask } from './context.ts';
import { isDeferred } from './deferred.ts';
import { touchedBy } from './finish.ts';
import { busyLock, locksOf, releasing } from './locks.ts';
import { askForMove, mustMove, type Placed } from './moving.ts';
import { stalePieces } from './pin.ts';
import { pieceOfMapping } from './pieces.ts';
import { Submission } from './submission.ts';

interface FaultWork {
  readonly from: ActorId;
  readonly gt: ActorId;
  readonly piece: Piece;
  readonly access: AccessKind;
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

/**
 * Whether a mapping holds a page: it ends before `addr + range`. Quirk S28 (vma_matches): the end of the page, which is
 * the first byte of the next one, is compared with `<`, so that the page before a mapping is taken for its own.
 */
export const holdsPage = (
  { addr, range }: Pick<Piece, 'addr' | 'range'>,
  page: Page,
  isLoose = false,
): boolean => addr <= (isLoose ? page + 1 : page) && page < addr + range;

/** The mapping of a page: the one of the last fault if it is in there, else by the address space (lookup_vma). */
export function faultedPiece(
  { space, lastFault }: Pick<VmContext, 'space' | 'lastFault'>,
  page: Page,
  isLoose = false,
): Piece | undefined {
  if (lastFault !== null && holdsPage(lastFault, page, isLoose)) return lastFault;
  const mapping = mappingAt(space, page);
  return mapping === undefined ? undefined : pieceOfMapping(mapping);
}

/**
 * Atomics need VRAM behind them: there is none behind a userptr, and nothing at all behind a NULL mapping.
 */
export const refusesAtomics = (piece: Pick<Piece, 'userptr' | 'null'>): boolean =>
  piece.userptr || piece.null;

/**
 * Quirk S43 (handle_pagefault): what is no userptr is taken for a BO, so an atomic to a NULL mapping has a BO migrated
 * that is not there. The fault is then answered as it should have been, that the run may go on.
 */
function migratesNothing({ space, mode }: VmContext, event: StepEvent): boolean {
  const { addr, access } = dataOf(event, 'vm.fault');
  if (!event.shared.has('S43') || mode !== 'fault' || access !== 'atomic') return false;
  const mapping = mappingAt(space, addr);
  return mapping !== undefined && pieceOfMapping(mapping).null;
}

/** The mapping that the fault is about, and its answer if that is clear at once. */
function lookUp(
  context: VmContext,
  event: StepEvent,
): { piece: Piece | null; result: number | null } {
  const { gt, addr, access } = dataOf(event, 'vm.fault');
  const { shared } = event;
  const piece =
    context.mode === 'fault' ? faultedPiece(context, addr, shared.has('S28')) : undefined;
  if (piece === undefined) return { piece: null, result: ERRNO.EINVAL };
  const bit = 1 << context.gts.indexOf(gt);
  if ((wantedMask(context, piece) & bit) === 0) return { piece: null, result: ERRNO.EINVAL };
  if (access !== 'read' && piece.readOnly) return { piece: null, result: ERRNO.EACCES };
  if (access === 'atomic' && refusesAtomics(piece)) return { piece: null, result: ERRNO.EACCES };
  const { present, zapped } = vmaOf(context, piece.va);
  const isValid = (present & ~zapped & bit) !== 0;
  if (isValid && access !== 'atomic') return { piece, result: 0 };
  return { piece, result: context.error !== 0 && isAhead(context, piece) ? context.error : null };
}

const faultIsClear: Guard<VmContext> = (context, event) => lookUp(context, event).result !== null;

const answerFault: Action<VmContext> = (context, event) => {
  const { piece, result } = lookUp(context, event);
  const lastFault = result === 0 ? piece : context.lastFault;
  const next = { ...context, lastFault };
  const oops = migratesNothing(context, event)
    ? [fact({ type: 'driver.oopsed', vm: context.id, where: 'xe_bo_migrate' })]
    : [];
  return outcome(next, ...oops, send(event.from, 'fault.handled', { result: result ?? 0 }));
};

/** The VM is gone, or going. */
const refuseFault: Action<VmContext> = (context, event) =>
  outcome(context, send(event.from, 'fault.handled', { result: ERRNO.EINVAL }));

const beginFault: Action<VmContext> = (context, event) => {
  const { gt, access } = dataOf(event, 'vm.fault');
  const { piece } = lookUp(context, event);
  if (piece === null) throw new RangeError('a fault without a mapping');
  const work = { kind: 'fault', from: event.from, gt, piece, access } as const;
  const next = { ...context, work };
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

/** Where the BO has to be: where it belongs, and for an atomic in VRAM. */
const placedByFault = (context: VmContext): readonly Placed[] => {
  const { piece, access } = faultOf(context);
  return [access === 'atomic' ? { piece, region: 'vram' } : { piece }];
};

const bindForFault: Action<VmContext> = (context, { shared, decide }) => {
  const { gt, piece } = faultOf(context);
  const engine = bindEngineOf(context.id);
  const submission = new Submission(context, shared, decide, { engine, waits: [] });
  submission.bind(piece, 'bookkeep', { gts: 1 << context.gts.indexOf(gt) });
  if (submission.failure !== 0) {
    const left = submission.failed();
    return outcome({ ...left.context, failure: submission.failure }, ...left.effects);
  }
  const { fences } = submission;
  const next = { ...submission.context(), waitingOn: fences };
  const waits = fences.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id }));
  return outcome(next, ...submission.effects, ...waits);
};

const endFault: Action<VmContext> = (context) => {
  const { from, piece } = faultOf(context);
  const result = context.failure;
  const lastFault = result === 0 ? piece : context.lastFault;
  return outcome(
    { ...context, lastFault, work: null, failure: 0, toPin: [] },
    send(from, 'fault.handled', { result }),
  );
};

export const faultActions = {
  answerFault,
  park,
  refuseFault,
  beginFault,
  repinFault,
  askMoveForFault: askForMove(placedByFault),
  bindForFault,
  endFault: releasing(endFault),
};
export const faultGuards = {
  faultIsClear,
  worksBefore,
  faultIsStale,
  faultMustWait,
  faultMustMove: mustMove(placedByFault),
};
