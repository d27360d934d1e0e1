/** Executors that do without one exclusion of the model, and are otherwise the executor of every run. */
import type { Effect } from '../../../machines/contract/effects.ts';
import type { StepEvent } from '../../../machines/contract/event.ts';
import type { MessageType } from '../../../machines/contract/messages.ts';
import type { ActorState, Executor, Stepped } from '../../../machines/execute/executor.ts';
import type { SharedReader } from '../../../machines/shared/reader.ts';
import { tableExecutor } from '../../../streams/world/run.ts';

interface Change {
  readonly accepts?: (state: ActorState, type: MessageType) => boolean;
  /** null: as always */
  readonly step?: (state: ActorState, event: StepEvent) => Stepped | null;
}

const lifting = ({ accepts, step }: Change): Executor => ({
  initialValue: (machine) => tableExecutor.initialValue(machine),
  accepts: (state, type) => tableExecutor.accepts(state, type) || (accepts?.(state, type) ?? false),
  step: (state, event) => step?.(state, event) ?? tableExecutor.step(state, event),
});

/**
 * While a VM is in such a state, this message is taken all the same, as if nobody held vm->lock. Then whoever held it
 * goes on in the state where it was.
 */
export function withoutVmLock(prefix: string, type: MessageType): Executor {
  const isIn = ({ machine, value }: ActorState): boolean =>
    machine === 'vm' && value.startsWith(prefix);
  return lifting({
    accepts: (state, taken) => taken === type && isIn(state),
    step: (state, event) => {
      if (event.type !== type || !isIn(state)) return null;
      const { state: after, effects } = tableExecutor.step({ ...state, value: 'open.idle' }, event);
      return { state: { ...after, value: state.value }, effects };
    },
  });
}

/** A reader that answers some questions otherwise. */
function asking(shared: SharedReader, change: Partial<SharedReader>): SharedReader {
  return new Proxy(shared, {
    get: (target, key) => {
      const changed: unknown = Reflect.get(change, key);
      if (changed !== undefined) return changed;
      const own: unknown = Reflect.get(target, key, target);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}

/** A machine that sees the shared objects otherwise. */
export const seeing = (
  machine: string,
  change: (shared: SharedReader) => Partial<SharedReader>,
): Executor =>
  lifting({
    step: (state, event) =>
      state.machine === machine
        ? tableExecutor.step(state, {
            ...event,
            shared: asking(event.shared, change(event.shared)),
          })
        : null,
  });

/** A machine some of whose effects are others, or none. */
export const leaving = (machine: string, change: (effect: Effect) => readonly Effect[]): Executor =>
  lifting({
    step: (state, event) => {
      if (state.machine !== machine) return null;
      const { state: after, effects } = tableExecutor.step(state, event);
      return { state: after, effects: effects.flatMap(change) };
    },
  });

/** A machine whose context is changed before it takes a message. */
export const knowing = <C>(
  machine: string,
  value: string,
  type: MessageType,
  change: (context: C) => C,
): Executor =>
  lifting({
    step: (state, event) =>
      state.machine === machine && state.value === value && event.type === type
        ? tableExecutor.step({ ...state, context: change(state.context as C) }, event)
        : null,
  });

/** The driver believes each TLB invalidation acknowledged as soon as it is sent. */
export const withoutAcks = lifting({
  step: (state, event) => {
    if (event.type !== 'tlb.invalidate') return null;
    const sent = tableExecutor.step(state, event);
    const { seqno } = sent.state.context as { readonly seqno: number };
    const ack = { ...event, type: 'guc.ack', data: { seqno } } as unknown as StepEvent;
    const acked = tableExecutor.step(sent.state, ack);
    return { state: acked.state, effects: [...sent.effects, ...acked.effects] };
  },
});
