/**
 * The reservation object: the fences that guard one buffer, or all the buffers private to a VM, by usage class.
 * Asking for a class gives its fences and those of all classes before it. Mirrors drivers/dma-buf/dma-resv.c
 * (dma_resv_add_fence, dma_resv_iter). Left out: the lock and slot reservation, which are the actors' affair.
 */
import { contextOf, type FenceKey, type FenceTable, isSignaled, seqnoOf } from './fence-table.ts';

export const USAGES = ['kernel', 'write', 'read', 'bookkeep'] as const;
export type Usage = (typeof USAGES)[number];

export interface ResvSlot {
  readonly fence: FenceKey;
  readonly usage: Usage;
}
export type Resv = readonly ResvSlot[];

const rank = (usage: Usage): number => USAGES.indexOf(usage);

/**
 * Adds a fence. It takes the slot of the first fence that has already signalled, or that is of the same context, not
 * later, and not of a stronger usage; otherwise a new slot.
 */
export function addToResv(resv: Resv, fence: FenceKey, usage: Usage, fences: FenceTable): Resv {
  const context = contextOf(fence);
  const seqno = seqnoOf(fence);
  const index = resv.findIndex(
    (old) =>
      (contextOf(old.fence) === context &&
        rank(old.usage) >= rank(usage) &&
        seqno >= seqnoOf(old.fence)) ||
      isSignaled(fences, old.fence),
  );
  const slots = resv.slice();
  slots[index < 0 ? resv.length : index] = { fence, usage };
  return slots;
}

/** The fences that somebody waiting for `usage` waits for. */
export function fencesFor(resv: Resv, usage: Usage): readonly FenceKey[] {
  const weakest = rank(usage);
  const found: FenceKey[] = [];
  for (const slot of resv) if (rank(slot.usage) <= weakest) found.push(slot.fence);
  return found;
}
