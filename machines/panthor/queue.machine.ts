/** The statechart of a bind queue whose jobs the VM runs. `picking` is passed through within one step. */
import { defineMachine } from '../contract/define.ts';
import { type PanthorQueue, queueActions, queueGuards } from './queue.ts';

export const panthorQueueMachine = defineMachine<PanthorQueue>(
  {
    id: 'panthorQueue',
    initial: 'idle',
    states: {
      idle: { on: { 'bindJob.push': { target: 'picking', actions: 'enqueue' } } },
      picking: {
        always: [
          { guard: 'noneLeft', target: 'idle' },
          { guard: 'mustWait', target: 'waitingFences', actions: 'awaitFences' },
          { target: 'running', actions: 'startHead' },
        ],
      },
      waitingFences: {
        on: {
          'bindJob.push': { actions: 'enqueue' },
          'fence.signaled': [
            { guard: 'lastFence', target: 'running', actions: ['noteSignal', 'startHead'] },
            { actions: 'noteSignal' },
          ],
        },
      },
      running: {
        on: {
          'bindJob.push': { actions: 'enqueue' },
          'bindJob.ran': { target: 'picking', actions: 'endHead' },
        },
      },
    },
  },
  queueGuards,
  queueActions,
);
