/** The statechart of a bind queue. `picking` is passed through within one step. */
import { defineMachine } from '../contract/define.ts';
import { bindEngineActions, type BindEngineContext, bindEngineGuards } from './bind-engine.ts';

export const bindEngineMachine = defineMachine<BindEngineContext>(
  {
    id: 'bindEngine',
    initial: 'idle',
    states: {
      idle: {
        on: { 'job.push': { target: 'picking', actions: 'enqueue' } },
      },
      picking: {
        always: [
          { guard: 'queueEmpty', target: 'idle' },
          { guard: 'mustWait', target: 'waitingFences', actions: 'awaitFences' },
          { target: 'updatingTables', actions: 'startHead' },
        ],
      },
      waitingFences: {
        on: {
          'job.push': { actions: 'enqueue' },
          'fence.signaled': [
            {
              guard: 'lastFence',
              target: 'updatingTables',
              actions: ['noteSignal', 'startHead'],
            },
            { actions: 'noteSignal' },
          ],
        },
      },
      updatingTables: {
        on: {
          'job.push': { actions: 'enqueue' },
          'copy.done': { target: 'picking', actions: 'completeHead' },
        },
      },
    },
  },
  bindEngineGuards,
  bindEngineActions,
);
