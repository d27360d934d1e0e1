/** Where the kernel of 2023 does otherwise with page tables: known bugs of binds, each off unless the device has it. */
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext } from './context.ts';

/** A NULL leaf of 512G is none: hardware takes it for a directory. The posted patch has no such limit (H06). */
export const leafLimit = (shared: SharedReader): { maxLeafLevel?: 4 } =>
  shared.has('H06') ? { maxLeafLevel: 4 } : {};

/**
 * Whether a TLB may have what was there before a bind: the old memory, or the scratch page. __xe_pt_bind_vma of 2023
 * asks for a flush after a rebind only (H05).
 */
export const mayBeCached = (
  { scratch }: VmContext,
  rebind: boolean,
  shared: SharedReader,
): boolean => rebind || (scratch && !shared.has('H05'));

/** Jobs of two bind queues have no order but that of their syncs: before xe_range_fence.c (H14). */
export const ignoresRanges = (shared: SharedReader): boolean => shared.has('H14');

/**
 * Whether a bind that fails leaves the tables that it has staged: __xe_pt_bind_vma makes the fence of the invalidation
 * once they are there, and returns if it cannot (S48).
 */
export const leaksStaged = (context: VmContext, rebind: boolean, shared: SharedReader): boolean =>
  shared.has('S48') && mayBeCached(context, rebind, shared);
