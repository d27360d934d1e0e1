/**
 * The statechart of an exec queue. `picking`, `resuming`, `failing` and `running.stepping` are passed through within one
 * step. A queue of dma-fence jobs is never suspended.
 */
import { type Chart, defineMachine } from '../contract/define.ts';
import { batchActions, batchGuards } from './batch.ts';
import type { ExecQueueContext } from './context.ts';
import { jobActions, jobGuards } from './jobs.ts';
import { lifeActions, lifeGuards } from './life.ts';
import { preemptActions, preemptGuards } from './preempt.ts';

/** A queue that runs something: closed at once if that may take for ever, else after the last job. */
const CLOSE = [
  { guard: 'isLongRunning', target: '#execQueue.destroyed', actions: ['close', 'end'] },
  { actions: 'close' },
];

const running: NonNullable<Chart['states']>[string] = {
  initial: 'stepping',
  on: { 'queue.destroy': CLOSE },
  states: {
    stepping: {
      always: [
        { guard: 'isHung', target: 'hung' },
        { guard: 'batchOver', target: 'finishing', actions: 'finishBatch' },
        { guard: 'atSpin', target: 'spinning', actions: 'spin' },
        { target: 'accessing', actions: 'access' },
      ],
    },
    accessing: {
      on: {
        'gpu.done': [
          { guard: 'isLost', target: 'stepping', actions: 'rewind' },
          { guard: 'faulted', target: '#execQueue.failing', actions: ['judge', 'ban'] },
          { target: 'stepping', actions: 'judge' },
        ],
        'fence.enable': { target: '#execQueue.suspending.draining', actions: 'suspend' },
        'queue.reset': { actions: 'noteLoss' },
        'queue.destroy': [
          { guard: 'isPreemptible', target: '#execQueue.killing', actions: 'close' },
          ...CLOSE,
        ],
      },
    },
    spinning: {
      on: {
        'batch.continue': { target: 'stepping', actions: 'endSpin' },
        'fence.enable': {
          target: '#execQueue.suspending.stopping',
          actions: ['suspend', 'pauseSpin', 'confirm'],
        },
        'queue.reset': { target: 'stepping', actions: ['stopSpin', 'rewind'] },
      },
    },
    finishing: {
      on: {
        'batch.continue': { target: '#execQueue.picking', actions: 'completeHead' },
        'fence.enable': { target: '#execQueue.suspending.finishing', actions: 'suspend' },
      },
    },
    hung: {
      description: 'makes no progress and cannot be suspended; the watchdog or a reset ends it',
      on: {
        'queue.timeout': { target: '#execQueue.failing', actions: ['noteTimeout', 'ban'] },
        'fence.enable': { actions: 'suspend' },
        'queue.reset': { target: '#execQueue.failing', actions: 'ban' },
      },
    },
  },
};

const suspending: NonNullable<Chart['states']>[string] = {
  initial: 'stopping',
  on: {
    'fence.enable': { actions: 'noteEnabled' },
    'queue.destroy': { target: 'destroyed', actions: ['close', 'end'] },
  },
  states: {
    draining: {
      description: 'the access under way ends first',
      on: {
        'gpu.done': [
          { guard: 'isLost', target: 'stopping', actions: ['rewind', 'confirm'] },
          { guard: 'faulted', target: '#execQueue.failing', actions: ['judge', 'ban'] },
          { target: 'stopping', actions: ['judge', 'confirm'] },
        ],
        'queue.reset': { actions: 'noteLoss' },
        'queue.destroy': { target: '#execQueue.killing', actions: 'close' },
      },
    },
    finishing: {
      description: 'the batch is done but for its end',
      on: {
        'batch.continue': { target: 'stopping', actions: ['completeHead', 'confirm'] },
      },
    },
    stopping: {
      on: {
        'queue.suspended': { target: '#execQueue.suspended', actions: 'endSuspend' },
        'queue.reset': { actions: 'rewind' },
      },
    },
  },
};

export const execQueueMachine = defineMachine<ExecQueueContext>(
  {
    id: 'execQueue',
    initial: 'idle',
    on: {
      'exec.push': { actions: 'enqueue' },
      'fence.signaled': { actions: 'noteSignal' },
      'queue.resume': {},
      'queue.reset': {},
    },
    states: {
      idle: {
        on: {
          'queue.create': { actions: 'create' },
          'exec.push': { target: 'picking', actions: 'enqueue' },
          'queue.reset': [
            { guard: 'runsSignalled', target: 'picking', actions: 'submitAgain' },
            {},
          ],
          'fence.enable': { target: 'suspending.stopping', actions: ['suspend', 'confirm'] },
          'queue.destroy': { target: 'picking', actions: 'close' },
        },
      },
      picking: {
        always: [
          { guard: 'isOver', target: 'destroyed', actions: 'end' },
          { guard: 'queueEmpty', target: 'idle' },
          { guard: 'mustWait', target: 'waitingDeps', actions: 'awaitFences' },
          { target: 'running.stepping', actions: 'startHead' },
        ],
      },
      waitingDeps: {
        on: {
          'fence.signaled': { target: 'picking', actions: 'noteSignal' },
          'fence.enable': { target: 'suspending.stopping', actions: ['suspend', 'confirm'] },
          'queue.destroy': CLOSE,
        },
      },
      running,
      suspending,
      suspended: {
        on: {
          'fence.enable': { actions: 'noteEnabled' },
          'queue.resume': [
            {
              guard: 'enabledAgain',
              target: 'suspending.stopping',
              actions: ['resume', 'suspendAgain', 'confirm'],
            },
            { target: 'resuming', actions: 'resume' },
          ],
          'queue.destroy': { target: 'destroyed', actions: ['close', 'end'] },
        },
      },
      resuming: {
        always: [{ guard: 'headStarted', target: 'running.stepping' }, { target: 'picking' }],
      },
      killing: {
        description: 'a preempt fence must not signal before the access under way has ended',
        on: {
          'gpu.done': { target: 'destroyed', actions: 'end' },
          'fence.enable': { actions: 'noteEnabled' },
        },
      },
      failing: {
        always: [{ guard: 'isClosing', target: 'destroyed', actions: 'end' }, { target: 'banned' }],
      },
      banned: {
        on: {
          'exec.push': { actions: 'refuse' },
          'fence.enable': { actions: 'release' },
          'queue.destroy': { target: 'destroyed', actions: ['close', 'end'] },
        },
      },
      destroyed: {
        on: {
          'exec.push': { actions: 'refuse' },
          'fence.enable': { actions: 'release' },
          'gpu.done': {},
          'batch.continue': {},
          'queue.suspended': {},
        },
      },
    },
  },
  { ...jobGuards, ...batchGuards, ...preemptGuards, ...lifeGuards },
  { ...jobActions, ...batchActions, ...preemptActions, ...lifeActions },
);
