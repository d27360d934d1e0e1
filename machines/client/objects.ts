/**
 * Making and closing BOs, syncobjs and bind queues: nobody else is asked. Mirrors xe_gem_create_ioctl,
 * drm_gem_handle_delete, and xe_engine_create_ioctl and xe_engine_destroy_ioctl for what need not be told to a queue.
 */
import { ERRNO } from '../../domain/errno.ts';
import type { Refusal } from '../../domain/ioctl/rules.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import { type Effect, fact, type Outcome } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { dropRef } from '../shared/refs.ts';
import { refusalOfBo, refusalOfQueue } from './checks.ts';
import { type ClientContext, endExpecting } from './context.ts';
import { createBo, createQueue, createSyncobj, HANDLE } from './create.ts';

type Named = Extract<Step, { create: unknown }>['create'];

interface Made {
  readonly refusal: Refusal | null;
  readonly effects: () => readonly Effect[];
}

function made({ declared }: ClientContext, name: string, shared: SharedReader): Made {
  const { bos, syncobjs, queues } = declared;
  const bo = bos[name];
  if (bo !== undefined) {
    return { refusal: refusalOfBo(bo, shared), effects: () => createBo(name, bo, shared) };
  }
  const queue = queues[name];
  if (queue !== undefined) {
    return { refusal: refusalOfQueue(queue, shared), effects: () => [createQueue(name, queue)] };
  }
  const syncobj = syncobjs[name];
  if (syncobj === undefined) throw new RangeError(`nothing declared as ${name}`);
  return { refusal: null, effects: () => createSyncobj(name, syncobj) };
}

export function createDeclared(
  context: ClientContext,
  { name, expect }: Named,
  shared: SharedReader,
): Outcome<ClientContext> {
  const { refusal, effects } = made(context, name, shared);
  if (refusal !== null) return endExpecting(context, 'create', expect, refusal.error);
  return endExpecting(context, 'create', expect, 0, ...effects());
}

/** A BO that mappings keep lives on; a queue's jobs run on. */
export function closeDeclared(
  context: ClientContext,
  { name, expect }: Named,
  shared: SharedReader,
): Outcome<ClientContext> {
  const end = (result: number, ...effects: readonly Effect[]): Outcome<ClientContext> =>
    endExpecting(context, 'close', expect, result, ...effects);
  if (name in context.declared.queues) {
    if (shared.queue(name) === undefined) return end(ERRNO.ENOENT);
    return end(0, fact({ type: 'queue.destroyed', queue: name }));
  }
  if (shared.bo(name)?.closed !== false) return end(ERRNO.EINVAL);
  return end(0, fact({ type: 'bo.closed', bo: name }), ...dropRef(shared, name, HANDLE));
}
