/**
 * The reservation object: the fences that guard one buffer, or all the buffers private to a VM, by usage class.
 * Asking for a class gives its fences and those of all classes before it. Mirrors drivers/dma-buf/dma-resv.c
 * (dma_resv_add_fence, dma_resv_iter). Left out: the lock and slot reservation, which are the actors' affair.
 *
 * What has signalled is let go of when a fence is added, all of it at once (dma_resv_reserve_fences), and so is what the new
 * fence stands for: a later one of a context signals later. Slots are in the order of their fences and not in that in
 * which places got free: who waits for them waits for all of them, and worlds that differ in nothing else are one.
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

/** What counts of the slots: what has signalled is not there. */
export function pendingSlots(resv: Resv, fences: FenceTable): Resv {
  return resv.some((old) => isSignaled(fences, old.fence))
    ? resv.filter((old) => !isSignaled(fences, old.fence))
    : resv;
}

/** Whether a fence stands for that of a slot: of the same context, not earlier, and not of a weaker usage. */
const standsFor = (fence: FenceKey, usage: Usage, old: ResvSlot): boolean =>
  contextOf(old.fence) === contextOf(fence) &&
  seqnoOf(fence) >= seqnoOf(old.fence) &&
  rank(old.usage) >= rank(usage);

function byFence(a: ResvSlot, b: ResvSlot): number {
  const [before, after] = [contextOf(a.fence), contextOf(b.fence)];
  if (before !== after) return before < after ? -1 : 1;
  return seqnoOf(a.fence) - seqnoOf(b.fence) || rank(a.usage) - rank(b.usage);
}

/** Adds a fence. Those that it stands for, and those that have signalled, are left out. */
export function addToResv(resv: Resv, fence: FenceKey, usage: Usage, fences: FenceTable): Resv {
  const slots = pendingSlots(resv, fences).filter((old) => !standsFor(fence, usage, old));
  return [...slots, { fence, usage }].sort(byFence);
}

/** The fences that a change of the slots has taken out of them. */
export function fencesGoneFrom(before: Resv, after: Resv): readonly FenceKey[] {
  return before.filter((old) => !after.includes(old)).map(({ fence }) => fence);
}

/** The fences that somebody waiting for `usage` waits for. */
export function fencesFor(resv: Resv, usage: Usage): readonly FenceKey[] {
  const weakest = rank(usage);
  const found: FenceKey[] = [];
  for (const { fence, usage } of resv) {
    if (rank(usage) <= weakest) found.push(fence);
  }
  return found;
}
