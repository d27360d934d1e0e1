/**
 * The reservation object: the fences that guard one buffer, or all the buffers private to a VM, by usage class.
 * Asking for a class gives its fences and those of all classes before it. Mirrors drivers/dma-buf/dma-resv.c
 * (dma_resv_add_fence, dma_resv_iter). Left out: the lock and slot reservation, which are the actors' affair.
 *
 * What has signalled is let go of when a slot is needed (dma_resv_reserve_fences), all of it at once. Its place stays, with
 * the stub in it: the next fence takes the first such place, so that the order of waits is the kernel's.
 */
import {
  contextOf,
  type FenceKey,
  type FenceTable,
  isSignaled,
  seqnoOf,
  STUB,
} from './fence-table.ts';

export const USAGES = ['kernel', 'write', 'read', 'bookkeep'] as const;
export type Usage = (typeof USAGES)[number];

export interface ResvSlot {
  readonly fence: FenceKey;
  readonly usage: Usage;
}
export type Resv = readonly ResvSlot[];

const FREE: ResvSlot = { fence: STUB, usage: 'bookkeep' };

const rank = (usage: Usage): number => USAGES.indexOf(usage);

/** What counts of the slots: what has signalled is as good as a stub, and nothing at the end. */
export function slotsThatCount(resv: Resv, fences: FenceTable): Resv {
  if (!resv.some((old) => isSignaled(fences, old.fence))) return resv;
  return trimmed(resv.map((old) => (isSignaled(fences, old.fence) ? FREE : old)));
}

function trimmed(slots: Resv): Resv {
  return slots.slice(0, slots.findLastIndex(({ fence }) => fence !== STUB) + 1);
}

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
  const slots = resv.map((old) => (isSignaled(fences, old.fence) ? FREE : old));
  slots[index < 0 ? resv.length : index] = { fence, usage };
  return trimmed(slots);
}

/** The fences that a change of the slots has taken out of them. */
export function fencesGoneFrom(before: Resv, after: Resv): readonly FenceKey[] {
  return before.flatMap((old, i) => (after[i] === old || old.fence === STUB ? [] : [old.fence]));
}

/** The fences that somebody waiting for `usage` waits for. */
export function fencesFor(resv: Resv, usage: Usage): readonly FenceKey[] {
  const weakest = rank(usage);
  const found: FenceKey[] = [];
  for (const { fence, usage } of resv) {
    if (fence !== STUB && rank(usage) <= weakest) found.push(fence);
  }
  return found;
}
