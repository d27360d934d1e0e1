/**
 * The statechart of the memory manager. It has one state: evictions run side by side, each in the context of whoever
 * needs the memory, and what each of them waits for is in the context.
 */
import { defineMachine } from '../contract/define.ts';
import type { MemoryContext } from './context.ts';
import { evictActions, evictGuards } from './evict.ts';
import { leavingActions } from './leaving.ts';
import { zapActions } from './zap.ts';

const tryToMove = [
  { guard: 'alreadyOut', actions: 'nothingToDo' },
  { guard: 'resvLocked', actions: 'sleepUntilUnlocked' },
  { guard: 'mappedForFaults', actions: 'holdForZap' },
  { actions: 'moveOut' },
];

const tryToEvict = [{ guard: 'handleGone', actions: 'refuse' }, ...tryToMove];

export const memoryMachine = defineMachine<MemoryContext>(
  {
    id: 'memory',
    initial: 'managing',
    states: {
      managing: {
        on: {
          'memory.evict': tryToEvict,
          'memory.move': tryToMove,
          'wait.over': tryToEvict,
          'notifier.done': { actions: 'noteZapped' },
          'fence.signaled': { actions: ['free', 'goOn'] },
          'memory.release': { actions: 'release' },
        },
      },
    },
  },
  evictGuards,
  { ...evictActions, ...zapActions, ...leavingActions },
);
