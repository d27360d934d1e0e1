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

export const lifting = ({ accepts, step }: Change): Executor => ({
  initialValue: (machine) => tableExecutor.initialValue(machine),
  accepts: (state, type) => tableExecutor.accepts(state, type) || (accepts?.(state, type) ?? false),
  step: (state, event) => step?.(state, event) ?? tableExecutor.step(state, event),
});

/** One executor for the actors of a machine, another for the rest. */
export const alsoFor = (machine: string, its: Executor, others: Executor): Executor => {
  const of = (name: string): Executor => (name === machine ? its : others);
  return {
    initialValue: (name) => of(name).initialValue(name),
    accepts: (state, type) => of(state.machine).accepts(state, type),
    step: (state, event) => of(state.machine).step(state, event),
  };
};

/** In the state `busy` a machine takes such messages as it does in `free`, and goes on where it was. */
export function takenAs(
  machine: string,
  busy: string,
  types: readonly MessageType[],
  free: string,
): Executor {
  const isIn = (state: ActorState): boolean => state.machine === machine && state.value === busy;
  return lifting({
    accepts: (state, type) => types.includes(type) && isIn(state),
    step: (state, event) => {
      if (!types.includes(event.type) || !isIn(state)) return null;
      const { state: after, effects } = tableExecutor.step({ ...state, value: free }, event);
      return { state: { ...after, value: after.value === free ? busy : after.value }, effects };
    },
  });
}

/** A reader that answers some questions otherwise. */
export function asking(shared: SharedReader, change: Partial<SharedReader>): SharedReader {
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

/** A machine that does not know something when it takes a message, and knows it again afterwards. */
export const without = <K extends string, V>(
  machine: string,
  value: string,
  type: MessageType,
  key: K,
  unknown: V,
  isRemembered: boolean,
): Executor =>
  lifting({
    step: (state, event) => {
      if (state.machine !== machine || state.value !== value || event.type !== type) return null;
      const context = state.context as Readonly<Record<K, V>>;
      const { state: after, effects } = tableExecutor.step(
        { ...state, context: { ...context, [key]: unknown } },
        event,
      );
      const now = after.context as Readonly<Record<K, V>>;
      const known = isRemembered ? { ...now, [key]: context[key] } : now;
      return { state: { ...after, context: known }, effects };
    },
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
