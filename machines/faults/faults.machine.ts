/** The statechart of a page-fault queue: its worker sleeps, or has handed a fault to its VM. */
import { defineMachine } from '../contract/define.ts';
import { faultsActions, type FaultsContext, faultsGuards } from './faults.ts';

export const faultsMachine = defineMachine<FaultsContext>(
  {
    id: 'faults',
    initial: 'idle',
    states: {
      idle: {
        on: {
          'fault.raise': { target: 'handling', actions: ['receive', 'handleNext'] },
          'faults.reset': { actions: 'forget' },
        },
      },
      handling: {
        on: {
          'fault.raise': { actions: 'receive' },
          'fault.again': { actions: 'handAgain' },
          'fault.handled': [
            { guard: 'goesOn', actions: 'answerAndGoOn' },
            { target: 'idle', actions: 'answer' },
          ],
          'faults.reset': { actions: 'forget' },
        },
      },
    },
  },
  faultsGuards,
  faultsActions,
);
