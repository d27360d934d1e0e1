/** Executors in which a queue of the driver does not keep its entries apart. */
import { type Effect, fact, send } from '../../../machines/contract/effects.ts';
import { dataOf } from '../../../machines/contract/event.ts';
import type { Executor } from '../../../machines/execute/executor.ts';
import type { FaultsContext } from '../../../machines/faults/faults.ts';
import type { WorkContext, WorkFunction } from '../../../machines/work-item/work-item.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { lifting } from './lift.ts';

/** A work item that runs as often as it is asked for, at once. */
export const withoutWorkItem = (runs: WorkFunction): Executor =>
  lifting({
    accepts: ({ machine }) => machine === 'work',
    step: (state, event) => {
      if (state.machine !== 'work') return null;
      const { vm, runs: own } = state.context as WorkContext;
      if (own !== runs) return null;
      const isAsked = event.type === 'work.queue' || dataOf(event, 'work.done').again;
      return {
        state,
        effects: isAsked ? [send(vm, runs, {})] : [],
      };
    },
  });

/** A GT's page faults are all handed to their VMs at once; `waiting` holds those that have no answer. */
export const withoutFaultQueue = lifting({
  step: (state, event) => {
    if (state.machine !== 'faults' || state.value !== 'handling') return null;
    const context = state.context as FaultsContext;
    if (event.type === 'fault.raise') {
      const raised = dataOf(event, 'fault.raise');
      const { vm, addr, access } = raised;
      return {
        state: { ...state, context: { ...context, waiting: [...context.waiting, raised] } },
        effects: [send(vm, 'vm.fault', { gt: context.gt, addr, access })],
      };
    }
    if (event.type !== 'fault.handled') return null;
    const answered = tableExecutor.step({ ...state, context: { ...context, waiting: [] } }, event);
    const [current = null, ...waiting] = context.waiting;
    return {
      state: {
        ...state,
        value: current === null ? 'idle' : 'handling',
        context: { ...context, current, waiting },
      },
      effects: answered.effects,
    };
  },
});

/** Every other write of a user fence is overtaken by those that are queued behind it. */
export const withoutOrderedQueue = lifting({
  step: (state, event) => {
    if (event.type !== 'ufence.write') return null;
    const { overtaken = null, ...context } = state.context as {
      readonly overtaken?: string | null;
    };
    const { at, value } = event.data;
    const name = `${at} ${value}`;
    const isFirst = overtaken === null;
    const effects: Effect[] = isFirst
      ? [send('ufences', 'ufence.write', { at, value })]
      : [fact({ type: 'ufence.written', at, value })];
    const next = isFirst ? name : overtaken === name ? null : overtaken;
    return { state: { ...state, context: { ...context, overtaken: next } }, effects };
  },
});
