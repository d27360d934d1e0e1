/** The statechart of one GT's TLB invalidations. */
import { defineMachine } from '../contract/define.ts';
import { tlbActions, type TlbContext, tlbGuards } from './tlb.ts';

export const tlbMachine = defineMachine<TlbContext>(
  {
    id: 'tlb',
    initial: 'idle',
    states: {
      idle: {
        on: { 'tlb.invalidate': { target: 'waitingAck', actions: 'request' } },
      },
      waitingAck: {
        on: {
          'tlb.invalidate': { actions: 'request' },
          'guc.ack': [
            { guard: 'acksAll', target: 'idle', actions: 'complete' },
            { actions: 'complete' },
          ],
        },
      },
    },
  },
  tlbGuards,
  tlbActions,
);
