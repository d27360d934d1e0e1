/** Lifts of what keeps the rebind worker apart from the rest. */
import { read, unmap } from '../../../../domain/scenario/builder.ts';
import { withoutVmLock } from '../holders.ts';
import { alsoFor } from '../lift.ts';
import { withoutWorkItem } from '../lift-queues.ts';
import { breaks, type Lift, noLock, noLocks, nobodyHolds, shows } from './lifted.ts';
import * as s from './small.ts';

const { K, small, munmap, ASYNC, COMPUTE } = s;

/** Evictions come while the rebind worker waits for what an earlier one has it bind anew. */
const evictions = small('evictions under the rebind worker', COMPUTE, {
  a: (c) => s.spins(c).exec('q0', [read(0x10000)]),
  pressure: (c) => c.evict('data').evict('data').evict('data').evict('data'),
  other: (c) => c.evict('data').evict('data').evict('data').evict('data'),
});

export const rebindLifts: readonly Lift[] = [
  noLocks(
    ['ioctl', 'rebind'],
    small('a call under the rebind worker', COMPUTE, {
      a: (c) => s.spins(c).evict('data').bind('vm0', [s.hole]),
      munmap,
    }),
    'I27',
  ),
  noLocks(
    ['worker', 'rebind'],
    small(
      'ops under the rebind worker',
      { ...COMPUTE, ...ASYNC },
      {
        a: (c) =>
          s
            .spins(c)
            .bind('vm0', [s.nothing, s.hole, unmap({ addr: 0x13000, range: K })], { queue: 'b1' }),
        pressure: (c) => c.sleep(1_000).evict('data').evict('data'),
        munmap,
      },
    ),
    'I27',
  ),
  noLock(
    ['exec', 'rebind'],
    small('exec under the rebind worker', COMPUTE, {
      a: (c) =>
        s
          .spins(c)
          .evict('data')
          .exec('q0', [read(0x10000)]),
      munmap,
    }),
    shows(
      'exec.begins in rebind.holds',
      'exec in a compute VM binds nothing, and its job runs when the queue is resumed',
    ),
  ),
  {
    name: 'the work item, and vm->lock',
    pair: ['rebind', 'rebind'],
    scenario: small('two queues stop', COMPUTE, {
      a: (c) => s.spins(c).evict('data'),
      b: (c) => c.exec('q1', [read(0x10000)]),
      munmap,
    }),
    executor: alsoFor(
      'work',
      withoutWorkItem('vm.rebind'),
      withoutVmLock({ pair: ['rebind', 'rebind'] }),
    ),
    then: shows(
      'rebind.begins in rebind.holds',
      'the second waits for the reservation locks, and then finds that everything runs',
    ),
  },
  {
    name: 'the reservation lock',
    pair: ['rebind', 'evict'],
    scenario: evictions,
    executor: nobodyHolds,
    then: breaks('I28'),
  },
  noLock(
    ['rebind', 'close'],
    small('a VM is closed under the rebind worker', COMPUTE, {
      a: (c) => s.spins(c).evict('data').close('vm0').close('vm0'),
    }),
    shows(
      'close.refused in rebind.holds',
      'a compute VM that has queues cannot be closed, and without one the rebind worker leaves at once',
    ),
  ),
];
