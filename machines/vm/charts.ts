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

/** Fault mode: waits until the memory manager has moved a BO, then looks at everything again. */
const moving = (whenFailed: string, again: string): State => ({
  always: [{ guard: 'failed', target: whenFailed }],
  on: { 'move.done': { target: again, actions: 'noteMoved' } },
});

/** What exec, the rebind worker and the fault handler go through before they act; `looking` is each one's own. */
const gettingReady = (whenFailed: string, looking: Candidates): NonNullable<State['states']> => ({
  beginning: { always: [{ target: 'pinning', actions: 'pin' }] },
  pinning: pinning({ target: whenFailed }, [{ guard: 'pinned', target: 'looking' }]),
  looking: { always: looking },
  locking: locking('looking'),
});

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
        { guard: 'syncMustMove', target: 'moving', actions: 'askMoveForCall' },
        { target: 'preparing', actions: 'prepare' },
      ],
    },
    locking: locking('executing'),
    moving: moving('unwinding', 'executing'),
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
        { guard: 'workMustMove', target: 'moving', actions: 'askMoveForWork' },
        { target: 'executing', actions: 'workOne' },
      ],
    },
    repinning: { always: [{ target: 'pinning', actions: 'pin' }] },
    pinning: pinning({ target: 'failing' }, [{ guard: 'pinned', target: 'looking' }]),
    locking: locking('looking'),
    moving: moving('failing', 'looking'),
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
    ...gettingReady('failing', [
      { guard: 'execIsStale', target: 'beginning', actions: 'repinLost' },
      { guard: 'allMustWait', target: 'locking', actions: 'sleepAll' },
      { target: 'locked', actions: 'lockAndRebind' },
    ]),
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
    ...gettingReady('failing', [
      { guard: 'allMustWait', target: 'locking', actions: 'sleepAll' },
      { guard: 'everythingRuns', target: IDLE, actions: 'stopRebind' },
      { target: 'preempting', actions: 'lockAndPreempt' },
    ]),
    preempting: {
      on: {
        'fence.signaled': { actions: 'onSignal' },
        'vm.removeQueue': { actions: 'noteLeaving' },
      },
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
    spinning: { description: 'quirk S36: goes round for ever' },
  },
};

export const fault: State = {
  initial: 'beginning',
  states: {
    ...gettingReady('ending', [
      { guard: 'faultIsStale', target: 'beginning', actions: 'repinFault' },
      { guard: 'faultMustWait', target: 'locking', actions: 'sleepFault' },
      { guard: 'faultMustMove', target: 'moving', actions: 'askMoveForFault' },
      { target: 'binding', actions: 'bindForFault' },
    ]),
    moving: moving('ending', 'looking'),
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
