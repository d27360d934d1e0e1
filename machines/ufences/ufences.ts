/**
 * User fences of binds: each waits for its dma-fence, then its value is written by the device's ordered queue, one
 * after another in the order in which the fences were heard to signal (those heard of together: as they were attached),
 * whatever their error. Mirrors xe_sync.c (user_fence_cb, kick_ufence, user_fence_worker on xe->ordered_wq). User fences
 * of batches are written by the GPU.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { U64 } from '../../domain/units.ts';
import { fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { ActorId } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';

interface Attached {
  readonly fence: FenceKey;
  readonly at: U64;
  readonly value: U64;
}

export interface UfencesContext {
  readonly id: ActorId;
  /** in the order in which they came */
  readonly attached: readonly Attached[];
}

export function newUfences(id: ActorId): UfencesContext {
  return { id, attached: [] };
}

/** Queues the writes of all whose fences have signalled: mail of several signallers may overtake, attaching does not. */
function queueDue(context: UfencesContext, shared: SharedReader): Outcome<UfencesContext> {
  const due = context.attached.filter(({ fence }) => shared.isSignaled(fence));
  return outcome(
    { ...context, attached: context.attached.filter((each) => !due.includes(each)) },
    ...due.map(({ at, value }) => send(context.id, 'ufence.write', { at, value })),
  );
}

const attach: Action<UfencesContext> = (context, event) => {
  const { fence, at, value } = dataOf(event, 'ufence.attach');
  const { shared } = event;
  const queued = queueDue(
    { ...context, attached: [...context.attached, { fence, at, value }] },
    shared,
  );
  const wait = shared.isSignaled(fence)
    ? []
    : [fact({ type: 'fence.waited', fence, waiter: context.id })];
  return outcome(queued.context, ...queued.effects, ...wait);
};

const queueWrite: Action<UfencesContext> = (context, { shared }) => queueDue(context, shared);

const write: Action<UfencesContext> = (context, event) => {
  const { at, value } = dataOf(event, 'ufence.write');
  return outcome(context, fact({ type: 'ufence.written', at, value }));
};

export const ufencesActions = { attach, queueWrite, write };
