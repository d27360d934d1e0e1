/** Scenarios that are small enough for every strategy to go everywhere. */
import type { Scenario } from '../../domain/scenario/schema.ts';
import { scenarioOf } from './scenarios.ts';

const page = (addr: number): { addr: number; range: number; null: true } => ({
  addr,
  range: 0x1000,
  null: true,
});

export const TINY: Readonly<Record<string, Scenario>> = {
  /** two clients bind in one VM: vm->lock, and one bind queue */
  twoBinds: scenarioOf({
    vms: { vm0: {} },
    clients: {
      a: [{ bind: { vm: 'vm0', ops: [{ map: page(0x1000) }] } }],
      b: [{ bind: { vm: 'vm0', ops: [{ map: page(0x2000) }] } }],
    },
  }),
  /** a bind, an exec whose batch reads what it maps, and another bind of that VM at any time */
  bindAndExec: scenarioOf({
    vms: { vm0: {} },
    queues: { q0: { vm: 'vm0' } },
    syncobjs: { done: {} },
    clients: {
      a: [
        { bind: { vm: 'vm0', ops: [{ map: page(0x1000) }], out: ['done'] } },
        { exec: { queue: 'q0', in: ['done'], batch: [{ read: 0x1000 }] } },
      ],
      b: [{ bind: { vm: 'vm0', ops: [{ map: page(0x2000) }] } }],
    },
  }),
  /** somebody reads what may not be mapped yet: some schedules fail */
  racyRead: scenarioOf({
    vms: { vm0: {} },
    clients: {
      a: [{ bind: { vm: 'vm0', ops: [{ map: page(0x1000) }] } }],
      b: [{ gpu: { vm: 'vm0', read: 0x1000, expect: 0 } }],
    },
  }),
  /** two VMs that share nothing */
  twoVms: scenarioOf({
    vms: { vm0: {}, vm1: {} },
    clients: {
      a: [{ bind: { vm: 'vm0', ops: [{ map: page(0x1000) }] } }],
      b: [{ bind: { vm: 'vm1', ops: [{ map: page(0x1000) }] } }],
    },
  }),
  /** an asynchronous bind and its unbind, while somebody sleeps */
  asyncUnbind: scenarioOf({
    vms: { vm0: { async: true } },
    syncobjs: { done: {} },
    clients: {
      a: [
        { bind: { vm: 'vm0', ops: [{ map: page(0x1000) }] } },
        { bind: { vm: 'vm0', ops: [{ unmap: { addr: 0x1000, range: 0x1000 } }], out: ['done'] } },
        { wait: 'done' },
      ],
      b: [{ sleep: { ns: 1000 } }],
    },
  }),
};
