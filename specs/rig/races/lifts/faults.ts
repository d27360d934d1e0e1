/** Lifts of what keeps the fault handler apart from the rest. */
import { map, read, restart, unmap } from '../../../../domain/scenario/builder.ts';
import { withoutVmLock } from '../holders.ts';
import { alsoFor, without } from '../lift.ts';
import { withoutFaultQueue } from '../lift-queues.ts';
import { breaks, type Lift, noLock, shows } from './lifted.ts';
import * as s from './small.ts';

const { K, small, munmap, ASYNC, FAULT } = s;

export const faultLifts: readonly Lift[] = [
  noLock(
    ['ioctl', 'fault'],
    small('a mapping goes while its fault is handled', FAULT, {
      a: s.faults,
      b: (c) => c.sleep(500).bind('vm0', [unmap({ addr: 0x30000, range: 2 * K })]),
      munmap,
    }),
    breaks('I21'),
  ),
  noLock(
    ['worker', 'fault'],
    small(
      'the worker under the fault handler',
      { ...FAULT, ...ASYNC },
      { a: s.faults, b: (c) => s.asyncPins(c).gpuRead('vm0', 0x60000), munmap },
    ),
    shows(
      'worker.begins in fault.holds',
      'a fault on what an op is about waits until the op is executed',
    ),
  ),
  {
    name: 'a fault waits for the ops that are about its mapping',
    pair: ['worker', 'fault'],
    scenario: small(
      'a fault on what the worker is to unbind',
      { ...FAULT, ...ASYNC },
      {
        a: (c) =>
          c
            .bind('vm0', [map({ addr: 0x10000, range: 4 * K, bo: 'data' })], { queue: 'b1' })
            .bind('vm0', [s.data], { queue: 'b1' })
            .bind('vm0', [s.hole], { queue: 'b1' }),
        b: (c) => c.gpuRead('vm0', 0x10000).gpuRead('vm0', 0x12000).gpuRead('vm0', 0x13000),
      },
    ),
    executor: without('vm', 'open.idle', 'vm.fault', 'pending', [], true),
    then: breaks('throws'),
  },
  noLock(
    ['restart', 'fault'],
    small(
      'RESTART under the fault handler',
      { ...FAULT, ...ASYNC },
      {
        a: (c) =>
          c
            .bind('vm0', [s.lazyHeap])
            .bind('vm0', [s.nothing, s.lost])
            .gpuRead('vm0', 0x30000)
            .gpuRead('vm0', 0x31000),
        b: (c) => c.waitUserFence({ vmError: 'vm0' }).bind('vm0', [restart()]),
        munmap,
      },
    ),
    shows(
      'restart.acts in fault.holds',
      'RESTART changes the error alone, which the fault handler looks at only when it begins',
    ),
  ),
  noLock(
    ['exec', 'fault'],
    small('exec under the fault handler', FAULT, {
      a: (c) =>
        c
          .bind('vm0', [s.lazyHeap])
          .exec('q0', [read(0x30000)])
          .exec('q0', [read(0x31000)]),
      munmap,
    }),
    shows('exec.begins in fault.holds', 'exec in a fault-mode VM binds nothing'),
  ),
  noLock(
    ['fault', 'fault'],
    small(
      'faults on two GTs',
      FAULT,
      {
        a: (c) => c.bind('vm0', [s.lazyHeap]).gpuRead('vm0', 0x30000, { gt: 0 }),
        b: (c) => c.gpuRead('vm0', 0x30000, { gt: 1 }).gpuRead('vm0', 0x30000, { gt: 1 }),
        munmap,
      },
      2,
    ),
    shows('fault.begins in fault.holds', 'each binds on its own GT, in one step of the model'),
  ),
  {
    name: 'the queue of page faults, and vm->lock',
    pair: ['fault', 'fault'],
    scenario: small('two faults for one mapping', FAULT, {
      a: (c) => c.bind('vm0', [s.lazyHeap]).gpuRead('vm0', 0x30000),
      b: (c) => c.gpuRead('vm0', 0x31000).gpuRead('vm0', 0x31000),
      munmap,
    }),
    executor: alsoFor('faults', withoutFaultQueue, withoutVmLock({ pair: ['fault', 'fault'] })),
    then: shows(
      'fault.begins in fault.holds',
      'the second binds once more what the first has bound, and an access that is answered too soon faults again',
    ),
  },
  noLock(
    ['fault', 'close'],
    small('a VM is closed while a fault is handled', FAULT, {
      a: s.faults,
      closer: (c) => c.sleep(2_000).close('vm0'),
      munmap,
    }),
    breaks('throws'),
  ),
];
