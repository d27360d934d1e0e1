/**
 * Which page-table updates may overtake each other: those of one bind queue never do, and those of different queues only
 * if they share no entries. A job waits for earlier ones of other queues whose updates cover some of the same addresses.
 * What an update covers is what its entries translate: one root entry covers 512G. Mirrors xe_range_fence.c and xe_pt.c
 * (xe_pt_calc_rfence_interval, the rftree of a VM); the posting had one queue in practice and no such rule.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Page } from '../../domain/units.ts';
import { entryPages } from '../../hw/levels.ts';
import type { TableUpdate } from '../../hw/pt-tree.ts';
import type { ActorId } from '../contract/messages.ts';

/** A job that may still change entries for [from, to). */
export interface RangeFence {
  readonly engine: ActorId;
  readonly gt: ActorId;
  readonly fence: FenceKey;
  readonly from: Page;
  readonly to: Page;
}

/** What the updates of one job cover; null when there are none. */
export function coverOf(
  updates: readonly TableUpdate[],
): { readonly from: Page; readonly to: Page } | null {
  if (updates.length === 0) return null;
  const spans = updates.map(({ level, base, index, count }) => {
    const pages = entryPages(level);
    return { from: base + index * pages, to: base + (index + count) * pages };
  });
  const from = Math.min(...spans.map((span) => span.from));
  return { from, to: Math.max(...spans.map((span) => span.to)) };
}

/** The fences of other queues' jobs that a job of this one has to wait for. */
export function conflicting(
  ranges: readonly RangeFence[],
  job: Omit<RangeFence, 'fence'>,
): readonly FenceKey[] {
  return ranges
    .filter(
      ({ engine, gt, from, to }) =>
        engine !== job.engine && gt === job.gt && from < job.to && job.from < to,
    )
    .map(({ fence }) => fence);
}
