/**
 * A BO that has to be elsewhere before a fault-mode VM binds it: an access of any VM may come through its mappings at any
 * moment, so they are zapped before it moves. The memory manager does that, as for an eviction (memory/zap.ts), and hands
 * the reservation lock over, so that nobody moves the BO away before it is bound. Mirrors xe_vm.c (xe_vm_prefetch_vma,
 * xe_bo_validate in xe_vm_bind) and xe_gt_pagefault.c (handle_pagefault), which call xe_bo_migrate or xe_bo_validate
 * under that lock and come to xe_bo_trigger_rebind.
 *
 * In the other modes a move is one step of the bind itself (submission.ts). One lock at a time is held so, and it is
 * given up before another is waited for.
 */
import { ERRNO } from '../../domain/errno.ts';
import type { MemoryRegion } from '../../hw/allocator.ts';
import { outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { Piece } from '../contract/messages.ts';
import { MEMORY } from '../memory/names.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext, VmOp } from './context.ts';
import { isDeferred } from './deferred.ts';
import { releaseLocks } from './locks.ts';
import { madeBy } from './pieces.ts';

/** A mapping that is to be bound, and where its BO has to be then: where it belongs, unless said otherwise. */
export interface Placed {
  readonly piece: Piece;
  readonly region?: MemoryRegion;
}

/** What executing ops binds. */
export function placedBy(context: VmContext, ops: readonly VmOp[]): readonly Placed[] {
  return ops.flatMap((op): readonly Placed[] => {
    if (op.op === 'prefetch') return [{ piece: op.unmap, region: op.region }];
    return isDeferred(context, op) ? [] : madeBy(op).map((piece) => ({ piece }));
  });
}

/** The first BO that has to move although somebody maps it. */
export function toMove(
  { mode }: VmContext,
  placed: readonly Placed[],
  shared: SharedReader,
): { readonly bo: string; readonly to: MemoryRegion } | null {
  if (mode !== 'fault') return null;
  for (const { piece, region } of placed) {
    const bo = piece.obj === null ? undefined : shared.bo(piece.obj);
    if (piece.obj === null || bo === undefined) continue;
    const to = region ?? bo.home;
    if (bo.placement !== to && shared.links(piece.obj).length > 0) return { bo: piece.obj, to };
  }
  return null;
}

type PlacedFor = (context: VmContext) => readonly Placed[];

export const mustMove =
  (placedFor: PlacedFor): Guard<VmContext> =>
  (context, { shared }) =>
    toMove(context, placedFor(context), shared) !== null;

/** Asks for the move; whether there is room is a decision, as in a bind. */
export const askForMove =
  (placedFor: PlacedFor): Action<VmContext> =>
  (context, { shared, decide }) => {
    const move = toMove(context, placedFor(context), shared);
    if (move === null) throw new RangeError('nothing has to move');
    if (decide.fails('validate')) return outcome({ ...context, failure: ERRNO.ENOMEM });
    const released = releaseLocks(context);
    return outcome(released.context, ...released.effects, send(MEMORY, 'memory.move', move));
  };

/** It is there, and its lock is this VM's. */
const noteMoved: Action<VmContext> = (context, event) =>
  outcome({ ...context, locked: [dataOf(event, 'move.done').lock] });

export const movingActions = { noteMoved };
