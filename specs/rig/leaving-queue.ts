/** A queue leaves a compute VM while its BO is evicted: the rebind worker may hold vm->lock and wait for that queue's fence. */
import type { Scenario } from '../../domain/scenario/schema.ts';
import { scenarioOf } from './scenarios.ts';

export const leavingQueue = (): Scenario =>
  scenarioOf({
    vms: { vm0: { mode: 'compute' } },
    bos: { data: { size: 0x1000, placement: 'vram' } },
    queues: { q0: { vm: 'vm0' }, q1: { vm: 'vm0' } },
    clients: {
      app: [
        { bind: { vm: 'vm0', ops: [{ map: { addr: 0x1000, range: 0x1000, bo: 'data' } }] } },
        { close: 'q1' },
      ],
      pressure: [{ evict: { bo: 'data' } }],
    },
  });
