/** The statechart of a GT. Reset and wedging will be states beside `running`. */
import { defineMachine } from '../contract/define.ts';
import { gtActions, type GtContext } from './gt.ts';

export const gtMachine = defineMachine<GtContext>(
  {
    id: 'gt',
    initial: 'running',
    states: {
      running: {
        on: {
          'copy.write': { actions: 'storeEntries' },
          'guc.invalidate': { actions: 'flushTranslations' },
          'gpu.access': { actions: 'accessMemory' },
        },
      },
    },
  },
  {},
  gtActions,
);
