/**
 * The statechart of a client: one step of its program at a time. What a kind of step waits for is its state; the states
 * that only look (`looking`, `starting`, `turning`, `entering`) are passed through within one step.
 */
import { defineMachine } from '../contract/define.ts';
import { accessActions } from './access.ts';
import type { ClientContext } from './context.ts';
import { cpuAccessActions, cpuAccessGuards } from './cpu-access.ts';
import { execActions, execGuards } from './exec.ts';
import { invalidateActions, invalidateGuards } from './invalidate.ts';
import { ioctlActions } from './ioctl.ts';
import { localActions } from './local.ts';
import { lookActions } from './look.ts';
import { pressureActions } from './pressure.ts';
import { programActions, programGuards } from './program.ts';
import { sleepActions, sleepGuards } from './sleep.ts';
import { userFenceActions, userFenceGuards } from './user-fence.ts';
import { waitActions, waitGuards } from './wait.ts';

const nextStep = [
  { guard: 'programEnded', target: 'done', actions: 'finish' },
  { guard: 'nextIsIoctl', target: 'inIoctl', actions: 'callIoctl' },
  { guard: 'nextExecs', target: 'execing', actions: 'beginExec' },
  { guard: 'nextMustWait', target: 'waiting', actions: 'startWait' },
  { guard: 'nextMustWatch', target: 'watching', actions: 'startWatch' },
  { guard: 'nextIsAccess', target: 'accessing', actions: 'startAccess' },
  { guard: 'nextMustFault', target: 'faulting', actions: 'beginFault' },
  { guard: 'nextIsLook', target: 'looking', actions: 'startLook' },
  { guard: 'nextIsSleep', target: 'sleeping', actions: 'startSleep' },
  { guard: 'nextIsInvalidate', target: 'notifying', actions: 'beginInvalidate' },
  { guard: 'nextIsEvict', target: 'evicting', actions: 'startEvict' },
  { guard: 'nextIsReset', target: 'resetting', actions: 'startReset' },
  { actions: 'performLocal' },
];

/** Whoever is woken looks again; what it slept for in an earlier step does not matter any more. */
const whenWoken = (...transitions: readonly object[]) => ({
  'wait.over': [{ guard: 'wokenInVain', actions: [] }, ...transitions],
});

/** The checks are over: the wait for the start of what the job depends on, then vm->lock. */
const execing = {
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: 'stillNotStarted', target: 'awaitingStart', actions: 'awaitStart' },
        { target: '#client.inIoctl', actions: 'callExec' },
      ],
    },
    awaitingStart: { on: whenWoken({ target: 'starting' }) },
  },
};

/** A CPU access to a BO that moves. */
const faulting = {
  initial: 'entering',
  states: {
    entering: {
      always: [
        { guard: 'isMoving', target: 'awaitingMove', actions: 'awaitMoves' },
        { target: '#client.running', actions: 'accessByCpu' },
      ],
    },
    awaitingMove: {
      on: {
        'fence.signaled': [
          { guard: 'lastFence', target: 'entering', actions: 'noteSignal' },
          { actions: 'noteSignal' },
        ],
      },
    },
  },
};

/** The process's pages change: every VM's notifier in turn. */
const notifying = {
  initial: 'entering',
  states: {
    entering: {
      always: [
        { guard: 'areaIsBusy', target: 'awaitingArea', actions: 'awaitArea' },
        { target: 'turning', actions: 'raiseSeq' },
      ],
    },
    awaitingArea: { on: whenWoken({ target: 'entering' }) },
    turning: {
      always: [
        { guard: 'noNotifierLeft', target: '#client.running', actions: 'exchangePages' },
        { target: 'calling', actions: 'callNotifier' },
      ],
    },
    calling: { on: { 'notifier.done': { target: 'settling', actions: 'awaitVm' } } },
    settling: {
      on: { 'fence.signaled': { actions: 'noteSignal' } },
      always: [{ guard: 'nothingAwaited', target: 'turning' }],
    },
  },
};

export const clientMachine = defineMachine<ClientContext>(
  {
    id: 'client',
    initial: 'running',
    on: { 'wait.over': { actions: [] } },
    states: {
      running: { on: { 'client.next': nextStep } },
      inIoctl: { on: { 'ioctl.done': { target: 'running', actions: 'endIoctl' } } },
      execing,
      waiting: {
        on: {
          'fence.signaled': [
            { guard: 'lastFence', target: 'running', actions: ['noteSignal', 'endWait'] },
            { actions: 'noteSignal' },
          ],
        },
      },
      watching: {
        on: {
          ...whenWoken(
            { guard: 'stillWatching', actions: 'watchOn' },
            { target: 'running', actions: 'endWatch' },
          ),
          'wait.timeout': { target: 'running', actions: 'giveUp' },
        },
      },
      accessing: { on: { 'gpu.done': { target: 'running', actions: 'endAccess' } } },
      faulting,
      looking: { on: { 'debugfs.done': { target: 'running', actions: 'endLook' } } },
      sleeping: { on: { 'client.awake': { target: 'running', actions: 'endSleep' } } },
      notifying,
      evicting: { on: { 'evict.done': { target: 'running', actions: 'endEvict' } } },
      resetting: { on: { 'reset.done': { target: 'running', actions: 'endReset' } } },
      done: {},
    },
  },
  {
    ...programGuards,
    ...execGuards,
    ...waitGuards,
    ...userFenceGuards,
    ...cpuAccessGuards,
    ...invalidateGuards,
    ...sleepGuards,
  },
  {
    ...programActions,
    ...ioctlActions,
    ...execActions,
    ...waitActions,
    ...userFenceActions,
    ...accessActions,
    ...cpuAccessActions,
    ...lookActions,
    ...invalidateActions,
    ...pressureActions,
    ...sleepActions,
    ...localActions,
  },
);
