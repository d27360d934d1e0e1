/** The statechart of a GT's page-fault queue. `picking` is passed through within one step. */
import { defineMachine } from '../contract/define.ts';
import { faultsActions, type FaultsContext, faultsGuards } from './faults.ts';

export const faultsMachine = defineMachine<FaultsContext>(
  {
    id: 'faults',
    initial: 'idle',
    states: {
      idle: {
        on: { 'fault.raise': { target: 'picking', actions: 'enqueue' } },
      },
      picking: {
        always: [
          { guard: 'isEmpty', target: 'idle' },
          { target: 'handling', actions: 'handleNext' },
        ],
      },
      handling: {
        on: {
          'fault.raise': [{ guard: 'isFull', actions: 'drop' }, { actions: 'enqueue' }],
          'fault.again': { actions: 'handAgain' },
          'fault.handled': { target: 'picking', actions: 'answer' },
        },
      },
    },
  },
  faultsGuards,
  faultsActions,
);
