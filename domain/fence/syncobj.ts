/**
 * Syncobjs: boxes that user space holds fences in. A binary one holds one fence, which the next replaces; a timeline
 * holds a chain of points. Whoever waits takes the fences out at that moment (value semantics): what the box holds
 * later does not matter. Mirrors drm_syncobj.c (drm_syncobj_find_fence, drm_syncobj_replace_fence,
 * drm_syncobj_add_point) and dma-fence-chain.c (dma_fence_chain_find_seqno, dma_fence_chain_walk).
 *
 * A new point drops those before it whose fences have signalled (drm_syncobj_add_point walks the chain for that). Who waits
 * for one of them waits for what is left at or below it, or for the stub.
 */
import { compareU64, type U64 } from '../units.ts';
import { type FenceKey, type FenceTable, isSignaled, STUB } from './fence-table.ts';

export interface TimelinePoint {
  readonly point: U64;
  /** the number of the point that was the last when this one was added; it may have been dropped (prev_seqno) */
  readonly after: U64;
  readonly fence: FenceKey;
}

export type Syncobj =
  | { readonly kind: 'binary'; readonly fence: FenceKey | null }
  /** points in the order they were added, ascending; a chain node signals after all before it; the last one always stays */
  | { readonly kind: 'timeline'; readonly points: readonly TimelinePoint[] };

export function newSyncobj(kind: Syncobj['kind']): Syncobj {
  return kind === 'binary' ? { kind, fence: null } : { kind, points: [] };
}

/**
 * The fences that together stand for the syncobj (point) now, each once; null when it holds none, which VM_BIND and the
 * wait ioctl answer with EINVAL. A point that lies between two of the chain is the next higher one; point 0 is the
 * whole chain, as it is for who takes a timeline for a binary syncobj.
 */
export function captureFences(syncobj: Syncobj, point: U64 = '0x0'): readonly FenceKey[] | null {
  if (syncobj.kind === 'binary') return syncobj.fence === null ? null : [syncobj.fence];
  const { points } = syncobj;
  const last = points.at(-1);
  if (last === undefined || compareU64(last.point, point) < 0) return null;
  // from the end: the first node whose predecessor is below the point
  const index =
    point === '0x0'
      ? points.length - 1
      : points.findLastIndex((each) => compareU64(each.after, point) < 0);
  if (index < 0) return [STUB];
  return [...new Set(points.slice(0, index + 1).map((each) => each.fence))];
}

/** Every fence that a syncobj holds, as often as it does. */
export function fencesIn(syncobj: Syncobj): readonly FenceKey[] {
  if (syncobj.kind === 'timeline') return syncobj.points.map(({ fence }) => fence);
  return syncobj.fence === null ? [] : [syncobj.fence];
}

/** Folds `syncobj.replaced`. */
export function replaceFence(syncobj: Syncobj, fence: FenceKey): Syncobj {
  if (syncobj.kind !== 'binary') throw new RangeError('only a binary syncobj is replaced');
  return { ...syncobj, fence };
}

/**
 * Folds `syncobj.advanced`. A point not above the last is added all the same and takes the last one's number, as in
 * dma_fence_chain_init.
 */
export function addPoint(
  syncobj: Syncobj,
  point: U64,
  fence: FenceKey,
  fences: FenceTable,
): Syncobj {
  if (syncobj.kind !== 'timeline') throw new RangeError('only a timeline has points');
  const last = syncobj.points.at(-1)?.point ?? '0x0';
  const added = { point: compareU64(point, last) < 0 ? last : point, after: last, fence };
  const left = syncobj.points.filter((each) => !isSignaled(fences, each.fence));
  return { ...syncobj, points: [...left, added] };
}
