/**
 * The statechart of a VM whose page tables the CPU stores. Who holds op_lock is its state: nobody in `idle`, an op from
 * `turning` on. The ioctl itself needs no lock until its ops are prepared, so it is taken in every state.
 */
import { defineMachine } from '../contract/define.ts';
import { bindActions } from './bind.ts';
import type { PanthorVm } from './context.ts';
import { execOpActions, execOpGuards } from './exec-op.ts';
import { lifeActions, lifeGuards } from './life.ts';

/** A VM that is not there, or not any more. */
const refusals = {
  'vm.bind': { actions: 'refuseUnknown' },
  'vm.close': { actions: 'refuseClose' },
  'vm.debugfs': { actions: 'dump' },
};

export const panthorVmMachine = defineMachine<PanthorVm>(
  {
    id: 'panthorVm',
    initial: 'absent',
    states: {
      absent: {
        on: {
          ...refusals,
          'vm.create': [
            { guard: 'createRefused', actions: 'refuseCreate' },
            { target: 'open', actions: 'create' },
          ],
        },
      },
      open: {
        initial: 'idle',
        on: {
          'vm.bind': { actions: 'begin' },
          'vm.runJob': { actions: 'takeJob' },
          'vm.close': [{ guard: 'isDestroyed', actions: 'refuseClose' }, { actions: 'beginClose' }],
        },
        states: {
          idle: {
            on: { 'vm.debugfs': { actions: 'dump' } },
            always: [
              { guard: 'someoneWaits', target: 'turning', actions: 'takeLock' },
              { guard: 'isOver', target: '#panthorVm.closed', actions: 'finishClose' },
            ],
          },
          turning: {
            description: 'somebody has got op_lock; passed through within one step',
            always: [
              { guard: 'endsEarly', target: 'idle', actions: 'endOp' },
              { target: 'locking', actions: 'lockRegion' },
            ],
          },
          locking: {
            on: {
              'as.locked': [
                { guard: 'mustRetry', actions: 'lockRegion' },
                { guard: 'lockFailed', target: 'idle', actions: ['noteLockError', 'endOp'] },
                { target: 'flushing', actions: 'execute' },
              ],
            },
          },
          flushing: { on: { 'as.unlocked': { target: 'idle', actions: 'endOp' } } },
        },
      },
      closed: { on: refusals },
    },
  },
  { ...execOpGuards, ...lifeGuards },
  { ...bindActions, ...execOpActions, ...lifeActions },
);
