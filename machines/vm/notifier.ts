/**
 * What happens to a VM from outside, whoever holds vm->lock: the notifier of a userptr, and a BO that moves under a
 * fault-mode VM. Mirrors xe_vm.c (vma_userptr_invalidate) and xe_bo.c (xe_bo_trigger_rebind).
 *
 * A VM with dma-fences or preemption notes the VMA for the next exec or the rebind worker, and answers with every fence
 * of its reservation object: whoever waits for them waits for all jobs. A fault-mode VM has no such fences; once
 * pending binds are done the entries are cleared and the TLBs flushed.
 *
 * A mapping whose unbind is still pending in the worker is not in the space any more and is never bound anew, but its
 * entries are there: it is noted, too, and the next exec clears them (rebind-all.ts). As posted such a VMA is only
 * skipped (DESTROYED), so that a job which starts afterwards still reaches the old pages.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { ActorId, Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Notifier, VmContext } from './context.ts';
import { vmaOf } from './context.ts';
import { isOfArea, pieceOf, piecesOfArea } from './mapping-index.ts';
import { removedBy } from './pieces.ts';
import { zapPiece } from './zap.ts';

/** Mappings that are gone from the space and wait in the worker for their unbind. */
export function doomedPieces({ pending }: VmContext): readonly Piece[] {
  return pending.flatMap(({ ops, executed }) =>
    ops.slice(executed).flatMap((op) => removedBy(op) ?? []),
  );
}

function answer(from: ActorId, fences: readonly FenceKey[]): Effect {
  return send(from, 'notifier.done', { fences });
}

/** Zaps what a notifier is about, as far as it is bound, and answers. */
function zapAll(
  context: VmContext,
  { from, pieces }: Notifier,
  shared: SharedReader,
): Outcome<VmContext> {
  const effects: Effect[] = [];
  const fences: FenceKey[] = [];
  let now = context;
  for (const piece of pieces) {
    if (vmaOf(now, piece.va).present === 0) continue;
    const zapped = zapPiece(now, piece, shared);
    now = zapped.context;
    effects.push(...zapped.effects);
    fences.push(...zapped.fences);
  }
  return outcome(now, ...effects, answer(from, fences));
}

/** Zaps once nothing that was pushed before can write the entries again. */
function zapLater(
  context: VmContext,
  from: ActorId,
  pieces: readonly Piece[],
  shared: SharedReader,
): Outcome<VmContext> {
  const waitingOn = shared.resv(context.id, 'bookkeep');
  const notifier: Notifier = { from, pieces, waitingOn };
  if (waitingOn.length === 0) return zapAll(context, notifier, shared);
  return outcome(
    { ...context, notifiers: [...context.notifiers, notifier] },
    ...waitingOn.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id })),
  );
}

/** A fence that notifiers wait for has signalled. */
export function notifiersGoOn(
  context: VmContext,
  fence: FenceKey,
  shared: SharedReader,
): Outcome<VmContext> {
  if (context.notifiers.length === 0) return outcome(context);
  const waiting = context.notifiers.map((each) => ({
    ...each,
    waitingOn: each.waitingOn.filter((one) => one !== fence),
  }));
  const effects: Effect[] = [];
  let now: VmContext = {
    ...context,
    notifiers: waiting.filter(({ waitingOn }) => waitingOn.length > 0),
  };
  for (const each of waiting) {
    if (each.waitingOn.length > 0) continue;
    const zapped = zapAll(now, each, shared);
    now = zapped.context;
    effects.push(...zapped.effects);
  }
  return outcome(now, ...effects);
}

const invalidate: Action<VmContext> = (context, event) => {
  const { userptr } = dataOf(event, 'vm.invalidate');
  const { shared } = event;
  const area = shared.userptr(userptr);
  if (area === undefined) throw new RangeError(`no userptr ${userptr}`);
  const mapped = piecesOfArea(context.lookup, area);
  const doomed = doomedPieces(context).filter((piece) => isOfArea(area, piece));
  if (mapped.length === 0 && doomed.length === 0) return outcome(context, answer(event.from, []));
  if (context.mode === 'fault') {
    return zapLater(context, event.from, [...mapped, ...doomed], shared);
  }
  const known = new Set(context.invalidated);
  const lost = [...mapped, ...doomed].filter(
    ({ va }) => vmaOf(context, va).present !== 0 && !known.has(va),
  );
  const next = { ...context, invalidated: [...context.invalidated, ...lost.map(({ va }) => va)] };
  const noted = lost.map(({ va }) => fact({ type: 'vma.invalidated', vm: context.id, va }));
  return outcome(next, ...noted, answer(event.from, shared.resv(context.id, 'bookkeep')));
};

/** A BO of a fault-mode VM is about to move. */
const zap: Action<VmContext> = (context, event) => {
  const { va } = dataOf(event, 'vm.zap');
  const piece =
    pieceOf(context.lookup, context.space, va) ??
    doomedPieces(context).find((each) => each.va === va);
  if (piece === undefined) return outcome(context, answer(event.from, []));
  return zapLater(context, event.from, [piece], event.shared);
};

export const notifierActions = { invalidate, zap };
