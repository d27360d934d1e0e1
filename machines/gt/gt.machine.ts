/** The statechart of a GT. While it is reset, copies and accesses stay in the mail. */
import { defineMachine } from '../contract/define.ts';
import { accessActions } from './access.ts';
import type { GtContext } from './context.ts';
import { gtActions } from './gt.ts';
import { resetActions } from './reset.ts';

export const gtMachine = defineMachine<GtContext>(
  {
    id: 'gt',
    initial: 'running',
    states: {
      running: {
        on: {
          'copy.write': { actions: 'storeEntries' },
          'copy.pages': { actions: 'copyPages' },
          'guc.invalidate': { actions: 'flushTranslations' },
          'gpu.access': { actions: 'accessMemory' },
          'fault.answer': { actions: 'endFault' },
          'gt.reset': { target: 'inReset', actions: 'startReset' },
        },
      },
      inReset: {
        on: {
          'guc.invalidate': { actions: 'loseRequest' },
          'gt.reset': { actions: 'joinReset' },
          'gt.resume': { target: 'running', actions: 'endReset' },
        },
      },
    },
  },
  {},
  { ...gtActions, ...accessActions, ...resetActions },
);
