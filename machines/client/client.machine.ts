/** The statechart of a client: one step of its program at a time. */
import { defineMachine } from '../contract/define.ts';
import { accessActions } from './access.ts';
import type { ClientContext } from './context.ts';
import { ioctlActions } from './ioctl.ts';
import { localActions } from './local.ts';
import { lookActions } from './look.ts';
import { programActions, programGuards } from './program.ts';
import { waitActions, waitGuards } from './wait.ts';

const nextStep = [
  { guard: 'programEnded', target: 'done', actions: 'finish' },
  { guard: 'nextIsIoctl', target: 'inIoctl', actions: 'callIoctl' },
  { guard: 'nextMustWait', target: 'waiting', actions: 'startWait' },
  { guard: 'nextIsAccess', target: 'accessing', actions: 'startAccess' },
  { guard: 'nextIsLook', target: 'looking', actions: 'startLook' },
  { guard: 'nextIsSleep', target: 'sleeping', actions: 'startSleep' },
  { actions: 'performLocal' },
];

export const clientMachine = defineMachine<ClientContext>(
  {
    id: 'client',
    initial: 'running',
    states: {
      running: { on: { 'client.next': nextStep } },
      inIoctl: { on: { 'ioctl.done': { target: 'running', actions: 'endIoctl' } } },
      waiting: {
        on: {
          'fence.signaled': [
            { guard: 'lastFence', target: 'running', actions: ['noteSignal', 'endWait'] },
            { actions: 'noteSignal' },
          ],
        },
      },
      accessing: { on: { 'gpu.done': { target: 'running', actions: 'endAccess' } } },
      looking: { on: { 'debugfs.done': { target: 'running', actions: 'endLook' } } },
      sleeping: { on: { 'client.awake': { target: 'running', actions: 'endSleep' } } },
      done: {},
    },
  },
  { ...programGuards, ...waitGuards },
  {
    ...programActions,
    ...ioctlActions,
    ...waitActions,
    ...accessActions,
    ...lookActions,
    ...localActions,
  },
);
