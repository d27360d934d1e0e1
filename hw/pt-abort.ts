/**
 * Calling off a staged bind.
 *
 * Mirrors xe_pt_abort_bind: the bind was staged, new tables were built and filled, and then it must
 * not happen: the pinned pages of a userptr have changed (EAGAIN), a job could not be made, a wait
 * was interrupted. Nothing points to the new tables and the driver keeps the tree it had, so they
 * can be freed at once, without a wait for updates or TLB. A staged unbind has built nothing: to
 * call it off is to forget it. A bind that was committed cannot be called off, only unbound.
 */
import type { Page } from '../domain/units.ts';
import type { StagedBind } from './pt-bind.ts';
import type { TableAlloc } from './pt-tree.ts';

export interface AbortedBind {
  /** Fold them with freeTable, in this order: parents first, as xe_pt_destroy frees them. */
  readonly freed: readonly Page[];
  /** Goes on where the bind stopped: a page number is never used twice. */
  readonly alloc: TableAlloc;
}

/** What is left of a staged bind that is called off before its updates were written. */
export function abortBind({ newTables, alloc }: StagedBind): AbortedBind {
  return { freed: newTables.map(({ table }) => table), alloc };
}
