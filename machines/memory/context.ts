/** What the memory manager holds: evictions that take more than one step, and pages that are not free yet. */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { MemoryRegion } from '../../hw/allocator.ts';
import type { Effect } from '../contract/effects.ts';
import type { ActorId, Pages } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { MEMORY } from './names.ts';

/** Who wants which BO where. */
export interface Wish {
  readonly client: ActorId;
  readonly bo: string;
  readonly to: MemoryRegion;
  /** a VM that is about to bind it: it belongs there from now on, and the VM gets its reservation lock */
  readonly forBind: boolean;
}

/** One eviction, in the context of whoever needs the memory. */
export interface Eviction extends Wish {
  /** the BO's reservation object */
  readonly lock: string;
  /**
   * `asleep` until somebody releases the reservation lock; `waiting` for `fences`, `zapping` until a VM has cleared the
   * entries of the first mapping in `left`
   */
  readonly phase: 'asleep' | 'waiting' | 'zapping';
  readonly fences: readonly FenceKey[];
  /** fault mode: mappings that still have their entries */
  readonly left: readonly { readonly vm: ActorId; readonly va: number }[];
}

/** Pages that belong to no BO any more, and what has to end before somebody else may have them. */
export interface Leaving {
  readonly fences: readonly FenceKey[];
  readonly pages: Pages;
}

export interface MemoryContext {
  readonly id: ActorId;
  /** in the order in which they asked last, so that the first of two asks is answered first */
  readonly evictions: readonly Eviction[];
  readonly leaving: readonly Leaving[];
}

export const newMemory = (): MemoryContext => ({ id: MEMORY, evictions: [], leaving: [] });

export const pendingOf = (shared: SharedReader, fences: readonly FenceKey[]): readonly FenceKey[] =>
  fences.filter((fence) => !shared.isSignaled(fence));

/** Work on several things in one step: each sees what those before it did. */
export function inTurn<T>(
  things: readonly T[],
  shared: SharedReader,
  work: (thing: T, shared: SharedReader) => readonly Effect[],
): Effect[] {
  const effects: Effect[] = [];
  let now = shared;
  for (const thing of things) {
    const done = work(thing, now);
    now = now.after(done);
    effects.push(...done);
  }
  return effects;
}
