/**
 * Who holds a fence, counted: syncobjs and the points of a timeline, slots of reservation objects, arrays (their parts),
 * jobs (what they wait for, until their own fence signals). A fence that has signalled and that nobody holds leaves the
 * table and lets go of what it held itself. Mirrors dma_fence_get and dma_fence_put, dma_fence_array_release for the parts,
 * and the dependencies of a drm_sched_job.
 * Waiters are a list of the fence, which its signal empties. Left out: what an actor keeps to itself. It may only ask
 * whether that has signalled and how, which the table answers for a fence that has left, too.
 */
import type { OrderedMap } from '../ordered-map.ts';
import {
  addFence,
  contextOf,
  type Fence,
  type FenceKey,
  type FenceTable,
  findFence,
  markSignaled,
  putFence,
  seqnoOf,
} from './fence-table.ts';

/** Counts holders. What has left the table, like the stub, is not counted any more. */
export function hold(table: FenceTable, keys: readonly FenceKey[]): FenceTable {
  let next = table;
  for (const key of keys) {
    const fence = findFence(next, key);
    if (fence !== undefined) next = putFence(next, { ...fence, holders: fence.holders + 1 });
  }
  return next;
}

/** @throws RangeError for a fence that nobody holds */
export function letGo(table: FenceTable, keys: readonly FenceKey[]): FenceTable {
  let next = table;
  for (const key of keys) {
    const fence = findFence(next, key);
    if (fence === undefined) continue;
    if (fence.holders === 0) throw new RangeError(`nobody holds ${key}`);
    next = settled(putFence(next, { ...fence, holders: fence.holders - 1 }), key);
  }
  return next;
}

/**
 * Drops a fence if it is over and nobody holds it. The last of its context and one that has failed stay, but hold nothing
 * themselves.
 */
function settled(table: FenceTable, key: FenceKey): FenceTable {
  const fence = findFence(table, key);
  if (fence === undefined || fence.result === null || fence.holders > 0) return table;
  const context = contextOf(key);
  const fences = table[context];
  const stays = fence.result !== 0 || fences?.last()?.key === seqnoOf(key);
  if (stays && fence.parts.length === 0) return table;
  const left =
    stays || fences === undefined
      ? putFence(table, { ...fence, parts: [] })
      : { ...table, [context]: fences.delete(seqnoOf(key)) };
  return letGo(left, fence.parts);
}

/** Folds `fence.created`. */
export function makeFence(
  table: FenceTable,
  made: { readonly fence: FenceKey; readonly kind: string; readonly parts: readonly FenceKey[] },
): FenceTable {
  const elder = table[contextOf(made.fence)]?.last()?.value.key;
  // an array of what is over is over, and has nobody yet
  const next = settled(hold(addFence(table, made), made.parts), made.fence);
  // it is the last of its context no longer
  return elder === undefined ? next : settled(next, elder);
}

/** Folds what queues a job: it holds what it waits for until its own fence signals. */
export function holdForJob(
  table: FenceTable,
  key: FenceKey,
  waits: readonly FenceKey[],
): FenceTable {
  const fence = findFence(table, key);
  if (fence === undefined || waits.length === 0) return table;
  return hold(putFence(table, { ...fence, waits }), waits);
}

/** Whether a fence leaves the table as soon as it signals: it holds nothing, nobody holds it, and a later one was made. */
function isDropped(table: FenceTable, key: FenceKey): boolean {
  const fence = findFence(table, key);
  if (fence === undefined || fence.result !== null || fence.holders > 0) return false;
  if (fence.waits.length > 0 || fence.parts.length > 0) return false;
  return table[contextOf(key)]?.last()?.key !== seqnoOf(key);
}

/** Folds `fence.signaled`. */
export function endFence(table: FenceTable, key: FenceKey, error: number): FenceTable {
  if (error === 0 && isDropped(table, key)) {
    const context = contextOf(key);
    return { ...table, [context]: (table[context] as OrderedMap<Fence>).delete(seqnoOf(key)) };
  }
  const next = markSignaled(table, key, error);
  const fence = findFence(next, key);
  if (fence === undefined || fence.waits.length === 0) return settled(next, key);
  return settled(letGo(putFence(next, { ...fence, waits: [] }), fence.waits), key);
}
