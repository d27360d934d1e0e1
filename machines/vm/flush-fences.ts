/**
 * The fences of TLB invalidations: one context for each bind queue and GT, so that they signal in the order of their
 * numbers (docs/decisions/006). Mirrors xe_pt.c (invalidation_fence_init). The kernel of 2023 has one context for each GT,
 * whose numbers are taken with the job: queues overtake each other (H01).
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { Effect } from '../contract/effects.ts';
import type { ActorId, Flush } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';

/**
 * The fence of a new flush.
 * @param own its fence in a context of its queue
 * @param before what the step has done so far
 */
export function flushFence(
  own: FenceKey,
  gt: ActorId,
  shared: SharedReader,
  before: readonly Effect[],
): Pick<Flush, 'fence' | 'seqno'> {
  const numbersWithJob = shared.has('H07');
  if (!shared.has('H01') && !numbersWithJob) return { fence: own };
  const timeline = `${gt}/invalidation`;
  const seqno = shared.after(before).nextSeqno(timeline);
  const fence = fenceKeyOf(timeline, seqno);
  // H07: the GuC is sent the number of the fence, and whoever is sent later may have been numbered before
  return numbersWithJob ? { fence, seqno } : { fence };
}
