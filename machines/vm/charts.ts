/**
 * The parts of a VM's statechart in which one context holds vm->lock. All have the same shape: pin what notifiers took
 * away, wait for reservation locks, look whether pins are still good, and act. A message that a state does not take
 * stays in its queue, which is how everybody else waits for the lock.
 */
import type { Chart, ChartTransition } from '../contract/define.ts';

type State = Omit<Chart, 'id'>;
type Candidates = readonly ChartTransition[];

const IDLE = '#vm.open.idle';

/** Pins one mapping after another; a notifier that is under way is slept for. */
function pinning(whenFailed: ChartTransition, whenPinned: Candidates): State {
  return {
    always: [{ guard: 'failed', ...whenFailed }, ...whenPinned],
    on: { 'wait.over': { actions: 'pin' } },
  };
}

/** Sleeps until a reservation lock is released, then looks at everything again. */
const locking = (again: string): State => ({ on: { 'wait.over': { target: again } } });

export const ioctl: State = {
  initial: 'checking',
  states: {
    checking: {
      always: [
        { guard: 'isRefused', target: IDLE, actions: 'replyRefused' },
        { guard: 'isRestart', target: IDLE, actions: 'restart' },
        { target: 'creating', actions: 'createList' },
      ],
    },
    creating: {
      always: [
        { guard: 'createFailed', target: 'unwinding' },
        { guard: 'moreLists', target: 'creating', actions: 'createList' },
        { target: 'parsing', actions: 'parse' },
      ],
    },
    parsing: { always: [{ target: 'pinning', actions: 'pin' }] },
    pinning: pinning({ target: 'unwinding' }, [
      { guard: 'pinnedAsync', target: 'committing' },
      { guard: 'pinnedUserptrs', target: 'pinned', actions: 'yieldStep' },
      { guard: 'pinned', target: 'executing' },
    ]),
    pinned: { on: { 'vm.continue': { target: 'executing' } } },
    executing: {
      always: [
        { guard: 'syncIsStale', target: 'parsing', actions: 'repinSync' },
        { guard: 'syncMustWait', target: 'locking', actions: 'sleepSync' },
        { target: 'preparing', actions: 'prepare' },
      ],
    },
    locking: locking('executing'),
    preparing: { always: [{ guard: 'failed', target: 'unwinding' }, { target: 'committing' }] },
    committing: {
      always: [
        { guard: 'isAsync', target: IDLE, actions: 'commitAsync' },
        { target: IDLE, actions: 'commitSync' },
      ],
    },
    unwinding: { always: [{ target: IDLE, actions: 'unwind' }] },
  },
};

export const worker: State = {
  initial: 'looking',
  states: {
    looking: {
      always: [
        { guard: 'workIsStale', target: 'repinning', actions: 'repinWork' },
        { guard: 'workMustWait', target: 'locking', actions: 'sleepWork' },
        { target: 'executing', actions: 'workOne' },
      ],
    },
    repinning: { always: [{ target: 'pinning', actions: 'pin' }] },
    pinning: pinning({ target: 'failing' }, [{ guard: 'pinned', target: 'looking' }]),
    locking: locking('looking'),
    executing: {
      always: [
        { guard: 'failed', target: 'failing' },
        { target: IDLE, actions: 'workDone' },
      ],
    },
    failing: { always: [{ target: IDLE, actions: 'workFailed' }] },
  },
};

export const exec: State = {
  initial: 'beginning',
  states: {
    beginning: { always: [{ target: 'pinning', actions: 'pin' }] },
    pinning: pinning({ target: 'failing' }, [{ guard: 'pinned', target: 'looking' }]),
    looking: {
      always: [
        { guard: 'execIsStale', target: 'beginning', actions: 'repinLost' },
        { guard: 'allMustWait', target: 'locking', actions: 'sleepAll' },
        { target: 'locked', actions: 'lockAndRebind' },
      ],
    },
    locking: locking('looking'),
    locked: {
      always: [
        { guard: 'failed', target: 'failing' },
        { guard: 'nothingToCheck', target: IDLE, actions: 'arm' },
      ],
      on: {
        'vm.continue': [
          { guard: 'mustRepin', target: 'beginning', actions: 'retryExec' },
          { target: IDLE, actions: 'arm' },
        ],
      },
    },
    failing: { always: [{ target: IDLE, actions: 'failExec' }] },
  },
};

export const rebind: State = {
  initial: 'beginning',
  states: {
    beginning: { always: [{ target: 'pinning', actions: 'pin' }] },
    pinning: pinning({ target: 'failing' }, [{ guard: 'pinned', target: 'looking' }]),
    looking: {
      always: [
        { guard: 'allMustWait', target: 'locking', actions: 'sleepAll' },
        { guard: 'everythingRuns', target: IDLE, actions: 'stopRebind' },
        { target: 'preempting', actions: 'lockAndPreempt' },
      ],
    },
    locking: locking('looking'),
    preempting: {
      on: { 'fence.signaled': { actions: 'onSignal' } },
      always: [
        { guard: 'stoppedButStale', target: 'beginning', actions: 'retryRebind' },
        { guard: 'waitsOver', target: 'rebinding', actions: 'rebindForRun' },
      ],
    },
    rebinding: {
      on: { 'fence.signaled': { actions: 'onSignal' } },
      always: [
        { guard: 'failed', target: 'failing' },
        { guard: 'waitsOver', target: 'deciding' },
      ],
    },
    deciding: {
      always: [
        { guard: 'mustRepin', target: 'beginning', actions: 'retryRebind' },
        { target: IDLE, actions: 'resumeAll' },
      ],
    },
    failing: { always: [{ target: IDLE, actions: 'failRebind' }] },
  },
};

export const fault: State = {
  initial: 'beginning',
  states: {
    beginning: { always: [{ target: 'pinning', actions: 'pin' }] },
    pinning: pinning({ target: 'ending' }, [{ guard: 'pinned', target: 'looking' }]),
    looking: {
      always: [
        { guard: 'faultIsStale', target: 'beginning', actions: 'repinFault' },
        { guard: 'faultMustWait', target: 'locking', actions: 'sleepFault' },
        { target: 'binding', actions: 'bindForFault' },
      ],
    },
    locking: locking('looking'),
    binding: {
      on: { 'fence.signaled': { actions: 'onSignal' } },
      always: [
        { guard: 'failed', target: 'ending' },
        { guard: 'boundButStale', target: 'beginning', actions: 'repinFault' },
        { guard: 'waitsOver', target: 'ending' },
      ],
    },
    ending: { always: [{ target: IDLE, actions: 'endFault' }] },
  },
};
