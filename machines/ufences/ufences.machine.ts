/** The statechart of the device's ordered queue for user fences. */
import { defineMachine } from '../contract/define.ts';
import { ufencesActions, type UfencesContext } from './ufences.ts';

export const ufencesMachine = defineMachine<UfencesContext>(
  {
    id: 'ufences',
    initial: 'running',
    states: {
      running: {
        on: {
          'ufence.attach': { actions: 'attach' },
          'fence.signaled': { actions: 'queueWrite' },
          'ufence.write': { actions: 'write' },
        },
      },
    },
  },
  {},
  ufencesActions,
);
