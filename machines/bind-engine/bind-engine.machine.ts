/** The statechart of a bind queue. `picking` is passed through within one step. */
import { defineMachine } from '../contract/define.ts';
import { bindEngineActions, type BindEngineContext, bindEngineGuards } from './bind-engine.ts';

export const bindEngineMachine = defineMachine<BindEngineContext>(
  {
    id: 'bindEngine',
    initial: 'idle',
    on: { 'queue.destroy': { actions: 'close' } },
    states: {
      idle: {
        on: {
          'job.push': { target: 'picking', actions: 'enqueue' },
          'queue.create': { actions: 'create' },
          'queue.destroy': { target: 'picking', actions: 'close' },
        },
      },
      picking: {
        always: [
          { guard: 'isOver', target: 'idle', actions: 'end' },
          { guard: 'noneDue', target: 'idle' },
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
