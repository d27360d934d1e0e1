/**
 * Eviction: a BO leaves VRAM. Mirrors ttm_bo_evict and xe_bo.c (xe_bo_trigger_rebind, xe_bo_move): under the BO's
 * reservation lock every mapping is told, then the contents are copied once all that was promised about them is over.
 *
 * A VM that binds before each job is told through its list of evicted mappings, and whatever runs in it is asked to end
 * (a preempt fence suspends its queue); all that is one step, for nobody else can look while the lock is held. A VM in
 * fault mode may touch the memory at any moment: see zap.ts.
 */
import type { MemoryRegion } from '../../hw/allocator.ts';
import { ERRNO } from '../../domain/errno.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import type { ActorId } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { resvOf } from '../shared/shared.ts';
import { lockEvent } from '../shared/sleepers.ts';
import type { Eviction, MemoryContext } from './context.ts';
import { moveBo, tellMappings } from './move.ts';

/** Who wants what out, and the evictions beside this one. */
interface Wanted {
  readonly client: ActorId;
  readonly bo: string;
  readonly to: MemoryRegion;
  readonly others: readonly Eviction[];
}

/** Somebody new, or the first of those who slept until what has happened. */
export function wantedOf({ evictions }: MemoryContext, event: StepEvent): Wanted {
  if (event.type === 'memory.evict') {
    return { client: event.from, ...event.data, others: evictions };
  }
  const { on } = dataOf(event, 'wait.over');
  const woken = evictions.find(({ phase, lock }) => phase === 'asleep' && lockEvent(lock) === on);
  if (woken === undefined) throw new RangeError(`nobody sleeps until ${on}`);
  return { ...woken, others: evictions.filter((each) => each !== woken) };
}

/** The lock that eviction needs. @throws RangeError for a BO that is gone */
export function lockOf(shared: SharedReader, bo: string): string {
  const found = shared.bo(bo);
  if (found === undefined) throw new RangeError(`no BO ${bo}`);
  return resvOf(bo, found);
}

const handleGone: Guard<MemoryContext> = (context, event) =>
  event.shared.bo(wantedOf(context, event).bo)?.closed !== false;

const alreadyOut: Guard<MemoryContext> = (context, event) =>
  event.shared.bo(wantedOf(context, event).bo)?.placement === wantedOf(context, event).to;

const resvLocked: Guard<MemoryContext> = (context, event) =>
  event.shared.lockHolder(lockOf(event.shared, wantedOf(context, event).bo)) !== undefined;

const mappedForFaults: Guard<MemoryContext> = (context, event) =>
  event.shared
    .links(wantedOf(context, event).bo)
    .some(({ vm }) => event.shared.vm(vm)?.mode === 'fault');

export const evicted = (client: ActorId, result: number): Effect =>
  send(client, 'evict.done', { result });

const endWith =
  (result: number): Action<MemoryContext> =>
  (context, event) => {
    const { client, others } = wantedOf(context, event);
    return outcome({ ...context, evictions: others }, evicted(client, result));
  };

const sleepUntilUnlocked: Action<MemoryContext> = (context, event) => {
  const { client, bo, to, others } = wantedOf(context, event);
  const lock = lockOf(event.shared, bo);
  const sleeping: Eviction = { client, bo, to, lock, phase: 'asleep', fences: [], left: [] };
  return outcome(
    { ...context, evictions: [...others, sleeping] },
    fact({ type: 'wait.began', on: lockEvent(lock), by: context.id }),
  );
};

const moveOut: Action<MemoryContext> = (context, event) => {
  const { client, bo, to, others } = wantedOf(context, event);
  const { shared } = event;
  const told = tellMappings(shared, bo);
  const { effects } = moveBo(shared, bo, to, to === 'vram');
  return outcome({ ...context, evictions: others }, ...told, ...effects, evicted(client, 0));
};

export const evictActions = {
  refuse: endWith(ERRNO.ENOENT),
  nothingToDo: endWith(0),
  sleepUntilUnlocked,
  moveOut,
};
export const evictGuards = { handleGone, alreadyOut, resvLocked, mappedForFaults };
