/** Lifts of what keeps ioctls, the worker and RESTART apart from each other and from close. */
import { map, restart, unmap } from '../../../../domain/scenario/builder.ts';
import { alsoFor, takenAs } from '../lift.ts';
import { withoutWorkItem } from '../lift-queues.ts';
import { withoutVmLock } from '../holders.ts';
import { WORLDS } from '../worlds.ts';
import { breaks, type Lift, noLock, shows } from './lifted.ts';
import * as s from './small.ts';

const { K, small, ASYNC } = s;
const { jobs, twoOfEach } = WORLDS;

const workerPins = small('calls come while the worker pins', ASYNC, {
  a: s.asyncPins,
  b: (c) => c.bind('vm0', [s.heap(0x40000)]).bind('vm0', [unmap({ addr: 0x51000, range: K })]),
  munmap: s.munmap,
});

const NO_ERROR = 'RESTART is refused: whoever begins finds no error, and only the worker makes one';

export const callLifts: readonly Lift[] = [
  noLock(
    ['ioctl', 'ioctl'],
    small(
      'two bind at once',
      {},
      {
        a: (c) => c.bind('vm0', [s.heap()]),
        b: (c) => c.bind('vm0', [s.nothing]).bind('vm0', [s.data]),
      },
    ),
    breaks('I3'),
  ),
  noLock(
    ['ioctl', 'worker'],
    workerPins,
    shows(
      'worker.begins in ioctl.holds',
      'the ioctl appends to the pending list, the worker takes from its head, and each does so in one step of the model',
    ),
  ),
  noLock(
    ['ioctl', 'restart'],
    small('a call pins in a VM in error', ASYNC, {
      a: (c) =>
        c
          .bind('vm0', [s.nothing, s.lost], { queue: 'b1' })
          .waitUserFence({ vmError: 'vm0', timeoutNs: 50_000 })
          .bind('vm0', [s.heap(0x60000)])
          .bind('vm0', [s.heap(0x70000)]),
      b: (c) => s.restarter(c.waitUserFence({ vmError: 'vm0', timeoutNs: 50_000 })),
      munmap: s.munmap,
    }),
    breaks('calls'),
  ),
  noLock(['ioctl', 'close'], jobs, breaks('I30')),
  {
    name: 'the work item, and vm->lock',
    pair: ['worker', 'worker'],
    scenario: workerPins,
    executor: alsoFor(
      'work',
      withoutWorkItem('vm.worker'),
      withoutVmLock({ pair: ['worker', 'worker'] }),
    ),
    then: breaks('throws'),
  },
  noLock(
    ['worker', 'restart'],
    small('RESTART while the worker pins', ASYNC, {
      a: s.asyncPins,
      restarter: s.restarter,
      munmap: s.munmap,
    }),
    shows('restart.refused in worker.holds', NO_ERROR),
  ),
  noLock(
    ['worker', 'close'],
    small('a VM is closed while the worker pins', ASYNC, {
      a: s.asyncPins,
      closer: s.closer,
      munmap: s.munmap,
    }),
    breaks('throws'),
  ),
  noLock(['restart', 'restart'], twoOfEach, {
    acts: ['restart.acts'],
    because: 'RESTART is one step',
  }),
  noLock(
    ['restart', 'exec'],
    small('RESTART under exec', ASYNC, {
      a: s.runs,
      restarter: (c) => s.restarter(c.sleep(1_500)),
      munmap: s.munmap,
    }),
    shows('restart.refused in exec.holds', NO_ERROR),
  ),
  noLock(
    ['restart', 'rebind'],
    small(
      'RESTART under the rebind worker',
      { ...s.COMPUTE, ...ASYNC },
      { a: (c) => s.restarter(s.spins(c).evict('data')) },
    ),
    shows('restart.refused in rebind.holds', NO_ERROR),
  ),
  {
    name: 'the VM that is closing is not found',
    pair: ['restart', 'close'],
    scenario: small('RESTART after close', ASYNC, {
      a: (c) =>
        s
          .spinsLong(c.bind('vm0', [s.data]))
          .bind('vm0', [map({ addr: 0x60000, range: K, null: true, injectError: true })])
          .waitUserFence({ vmError: 'vm0' })
          .close('vm0')
          .bind('vm0', [restart()], { expect: 'EINVAL' }),
    }),
    executor: takenAs('vm', 'closing', ['vm.bind'], 'open.idle'),
    then: breaks('failed'),
  },
  {
    name: 'the VM that is closing is not found',
    pair: ['close', 'close'],
    scenario: small(
      'a VM is closed twice',
      {},
      {
        a: (c) =>
          s
            .spinsLong(c.bind('vm0', [s.data]))
            .close('vm0')
            .close('vm0', { expect: 'ENOENT' }),
      },
    ),
    executor: takenAs('vm', 'closing', ['vm.close'], 'open.idle'),
    then: breaks('failed'),
  },
];
