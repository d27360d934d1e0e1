/** The statechart of one GT's TLB invalidations. `settling` is passed through within one step. */
import { defineMachine } from '../contract/define.ts';
import type { TlbContext } from './context.ts';
import { tlbActions, tlbGuards } from './tlb.ts';

export const tlbMachine = defineMachine<TlbContext>(
  {
    id: 'tlb',
    initial: 'idle',
    on: {
      'tlb.invalidate': { target: '.waitingAck', actions: 'request' },
    },
    states: {
      idle: {
        description: 'nobody waits; acknowledgements may still come late',
        on: {
          'guc.ack': { actions: 'complete' },
          'tlb.reset': { actions: 'completeByReset' },
        },
      },
      waitingAck: {
        on: {
          'guc.ack': { target: 'settling', actions: 'complete' },
          'tlb.timeout': { target: 'settling', actions: 'timeOut' },
          'tlb.reset': { target: 'settling', actions: 'completeByReset' },
          'reset.done': { target: 'settling', actions: 'completeUnsent' },
        },
      },
      settling: {
        always: [{ guard: 'isQuiet', target: 'idle' }, { target: 'waitingAck' }],
      },
    },
  },
  tlbGuards,
  tlbActions,
);
