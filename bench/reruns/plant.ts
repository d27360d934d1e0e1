/**
 * A divergence on purpose: an executor that does as the table does, but for one step. What the comparison of reruns
 * and `replay` have to find. Each way is one that a real fault could have: what a machine tells, the state that it
 * names, and what it keeps to itself.
 */
import type { Effect } from '../../machines/contract/effects.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { ActorState, Executor, Stepped } from '../../machines/execute/executor.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { tableExecutor } from '../../streams/world/run.ts';

/** `context`: a part of the actor's state that no record shows; `mappings`: those of a VM, which facts should show. */
export type Way = 'fact-lost' | 'fact-twice' | 'state' | 'context' | 'mappings';

const TIMES: Readonly<Partial<Record<Way, number>>> = { 'fact-lost': 0, 'fact-twice': 2 };

/** The last fact so many times instead of once. */
function changedEffects(effects: readonly Effect[], way: Way): readonly Effect[] {
  const times = TIMES[way];
  const at = effects.findLastIndex(({ effect }) => effect === 'fact');
  const found = effects[at];
  if (times === undefined || found === undefined) return effects;
  return [...effects.slice(0, at), ...Array<Effect>(times).fill(found), ...effects.slice(at + 1)];
}

function changedState(state: ActorState, way: Way): ActorState {
  if (way === 'state') return { ...state, value: `${state.value}.planted` };
  if (way === 'mappings') return withoutMappings(state);
  if (way !== 'context') return state;
  return { ...state, context: { ...(state.context as object), planted: 1 } };
}

function withoutMappings(state: ActorState): ActorState {
  const context = state.context as VmContext;
  const space = { ...context.space, mappings: OrderedMap.from([]) } as VmContext['space'];
  return { ...state, context: { ...context, space } };
}

/** Does as the table, but for its step number `at` (from 1, as records are numbered). */
export class PlantedExecutor implements Executor {
  readonly #at: number;
  readonly #way: Way;
  #count = 0;

  constructor(at: number, way: Way) {
    this.#at = at;
    this.#way = way;
  }

  initialValue = (machine: string): string => tableExecutor.initialValue(machine);
  accepts = (state: ActorState, type: StepEvent['type']): boolean =>
    tableExecutor.accepts(state, type);

  step(state: ActorState, event: StepEvent): Stepped {
    const stepped = tableExecutor.step(state, event);
    if (++this.#count !== this.#at) return stepped;
    return {
      state: changedState(stepped.state, this.#way),
      effects: changedEffects(stepped.effects, this.#way),
    };
  }
}
