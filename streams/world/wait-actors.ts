/** What actors wait for, and mail and the steps that clients have before them. The table is in wait-rules.ts. */
import type { Step } from '../../domain/scenario/schema.ts';
import type { BindEngineContext } from '../../machines/bind-engine/bind-engine.ts';
import type { ClientContext } from '../../machines/client/context.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { WorkContext } from '../../machines/work-item/work-item.ts';
import { MEMORY } from '../../machines/memory/names.ts';
import type { TlbContext } from '../../machines/tlb/context.ts';
import { findQueue, queueKey } from './mail.ts';
import { fences, waitsFor } from './wait-fences.ts';
import { partsOfStep, type WaitFor, type WaitRule } from './wait-nodes.ts';

export const fencesWaitedFor: WaitRule['waits'] = (index, id) =>
  // a VM is more than one context: wait-memory.ts
  index.actor(id)?.machine === 'vm' ? [] : fences(index, index.waitedFor.get(id) ?? []);

/** What an actor sleeps on: a lock, the start of an asynchronous fence, or something that only has a name. */
export const sleep: WaitRule['waits'] = ({ world }, id) =>
  // it is not the manager that sleeps but each of its evictions
  id === MEMORY
    ? []
    : Object.entries(world.shared.sleepers).flatMap(([on, sleepers]): WaitFor[] => {
        if (!sleepers.includes(id)) return [];
        const [what = '', ...rest] = on.split(':');
        const name = rest.join(':');
        if (what === 'lock') return [{ kind: 'lock', id: name, says: waitsFor }];
        if (what !== 'started') return [{ kind: 'event', id: on, says: waitsFor }];
        return [{ kind: 'fence', id: name, says: (label) => `waits for the start of ${label}` }];
      });

/** Mail that an actor sent and that is not taken: as a rule it waits for a lock. */
export const ownMail: WaitRule['waits'] = ({ heldUp }, id) =>
  heldUp
    .filter(({ from }) => from === id)
    .map(({ key }) => ({ kind: 'mail', id: key, says: waitsFor }));

export const receiver: WaitRule['waits'] = ({ world }, id) => {
  const to = findQueue(world.queues, id)?.to;
  if (to === undefined) return [];
  return [{ kind: 'actor', id: to, says: (name) => `is held up by ${name}` }];
};

/** Whom a step asks something that it waits for. */
function askedBy(step: Step, { declared, exec }: ClientContext): ActorId | undefined {
  if ('bind' in step) return step.bind.vm;
  if ('exec' in step) return exec?.vm;
  if ('reset' in step) return `gt${step.reset.gt}`;
  if ('gpu' in step) return `gt${step.gpu.gt}`;
  if ('expect' in step) return step.expect.vm;
  const name = 'create' in step ? step.create.name : 'close' in step ? step.close.name : '';
  return name in declared.vms || name in declared.queues ? name : undefined;
}

/** States of a client that has sent a message and waits for its answer. */
const ASKING = new Set(['inIoctl', 'accessing', 'looking', 'resetting']);

/** The answer to a message that is not held up. */
export const answer: WaitRule['waits'] = (index, id) => {
  const state = index.actor(id);
  const context = state?.context as ClientContext;
  const step = context.program[context.pc];
  if (step === undefined || !ASKING.has(state?.value ?? '')) {
    return [];
  }
  const to = askedBy(step, context);
  if (to === undefined || index.isHeldUp(queueKey(id, to))) return [];
  return [{ kind: 'actor', id: to, says: (name) => `waits for the answer of ${name}` }];
};

/** The stores of the head job. */
export const stores: WaitRule['waits'] = (index, id) => {
  const { queue, waitingOn } = index.actor(id)?.context as BindEngineContext;
  const [head] = queue;
  if (head === undefined || waitingOn.length > 0) return [];
  return [{ kind: 'actor', id: head.gt, says: (name) => `waits for the stores of ${name}` }];
};

export const acknowledgement: WaitRule['waits'] = (index, id) => {
  const { gt, pending } = index.actor(id)?.context as TlbContext;
  if (pending.every(({ end }) => end !== null)) return [];
  return [{ kind: 'actor', id: gt, says: (name) => `waits for the acknowledgement of ${name}` }];
};

/** A work function that was called and has not returned. */
export const calledFunction: WaitRule['waits'] = (index, id) => {
  const item = index.actor(id);
  if (item === undefined || item.value === 'idle') return [];
  const { vm } = item.context as WorkContext;
  return [{ kind: 'actor', id: vm, says: (name) => `waits for ${name}` }];
};

export const comesAfter: WaitRule['waits'] = (_index, id) => [
  { kind: 'actor', id: partsOfStep(id).client, says: (name) => `comes after ${name}` },
];
