/**
 * Reservation locks: the VM's own, which its private BOs share, and one for each external BO. Most sections that need
 * them are one step, so they only look whether somebody else holds one across steps; exec and the rebind worker hold
 * them across steps. All or none, so nobody deadlocks (ww_mutex with back-off: xe_vm_lock_dma_resv, drm_exec).
 */
import { type Effect, fact, outcome, type Outcome } from '../contract/effects.ts';
import type { Action } from '../contract/event.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { lockEvent } from '../shared/sleepers.ts';
import type { VmContext } from './context.ts';
import { externalsOf } from './externals.ts';

/** The locks for work on these mappings. */
export function locksOf(
  context: VmContext,
  pieces: readonly Piece[],
  shared: SharedReader,
): string[] {
  const external = pieces.flatMap(({ obj }) =>
    obj !== null && shared.bo(obj)?.vm === null ? [obj] : [],
  );
  return [context.id, ...new Set(external)];
}

/** The locks for work on everything that is mapped. */
export function allLocks(context: VmContext, shared: SharedReader): string[] {
  return [context.id, ...externalsOf(context, shared)];
}

/** The first that somebody else holds. */
export function busyLock(
  { id }: VmContext,
  locks: readonly string[],
  shared: SharedReader,
): string | undefined {
  return locks.find((lock) => {
    const holder = shared.lockHolder(lock);
    return holder !== undefined && holder !== id;
  });
}

/** Sleeps until the first busy one is released, holding none; then everything is looked at again. */
export function sleepOn(
  locksFor: (context: VmContext, shared: SharedReader) => string[],
): Action<VmContext> {
  return (context, { shared }) => {
    const lock = busyLock(context, locksFor(context, shared), shared);
    if (lock === undefined) throw new RangeError('no lock to sleep on');
    const released = releaseLocks(context);
    const sleeps = fact({ type: 'wait.began', on: lockEvent(lock), by: context.id });
    return outcome(released.context, ...released.effects, sleeps);
  };
}

/** Takes them for more than this step. */
export function takeLocks(context: VmContext, locks: readonly string[]): Outcome<VmContext> {
  return outcome(
    { ...context, locked: locks },
    ...locks.map((lock) => fact({ type: 'lock.taken', lock, by: context.id })),
  );
}

export function releaseLocks(context: VmContext): Outcome<VmContext> {
  const effects: Effect[] = context.locked.map((lock) =>
    fact({ type: 'lock.released', lock, by: context.id }),
  );
  return outcome({ ...context, locked: [] }, ...effects);
}

/** The last thing that the holder of vm->lock does: the locks that it has taken besides are free again. */
export const releasing =
  (last: Action<VmContext>): Action<VmContext> =>
  (context, event) => {
    const done = last(context, event);
    const released = releaseLocks(done.context);
    return outcome(released.context, ...done.effects, ...released.effects);
  };
