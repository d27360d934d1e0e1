/** The statechart of a Mali GPU. While it is reset, commands and accesses stay in the mail; while it flushes, commands do. */
import { defineMachine } from '../contract/define.ts';
import { type Mali, maliActions, maliGuards } from './mali.ts';

const accesses = {
  'gpu.access': { actions: 'accessMemory' },
  'as.retry': { actions: 'retryAccess' },
};

export const maliMachine = defineMachine<Mali>(
  {
    id: 'mali',
    initial: 'running',
    states: {
      running: {
        on: {
          ...accesses,
          'as.lock': { target: 'deciding', actions: 'lockRegion' },
          'as.flush': { target: 'deciding', actions: 'startFlush' },
          'gt.reset': { target: 'inReset', actions: 'startReset' },
        },
      },
      deciding: {
        description: 'whether the command ends; passed through within one step',
        always: [
          { guard: 'hung', target: 'inReset' },
          { guard: 'isFlushing', target: 'flushing' },
          { target: 'running' },
        ],
      },
      flushing: { on: { ...accesses, 'as.flushed': { target: 'running', actions: 'endFlush' } } },
      inReset: {
        on: {
          'gt.reset': { actions: 'joinReset' },
          'gt.resume': { target: 'running', actions: 'endReset' },
        },
      },
    },
  },
  maliGuards,
  maliActions,
);
