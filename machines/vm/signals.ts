/**
 * What a signal does to a VM, whatever state it is in: asynchronous fences follow their real ones, VMAs whose unbind is
 * done are destroyed, notifiers and whoever holds the lock go on. These are fence callbacks and workers in the kernel;
 * none of them takes vm->lock.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, outcome, type Outcome } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext } from './context.ts';
import { destroyed } from './destroyed.ts';
import { notifiersGoOn } from './notifier.ts';
import { noted, settle } from './promised.ts';

/** Destroys the VMAs that wait for nothing any more. */
export function buryDone(context: VmContext, shared: SharedReader): Outcome<VmContext> {
  const done = context.dying.filter(({ fences }) => fences.length === 0);
  if (done.length === 0) return outcome(context);
  const effects: Effect[] = [];
  let now = shared;
  for (const each of done) {
    const ended = destroyed(context.id, each, now);
    effects.push(...ended);
    now = now.after(ended);
  }
  const gone = new Set(done.map(({ va }) => va));
  return outcome(
    {
      ...context,
      dying: context.dying.filter((each) => !done.includes(each)),
      invalidated: context.invalidated.filter((va) => !gone.has(va)),
    },
    ...effects,
  );
}

const without = (fences: readonly FenceKey[], fence: FenceKey): readonly FenceKey[] =>
  fences.includes(fence) ? fences.filter((each) => each !== fence) : fences;

const onSignal: Action<VmContext> = (context, event) => {
  const { fence, error } = dataOf(event, 'fence.signaled');
  const heard: VmContext = {
    ...noted(context, fence, error),
    waitingOn: without(context.waitingOn, fence),
    inFlight: without(context.inFlight, fence),
    dying: context.dying.map((each) => ({ ...each, fences: without(each.fences, fence) })),
  };
  const settled = settle(heard, event.shared);
  const buried = buryDone(settled.context, event.shared.after(settled.effects));
  const gone = notifiersGoOn(buried.context, fence, event.shared);
  return outcome(gone.context, ...settled.effects, ...buried.effects, ...gone.effects);
};

export const signalActions = { onSignal };
