/** Where the kernel of 2023 does otherwise with TLB invalidations: its known bugs, each off unless the device has it. */
import type { Flush } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { nextSeqnoOf, type TlbContext } from './context.ts';

/**
 * The number of a request: the next one, taken as the request is sent, so that numbers reach the GuC in their order.
 * A flush that has a number was given it with its job (H07, vm/flush-fences.ts).
 */
export const numberOf = ({ seqno }: TlbContext, flush: Flush): number =>
  flush.seqno ?? nextSeqnoOf(seqno);

/** send_tlb_invalidation counts before xe_guc_ct_send and does not count back when that fails (S46). */
export const keepsNumber = (shared: SharedReader): boolean => shared.has('S46');

/** A request that cannot be sent ends like one that was acknowledged, and nothing has been flushed (S47). */
export const endsUnsent = (shared: SharedReader): boolean => shared.has('S47');

/**
 * xe_gt_tlb_fence_timeout signals the fence, and what waits for that frees the tables, though the GuC may not have got to
 * the request yet (H04).
 */
export const forgetsAtTimeout = (shared: SharedReader): boolean => shared.has('H04');
