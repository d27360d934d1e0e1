/**
 * What evictions and notifiers wait for. An eviction is a node of its own: the memory manager runs several side by side,
 * each in the context of whoever needs the memory, and one that sleeps for a lock holds none. Nobody waits for the
 * manager itself. The table is in wait-rules.ts.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { ClientContext } from '../../machines/client/context.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { Eviction } from '../../machines/memory/context.ts';
import { MEMORY } from '../../machines/memory/names.ts';
import { userptrEvent } from '../../machines/shared/sleepers.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import { findQueue, queueKey } from './mail.ts';
import { fences, waitsFor } from './wait-fences.ts';
import type { WaitIndex } from './wait-index.ts';
import type { WaitFor, WaitRule } from './wait-nodes.ts';

/** Who holds a lock: an actor, or one of the evictions. */
export const holder: WaitRule['waits'] = ({ world, evictions }, lock) => {
  const by = world.shared.locks[lock];
  if (by === undefined) return [];
  const says = (name: string): string => `is held by ${name}`;
  if (by !== MEMORY) return [{ kind: 'actor', id: by, says }];
  const holds = ({ lock: its, phase }: Eviction): boolean => its === lock && phase !== 'asleep';
  return [{ kind: 'eviction', id: String(evictions.findIndex(holds)), says }];
};

/** A client's eviction, or the manager that has not heard of it yet. */
export const ownEviction: WaitRule['waits'] = (index, id) => {
  if (index.actor(id)?.value !== 'evicting') return [];
  const mine = index.evictions.findIndex(({ client }) => client === id);
  return mine < 0
    ? [{ kind: 'actor', id: MEMORY, says: waitsFor }]
    : [{ kind: 'eviction', id: String(mine), says: waitsFor }];
};

/** What a VM waits for on behalf of whoever called its notifier; the VM itself, while the call is in the mail. */
function noticed(index: WaitIndex, vm: ActorId, from: ActorId): WaitFor[] {
  const { notifiers = [] } = (index.actor(vm)?.context ?? {}) as Partial<VmContext>;
  const called = notifiers.filter((each) => each.from === from);
  if (findQueue(index.world.queues, queueKey(from, vm)) !== undefined) {
    return [{ kind: 'actor', id: vm, says: waitsFor }];
  }
  return called.flatMap(({ waitingOn }): WaitFor[] => fences(index, waitingOn));
}

/** The lock, everything under way, or the VM that clears its entries. */
export const eviction: WaitRule['waits'] = (index, id) => {
  const found = index.evictions[Number(id)];
  if (found === undefined) return [];
  const { phase, lock, fences: pending, left } = found;
  if (phase === 'asleep' && index.world.shared.locks[lock] === undefined) {
    return [{ kind: 'actor', id: MEMORY, says: (name) => `is about to be woken in ${name}` }];
  }
  if (phase === 'asleep') return [{ kind: 'lock', id: lock, says: waitsFor }];
  const [mapping] = left;
  return phase === 'waiting' || mapping === undefined
    ? fences(index, pending)
    : noticed(index, mapping.vm, MEMORY);
};

/** Whoever calls notifiers waits for what the VM waits for, not for who holds the VM's lock. */
export const notifierCall: WaitRule['waits'] = (index, id) => {
  const { world } = index;
  if (index.actor(id)?.value !== 'notifying.calling') return [];
  return Object.keys(world.shared.vms).flatMap((vm) => noticed(index, vm, id));
};

/** New pages are there when the client has been through all notifiers. */
export const newPages: WaitRule['waits'] = ({ clients }, id) =>
  clients
    .filter(({ value, context }) => isExchanging(value, context, id))
    .map(({ id: client }) => {
      return { kind: 'actor', id: client, says: (name) => `is brought about by ${name}` };
    });

function isExchanging(value: string, { program, pc }: ClientContext, event: string): boolean {
  const step = program[pc];
  if (step === undefined || !('invalidate' in step)) return false;
  const isCalling = value === 'notifying.calling' || value === 'notifying.settling';
  return isCalling && userptrEvent(step.invalidate.userptr) === event;
}

/**
 * What a VM's holder of vm->lock waits for, or its close. Its callbacks wait for fences, too (notifiers, asynchronous
 * fences): they hold nobody up.
 */
export const vmFences: WaitRule['waits'] = (index, id) => {
  const { waitingOn, inFlight } = index.actor(id)?.context as VmContext;
  const isClosing = index.actor(id)?.value === 'closing';
  const pending: readonly FenceKey[] = isClosing ? inFlight : waitingOn;
  return fences(index, pending);
};
