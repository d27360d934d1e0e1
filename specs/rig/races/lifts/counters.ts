/** Lifts of what keeps the access-counter handler apart from the rest. */
import { takenAs } from '../lift.ts';
import { WORLDS } from '../worlds.ts';
import { type Lift, noLock, shows } from './lifted.ts';
import * as s from './small.ts';

const { small, munmap, ASYNC, FAULT } = s;
const { counters, countersAsync } = WORLDS;

const ONE_STEP =
  'the handler looks one mapping up and asks for its move: it changes nothing of the VM';

export const counterLifts: readonly Lift[] = [
  noLock(
    ['ioctl', 'counter'],
    small('access counters under an ioctl', FAULT, {
      a: (c) =>
        c
          .bind('vm0', [s.data])
          .bind('vm0', [s.heap()])
          .bind('vm0', [s.heap(0x40000)]),
      counter: s.counter,
      munmap,
    }),
    shows('counter.asks in ioctl.holds', ONE_STEP),
  ),
  noLock(
    ['worker', 'counter'],
    small(
      'access counters under the worker',
      { ...FAULT, ...ASYNC },
      { a: s.asyncPins, pressure: (c) => c.evict('data'), counter: s.counter, munmap },
    ),
    shows('counter.asks in worker.holds', ONE_STEP),
  ),
  noLock(['restart', 'counter'], countersAsync, {
    acts: ['restart.acts', 'counter.begins'],
    because: 'both are one step',
  }),
  noLock(['exec', 'counter'], counters, {
    acts: ['exec.arms', 'counter.begins'],
    because: 'both are one step: exec in a fault-mode VM waits for nothing',
  }),
  noLock(
    ['fault', 'counter'],
    small('access counters under the fault handler', FAULT, {
      a: (c) => s.faults(c.bind('vm0', [s.data])),
      pressure: (c) => c.evict('data'),
      counter: (c) => s.counter(s.counter(c)),
      munmap,
    }),
    shows('counter.asks in fault.holds', ONE_STEP),
  ),
  noLock(['counter', 'counter'], counters, {
    acts: ['counter.begins'],
    because: 'the handler is one step',
  }),
  {
    name: 'the VM that is closing is not found',
    pair: ['counter', 'close'],
    scenario: small('access counters of a VM that closes', FAULT, {
      a: (c) =>
        s.counter(
          c
            .bind('vm0', [s.data])
            .evict('data')
            .bind('vm0', [s.nothing])
            .bind('vm0', [s.hole])
            .bind('vm0', [s.heap()])
            .bind('vm0', [s.heap(0x60000)])
            .close('vm0'),
        ),
    }),
    executor: takenAs('vm', 'closing', ['vm.accessCounter'], 'open.idle'),
    then: shows('counter.asks in close.runs', 'a BO that is still mapped moves as any other does'),
  },
];
