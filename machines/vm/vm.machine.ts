/**
 * The statechart of a VM. Who holds vm->lock is the state: nobody in `idle`, an ioctl in `ioctl`, the worker in
 * `worker`. A message that a state does not take stays in its queue, which is how a context waits for the lock.
 * The states of `ioctl` but for `executing`, and `worker`, are passed through within one step.
 */
import { type ChartTransition, defineMachine } from '../contract/define.ts';
import type { VmContext } from './context.ts';
import { finishActions, finishGuards } from './finish.ts';
import { lifeActions, lifeGuards } from './life.ts';
import { phaseActions, phaseGuards } from './phases.ts';

const execute: ChartTransition = { target: 'executing', actions: 'executeSync' };

export const vmMachine = defineMachine<VmContext>(
  {
    id: 'vm',
    initial: 'absent',
    states: {
      absent: {
        on: {
          'vm.create': { target: 'open', actions: 'create' },
          'vm.bind': { actions: 'refuseUnknown' },
          'vm.close': { actions: 'refuseClose' },
          'vm.debugfs': { actions: 'dump' },
        },
      },
      open: {
        initial: 'idle',
        on: { 'fence.signaled': { actions: 'propagate' } },
        states: {
          idle: {
            on: {
              'vm.bind': { target: 'ioctl', actions: 'begin' },
              'vm.worker': [
                { guard: 'nothingPending', target: 'idle' },
                { target: 'worker', actions: 'work' },
              ],
              'vm.debugfs': { actions: 'dump' },
              'vm.close': { target: '#vm.closing', actions: 'beginClose' },
            },
          },
          ioctl: {
            initial: 'checking',
            states: {
              checking: {
                always: [
                  { guard: 'isRefused', target: '#vm.open.idle', actions: 'replyRefused' },
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
              parsing: { always: [{ target: 'committing', actions: 'commit' }] },
              committing: {
                always: [
                  { guard: 'isAsync', target: '#vm.open.idle', actions: 'queueAsync' },
                  { guard: 'allExecuted', target: 'cleaningUp' },
                  execute,
                ],
              },
              executing: {
                on: { 'vm.continue': execute },
                always: [{ guard: 'allExecuted', target: 'cleaningUp' }],
              },
              cleaningUp: { always: [{ target: '#vm.open.idle', actions: 'finishSync' }] },
              unwinding: { always: [{ target: '#vm.open.idle', actions: 'unwind' }] },
            },
          },
          worker: { always: [{ target: 'idle' }] },
        },
      },
      closing: {
        on: {
          'vm.bind': { actions: 'refuseClosed' },
          'vm.close': { actions: 'refuseClose' },
          'vm.debugfs': { actions: 'dump' },
          'vm.worker': { actions: [] },
          'fence.signaled': { actions: ['propagate', 'noteIdle'] },
        },
        always: [{ guard: 'hardwareIdle', target: 'closed', actions: 'finishClose' }],
      },
      closed: {
        on: {
          'vm.bind': { actions: 'refuseClosed' },
          'vm.close': { actions: 'refuseClose' },
          'vm.debugfs': { actions: 'dump' },
          'vm.worker': { actions: [] },
          'fence.signaled': { actions: 'propagate' },
        },
      },
    },
  },
  { ...phaseGuards, ...finishGuards, ...lifeGuards },
  { ...phaseActions, ...finishActions, ...lifeActions },
);
