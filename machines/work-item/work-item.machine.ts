/** The statechart of a work item. */
import { defineMachine } from '../contract/define.ts';
import { workActions, type WorkContext, workGuards } from './work-item.ts';

export const workMachine = defineMachine<WorkContext>(
  {
    id: 'work',
    initial: 'idle',
    states: {
      idle: {
        on: { 'work.queue': { target: 'running', actions: 'run' } },
      },
      running: {
        on: {
          'work.queue': { target: 'queuedAgain' },
          'work.done': [{ guard: 'wantsMore', actions: 'run' }, { target: 'idle' }],
        },
      },
      queuedAgain: {
        description: 'asked for once more while it runs',
        on: {
          'work.queue': {},
          'work.done': { target: 'running', actions: 'run' },
        },
      },
    },
  },
  workGuards,
  workActions,
);
