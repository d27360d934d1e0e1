/**
 * Sleeping until something happens that is no fence: a lock is released, an asynchronous fence is started, a user
 * fence's memory changes, a VM fails. Whoever sleeps looks again when it is woken; being woken promises nothing.
 * Stands for the kernel's wait queues (vm->async_ops.error_capture.wq, xe->ufence_wq, the started wait queue of
 * async_op_fence) and for contended ww_mutexes.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { without } from '../../domain/without.ts';
import type { Shared } from './shared.ts';

export const lockEvent = (lock: string): string => `lock:${lock}`;
export const startedEvent = (fence: string): string => `started:${fence}`;
export const ufenceEvent = (at: string): string => `ufence:${at}`;
export const errorEvent = (vm: string): string => `error:${vm}`;
export const userptrEvent = (userptr: string): string => `userptr:${userptr}`;

/** What a fact makes happen, for those who sleep on it. */
export function triggerOf(fact: Fact): string | null {
  switch (fact.type) {
    case 'lock.released':
      return lockEvent(fact.lock);
    case 'fence.started':
      return startedEvent(fact.fence);
    case 'ufence.written':
      return ufenceEvent(fact.at);
    case 'vm.errored':
    case 'vm.closing':
      return errorEvent(fact.vm);
    case 'userptr.invalidated':
      return userptrEvent(fact.userptr);
    default:
      return null;
  }
}

/** Those who sleep on what the fact makes happen, in the order in which they lay down. */
export function sleepersOf(shared: Shared, fact: Fact): readonly string[] {
  const trigger = triggerOf(fact);
  return trigger === null ? [] : (shared.sleepers[trigger] ?? []);
}

/** Folds who sleeps: `wait.began`, `wait.ended`, and whatever wakes. */
export function foldWaits(shared: Shared, fact: Fact): Shared {
  if (fact.type === 'wait.began') {
    const others = shared.sleepers[fact.on] ?? [];
    return { ...shared, sleepers: { ...shared.sleepers, [fact.on]: [...others, fact.by] } };
  }
  if (fact.type === 'wait.ended') {
    const left = (shared.sleepers[fact.on] ?? []).filter((each) => each !== fact.by);
    return withSleepers(shared, fact.on, left);
  }
  const trigger = triggerOf(fact);
  return trigger === null || shared.sleepers[trigger] === undefined
    ? shared
    : withSleepers(shared, trigger, []);
}

function withSleepers(shared: Shared, on: string, left: readonly string[]): Shared {
  const sleepers = without(shared.sleepers, on);
  if (left.length > 0) sleepers[on] = left;
  return { ...shared, sleepers };
}
