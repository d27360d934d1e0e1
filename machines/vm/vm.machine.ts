/**
 * The statechart of a VM. Who holds vm->lock is the state: nobody in `idle`, an ioctl in `ioctl`, the bind worker in
 * `worker`, and so on (charts.ts). Notifiers and fence callbacks need no vm->lock.
 */
import { defineMachine } from '../contract/define.ts';
import { adviseActions } from './advise.ts';
import { beginActions, beginGuards } from './begin.ts';
import { exec, fault, ioctl, rebind, worker } from './charts.ts';
import type { VmContext } from './context.ts';
import { execActions, execGuards, lostIsStale } from './exec.ts';
import { faultActions, faultGuards, faultLocks } from './fault.ts';
import { finishActions, finishGuards, syncLocks } from './finish.ts';
import { lifeActions, lifeGuards } from './life.ts';
import { allLocks, busyLock, sleepOn } from './locks.ts';
import { movingActions } from './moving.ts';
import { notifierActions } from './notifier.ts';
import { phaseActions, phaseGuards, pinsUserptrs } from './phases.ts';
import { pinActions, pinGuards } from './pin.ts';
import { rebindActions, rebindGuards } from './rebind.ts';
import { signalActions } from './signals.ts';
import { unwindActions } from './unwind.ts';
import { workerActions, workerGuards, workLocks } from './worker.ts';

/** What needs no vm->lock, in every state of a VM that was created. */
const anyTime = {
  'fence.signaled': { actions: 'onSignal' },
  'vm.invalidate': { actions: 'invalidate' },
  'vm.zap': { actions: 'zap' },
  'evict.done': { actions: 'noteMigrated' },
};

/** A VM that is not, or not any more, open. */
const refusals = {
  'vm.close': { actions: 'refuseClose' },
  'vm.debugfs': { actions: 'dump' },
  'vm.exec': { actions: 'refuseExecClosed' },
  'vm.fault': { actions: 'refuseFault' },
  'vm.worker': { actions: 'restWorker' },
  'vm.rebind': { actions: 'rebindLeaves' },
  'vm.madvise': { actions: 'adviseUnknown' },
  'vm.accessCounter': { actions: 'noteMigrated' },
  'vm.addQueue': { actions: 'addQueue' },
  'vm.removeQueue': { actions: 'removeQueue' },
};

export const vmMachine = defineMachine<VmContext>(
  {
    id: 'vm',
    initial: 'absent',
    states: {
      absent: {
        on: {
          ...refusals,
          ...anyTime,
          'vm.create': [
            { guard: 'createRefused', actions: 'refuseCreate' },
            { target: 'open', actions: 'create' },
          ],
          'vm.bind': { actions: 'refuseUnknown' },
        },
      },
      open: {
        initial: 'idle',
        on: anyTime,
        states: {
          idle: {
            on: {
              'vm.bind': { target: 'ioctl', actions: 'begin' },
              'vm.worker': [{ guard: 'workerRests', actions: 'restWorker' }, { target: 'worker' }],
              'vm.exec': [
                { guard: 'inError', actions: 'refuseExec' },
                { target: 'exec', actions: 'beginExec' },
              ],
              'vm.rebind': [
                { guard: 'retriesForEver', target: 'rebind.spinning', actions: 'spin' },
                { guard: 'mayNotRebind', actions: 'rebindLeaves' },
                { target: 'rebind', actions: 'beginRebind' },
              ],
              'vm.fault': [
                { guard: 'faultIsClear', actions: 'answerFault' },
                { guard: 'worksBefore', actions: 'park' },
                { target: 'fault', actions: 'beginFault' },
              ],
              'vm.addQueue': { actions: 'addQueue' },
              'vm.removeQueue': { actions: 'removeQueue' },
              'vm.madvise': { actions: 'advise' },
              'vm.accessCounter': { actions: 'countAccess' },
              'vm.debugfs': { actions: 'dump' },
              'vm.close': [
                { guard: 'closeRefused', actions: 'refuseBusy' },
                { target: '#vm.closing', actions: 'beginClose' },
              ],
            },
          },
          ioctl,
          worker,
          exec,
          rebind,
          fault,
        },
      },
      closing: {
        on: { ...refusals, ...anyTime, 'vm.bind': { actions: 'refuseUnknown' } },
        always: [{ guard: 'hardwareIdle', target: 'closed', actions: 'finishClose' }],
      },
      closed: { on: { ...refusals, ...anyTime, 'vm.bind': { actions: 'refuseUnknown' } } },
    },
  },
  {
    ...beginGuards,
    ...phaseGuards,
    ...pinGuards,
    ...finishGuards,
    ...workerGuards,
    ...execGuards,
    ...rebindGuards,
    ...faultGuards,
    ...lifeGuards,
    pinnedAsync: (context, event) =>
      pinGuards.pinned(context, event) && phaseGuards.isAsync(context, event),
    pinnedUserptrs: (context, event) =>
      pinGuards.pinned(context, event) && pinsUserptrs(context, event),
    allMustWait: (context, { shared }) =>
      context.mode !== 'fault' &&
      busyLock(context, allLocks(context, shared), shared) !== undefined,
    stoppedButStale: (context, event) =>
      rebindGuards.waitsOver(context, event) && lostIsStale(context, event.shared),
    boundButStale: (context, event) =>
      rebindGuards.waitsOver(context, event) && faultGuards.faultIsStale(context, event),
  },
  {
    ...adviseActions,
    ...beginActions,
    ...phaseActions,
    ...unwindActions,
    ...pinActions,
    ...finishActions,
    ...workerActions,
    ...execActions,
    ...rebindActions,
    ...faultActions,
    ...lifeActions,
    ...movingActions,
    ...notifierActions,
    ...signalActions,
    sleepSync: sleepOn(syncLocks),
    sleepWork: sleepOn(workLocks),
    sleepAll: sleepOn(allLocks),
    sleepFault: sleepOn(faultLocks),
  },
);
