/**
 * Syncobjs: boxes that user space holds fences in. A binary one holds one fence, which the next replaces; a timeline
 * holds a chain of points. Whoever waits takes the fences out at that moment (value semantics): what the box holds
 * later does not matter. Mirrors drm_syncobj.c (drm_syncobj_find_fence, drm_syncobj_replace_fence,
 * drm_syncobj_add_point) and dma-fence-chain.c (dma_fence_chain_find_seqno).
 */
import { compareU64, type U64 } from '../units.ts';
import { type FenceKey, STUB } from './fence-table.ts';

export interface TimelinePoint {
  readonly point: U64;
  readonly fence: FenceKey;
}

export type Syncobj =
  | { readonly kind: 'binary'; readonly fence: FenceKey | null }
  /** points in the order they were added; a chain node signals after all before it */
  | { readonly kind: 'timeline'; readonly points: readonly TimelinePoint[] };

export function newSyncobj(kind: Syncobj['kind']): Syncobj {
  return kind === 'binary' ? { kind, fence: null } : { kind, points: [] };
}

/**
 * The fences that together stand for the syncobj (point) now; null when it holds none, which VM_BIND and the wait
 * ioctl answer with EINVAL. A point that lies between two of the chain is the next higher one.
 */
export function captureFences(syncobj: Syncobj, point?: U64): readonly FenceKey[] | null {
  if (syncobj.kind === 'binary') return syncobj.fence === null ? null : [syncobj.fence];
  const wanted = point ?? '0x0';
  if (wanted === '0x0') return [STUB];
  const index = syncobj.points.findIndex((each) => compareU64(each.point, wanted) >= 0);
  return index < 0 ? null : syncobj.points.slice(0, index + 1).map((each) => each.fence);
}

/** Folds `syncobj.replaced`. */
export function replaceFence(syncobj: Syncobj, fence: FenceKey): Syncobj {
  if (syncobj.kind !== 'binary') throw new RangeError('only a binary syncobj is replaced');
  return { ...syncobj, fence };
}

/** Folds `syncobj.advanced`. A point not above the last is added all the same, as the kernel does. */
export function addPoint(syncobj: Syncobj, point: U64, fence: FenceKey): Syncobj {
  if (syncobj.kind !== 'timeline') throw new RangeError('only a timeline has points');
  return { ...syncobj, points: [...syncobj.points, { point, fence }] };
}
