/**
 * A started XState actor that begins in a given state and hands out its effects: the shell for a live run under an
 * inspector. It never sends to other actors by itself; whoever holds it delivers.
 */
import { createActor } from 'xstate';
import { effectsOf, type Machine, OUT } from '../contract/define.ts';
import type { Effect } from '../contract/effects.ts';
import type { StepEvent } from '../contract/event.ts';
import type { ActorState } from './executor.ts';
import { dottedValue, nestedValue } from './xstate.ts';

export interface LiveActor {
  send(event: StepEvent): void;
  state(): ActorState;
  stop(): void;
}

export function startActor(
  id: string,
  machine: Machine<never>,
  initial: ActorState,
  onEffects: (effects: readonly Effect[]) => void,
): LiveActor {
  const collect = (_: unknown, params: unknown): void => {
    onEffects(effectsOf(params));
  };
  const logic = machine.chart.provide({ actions: { [OUT]: collect } } as never);
  const { value, context } = initial;
  const snapshot = logic.resolveState({ value: nestedValue(value), context } as never);
  const actor = createActor(logic, { id, snapshot } as never);
  actor.start();
  return {
    send: (event) => {
      actor.send(event as never);
    },
    state: () => {
      const now = actor.getSnapshot();
      return {
        machine: initial.machine,
        value: dottedValue(now.value),
        context: now.context as unknown,
      };
    },
    stop: () => {
      actor.stop();
    },
  };
}
