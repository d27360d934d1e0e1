/**
 * Eviction: a BO leaves VRAM. Mirrors ttm_bo_evict and xe_bo.c (xe_bo_trigger_rebind, xe_bo_move): under the BO's
 * reservation lock every mapping is told, then the contents are copied once all that was promised about them is over.
 *
 * A VM that binds before each job is told through its list of evicted mappings, and whatever runs in it is asked to end
 * (a preempt fence suspends its queue); all that is one step, for nobody else can look while the lock is held. A VM in
 * fault mode may touch the memory at any moment: see zap.ts.
 */
import { ERRNO } from '../../domain/errno.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { resvOf } from '../shared/shared.ts';
import { lockEvent } from '../shared/sleepers.ts';
import type { Eviction, MemoryContext, Wish } from './context.ts';
import { moveBo, tellMappings } from './move.ts';

/** Who wants what out, and the evictions beside this one. */
interface Wanted {
  readonly wish: Wish;
  readonly others: readonly Eviction[];
}

/** Somebody new, or the first of those who slept until what has happened. */
export function wantedOf({ evictions }: MemoryContext, event: StepEvent): Wanted {
  if (event.type === 'memory.evict' || event.type === 'memory.move') {
    const forBind = event.type === 'memory.move';
    return { wish: { client: event.from, ...event.data, forBind }, others: evictions };
  }
  const { on } = dataOf(event, 'wait.over');
  const woken = evictions.find(({ phase, lock }) => phase === 'asleep' && lockEvent(lock) === on);
  if (woken === undefined) throw new RangeError(`nobody sleeps until ${on}`);
  const { client, bo, to, forBind } = woken;
  return { wish: { client, bo, to, forBind }, others: evictions.filter((each) => each !== woken) };
}

/** The lock that eviction needs. @throws RangeError for a BO that is gone */
export function lockOf(shared: SharedReader, bo: string): string {
  const found = shared.bo(bo);
  if (found === undefined) throw new RangeError(`no BO ${bo}`);
  return resvOf(bo, found);
}

/** Who moves a BO to bind it has a mapping of it, or holds it. */
const handleGone: Guard<MemoryContext> = (context, event) => {
  const { bo, forBind } = wantedOf(context, event).wish;
  return !forBind && event.shared.bo(bo)?.closed !== false;
};

const isLocked = ({ bo }: Wish, shared: SharedReader): boolean =>
  shared.lockHolder(lockOf(shared, bo)) !== undefined;

const alreadyOut: Guard<MemoryContext> = (context, event) => {
  const { wish } = wantedOf(context, event);
  if (event.shared.bo(wish.bo)?.placement !== wish.to) return false;
  return !wish.forBind || !isLocked(wish, event.shared);
};

const resvLocked: Guard<MemoryContext> = (context, event) =>
  isLocked(wantedOf(context, event).wish, event.shared);

const mappedForFaults: Guard<MemoryContext> = (context, event) =>
  event.shared
    .links(wantedOf(context, event).wish.bo)
    .some(({ vm }) => event.shared.vm(vm)?.mode === 'fault');

/** The end of it: whoever is about to bind gets the lock, which nobody holds now. */
export function arrived({ client, bo, forBind }: Wish, shared: SharedReader): Effect[] {
  if (!forBind) return [send(client, 'evict.done', { result: 0 })];
  const lock = lockOf(shared, bo);
  return [fact({ type: 'lock.taken', lock, by: client }), send(client, 'move.done', { lock })];
}

/** Where it belongs from now on: what a bind or the GPU's use has brought; an evicted BO goes back. */
export const staysThere = ({ to, forBind }: Wish): boolean => forBind || to === 'vram';

const refuse: Action<MemoryContext> = (context, event) => {
  const { wish, others } = wantedOf(context, event);
  const refused = send(wish.client, 'evict.done', { result: ERRNO.ENOENT });
  return outcome({ ...context, evictions: others }, refused);
};

const nothingToDo: Action<MemoryContext> = (context, event) => {
  const { wish, others } = wantedOf(context, event);
  return outcome({ ...context, evictions: others }, ...arrived(wish, event.shared));
};

const sleepUntilUnlocked: Action<MemoryContext> = (context, event) => {
  const { wish, others } = wantedOf(context, event);
  const lock = lockOf(event.shared, wish.bo);
  const sleeping: Eviction = { ...wish, lock, phase: 'asleep', fences: [], left: [] };
  return outcome(
    { ...context, evictions: [...others, sleeping] },
    fact({ type: 'wait.began', on: lockEvent(lock), by: context.id }),
  );
};

const moveOut: Action<MemoryContext> = (context, event) => {
  const { wish, others } = wantedOf(context, event);
  const { shared } = event;
  const told = tellMappings(shared, wish.bo);
  const { effects } = moveBo(shared, wish.bo, wish.to, staysThere(wish));
  const ended = arrived(wish, shared.after(effects));
  return outcome({ ...context, evictions: others }, ...told, ...effects, ...ended);
};

export const evictActions = { refuse, nothingToDo, sleepUntilUnlocked, moveOut };
export const evictGuards = { handleGone, alreadyOut, resvLocked, mappedForFaults };
