/**
 * Who still holds a fence when nothing is in flight, as facts tell: what should have let go. Syncobjs and the slots of what
 * is alive may hold fences for good.
 */
import type { Known } from './known/known.ts';

/** A job lets go of what it waited for when it is done, and its own fence signals then. */
function jobLeft({ calls, fences }: Known): string | null {
  for (const [id, { fence, waits }] of calls.jobs.entries()) {
    const [held] = waits;
    if (fence === null || held === undefined || fences.pending.has(fence)) continue;
    return `${fence} has signalled, and ${id} never let go of ${held}`;
  }
  return null;
}

/** A slot of an object that was freed goes when its fence signals; a queue that still runs keeps its preempt fence. */
function slotLeft({ queues, fences }: Known, isGone: (resv: string) => boolean): string | null {
  for (const [resv, slots] of Object.entries(queues.resvs)) {
    if (!isGone(resv)) continue;
    for (const { fence } of slots) {
      const kind = fences.pending.get(fence)?.kind;
      if (kind === undefined || kind === 'preempt') continue;
      return `${resv} is freed, and a slot of it never lets go of ${fence}`;
    }
  }
  return null;
}

/** @param isGone whether the owner of a reservation object was freed */
export function fenceLeft(known: Known, isGone: (resv: string) => boolean): string | null {
  return jobLeft(known) ?? (known.calls.jobs.isEmpty ? slotLeft(known, isGone) : null);
}
