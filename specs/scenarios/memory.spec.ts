/** Memory under the feet of clients and GPUs, through the whole world and many schedules. */
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import { wholeRun } from '../rig/runs.ts';
import { scenarioOf, schedules } from '../rig/scenarios.ts';

type Input = Omit<ScenarioInput, 'fencelab' | 'name'>;

/** Under every schedule all expectations hold and nobody is left waiting. */
function holds(input: Input): void {
  const scenario = scenarioOf(input);
  for (const schedule of schedules(40)) {
    const { end } = wholeRun({ scenario, ...schedule });
    expect({ ...schedule, verdict: end.verdict, reasons: end.reasons }).toEqual({
      ...schedule,
      verdict: 'ok',
      reasons: [],
    });
  }
}

const bos = { bo0: { size: 0x2000 } };
const map = { map: { addr: 0x4000, range: 0x2000, bo: 'bo0' } };
const userptrs = { up: { addr: 0x100000, size: 0x2000 } };

describe('eviction', () => {
  test('of an unmapped BO moves its contents; a CPU access waits for them', () => {
    holds({
      vms: { vm0: {} },
      bos,
      clients: {
        app: [
          { cpu: { bo: 'bo0', write: 0x1008, value: 0xdada } },
          { evict: { bo: 'bo0' } },
          { cpu: { bo: 'bo0', read: 0x1008, expect: 0xdada } },
          { evict: { bo: 'bo0' } },
          { close: 'bo0' },
        ],
      },
    });
  });

  test('of a mapped BO: the next job finds it where it belongs', () => {
    holds({
      vms: { vm0: {} },
      bos,
      syncobjs: { done: {} },
      queues: { q0: { vm: 'vm0' } },
      clients: {
        app: [
          { cpu: { bo: 'bo0', write: 0, value: 0xdada } },
          { bind: { vm: 'vm0', ops: [map] } },
          { evict: { bo: 'bo0' } },
          {
            exec: {
              queue: 'q0',
              batch: [{ read: 0x4000, expect: 0xdada }, { write: 0x5000, value: 7 }],
              out: ['done'],
            },
          },
          { wait: 'done' },
          { cpu: { bo: 'bo0', read: 0x1000, expect: 7 } },
        ],
      },
    });
  });

  test('while a job runs on it', () => {
    holds({
      vms: { vm0: {} },
      bos,
      syncobjs: { bound: {}, one: {}, two: {} },
      queues: { q0: { vm: 'vm0' } },
      clients: {
        app: [
          { bind: { vm: 'vm0', ops: [map], out: ['bound'] } },
          {
            exec: {
              queue: 'q0',
              batch: [{ write: 0x4000, value: 1 }, { spin: { ns: 5000 } }, { write: 0x5000, value: 2 }],
              in: ['bound'],
              out: ['one'],
            },
          },
          { exec: { queue: 'q0', batch: [{ read: 0x5000, expect: 2 }], out: ['two'] } },
          { wait: 'two' },
        ],
        pressure: [{ evict: { bo: 'bo0' } }, { evict: { bo: 'bo0' } }],
      },
    });
  });

  test('under a compute VM', () => {
    holds({
      vms: { vm0: { mode: 'compute' } },
      bos,
      queues: { q0: { vm: 'vm0' } },
      clients: {
        app: [
          { bind: { vm: 'vm0', ops: [map], out: [{ userFence: 0x8000, value: 1 }] } },
          { waitUserFence: { addr: 0x8000, value: 1 } },
          {
            exec: {
              queue: 'q0',
              batch: [{ write: 0x4000, value: 1 }, { spin: { ns: 5000 } }, { read: 0x4000, expect: 1 }],
              out: [{ userFence: 0x9000, value: 1 }],
            },
          },
          { waitUserFence: { addr: 0x9000, value: 1 } },
        ],
        pressure: [{ evict: { bo: 'bo0' } }],
      },
    });
  });

  test('under a VM in fault mode: the next access faults and binds anew', () => {
    holds({
      vms: { vm0: { mode: 'fault' } },
      bos,
      clients: {
        app: [
          { bind: { vm: 'vm0', ops: [map] } },
          { gpu: { vm: 'vm0', write: 0x4000, value: 1, expect: 'ok' } },
          { evict: { bo: 'bo0' } },
          { gpu: { vm: 'vm0', read: 0x4000, expect: 1 } },
          { evict: { bo: 'bo0' } },
          { cpu: { bo: 'bo0', read: 0, expect: 1 } },
        ],
        pressure: [{ evict: { bo: 'bo0' } }],
      },
    });
  });
});

describe('the process changes its memory', () => {
  test('that nobody maps: it is zero afterwards, or gone', () => {
    holds({
      vms: { vm0: {} },
      userptrs,
      clients: {
        app: [
          { cpu: { userptr: 'up', write: 0x1000, value: 5 } },
          { cpu: { userptr: 'up', read: 0x1000, expect: 5 } },
          { invalidate: { userptr: 'up' } },
          { cpu: { userptr: 'up', read: 0x1000, expect: 0 } },
          { invalidate: { userptr: 'up', gone: true } },
          { invalidate: { userptr: 'up' } },
          { cpu: { userptr: 'up', read: 0x1000, expect: 0 } },
        ],
      },
    });
  });

  test('two processes at a time', () => {
    holds({
      vms: { a: {}, b: {} },
      userptrs,
      clients: {
        app: [{ invalidate: { userptr: 'up' } }, { invalidate: { userptr: 'up' } }],
        other: [{ invalidate: { userptr: 'up', gone: true } }, { invalidate: { userptr: 'up' } }],
      },
    });
  });

  test('that a VM maps: the next job sees the new pages', () => {
    const pages = { addr: 0x4000, range: 0x2000, ptr: 0x100000 };
    holds({
      vms: { vm0: {} },
      userptrs,
      syncobjs: { done: {} },
      queues: { q0: { vm: 'vm0' } },
      clients: {
        app: [
          { cpu: { userptr: 'up', write: 0, value: 5 } },
          { bind: { vm: 'vm0', ops: [{ mapUserptr: pages }] } },
          { expect: { vm: 'vm0', mappings: [pages] } },
          { invalidate: { userptr: 'up' } },
          { cpu: { userptr: 'up', write: 8, value: 6 } },
          {
            exec: {
              queue: 'q0',
              batch: [
                { read: 0x4000, expect: 0 },
                { read: 0x4008, expect: 6 },
              ],
              out: ['done'],
            },
          },
          { wait: 'done' },
        ],
      },
    });
  });
});

describe('user fences', () => {
  test('a wait ends with the time', () => {
    holds({
      vms: { vm0: {} },
      clients: {
        app: [{ waitUserFence: { addr: 8, value: 1, timeoutNs: 1000, expect: 'ETIME' } }],
      },
    });
  });

  test('a bind writes one', () => {
    holds({
      vms: { vm0: { async: true } },
      bos,
      clients: {
        app: [
          { bind: { vm: 'vm0', ops: [map], out: [{ userFence: 0x9000, value: 3 }] } },
          { waitUserFence: { addr: 0x9000, value: 3 } },
          { waitUserFence: { addr: 0x9000, value: 4, op: 'lt', timeoutNs: 0 } },
        ],
        other: [{ waitUserFence: { addr: 0x9000, value: 3, op: 'gte' } }],
      },
    });
  });
});
