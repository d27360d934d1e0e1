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
  const index = resv.findIndex(
    (old) =>
      (contextOf(old.fence) === contextOf(fence) &&
        rank(old.usage) >= rank(usage) &&
        seqnoOf(fence) >= seqnoOf(old.fence)) ||
      isSignaled(fences, old.fence),
  );
  const slot = { fence, usage };
  return index < 0 ? [...resv, slot] : resv.map((old, i) => (i === index ? slot : old));
}

/** The fences that somebody waiting for `usage` waits for. */
export function fencesFor(resv: Resv, usage: Usage): readonly FenceKey[] {
  return resv.filter((slot) => rank(slot.usage) <= rank(usage)).map((slot) => slot.fence);
}
